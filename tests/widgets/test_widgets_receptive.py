"""The receptive-field calculator against brute force, and its presets against the networks themselves."""

import numpy as np
import pytest
import traitlets
from node import results

from neuropath import scratch as nn
from neuropath.scratch import reference
from neuropath.scratch.conv import KernelLayer
from neuropath.scratch.windows import Window
from neuropath.widgets import ReceptiveExplorer
from neuropath.widgets.receptive import LAYERS, TUMOUR, receptive_fields


@pytest.fixture
def module(modules):
    return modules / "receptive.mjs"


def seen_by(layers, unit):
    """First and last pixel that `unit` of the last layer depends on, by going back through every tap."""
    units = {unit}
    for kernel, stride, dilation in reversed(layers):
        units = {u * stride + i * dilation for u in units for i in range(kernel)}
    return min(units), max(units)


def stacks(rng, n=60):
    """Random layers; kernels of at least 2, so that every layer looks somewhere."""
    for _ in range(n):
        depth = rng.integers(1, 6)
        highest = ((2, 6), (1, 4), (1, 4))
        yield np.column_stack([rng.integers(low, high, depth) for low, high in highest]).tolist()


def test_fields_and_distances_are_those_of_brute_force(module, rng):
    given = list(stacks(rng))
    for layers, theirs in zip(given, results(module, "fields", [[s] for s in given]), strict=True):
        for depth, one in enumerate(theirs, 1):
            first, last = seen_by(layers[:depth], 0)
            assert one == {"r": last - first + 1, "j": seen_by(layers[:depth], 1)[0] - first}


def felt_by(layers):
    """Where the gradients of two neighbouring units of the last layer are not 0: scratch's backward pass.

    Images of one row; kernels of ones, so that nothing cancels.
    """
    windows = [Window((1, k), (1, s), "valid", (1, d)) for k, s, d in layers]
    widths = [2]
    for window in reversed(windows):
        widths.append((widths[-1] - 1) * window.strides[1] + window.reach[1])
    felt = []
    for unit in (0, 1):
        dY = np.zeros((1, 1, 2, 1))
        dY[0, 0, unit] = 1
        for window, width in zip(reversed(windows), widths[1:], strict=True):
            X, W = np.zeros((1, 1, width, 1)), np.ones((*window.size, 1, 1))
            dY = reference.conv2d_backward(dY, X, W, np.zeros(1), window)[0]
        felt.append(np.flatnonzero(dY))
    return felt


def test_a_unit_sees_what_scratchs_gradient_says(module, rng):
    given = list(stacks(rng, 25))
    for layers, theirs in zip(given, results(module, "fields", [[s] for s in given]), strict=True):
        one, other = felt_by(layers)
        assert theirs[-1] == {"r": one[-1] - one[0] + 1, "j": other[0] - one[0]}


def test_the_closed_form_of_the_still_figure_agrees(module, rng):
    given = list(stacks(rng))
    for layers, theirs in zip(given, results(module, "fields", [[s] for s in given]), strict=True):
        r, j = receptive_fields(layers)
        assert [one["r"] for one in theirs] == r.tolist()
        assert [one["j"] for one in theirs] == j.tolist()


def test_what_one_stride_more_gains(module, rng):
    given = [[layers, int(rng.integers(len(layers)))] for layers in stacks(rng)]
    for (layers, index), theirs in zip(given, results(module, "gain", given), strict=True):
        more = [[k, s + (n == index), d] for n, (k, s, d) in enumerate(layers)]
        assert theirs == receptive_fields(more)[0][-1] - receptive_fields(layers)[0][-1]
        assert (theirs == 0) == (index == len(layers) - 1)


def test_a_recursion_with_the_new_distance_would_be_caught(modules, tmp_path, rng):
    """The fault: a layer's own stride widens its own field."""
    text = (modules / "receptive.mjs").read_text()
    right = "    r += (k - 1) * d * j;\n    j *= s;\n"
    broken = tmp_path / "broken.mjs"
    broken.write_text(text.replace(right, "    j *= s;\n    r += (k - 1) * d * j;\n"))
    assert right in text
    given = [layers for layers in stacks(rng) if layers[-1][1] > 1]
    for layers, theirs in zip(given, results(broken, "fields", [[s] for s in given]), strict=True):
        first, last = seen_by(layers, 0)
        assert theirs[-1]["r"] != last - first + 1


def test_the_preset_is_the_base_of_the_classifier(module, keras):
    """Kernels and strides as Keras has them; 1 × 1 layers left out, for every width multiplier."""
    (presets,) = results(module, "STACKS", [[]])
    kinds = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
    for alpha in (0.35, 1.0):
        base = keras.applications.MobileNetV2((224, 224, 3), alpha=alpha, include_top=False, weights=None)
        layers = [layer for layer in base.layers if isinstance(layer, kinds)]
        theirs = [[x.kernel_size[0], x.strides[0], x.dilation_rate[0]] for x in layers]
        assert presets["mobilenet"] == [row for row in theirs if row[0] > 1]
        assert all(stride == 1 for kernel, stride, _ in theirs if kernel == 1)
        assert base.output_shape[1] * receptive_fields(presets["mobilenet"])[1][-1] == 224


def test_the_preset_is_scratchs_mobilenet(module, rng):
    (presets,) = results(module, "STACKS", [[]])
    network = nn.MobileNetV2((32, 32, 3), 0.35, rng=rng)
    windows = [layer.window for layer in network.layers if isinstance(layer, KernelLayer)]
    rows = [[w.size[0], w.strides[0], w.dilation[0]] for w in windows]
    assert presets["mobilenet"] == [row for row in rows if row[0] > 1]


def test_what_the_hint_asks_for_can_be_found(module):
    """Strides alone let a unit of layer 5 see the whole tumour; in the last layer they do nothing."""
    assert results(module, "TUMOUR", [[]]) == [TUMOUR]

    def seen(*strides):
        return receptive_fields([[3, s, 1] for s in strides])[0][-1]

    assert seen(1, 1, 1, 1, 1) < TUMOUR <= min(seen(2, 2, 1, 1, 1), seen(4, 1, 1, 1, 1))
    assert seen(1, 1, 1, 1, 4) == seen(1, 1, 1, 1, 1)
    assert f"disc of {TUMOUR} pixels: a tumour of {TUMOUR / 10:.0f} cm" in ReceptiveExplorer.ALT


def test_the_other_presets(module):
    (presets,) = results(module, "STACKS", [[]])
    assert presets["five"] == LAYERS == ReceptiveExplorer().layers
    r, j = receptive_fields(presets["lenet"])
    assert r.tolist() == [5, 6, 14, 16, 32]  # the last sees LeNet-5's whole input of 32 × 32
    assert j.tolist() == [1, 2, 2, 4, 4]
    for layers in presets.values():
        ReceptiveExplorer(layers=layers)


def test_the_alt_text_is_true():
    r, j = receptive_fields(LAYERS)
    assert r.tolist() == [3, 5, 7, 9, 11]
    assert set(j) == {1}
    assert f"{100 * (r[-1] / 224) ** 2:.2f} % of the image" in ReceptiveExplorer.ALT


@pytest.mark.parametrize("layers", [[], [[3, 1]], [[3, 5, 1]], [[3, 1, 9]], [[2.5, 1, 1]], [[3, 1, 1]] * 25])
def test_wrong_layers_are_refused(layers):
    with pytest.raises(traitlets.TraitError, match="layers"):
        ReceptiveExplorer(layers=layers)
