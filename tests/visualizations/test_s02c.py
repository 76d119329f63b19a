"""The figures of Session 02 Part C: what they draw, and that what their alt text says is so."""

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath import visualizations as viz
from neuropath.visualizations import s02c_effective as effective
from neuropath.visualizations import s02c_im2col as im2col
from neuropath.visualizations import s02c_staircase as staircase
from neuropath.visualizations import s02c_stride as stride

SIGNALS, WEIGHTS = {"g_0": 0.7, "g_1": -1.9, "g_2": 0.4}, {"w_0": 1.3, "w_1": -0.6, "w_2": 2.1}


def slopes(stride: int) -> np.ndarray:
    """What the package's layer sends back to five pixels through three weights."""
    layer = nn.Conv2D(1, 1, (3, 1), (stride, 1), rng=np.random.default_rng(0), dtype="float64")
    layer.params["W"][...] = np.array(list(WEIGHTS.values())).reshape(3, 1, 1, 1)
    outputs = layer.forward(np.ones((1, 5, 1, 1))).shape[1]
    return layer.backward(np.array(list(SIGNALS.values()))[:outputs].reshape(1, -1, 1, 1)).ravel()


def test_there_are_figures():
    assert len([name for name in viz.names() if name.startswith("s02c_")]) >= 4


def test_the_columns_of_the_staircase_are_the_input_slopes():
    terms = [staircase.slope_terms(p) for p in range(5)]
    drawn = [sum(SIGNALS[f"g_{u}"] * WEIGHTS[f"w_{i}"] for u, i in pairs) for pairs in terms]
    assert drawn == pytest.approx(slopes(1))
    assert terms[2] == [(0, 2), (1, 1), (2, 0)]


def test_the_spread_signals_give_the_slopes_of_stride_two():
    drawn = [sum(SIGNALS[t[:3]] * WEIGHTS[t[3:]] for t in stride.terms(p)) for p in range(5)]
    assert drawn == pytest.approx(slopes(2))
    assert all(
        term in ("g_0w_0", "g_0w_1", "g_0w_2", "g_1w_0", "g_1w_1", "g_1w_2") for term in stride.terms(2)
    )


def test_the_patches_and_counts_are_those_of_the_alt_text():
    rows = "; ".join(" ".join(row) for row in im2col.patch_rows())
    assert rows in im2col.ALT
    assert im2col.counts().tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    assert "1 2 1, 2 4 2, 1 2 1" in im2col.ALT


@pytest.mark.parametrize(("depth", "peak", "field"), [(5, 0.21, 11), (20, 0.11, 41), (80, 0.05, 161)])
def test_the_hills_are_as_high_and_wide_as_the_alt_text_says(depth, peak, field):
    profile = effective.walk(3, depth)
    assert profile.sum() == pytest.approx(1)
    assert profile.max() == pytest.approx(peak, abs=0.005)
    assert len(profile) == field
    assert effective.spread(profile) == pytest.approx(np.sqrt(depth * 8 / 12))


def test_eighty_layers_do_not_hear_beyond_25_pixels():
    far = effective.walk(3, 80)
    assert far[80 + 26 :].sum() + far[: 80 - 25].sum() < 0.001


@pytest.mark.parametrize("depth", effective.NETWORKS)
def test_measured_networks_lie_on_the_line(depth):
    dots = effective.measured(3, depth, effective.NETWORKS[depth], np.random.default_rng(3))
    line = effective.walk(3, depth)
    assert dots.sum() == pytest.approx(1)
    assert np.abs(dots - line).max() < 0.1 * line.max()


def test_a_single_layer_is_a_box():
    assert effective.walk(3, 1).tolist() == [1 / 3] * 3
    assert effective.spread(np.array([1, 0, 0, 0, 1])) == 2
