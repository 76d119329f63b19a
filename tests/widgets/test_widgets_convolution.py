"""The convolution explorer: its output map, products and sizes against scratch, SciPy and plain indexing."""

import re

import numpy as np
import pytest
import traitlets
from node import results
from scipy.signal import correlate2d

from neuropath import scratch as nn
from neuropath.scratch import reference
from neuropath.scratch.windows import Window
from neuropath.visualizations import load
from neuropath.widgets import ConvolutionExplorer
from neuropath.widgets.convolution import COLUMN, EDGE_X, ROW, brain_slice

TOLERANCE = {"rel": 1e-6, "abs": 1e-6}
SETTINGS = [(s, d, p) for s in (1, 2, 3) for d in (1, 2, 3) for p in ("valid", "same")]


@pytest.fixture
def module(modules):
    return modules / "convolution.mjs"


def by_scratch(image, kernel, stride, dilation, padding):
    """Scratch's definition, loop by loop: it allows stride and dilation above 1 together."""
    window = Window(kernel.shape, (stride, stride), padding, (dilation, dilation))
    X, W = image[None, :, :, None], kernel[:, :, None, None]
    return reference.conv2d(X, W, np.zeros(1), window)[0, :, :, 0]


@pytest.mark.parametrize(("stride", "dilation", "padding"), SETTINGS)
def test_the_output_map_is_scratchs(module, rng, stride, dilation, padding):
    images = [rng.integers(0, 256, shape).astype(float) for shape in ((28, 28), (9, 12), (13, 7))]
    kernels = rng.normal(size=(3, 3, 3))
    given = [
        [x.tolist(), k.tolist(), stride, dilation, padding] for x, k in zip(images, kernels, strict=True)
    ]
    for theirs, (image, kernel, *how) in zip(results(module, "convolve", given), given, strict=True):
        ours = by_scratch(np.array(image), np.array(kernel), *how)
        assert np.shape(theirs) == ours.shape
        assert np.array(theirs) == pytest.approx(ours, **TOLERANCE)


def test_the_output_map_is_the_layers(module, rng):
    """scratch's Conv2D, which the tests of twins hold to Keras': stride or dilation above 1, never both."""
    image, kernel = rng.integers(0, 256, (28, 28)).astype(float), rng.normal(size=(3, 3))
    allowed = [how for how in SETTINGS if 1 in how[:2]]
    given = [[image.tolist(), kernel.tolist(), *how] for how in allowed]
    for theirs, (stride, dilation, padding) in zip(results(module, "convolve", given), allowed, strict=True):
        layer = nn.Conv2D(1, 1, 3, stride, padding, rng=rng, dilation_rate=dilation, dtype="float64")
        layer.params["W"][...] = kernel[:, :, None, None]
        twin = layer.forward(image[None, :, :, None])[0, :, :, 0]
        assert np.array(theirs) == pytest.approx(twin, **TOLERANCE)


def test_the_products_are_the_windows_and_sum_to_the_pixel(module, rng):
    image, kernel = rng.integers(0, 256, (28, 28)).astype(float), rng.normal(size=(3, 3))
    for stride, dilation, padding in SETTINGS:
        how = [image.tolist(), kernel.tolist(), stride, dilation, padding]
        ours = by_scratch(image, kernel, stride, dilation, padding)
        places = [(0, 0), tuple(n - 1 for n in ours.shape), tuple(n // 2 for n in ours.shape)]
        seen = results(module, "tapsAt", [[*how, *place] for place in places])
        for place, taps in zip(places, seen, strict=True):
            assert sum(t["product"] for t in taps) == pytest.approx(ours[place], **TOLERANCE)
            assert [t["weight"] for t in taps] == kernel.ravel().tolist()
            for t in taps:
                inside = 0 <= t["y"] < 28 and 0 <= t["x"] < 28
                assert t["pixel"] == (image[t["y"], t["x"]] if inside else 0)


def test_the_sizes_are_those_of_the_formula(module):
    cases = [[n, k, s, d, p] for n in range(13, 33) for k in (1, 2, 3, 5) for s, d, p in SETTINGS]
    for (n, k, s, d, p), size in zip(cases, results(module, "sizeOf", cases), strict=True):
        reach = d * (k - 1) + 1
        # count the places where the window fits into the framed image
        fits = range(0, n + size["before"] + size["after"] - reach + 1, s)
        assert size["out"] == len(fits)
        if p == "same":
            assert size["out"] == -(-n // s)
            assert size["after"] - size["before"] in (0, 1)


def test_a_flipped_kernel_would_be_caught(modules, tmp_path, rng):
    """The fault: true convolution, which turns the kernel by 180°."""
    text = (modules / "convolution.mjs").read_text()
    broken = tmp_path / "broken.mjs"
    turned = text.replace("kernel.flatMap(", "kernel.toReversed().flatMap(")
    broken.write_text(turned.replace("weights.map((weight, j)", "weights.toReversed().map((weight, j)"))
    assert broken.read_text() != text
    image, kernel = rng.integers(0, 256, (9, 9)).astype(float), rng.normal(size=(3, 3))
    (theirs,) = results(broken, "convolve", [[image.tolist(), kernel.tolist(), 1, 1, "valid"]])
    assert np.array(theirs) != pytest.approx(by_scratch(image, kernel, 1, 1, "valid"), **TOLERANCE)


def test_presets_do_what_their_names_say(module):
    (kernels,) = results(module, "KERNELS", [[]])
    assert list(kernels) == ["blur", "edgex", "edgey", "laplacian", "sharpen", "identity"]
    sums = dict(zip(kernels, results(module, "kernelSum", [[k] for k in kernels.values()]), strict=True))
    assert sums == pytest.approx(
        {"blur": 1, "edgex": 0, "edgey": 0, "laplacian": 0, "sharpen": 1, "identity": 1}
    )
    assert kernels["edgex"] == EDGE_X == np.transpose(kernels["edgey"]).tolist()
    parabola = np.add.outer(np.arange(5.0) ** 2, np.arange(5.0) ** 2)
    assert (correlate2d(parabola, kernels["laplacian"], "valid") == 4).all()  # ∇²(x² + y²)
    assert (correlate2d(parabola, kernels["identity"], "valid") == parabola[1:-1, 1:-1]).all()


def test_the_slice_is_the_phantoms_and_the_alt_text_is_true():
    pixels = np.array(brain_slice())
    assert pixels.shape == (28, 28)
    assert pixels.min() >= 0
    assert pixels.max() <= 255
    assert ConvolutionExplorer().image == pixels.tolist() == ConvolutionExplorer().image
    output = correlate2d(pixels.astype(float), EDGE_X, "valid")
    words = re.search(
        r"row (\d+) and column (\d+), the nine products sum to about (\d+)", ConvolutionExplorer.ALT
    )
    assert (int(words[1]), int(words[2])) == (ROW, COLUMN)
    assert output[ROW, COLUMN] == pytest.approx(int(words[3]), abs=5)  # "about 390"
    assert output.shape == (26, 26)
    still = load("explorer_convolution").convolve(pixels.astype(float), np.array(EDGE_X))
    assert still == pytest.approx(output)


WRONG = [
    {"image": np.full((9, 9), 0.5)},
    {"image": np.zeros((6, 9))},
    {"image": np.zeros((49, 9))},
    {"kernel": np.zeros((2, 2))},
    {"padding": "full"},
    {"strides": 4},
    {"dilation_rate": 0},
]


@pytest.mark.parametrize("traits", WRONG)
def test_wrong_traits_are_refused(traits):
    with pytest.raises(traitlets.TraitError, match=next(iter(traits))):
        ConvolutionExplorer(**traits)
