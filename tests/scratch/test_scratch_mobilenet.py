"""MobileNetV2 in NumPy against Keras': every width and size, values, gradients, weights there and back."""

import numpy as np
import pytest
from mobilenet_twins import (
    IMAGENET,
    distance,
    in_float64,
    keras_gradients,
    keras_mobilenet,
    live_twins,
    needs_shared,
    slices,
)

from neuropath import scratch as nn
from neuropath.scratch.mobilenet_v2 import BLOCKS, MobileNetV2, correct_pad, widths

CASES = [  # odd, even and oblong sizes, any number of channels, narrow and wide
    ((64, 64, 3), 0.35, {}),
    ((33, 47, 1), 0.1, {}),
    ((45, 32, 4), 1.3, {"pooling": "max"}),
    ((32, 32, 3), 0.01, {}),  # eight channels everywhere: all that can be added is
    ((None, None, 3), 0.5, {"pooling": "avg"}),
    ((39, 50, 2), 1.0, {"include_top": True, "classes": 7}),
]


@pytest.mark.parametrize(("shape", "alpha", "options"), CASES, ids=str)
def test_every_width_and_size_is_keras(shape, alpha, options, rng, keras):
    network, model = live_twins(keras, rng, shape, alpha, **options)
    X = rng.uniform(-1, 1, (2, *(n or 77 for n in shape)))  # 77 halves to 39, 20, 10, 5, 3: odd and even
    theirs = model(X, training=False).numpy()
    ours = network.predict_proba(X) if "classes" in options else network.forward(X)
    assert ours.dtype == np.float64
    assert distance(ours, theirs) < 1e-12

    made = MobileNetV2(shape, alpha, rng=rng, dtype="float64", **options)  # from the width, not from a model
    assert made.names == network.names
    assert [w.shape for w in made.get_weights()] == [tuple(w.shape) for w in model.weights]
    assert [made[n].trainable for n in made.names] == [True] * len(made.names)
    norms = [name for name in made.names if "bn" in name.lower()]
    assert {(made[n].momentum, made[n].epsilon) for n in norms} == {(0.999, 1e-3)}
    assert {(model.get_layer(n).momentum, model.get_layer(n).epsilon) for n in norms} == {(0.999, 1e-3)}


@pytest.fixture(scope="module")
def narrow(keras):
    """One of Keras' networks, in float32; who changes it puts it back."""
    return keras_mobilenet(keras, (32, 32, 3), 0.35, "float32")


def test_names_are_those_of_keras(rng, narrow):
    assert MobileNetV2((32, 32, 3), 0.35, rng=rng).names == [layer.name for layer in narrow.layers[1:]]
    assert narrow.layers[0].name.startswith("input")


def test_widths_follow_keras_rule_everywhere():
    from keras.src.applications.mobilenet_v2 import _make_divisible as rule

    for alpha in np.concatenate([np.linspace(0.001, 3, 3000), np.arange(1, 3000) / 960]):
        blocks = [rule(int(c * alpha), 8) for _, c, _ in BLOCKS]
        last = rule(1280 * alpha, 8) if alpha > 1 else 1280
        assert widths(alpha) == [rule(32 * alpha, 8), *blocks, last], alpha


@pytest.mark.parametrize("size", [4, 5, 32, 33])
def test_keras_frame_is_padding_same_for_known_sizes_only(size, rng):
    conv = nn.conv_depthwise.DepthwiseConv2D
    same, valid = conv(2, 3, 2, "same", rng=rng), conv(2, 3, 2, rng=rng)
    valid.params["W"][...] = same.params["W"]
    X = rng.normal(size=(1, size, size, 2)).astype("float32")
    framed = nn.reshaping.ZeroPadding2D(correct_pad(size, size)).forward(X)
    np.testing.assert_array_equal(valid.forward(framed), same.forward(X))
    blind = valid.forward(nn.reshaping.ZeroPadding2D(correct_pad(None, None)).forward(X))
    assert (blind.shape == same.forward(X).shape) == (size % 2 == 0)


@pytest.mark.parametrize("training", [False, True])
def test_all_gradients_are_those_of_keras(training, rng, keras):
    network, model = live_twins(keras, rng, (48, 48, 3))
    X, dY = rng.uniform(-1, 1, (4, 48, 48, 3)), rng.normal(size=(4, 2, 2, 1280))
    Y = network.forward(X, training=training)
    dX = network.backward(dY)
    theirs, dX_theirs, slopes = keras_gradients(model, X, dY, training)
    ours = list(network.grads.values())
    assert distance(Y, theirs) < 1e-11
    assert distance(dX, dX_theirs) < 1e-11
    assert distance(ours, slopes) < 1e-11
    for name, a, b in zip(network.grads, ours, slopes, strict=True):
        if np.linalg.norm(b) > 1e-8:  # under batch statistics some betas have a true gradient of zero
            assert distance(a, b) < 1e-9, name
    for a, b in zip(network.get_weights(), model.get_weights(), strict=True):  # moved statistics too
        assert distance(a, b) < 1e-11


def test_a_wrong_gradient_would_be_seen(rng, keras):
    network, model = live_twins(keras, rng, (32, 32, 3))
    X, dY = rng.uniform(-1, 1, (2, 32, 32, 3)), rng.normal(size=(2, 1, 1, 1280))
    network["block_1_pad"].padding = ((1, 0), (1, 0))  # the odd row before instead of after
    network.forward(X)
    network.backward(dY)
    slopes = keras_gradients(model, X, dY, training=False)[2]
    assert distance(list(network.grads.values()), slopes) > 1e-3


def test_weights_there_and_back(rng, keras):
    network, model = live_twins(keras, rng, (32, 32, 3))
    for array in network.params.values():
        array += 1
    network.to_keras(model)
    for ours, theirs in zip(network.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not any(
        np.shares_memory(a, b) for a, b in zip(network.get_weights(), model.get_weights(), strict=True)
    )


def test_momenta_and_frozen_layers_come_along(narrow):
    norm, conv = narrow.get_layer("bn_Conv1"), narrow.get_layer("Conv1")
    norm.momentum, conv.trainable = 0.9, False
    network = MobileNetV2.from_keras(narrow)
    norm.momentum, conv.trainable = 0.999, True
    assert network["bn_Conv1"].momentum == 0.9
    assert network["Conv_1_bn"].momentum == 0.999
    assert [name for name in network.names if not network[name].trainable] == ["Conv1"]
    assert network.dtype == np.float32


def test_folded_is_unfolded(rng, keras):
    network, _ = live_twins(keras, rng, (39, 39, 3))
    X = rng.uniform(-1, 1, (2, 39, 39, 3))
    before, expected = network.get_weights(), network.forward(X)
    folded = network.fold_batchnorm()
    assert distance(folded.forward(X), expected) < 1e-12
    assert folded.names == [name for name in network.names if "BN" not in name and "bn" not in name]
    assert folded["Conv1"].params.keys() == {"W", "b"}
    for array in folded.params.values():
        array[...] = 0
    for a, b in zip(before, network.get_weights(), strict=True):  # its arrays are its own
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match=r"expects images \(N, 39, 39, 3\), received \(1, 40, 40, 3\)"):
        folded.forward(np.zeros((1, 40, 40, 3)))


def test_a_folded_residual_network_keeps_its_branches(rng):
    from neuropath.scratch.conv import Conv2D
    from neuropath.scratch.folding import folded_nodes
    from neuropath.scratch.graph import Add, Graph
    from neuropath.scratch.normalization import BatchNormalization

    def norm():
        layer = BatchNormalization(3, dtype="float64", scale=False)
        layer.state["moving_mean"][...], layer.state["moving_variance"][...] = (
            rng.normal(size=3),
            rng.uniform(1, 2, 3),
        )
        return layer

    conv = {"rng": rng, "dtype": "float64"}
    graph = Graph(
        [
            ("first", norm()),  # after no convolution
            ("conv", Conv2D(3, 3, 1, **conv)),
            ("bn", norm()),
            ("again", norm()),  # folded twice
            ("third", norm()),  # not folded: what is before it is used elsewhere
            ("wanted", Conv2D(3, 3, 1, **conv)),
            ("wanted_bn", norm()),  # nor is this
            ("sum", Add(), ["wanted_bn", "wanted", "again"]),
        ]
    )
    graph["conv"].params["b"][...] = rng.normal(size=3)
    folded = Graph(folded_nodes(graph))
    assert folded.names == ["first", "conv", "third", "wanted", "wanted_bn", "sum"]
    X = rng.normal(size=(2, 4, 4, 3))
    expected = graph.forward(X)
    assert distance(folded.forward(X), expected) < 1e-14
    for array in folded.params.values():
        array[...] = 0
    np.testing.assert_array_equal(graph.forward(X), expected)  # its arrays are its own


def test_float32_is_as_near_to_keras_as_rounding_allows(rng, keras):
    from neuropath.project.weights import load_base

    model = load_base("mobilenet", (96, 96, 3), "bundled", 0.35)
    network, X = MobileNetV2.from_keras(model), rng.uniform(-1, 1, (8, 96, 96, 3)).astype("float32")
    ours, theirs = network.forward(X), model.predict_on_batch(X)
    assert ours.dtype == np.float32
    assert distance(ours, theirs) < 2e-6
    assert distance(network.fold_batchnorm().forward(X), ours) < 1e-5
    X /= 2
    exact = in_float64(network).forward(X.astype("float64"))
    assert distance(network.forward(X), exact) < 2 * distance(model.predict_on_batch(X), exact)


@needs_shared
def test_features_of_real_slices_with_imagenet_weights(keras):
    model = keras_mobilenet(keras, (224, 224, 3), 0.35, "float32", pooling="avg")
    model.load_weights(IMAGENET)
    network = MobileNetV2.from_keras(model)
    folded = network.fold_batchnorm()
    X = np.repeat(slices(100)[..., None], 3, axis=3).astype("float32") / 127.5 - 1
    parts = [X[start : start + 10] for start in range(0, 100, 10)]
    theirs = np.concatenate([model.predict_on_batch(part) for part in parts])
    ours = np.concatenate([network.forward(part) for part in parts])
    # Real statistics enlarge roundings: each is 2e-6 from the exact features, the two are no farther apart.
    assert distance(ours, theirs) < 3e-6
    assert distance(np.concatenate([folded.forward(part) for part in parts]), ours) < 1e-5
    exact = in_float64(network).forward(X[:4].astype("float64")).mean(axis=(1, 2))
    assert distance(ours[:4], exact) < 1.5 * distance(theirs[:4], exact)


@needs_shared
def test_in_float64_those_features_are_equal(keras):
    model = keras_mobilenet(keras, (224, 224, 3), 0.35, pooling="avg")
    model.load_weights(IMAGENET)
    X = np.repeat(slices(4)[..., None], 3, axis=3) / 127.5 - 1
    theirs, network = model.predict_on_batch(X), MobileNetV2.from_keras(model)
    assert np.abs(network.forward(X) - theirs).max() < 1e-12
    assert np.abs(network.fold_batchnorm().forward(X) - theirs).max() < 1e-11


def test_other_architectures_are_refused(rng, keras, narrow):
    layers = keras.layers
    plain = keras.Sequential([layers.Input((32, 32, 3)), layers.Conv2D(4, 3), layers.ReLU()], name="plain")
    with pytest.raises(
        ValueError, match="Expected Keras' MobileNetV2, received 'plain', without layer 'Conv1'"
    ):
        MobileNetV2.from_keras(plain)
    for stranger in (3, None, nn.mlp([2, 2], rng=rng)):
        with pytest.raises(ValueError, match="Expected a Keras model, received"):
            MobileNetV2.from_keras(stranger)
    network = MobileNetV2.from_keras(narrow)
    with pytest.raises(ValueError, match=r"153 layers .* 'plain' with 2: 'conv2d.*' where 'Conv1' should be"):
        network.to_keras(plain)
    larger = MobileNetV2((33, 33, 3), 0.35, rng=rng)
    with pytest.raises(ValueError, match=r"same network, width and size, .*'block_1_pad' has padding"):
        larger.to_keras(narrow)
    wider = keras_mobilenet(keras, (32, 32, 3), 0.5, "float32")
    before = wider.get_weights()
    with pytest.raises(
        ValueError, match=r"layer 'block_1_project' has weights of shapes .*16\)\] and not .*8\)\]"
    ):
        network.to_keras(wider)
    for a, b in zip(before, wider.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_changed_mobilenet_is_refused(narrow):
    for name, setting, value, message in [
        ("block_3_pad", "padding", ((1, 1), (1, 1)), r"padding \(\(1, 1\), \(1, 1\)\) and not"),
        ("Conv1_relu", "max_value", None, r"max_value None and not 6\.0"),
        ("block_3_depthwise", "strides", (1, 1), r"strides \(1, 1\) and not \(2, 2\)"),
        ("block_2_depthwise", "padding", "valid", "padding valid and not same"),
        ("block_2_project", "activation", abs, "the activation abs and not linear"),
    ]:
        layer = narrow.get_layer(name)
        kept = getattr(layer, setting)
        setattr(layer, setting, value)
        with pytest.raises(ValueError, match=f"layer '{name}' has {message}"):
            MobileNetV2.from_keras(narrow)
        setattr(layer, setting, kept)
    MobileNetV2.from_keras(narrow)


def test_bad_input_is_refused(rng):
    network = MobileNetV2((32, 40, 3), 0.1, rng=rng)
    for shape in [(1, 40, 32, 3), (1, 32, 40, 1), (32, 40, 3), (1, 32, 40, 3, 1)]:
        with pytest.raises(ValueError, match=r"MobileNetV2 expects images \(N, 32, 40, 3\), received"):
            network.forward(np.zeros(shape, "float32"))
    with pytest.raises(TypeError, match=r"float32.*received float64"):
        network.forward(np.zeros((1, 32, 40, 3)))
    with pytest.raises(ValueError, match=r"backward.* needs a forward pass first"):
        network.backward(np.zeros((1, 1, 2, 1280), "float32"))
    with pytest.raises(ValueError, match="Expected finite numbers"):
        network.predict(np.full((1, 32, 40, 3), np.nan, "float32"))
    assert network.forward(np.zeros((0, 32, 40, 3), "float32")).shape == (0, 1, 2, 1280)


@pytest.mark.parametrize(
    "shape", [(31, 64, 3), (64, 31, 3), (64, None, 3), (64, 64), (64, 64, 0), (64.5, 64, 3), None]
)
def test_bad_sizes_are_refused(shape, rng):
    with pytest.raises(ValueError, match=r"expects input_shape .* at least 32 pixels"):
        MobileNetV2(shape, 0.35, rng=rng)


@pytest.mark.parametrize("alpha", [0, -1.0, float("nan"), float("inf")])
def test_bad_widths_are_refused(alpha, rng):
    with pytest.raises(ValueError, match=r"a width, or 19 numbers, received \[8, 8\]"):
        MobileNetV2((32, 32, 3), [8, 8], rng=rng)
    with pytest.raises(ValueError, match="expects a width alpha > 0"):
        MobileNetV2((32, 32, 3), alpha, rng=rng)


def test_bad_pooling_is_refused(rng):
    with pytest.raises(ValueError, match='pooling=None, "avg" or "max", received \'mean\''):
        MobileNetV2((32, 32, 3), 0.35, rng=rng, pooling="mean")
