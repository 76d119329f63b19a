"""What a graph keeps, writes over, lets go and does a few images at a time: never visible from outside."""

import numpy as np
import pytest
from test_scratch_graph import residual

from neuropath import scratch as nn
from neuropath.scratch.conv import Conv2D
from neuropath.scratch.conv_depthwise import DepthwiseConv2D
from neuropath.scratch.graph import Add, Graph
from neuropath.scratch.image_graph import ImageGraph
from neuropath.scratch.mobilenet_v2 import MobileNetV2
from neuropath.scratch.normalization import BatchNormalization
from neuropath.scratch.preprocessing import Concatenate


def branches(rng, dtype="float64"):
    """Every way in which a layer could write over what somebody else still wants: layers that can write into
    their input, after the graph's input, a shortcut, a view of it, a watched value, a layer that remembers.
    """
    o = {"rng": rng, "dtype": dtype}
    return Graph(
        [
            ("first_relu", nn.ReLU(6.0)),  # the caller's array
            ("first_bn", BatchNormalization(3, dtype=dtype), "input"),
            ("drop", nn.Dropout(0.5, rng=rng), "input"),  # at inference the caller's array itself
            ("drop_bn", BatchNormalization(3, dtype=dtype)),
            ("same", Add(), ["first_relu", "first_bn", "drop_bn"]),
            ("stem", Conv2D(3, 4, 1, **o)),
            ("side_relu", nn.ReLU(), "stem"),  # the stem's output, which the shortcut wants too
            ("side_bn", BatchNormalization(4, dtype=dtype), "stem"),
            ("twice", nn.ReLU(1.0), "side_relu"),  # an output which side_relu remembers
            ("tanh", nn.Tanh(), "side_bn"),
            ("tanh_relu", nn.ReLU(), "tanh"),
            ("sum", Add(), ["stem", "twice", "tanh_relu"]),
            ("deep", DepthwiseConv2D(4, 3, padding="same", **o)),
            ("deep_bn", BatchNormalization(4, dtype=dtype)),
            ("deep_relu", nn.ReLU(6.0)),
            ("out", Add(), ["deep_relu", "sum"]),
        ]
    )


def layer_by_layer(graph, X):
    """The values of all nodes at inference, each layer's own forward on copies."""
    values = {"input": X}
    for name, layer, sources in zip(graph.names, graph.layers, graph.sources, strict=True):
        given = [values[s].copy() for s in sources]
        values[name] = layer.forward(given if getattr(layer, "takes_list", False) else given[0]).copy()
    return values


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("make", [residual, branches])
def test_no_layer_writes_over_what_another_one_wants(make, training, rng):
    graph, X = make(rng), rng.normal(size=(3, 8, 8, 3))
    for layer in graph.layers:
        for array in (*layer.params.values(), *layer.state.values()):
            array[...] = rng.uniform(0.5, 1.5, array.shape)
    expected, before = layer_by_layer(graph, X), X.copy()
    np.testing.assert_allclose(graph.forward(X), expected[graph.names[-1]], rtol=1e-12)
    np.testing.assert_array_equal(X, before)
    for name in graph.names:  # whatever is watched comes out whole
        graph.watch = (name,)
        np.testing.assert_allclose(graph.forward(X), expected[graph.names[-1]], rtol=1e-12)
        np.testing.assert_allclose(graph.values[name], expected[name], rtol=1e-12, err_msg=name)
    graph.watch = ()
    if "drop" in graph.names:
        graph["drop"].rate = 0.0  # the numbers that are dropped change from pass to pass
    Y = graph.forward(X, training=training)
    dY = rng.normal(size=Y.shape)
    dY_before = dY.copy()
    dX = graph.backward(dY).copy()
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(dY, dY_before)
    nn.check_gradient(lambda: np.sum(dY * graph.forward(X, training=training)), X, dX, rtol=1e-5)


def test_inference_keeps_nothing_and_backward_still_follows_it(rng):
    graph, X, dY = residual(rng), rng.normal(size=(2, 8, 8, 3)), rng.normal(size=(2, 5))
    other = rng.normal(size=(4, 8, 8, 3))
    graph.forward(X, training=True)  # remembered, but not the last pass
    before = held(graph)
    graph.forward(other)
    assert held(graph) == before, "inference remembered something"
    with pytest.raises(ValueError, match="dY shaped as the last output"):
        graph.backward(dY)
    Y = graph.forward(X)
    first = graph.backward(dY)
    np.testing.assert_array_equal(graph.backward(dY), first)
    step = 1e-6 * rng.normal(size=X.shape)
    change = np.sum(dY * (graph.forward(X + step) - graph.forward(X - step))) / 2
    np.testing.assert_allclose(change, np.sum(first * step), rtol=1e-6)
    np.testing.assert_array_equal(graph.forward(X), Y)


def held(graph):
    """Which arrays the layers remember, those of images at least."""
    arrays = [(name, *item) for name in graph.names[:-1] for item in vars(graph[name]).items()]
    return [(name, key, id(value)) for name, key, value in arrays if isinstance(value, np.ndarray)]


def test_normalising_the_kernel_instead_of_the_output_follows_every_change(rng):
    graph = Graph(
        [("conv", Conv2D(3, 4, 3, rng=rng, dtype="float64")), ("bn", BatchNormalization(4, dtype="float64"))]
    )
    X = rng.normal(size=(2, 6, 6, 3))
    for _ in range(2):
        for array in (*graph.params.values(), *graph["bn"].state.values()):
            array[...] = rng.uniform(0.5, 1.5, array.shape)
        kept = graph["conv"].params["W"].copy()
        wanted = graph["bn"].forward(graph["conv"].forward(X))
        np.testing.assert_allclose(graph.forward(X), wanted, rtol=1e-12)
        np.testing.assert_array_equal(graph["conv"].params["W"], kept)
    graph.watch = ("conv",)  # what is watched is the convolution's output, not the normalised one
    graph.forward(X)
    np.testing.assert_array_equal(graph.values["conv"], graph["conv"].forward(X))


@pytest.mark.parametrize("count", [1, 7, 40])
def test_a_few_images_at_a_time_are_all_at_once(count, rng, monkeypatch):
    """40 images of 64² are two pieces; each image's maps are its own, whoever runs with it."""
    network = MobileNetV2((64, 64, 3), 0.1, rng=rng, dtype="float64")
    for name, array in network.params.items():
        if name.endswith("W"):  # deep maps neither vanish nor explode
            fan_in = np.prod(array.shape[:2]) * (1 if "depthwise" in name else array.shape[2])
            array[...] = rng.normal(size=array.shape) * np.sqrt(2 / fan_in)
    X = rng.uniform(-1, 1, (count, 64, 64, 3))
    before, sizes, run = X.copy(), [], network["Conv1"].apply
    monkeypatch.setattr(network["Conv1"], "apply", lambda X, **o: sizes.append(len(X)) or run(X, **o))
    monkeypatch.setattr(network, "_norms", {})  # of the patched layer nothing may be copied
    Y = network.forward(X)
    assert sizes == ([20, 20] if count == 40 else [count])
    np.testing.assert_array_equal(X, before)
    network.watch = ("Conv1",)
    np.testing.assert_allclose(
        Y, network.forward(X), rtol=1e-10, atol=1e-12
    )  # a watched pass takes all at once
    assert len(network.values["Conv1"]) == count
    assert np.abs(Y).max() > 0.01
    assert count == 1 or np.abs(Y[0] - Y[-1]).max() > 0.01, "equal images would prove nothing"


def test_pieces_end_where_all_paths_meet(rng):
    def conv(strides=1):
        return Conv2D(3, 3, 1, strides, rng=rng, dtype="float64")

    nodes = [
        ("a", conv(4)),
        ("b", conv()),
        ("inner", Add(), ["a", "b"]),  # the long shortcut passes it
        ("c", conv()),
        ("outer", Add(), ["a", "c"]),
        ("d", conv()),
        ("far", Add(), ["d", "outer"]),
        ("small", conv(4)),
        ("late", Add(), ["small", "small"]),  # maps are 1/16 a side by now
        ("last", conv()),
    ]
    passed = [*nodes[:4], ("joined", Concatenate(), ["a", "c"]), ("end", nn.ReLU())]
    for some, name in ((nodes[:6], "outer"), (nodes, "far"), (passed, None)):
        graph = ImageGraph(some, (256, 256, 3))
        assert (graph.names[graph._front - 1] if graph._front else None) == name
        X = rng.normal(size=(3, 256, 256, 3))  # pieces of one image and of two
        np.testing.assert_allclose(graph.forward(X), layer_by_layer(graph, X)[graph.names[-1]], rtol=1e-12)
