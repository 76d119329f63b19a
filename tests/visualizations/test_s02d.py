"""The figures of Session 02 Part D: what they say is so."""

import numpy as np

from neuropath import scratch as nn
from neuropath import visualizations as viz
from neuropath.scratch.conv import columns
from neuropath.scratch.windows import Window
from neuropath.visualizations import s02d_im2col as im2col
from neuropath.visualizations import s02d_layout as layout
from neuropath.visualizations import s02d_lenet as lenet


def test_there_are_figures():
    found = [name for name in viz.names() if name.startswith("s02d_")]
    assert found == ["s02d_im2col", "s02d_layout", "s02d_lenet"]


def test_the_columns_are_the_package_s():
    image = np.arange(1.0, 17).reshape(1, 4, 4, 1)
    assert np.array_equal(im2col.rows(), columns(image, Window((3, 3))))
    for row in (0, 3):
        assert " ".join(map(str, im2col.rows()[row])) in im2col.ALT


def test_the_orders_are_those_of_arrays():
    names = np.array(layout.orders()["channels last"]).reshape(2, 3, 3)  # (H, W, C)
    assert names.transpose(2, 0, 1).ravel().tolist() == layout.orders()["channels first"]
    assert names[0, 1].tolist() == ["R2", "G2", "B2"]


def test_lenet_s_shapes_parameters_and_work_are_those_of_the_model():
    model, X = nn.lenet5(rng=np.random.default_rng(0)), np.zeros((1, 28, 28, 1), "float32")
    shapes, counts, macs = [X.shape[1:]], [], []
    for layer in model.layers:
        X = layer.forward(X)
        if not isinstance(layer, (nn.ReLU, nn.Flatten)):
            shapes.append(X.shape[1:])
        if layer.params:
            counts.append(sum(p.size for p in layer.params.values()))
            macs.append(layer.params["W"].size * int(np.prod(X.shape[1:-1])))
    assert ["×".join(map(str, shape)) for shape in shapes] == [shape for _, shape in lenet.STAGES]
    assert (tuple(counts), tuple(macs)) == (lenet.PARAMETERS, lenet.MACS)
    assert [round(100 * c[2] / sum(c)) for c in (counts, macs)] == [78, 12]
    assert [round(100 * c[1] / sum(c)) for c in (counts, macs)] == [4, 58]
