"""Graphs: wiring, fan-out, residual networks against Keras' functional models, training, files."""

import copy

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.scratch.conv import Conv2D
from neuropath.scratch.conv_depthwise import DepthwiseConv2D
from neuropath.scratch.graph import Add, Graph
from neuropath.scratch.normalization import BatchNormalization
from neuropath.scratch.pooling import GlobalAveragePooling2D


def residual(rng, dtype="float64", watch=(), training_from=0):
    """Two inverted residual blocks' worth of branching: a value used three times, an Add of three."""
    o = {"rng": rng, "dtype": dtype}
    return Graph(
        [
            ("stem", Conv2D(3, 4, 3, 2, "same", use_bias=False, **o)),
            ("stem_bn", BatchNormalization(4, dtype=dtype)),
            ("stem_relu", nn.ReLU(6.0)),
            ("expand", Conv2D(4, 8, 1, **o)),
            ("depth", DepthwiseConv2D(8, 3, padding="same", **o)),
            ("project", Conv2D(8, 4, 1, **o)),
            ("side", Conv2D(4, 4, 1, **o), "stem_relu"),
            ("sum", Add(), ["stem_relu", "project", "side"]),
            ("bn", BatchNormalization(4, dtype=dtype)),
            ("again", Add(), ("bn", "sum")),
            ("pool", GlobalAveragePooling2D()),
            ("head", nn.Dense(4, 5, **o)),
        ],
        watch=watch,
    )


def keras_twin(keras):
    layers = keras.layers
    x = inputs = layers.Input((8, 8, 3), dtype="float64")
    o = {"dtype": "float64"}
    x = layers.Conv2D(4, 3, 2, "same", use_bias=False, name="stem", **o)(x)
    x = layers.BatchNormalization(name="stem_bn", **o)(x)
    stem = layers.ReLU(6.0, **o)(x)
    x = layers.Conv2D(8, 1, name="expand", **o)(stem)
    x = layers.DepthwiseConv2D(3, padding="same", name="depth", **o)(x)
    x = layers.Conv2D(4, 1, name="project", **o)(x)
    total = layers.Add(**o)([stem, x, layers.Conv2D(4, 1, name="side", **o)(stem)])
    x = layers.BatchNormalization(name="bn", **o)(total)
    x = layers.GlobalAveragePooling2D(**o)(layers.Add(**o)([x, total]))
    return keras.Model(inputs, layers.Dense(5, name="head", **o)(x))


def carry_over(graph, model, rng):
    """Random parameters on both sides."""
    for name in graph.names:
        layer = graph[name]
        if not layer.params:
            continue
        arrays = {**layer.params, **layer.state}
        for key, array in arrays.items():
            array[...] = rng.normal(size=array.shape)
            if "variance" in key:
                array[...] = array**2 + 0.5
        model.get_layer(name).set_weights(list(arrays.values()))


@pytest.mark.parametrize("training", [False, True])
def test_residual_network_is_keras(training, rng, keras):
    import tensorflow as tf

    graph, model = residual(rng), keras_twin(keras)
    carry_over(graph, model, rng)
    X, dY = rng.normal(size=(3, 8, 8, 3)), rng.normal(size=(3, 5))
    Y = graph.forward(X, training=training)
    dX = graph.backward(dY)
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        expected = model(x, training=training)
    wanted = tape.gradient(expected, [x, *[w.value for w in model.trainable_weights]], tf.constant(dY))
    np.testing.assert_allclose(Y, expected.numpy(), rtol=1e-10, atol=1e-12)
    paths = [w.path.split("/")[-2:] for w in model.trainable_weights]
    keys = {"kernel": "W", "bias": "b"}
    ours = [dX, *(graph[layer].grads[keys.get(key, key)] for layer, key in paths)]
    for got, slope in zip(ours, wanted, strict=True):
        assert np.abs(got - slope.numpy()).max() <= 1e-10 * np.abs(slope.numpy()).max()
    for name in ("stem_bn", "bn"):
        statistics = model.get_layer(name).get_weights()[2:]
        for got, moved in zip(graph[name].state.values(), statistics, strict=True):
            np.testing.assert_allclose(got, moved, rtol=1e-10)


def test_names_and_count(rng):
    graph = residual(rng)
    assert list(graph.params)[:3] == ["stem/W", "stem_bn/gamma", "stem_bn/beta"]
    assert graph.params.keys() == graph.grads.keys()
    flat, grads = graph.flatten()
    assert flat.shape == grads.shape == (graph.count_params(),)
    assert np.shares_memory(graph["head"].params["W"], flat)


def test_backward_is_the_slope(rng):
    graph, X, dY = residual(rng), rng.normal(size=(2, 6, 6, 3)), rng.normal(size=(2, 5))
    graph.forward(X, training=True)
    dX = graph.backward(dY).copy()
    nn.check_gradient(lambda: np.sum(dY * graph.forward(X, training=True)), X, dX)


def test_it_trains_is_saved_and_read_again(rng, tmp_path):
    X, y = rng.normal(size=(40, 8, 8, 3)).astype("float32"), rng.integers(5, size=40)
    X[np.arange(40), y, y] += 6  # something to see
    graph = residual(rng, "float32")
    graph.compile(nn.Adam(2.0**-6))
    history = graph.fit(X, y, rng=rng, batch_size=10, epochs=12, verbose=0).history
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    graph.save(tmp_path / "graph.npz")
    other = residual(np.random.default_rng(9), "float32")
    other.load(tmp_path / "graph.npz")
    np.testing.assert_array_equal(other.forward(X), graph.forward(X))
    assert (other["bn"].state["moving_mean"] != 0).any()  # statistics are in the file too


def test_training_fills_the_gradients_that_backward_does(rng):
    X, y = rng.normal(size=(6, 8, 8, 3)), rng.integers(5, size=6)
    graph = residual(rng)
    graph.compile(nn.SGD(1e-30))  # moves nothing
    graph.train_step(X, y)
    short = {name: gradient.copy() for name, gradient in graph.grads.items()}
    graph.backward(nn.sparse_categorical_crossentropy(graph.forward(X, training=True), y)[1])
    for name, gradient in graph.grads.items():
        np.testing.assert_array_equal(gradient, short[name])


def test_frozen_layers_stay_and_nothing_below_the_lowest_trained_one_is_computed(rng, monkeypatch):
    graph = residual(rng)
    for name in ("stem", "stem_bn", "expand", "depth", "side"):
        graph[name].trainable = False
    graph.compile(nn.SGD(0.1))
    before = {name: p.copy() for name, p in graph.params.items()}

    def never(dY):
        raise AssertionError("nobody asked for this gradient")

    for name in ("stem", "stem_bn", "expand", "depth", "side"):
        monkeypatch.setattr(graph[name], "backward", never)
        monkeypatch.setattr(graph[name], "backward_params", never, raising=False)
    monkeypatch.setattr(graph["project"], "backward", never)  # its backward_params is enough
    graph.train_step(rng.normal(size=(6, 8, 8, 3)), rng.integers(5, size=6))
    moved = {name.split("/")[0] for name, p in graph.params.items() if (p != before[name]).any()}
    assert moved == {"project", "bn", "head"}


def test_watched_values_and_slopes_are_kept(rng):
    graph = residual(rng, watch=("sum",))
    X, dY = rng.normal(size=(2, 8, 8, 3)), rng.normal(size=(2, 5))
    graph.forward(X)
    graph.backward(dY)
    assert graph.values.keys() == graph.slopes.keys() == {"sum"}
    value, slope = graph.values["sum"], graph.slopes["sum"]
    h = 1e-6 * rng.normal(size=value.shape)

    def rest(value):
        again = graph["bn"].forward(value) + value
        return graph["head"].forward(graph["pool"].forward(again))

    change = np.sum(dY * (rest(value + h) - rest(value - h))) / 2
    np.testing.assert_allclose(change, np.sum(slope * h), rtol=1e-6)


def test_a_copy_trains_alone(rng):
    graph = residual(rng)
    graph.compile(nn.SGD(0.1))
    X, y = rng.normal(size=(6, 8, 8, 3)), rng.integers(5, size=6)
    graph.train_step(X, y)
    other, before = copy.deepcopy(graph), graph.flatten()[0].copy()
    other.train_step(X, y)
    np.testing.assert_array_equal(graph.flatten()[0], before)
    assert (other.flatten()[0] != before).any()


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (
            [("a", nn.ReLU(), "b"), ("b", nn.ReLU(), "a")],
            r"'a' expects inputs among .* \['b'\]",
        ),
        ([("a", nn.ReLU()), ("a", nn.Tanh())], "a new name without / for each node, received 'a'"),
        ([("input", nn.ReLU())], "received 'input'"),
        ([("a/b", nn.ReLU())], "received 'a/b'"),
        ([("a", nn.ReLU()), ("b", nn.Tanh(), ["a", "input"])], r"'b' expects one input.*join them with Add"),
        ([("a", nn.ReLU()), ("b", nn.Tanh(), "input")], r"loose ends \['a'\]"),
        ([], "at least one layer"),
    ],
)
def test_wiring_that_cannot_work_is_refused(nodes, message):
    with pytest.raises(ValueError, match=message):
        Graph(nodes)


def test_watching_a_stranger_is_refused(rng):
    with pytest.raises(ValueError, match=r"watch expects names of nodes, received \['nobody'\]"):
        residual(rng, watch=("nobody",))


def test_a_value_used_twice_by_one_node_counts_twice():
    graph = Graph([("double", Add(), ["input", "input"])])
    X = np.array([[1.0, 2.0]])
    np.testing.assert_array_equal(graph.forward(X), 2 * X)
    np.testing.assert_array_equal(graph.backward(X), 2 * X)
