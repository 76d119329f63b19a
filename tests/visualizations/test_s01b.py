"""The figures of Session 01 Part B: what they draw, and that what their alt text says is so."""

import numpy as np
import pytest

from neuropath import visualizations as viz
from neuropath.visualizations import s01b_perceptron_squeeze as squeeze
from neuropath.visualizations import s01b_relu_interpolation as interpolation
from neuropath.visualizations import s01b_tent_teeth as teeth

NAMES = [name for name in viz.names() if name.startswith("s01b_")]


def test_there_are_figures():
    assert len(NAMES) >= 3


def test_the_perceptron_run_is_what_the_alt_text_says():
    X, y, u = squeeze.separable_points()
    history = squeeze.weights_after_mistakes(X, y)
    R, gamma = np.linalg.norm(X, axis=1).max(), (y * (X @ u)).min()
    assert len(history) - 1 == 13
    assert 145 < (R / gamma) ** 2 < 155
    assert (y * (X @ history[-1]) > 0).all()
    assert not (y * (X @ history[4]) > 0).all()
    M = np.arange(len(history))
    size = np.linalg.norm(history, axis=1)
    assert (gamma * M <= history @ u + 1e-12).all()
    assert (history @ u <= size + 1e-12).all()
    assert (size <= R * np.sqrt(M) + 1e-12).all()


@pytest.mark.parametrize(("name", "low", "high"), [("sine", 3.8, 4.2), ("√x", 1.35, 1.45), ("step", 0, 2)])
def test_the_error_falls_as_the_alt_text_says(name, low, high):
    target = next(f for label, f in interpolation.TARGETS.items() if label.startswith(name))
    x = np.linspace(0, 1, 30001)
    coarse, fine = (np.abs(target(x) - interpolation.interpolant(target, n, x)).max() for n in (64, 128))
    assert low < coarse / fine < high


def test_the_step_stays_above_one_half_and_the_kink_halves_on_average():
    x = np.linspace(0, 1, 30001)
    worst = {
        label: [np.abs(f(x) - interpolation.interpolant(f, n, x)).max() for n in interpolation.COUNTS]
        for label, f in interpolation.TARGETS.items()
    }
    assert min(worst["step: no limit"]) >= 0.499  # the grid may miss the jump by a little
    kink = worst["|x − 1/3|, order 1"]
    assert 1.8 < (kink[0] / kink[-1]) ** (1 / (len(kink) - 1)) < 2.2


def test_the_interpolant_passes_through_the_knots():
    knots = np.arange(8) / 7
    assert np.allclose(interpolation.interpolant(np.exp, 7, knots), np.exp(knots), rtol=1e-12)


@pytest.mark.parametrize("times", [1, 2, 4, 8])
def test_teeth_are_counted_right(times):
    x = np.linspace(0, 1, 2 ** (times + 2) + 1)  # dyadic: exact in floating point
    y = teeth.iterate(x, times)
    assert np.count_nonzero(y == 1) == 2 ** (times - 1)
    assert np.count_nonzero(np.diff(np.sign(np.diff(y)))) == 2**times - 1


def test_the_flat_network_is_as_wide_as_the_alt_text_says():
    assert teeth.flat_units(9) < 1000 < teeth.flat_units(10)
    assert teeth.flat_units(19) < 1_000_000 < teeth.flat_units(20)
