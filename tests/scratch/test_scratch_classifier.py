"""The whole brain-MRI classifier in NumPy against the trained Keras one: numbers, gradients, training."""

import numpy as np
import pytest
from mobilenet_twins import distance, keras_gradients

from neuropath import scratch as nn
from neuropath.scratch import classifier, weights_map
from neuropath.scratch.mobilenet_v2 import MobileNetV2

EXACT = {"learning_rate": 2.0**-10, "beta_1": 0.875, "beta_2": 1 - 2.0**-10}  # exact in float32
CLASSES = 17


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(3).integers(0, 256, (16, 48, 48, 1), dtype=np.uint8)


@pytest.fixture(scope="module")
def labels():
    return np.random.default_rng(4).integers(0, CLASSES, 16)


def keras_classifier(keras, images, dtype="float32", **options):
    """A NeuropathologyModel with live weights, all of it in this dtype."""
    from neuropath.project.neuropathology_model import NeuropathologyModel

    options = {"input_shape": images.shape[1:], "weights": "none", "seed": 7} | options
    trained = NeuropathologyModel(CLASSES, **options)
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype)
    try:
        trained.build_model()
        trained.recalibrate(images)
        rng = np.random.default_rng(11)
        for name in ("bn1", "fc1", "fc2", "bn2", "output"):
            layer = trained.model.get_layer(name)
            shifts = [rng.uniform(-0.05, 0.05, w.shape) for w in layer.get_weights()]
            layer.set_weights([w + shift for w, shift in zip(layer.get_weights(), shifts, strict=True)])
    finally:
        keras.config.set_dtype_policy(policy)
    return trained


class Replay:
    """Stands in for the generator of a scratch Dropout: it "draws" what Keras' layer is about to draw."""

    def __init__(self, layer):
        self.layer, self.seeds = layer, layer.seed_generator

    def random(self, shape, dtype):
        before = self.seeds.state.numpy()
        kept = self.layer(np.ones(shape), training=True).numpy() > 0
        self.seeds.state.assign(before)  # Keras draws the same mask again
        return kept.astype(dtype)  # 1 is above every rate, 0 below


def share_masks(network, trained):
    for name in ("dropout1", "dropout2"):
        network[name]._rng = Replay(trained.model.get_layer(name))


def compile_exactly(trained, network, keras):
    """The same loss and optimiser on both sides, with numbers that float32 holds exactly."""
    network.compile(nn.Adam(**EXACT))
    loss = keras.losses.SparseCategoricalCrossentropy()
    trained.model.compile(keras.optimizers.Adam(**EXACT), loss, jit_compile=False)


def train_together(trained, network, images, labels, steps=10):
    """Steps on both sides, in turn; the losses of ours and of Keras."""
    losses = []
    for step in range(steps):
        rows = np.arange(8) + (step % 2) * 8
        ours = network.train_step(images[rows], labels[rows])["loss"]
        trained.model.reset_metrics()
        theirs = trained.model.train_on_batch(images[rows].astype("float64"), labels[rows], return_dict=True)
        losses.append((ours, float(theirs["loss"])))
    return np.array(losses).T


def assert_same_numbers(network, model, atol):
    for name, ours, theirs in weights_map.matched(network, model):
        for a, b in zip([*ours.params.values(), *ours.state.values()], theirs.get_weights(), strict=True):
            assert b.dtype == np.float64
            assert np.abs(a - b).max() < atol, f"{name}: {np.abs(a - b).max():.1e}"


@pytest.mark.parametrize(("unfreeze", "arrays"), [(0, 14), (20, 21)], ids=["head alone", "last 20"])
@pytest.mark.usefixtures("float64_everywhere")
def test_ten_training_steps_are_those_of_keras(unfreeze, arrays, images, labels, keras):
    trained = keras_classifier(keras, images, "float64", weights="bundled")
    trained.fine_tune_model(unfreeze)
    network = classifier.from_keras(trained)
    share_masks(network, trained)
    compile_exactly(trained, network, keras)
    before = network.get_weights()
    ours, theirs = train_together(trained, network, images, labels)
    assert np.abs(ours - theirs).max() < 1e-9
    assert ours[-2:].max() < ours[0]  # something was learnt
    assert_same_numbers(network, trained.model, 1e-9)
    assert sum((a != b).any() for a, b in zip(before, network.get_weights(), strict=True)) == arrays
    network["dropout1"]._rng = np.random.default_rng(0)  # masks that differ would be seen
    ours, theirs = train_together(trained, network, images, labels, steps=1)
    assert np.abs(ours - theirs).max() > 1e-2


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.usefixtures("float64_everywhere")
def test_all_gradients_are_those_of_keras(training, images, keras):
    trained = keras_classifier(keras, images, "float64", weights="bundled")
    trained.fine_tune_model("all", train_batch_norm=True)
    network = classifier.from_keras(trained)
    share_masks(network, trained)
    X, dP = images.astype("float64"), np.random.default_rng(0).normal(size=(16, CLASSES))
    P = nn.softmax(network.forward(X, training=training))
    dX = network.backward(P * (dP - np.sum(dP * P, axis=1, keepdims=True)))  # through the softmax
    theirs, dX_theirs, slopes = keras_gradients(trained.model, X, dP, training)
    assert distance(P, theirs) < 1e-11
    assert distance(dX, dX_theirs) < 1e-11
    assert distance(list(network.grads.values()), slopes) < 1e-11


@pytest.fixture(scope="module")
def trained(keras, images):
    """In float32, on the backbone that comes with the package."""
    return keras_classifier(keras, images, weights="bundled")


@pytest.fixture
def network(trained):
    return classifier.from_keras(trained, rng=np.random.default_rng(1))


def test_probabilities_are_those_of_keras(network, trained, images):
    theirs = trained.predict(images)
    assert theirs.max() > 2 / CLASSES
    ours = network.predict_proba(images)  # bytes
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() < 2e-6
    np.testing.assert_array_equal(network.predict_proba(images.astype("float32")), ours)
    np.testing.assert_array_equal(network.predict(images), theirs.argmax(axis=1))
    np.testing.assert_array_equal(network.predict(images), trained.predict_class(images)[0])
    assert np.abs(network.fold_batchnorm().predict_proba(images) - ours).max() < 1e-5


def test_every_node_is_named_as_in_keras(network, trained):
    layers = [layer.name for layer in trained.model.layers if layer.name not in ("pixels", "mobilenet")]
    base = [layer.name for layer in trained.base.layers[1:]]
    flat = [*layers[: layers.index("global_avg_pool")], *base, *layers[layers.index("global_avg_pool") :]]
    assert [name for name in network.names if name not in ("fc1_relu", "fc2_relu")] == flat
    assert network.count_params() == sum(
        int(np.prod(w.shape)) for w in trained.model.weights if "moving" not in w.path
    )


@pytest.mark.parametrize(
    "options", [{}, {"preprocessing": "unit", "input_shape": (32, 40, 3), "alpha": 0.5}], ids=str
)
def test_weights_there_and_back(options, images, keras, rng):
    shape = options.get("input_shape", images.shape[1:])
    pixels = rng.integers(0, 256, (4, *shape), dtype=np.uint8)
    trained = keras_classifier(keras, pixels, **options)
    network = classifier.from_keras(trained.model)  # the network itself will do
    network.flatten()[0][...] *= 1.01
    assert np.abs(network.predict_proba(pixels) - trained.predict(pixels)).max() > 1e-4
    network.to_keras(trained.model)
    assert (
        np.abs(network.predict_proba(pixels) - trained.predict(pixels)).max() < 1e-3
    )  # random and deep: roundings grow
    for ours, theirs in zip(network.get_weights(), trained.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("unfreeze", "options"),
    [(0, {}), (20, {}), ("all", {}), (20, {"train_batch_norm": True}), (999, {"train_head_norm": False})],
    ids=str,
)
def test_the_same_layers_are_frozen(unfreeze, options, network, trained):
    count = trained.fine_tune_model(unfreeze, **options)
    assert (
        network.fine_tune(unfreeze, **options) == count - trained.base.layers[0].trainable
    )  # its InputLayer
    ours = {name: network[name].trainable for name in network.names}
    theirs = {layer.name: layer.trainable for layer in (*trained.base.layers[1:], *trained.model.layers)}
    assert {name: ours[name] for name in theirs.keys() & ours.keys()} == {
        name: theirs[name] for name in theirs.keys() & ours.keys()
    }
    carried = classifier.from_keras(trained)  # what is frozen there is frozen here
    assert [carried[name].trainable for name in theirs.keys() & ours.keys()] == [
        theirs[name] for name in theirs.keys() & ours.keys()
    ]


def test_momentum_and_epsilon_come_along(trained, monkeypatch):
    for name, value in (("momentum", 0.75), ("epsilon", 0.125)):
        monkeypatch.setattr(trained.model.get_layer("bn1"), name, value)
    norm = classifier.from_keras(trained)["bn1"]
    assert (norm.momentum, norm.epsilon) == (0.75, 0.125)


def test_grad_cam_is_that_of_the_project(network, trained, images):
    from neuropath.project.explain import grad_cam

    for layer, labels in (("block_13_expand_relu", None), ("out_relu", [3] * 4)):
        maps, probabilities = network.grad_cam(images[:4], layer, labels)
        expected, theirs = grad_cam(trained, images[:4], layer=layer, labels=labels)
        assert maps.shape == expected.shape
        assert maps.max() == 1
        assert np.abs(maps - expected).max() < 1e-4
        assert np.abs(probabilities - theirs).max() < 2e-6
    assert network.watch == ()


def test_head_and_features_are_the_network(network, images, labels):
    features = network.features.forward(images)
    assert features.shape == (16, 1280)
    np.testing.assert_allclose(network.head.forward(features), network.forward(images), rtol=1e-6)
    head, before = network.head, network["Conv1"].params["W"].copy()
    head.compile(nn.Adam(1e-3))
    head.fit(features, labels, rng=np.random.default_rng(0), epochs=3, verbose=0)
    np.testing.assert_allclose(network.forward(images), head.forward(features), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(network["Conv1"].params["W"], before)


def test_fit_on_bytes_learns_and_leaves_the_base_alone(network, images, labels):
    base, head = network.base.get_weights(), network["fc1"].params["W"].copy()
    network.fine_tune(0)
    network.compile(nn.Adam(1e-3))
    history = network.fit(images, labels, rng=np.random.default_rng(0), batch_size=8, epochs=4, verbose=0)
    assert history.history["loss"][-1] < 0.7 * history.history["loss"][0]
    assert network.evaluate(images, labels).keys() == {"loss", "accuracy"}
    assert all((a == b).all() for a, b in zip(base, network.base.get_weights(), strict=True))
    assert (network["fc1"].params["W"] != head).any()
    assert network.dtype == np.float32


def test_save_and_load(network, trained, images, tmp_path):
    network.save(tmp_path / "classifier.npz")
    other = classifier.from_keras(trained)
    other.flatten()[0][...] = 0
    other.load(tmp_path / "classifier.npz")
    np.testing.assert_array_equal(other.predict_proba(images), network.predict_proba(images))


def test_other_networks_are_refused(network, trained, keras, images):
    with pytest.raises(
        ValueError, match="a NeuropathologyModel, received 'mobilenet', without a layer 'preproc"
    ):
        classifier.from_keras(trained.base)
    with pytest.raises(ValueError, match="Expected a Keras model, received str"):
        classifier.from_keras("run/model.keras")
    vgg = keras_classifier(keras, images[:2], base_model="vgg")
    with pytest.raises(
        ValueError, match="Expected Keras' MobileNetV2, received 'vgg', without layer 'Conv1'"
    ):
        classifier.from_keras(vgg)
    before = vgg.model.get_weights()
    with pytest.raises(ValueError, match=r"received 'neuropathology_model' with .*'Conv1' should be"):
        network.to_keras(vgg.model)
    assert all((a == b).all() for a, b in zip(before, vgg.model.get_weights(), strict=True))
    dense = trained.model.get_layer("fc1")
    relu, dense.activation = dense.activation, keras.activations.tanh
    with pytest.raises(ValueError, match="layer 'fc1' has the activation tanh and not relu"):
        classifier.from_keras(trained)
    dense.activation = relu


def test_bad_input_is_refused(network, images, labels):
    for X in (images[..., 0], np.repeat(images, 3, axis=3), images[:, :40]):
        with pytest.raises(ValueError, match=r"Classifier expects images \(N, 48, 48, 1\), received \("):
            network.predict(X)
    for X in (images.astype("float64"), images > 9):
        with pytest.raises(TypeError, match=r"float32.*received (float64|bool)"):
            network.predict(X)
    with pytest.raises(ValueError, match="at least one example"):
        network.predict(images[:0])
    with pytest.raises(ValueError, match="Expected finite numbers"):
        network.predict(np.full(images.shape, np.inf, "float32"))
    with pytest.raises(ValueError, match="grad_cam expects 2 labels, one an image, received 3"):
        network.grad_cam(images[:2], "out_relu", 3)
    network.compile()
    with pytest.raises(ValueError, match=r"Labels must .* 0 … 16"):
        network.fit(images, labels + 1, rng=np.random.default_rng(0), verbose=0)
    with pytest.raises(ValueError, match=r"fine_tune expects .* received -1"):
        network.fine_tune(-1)
    with pytest.raises(ValueError, match="grad_cam expects a node with maps"):
        network.grad_cam(images[:1], "fc1")


def test_bad_arguments_are_refused(rng):
    with pytest.raises(ValueError, match="a base that ends in maps, received one that ends in 'global_max"):
        classifier.Classifier(MobileNetV2((32, 32, 3), 0.1, rng=rng, pooling="max"), rng=rng)
    base = MobileNetV2((32, 32, 3), 0.1, rng=rng)
    with pytest.raises(ValueError, match="num_classes >= 2, received 1"):
        classifier.Classifier(base, 1, rng=rng)
    with pytest.raises(ValueError, match="grey=True expects a base for 3 channels, received 1"):
        classifier.Classifier(MobileNetV2((32, 32, 1), 0.1, rng=rng), grey=True, rng=rng)
