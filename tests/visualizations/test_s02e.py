"""The figures of Session 02 Part E: they draw in both themes, and what they say is so."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath import visualizations as viz
from neuropath.lessons import architectures as arch
from neuropath.lessons import style
from neuropath.visualizations import s02e_fields as fields
from neuropath.visualizations import s02e_grid as grid
from neuropath.visualizations import s02e_stack as stack
from neuropath.visualizations import s02e_stem as stem

NAMES = [name for name in viz.names() if name.startswith("s02e_")]


@pytest.fixture(scope="module")
def base():
    from neuropath.project.weights import load_base

    return load_base("mobilenet", (96, 96, 3), "bundled", 0.35)


def test_there_are_figures():
    assert NAMES == ["s02e_fields", "s02e_grid", "s02e_stack", "s02e_stem"]


@pytest.mark.parametrize("tone", ["light", "dark"])
@pytest.mark.parametrize("figure", [fields, grid, stack, stem], ids=lambda module: module.__name__[-5:])
def test_it_draws(figure, tone):
    with style.theme(tone):
        plt.close(figure.draw())


@pytest.mark.parametrize(("size", "alpha"), [(224, 1.0), (96, 0.35), (100, 0.5)])
def test_the_rows_are_the_layers_of_keras(size, alpha):
    import keras

    network = stack.architecture(size, alpha)
    with keras.StatelessScope(initialize_variables=False):
        theirs = keras.applications.MobileNetV2((size, size, 3), alpha=alpha, weights=None, include_top=False)
    layers = [layer for layer in theirs.layers if hasattr(layer, "kernel_size")]
    assert arch.parameters(network) == [layer.count_params() for layer in layers]
    assert arch.shapes(network) == [layer.output.shape[1:] for layer in layers]
    assert [row.stride for row in network.layers] == [layer.strides[0] for layer in layers]


def test_the_stack_shows_what_the_alt_text_says():
    network = stack.architecture()
    assert (sum(arch.parameters(network)), sum(arch.macs(network))) == (2_189_760, 299_494_272)
    weights = 100 * stack.by_block(arch.parameters(network), network) / 2_189_760
    work = 100 * stack.by_block(arch.macs(network), network) / 299_494_272
    assert weights[:8].max() < 1  # stem, blocks 0 to 6
    assert (weights[-4:].min(), weights[-4:].max()) == pytest.approx((14.4, 21.4), abs=0.1)
    assert weights[:-4].max() < 14
    assert 2 < work.min() < work.max() < 10
    assert weights.sum() == pytest.approx(100)


def test_the_squares_are_the_fields_and_hold_what_they_should():
    known = fields.fields()
    for name, width in (*fields.NEAR, *fields.FAR):
        assert known[name].width == width
        assert f" {width}" in fields.ALT
    wide = fields.diameters()
    assert len(wide) == 55
    assert (round(wide.min()), round(wide.max())) == (9, 34)
    assert np.mean((wide > 12) & (wide < 26)) > 0.7


def test_the_dots_are_the_centres():
    assert grid.centres(96).tolist() == [15, 31, 47, 63, 79, 95]
    assert grid.centres(97).tolist() == [0, 16, 32, 48, 64, 80, 96]


def test_the_filters_are_the_first_layer_of_the_bundled_base(base):
    import keras

    image = stem.slice_shown()
    pixels = np.repeat(image[None, ..., None].astype("float32") / 127.5 - 1, 3, axis=3)
    theirs = keras.Model(base.input, base.get_layer("Conv1_relu").output)(pixels).numpy()[0]
    maps = stem.answers(image)
    assert np.abs(maps - theirs).max() < 1e-4
    black = np.abs(stem.answers(255 - image) - theirs).max()
    assert black > 0.1, "another picture would pass"
    ours = nn.MobileNetV2.from_keras(base, watch=["Conv1_relu"])
    ours.forward(pixels)
    assert np.abs(ours.values["Conv1_relu"][0] - maps).max() < 1e-4


def test_no_two_filters_are_alike():
    kernel = stem.grey_stem()[0].reshape(9, 16)
    likeness = np.corrcoef(kernel.T) - np.eye(16)
    assert likeness.max() < 0.97
