"""Gradient descent in one dimension, in Node, equals the course's engine and optimiser."""

import numpy as np
import pytest
from node import plant, results

from neuropath import scratch as nn
from neuropath.scratch import autodiff as ad
from neuropath.visualizations import load
from neuropath.widgets import RateExplorer
from neuropath.widgets.rate import LAST

CURVES = {"parabola": lambda bend, x: bend * x**2 * 0.5, "quartic": lambda bend, x: bend * x**4 * (1 / 12)}
CASES = [(0.2, 0.3, 2.6), (1.0, 1.8, -2.4), (1.5, 0.7, 1.3), (1.5, 1.2, 0.9), (0.7, 2.2, -1.1)]


def slope(curve, bend, x):
    leaf = ad.leaf(x)
    return float(ad.gradients(CURVES[curve](bend, leaf), [leaf])[0])


def compare(modules):
    for curve, f in CURVES.items():
        for bend, rate, start in CASES:
            (theirs,) = results(modules / "rate.mjs", "trail", [[curve, bend, rate, start, LAST]])
            x, descent = np.array([start]), nn.SGD(rate)
            for place in theirs:
                assert place == pytest.approx(x[0], rel=1e-6, abs=1e-9)
                descent.step({"x": x}, {"x": np.array([slope(curve, bend, x[0])])})
            assert len(theirs) == LAST + 1 or abs(theirs[-1]) >= 1e4
            given = [[curve, bend, place] for place in theirs]
            losses = results(modules / "rate.mjs", "lossOf", given)
            assert losses == pytest.approx([f(bend, place) for place in theirs], rel=1e-9)


def test_the_trail_is_that_of_scratch(modules):
    compare(modules)


@pytest.mark.parametrize(
    ("right", "wrong"), [("x - rate * slope", "x + rate * slope"), ("x ** 3) / 3", "x ** 3) / 4")]
)
def test_a_fault_is_caught(modules, tmp_path, right, wrong):
    plant(modules / "rate.mjs", right, wrong, tmp_path)
    with pytest.raises(AssertionError):
        compare(tmp_path)


def test_the_factor_is_what_a_step_multiplies_by(modules):
    for curve in CURVES:
        for bend, rate, start in CASES:
            (path,) = results(modules / "rate.mjs", "trail", [[curve, bend, rate, start, 1]])
            (factor,) = results(modules / "rate.mjs", "factorOf", [[curve, bend, rate, start]])
            assert factor == pytest.approx(path[1] / path[0], rel=1e-9)


def test_the_words_keep_to_the_theorem(modules):
    """On the parabola the trail shrinks exactly where |1 − ηλ| < 1, and the words say so."""
    rates = [0.05, 0.9, 1.0, 1.3, 1.9, 2.0, 2.1, 3.0]
    paths = results(modules / "rate.mjs", "trail", [["parabola", 1.0, r, 2.0, LAST] for r in rates])
    words = results(modules / "rate.mjs", "verdict", [[1 - r] for r in rates])
    for path, said in zip(paths, words, strict=True):
        assert said.startswith("Divergent") == (abs(path[-1]) > 2 + 1e-9), said
        assert said.startswith("On the edge") == (abs(path[-1]) == pytest.approx(2)), said
    heads = [said.split(":")[0].split(",")[0] for said in words]
    assert heads == [
        "Too small",
        "Just right",
        "Just right",
        "Fast",
        "Too large",
        "On the edge",
        *["Divergent"] * 2,
    ]


def test_the_text_says_what_scratch_gives():
    places = load("explorer_rate").trail()
    assert f"x = {places[-1]:.2f}.".replace("-", "−") in RateExplorer.ALT
    assert f"from {places[0] ** 2 / 2:.2f} to {places[-1] ** 2 / 2:.4f}" in RateExplorer.ALT
    assert places[1:] == pytest.approx(-0.8 * places[:-1])
