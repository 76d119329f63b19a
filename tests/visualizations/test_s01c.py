"""The figures of Session 01 Part C: what they draw, and that what their alt text says is so."""

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath import visualizations as viz
from neuropath.visualizations import s01c_difference_error as difference
from neuropath.visualizations import s01c_gradient_depth as depth
from neuropath.visualizations import s01c_loss_saturation as saturation

NAMES = [name for name in viz.names() if name.startswith("s01c_")]


def test_there_are_figures():
    assert len(NAMES) >= 3


@pytest.mark.parametrize(
    ("kind", "dtype", "best_step", "best_error"),
    [
        ("one-sided", "float64", 1e-8, 7e-9),
        ("central", "float64", 5e-6, 1e-11),
        ("central", "float32", 5e-3, 7e-6),
    ],
)
def test_the_valley_lies_where_the_alt_text_says(kind, dtype, best_step, best_error):
    steps = np.logspace(-6 if dtype == "float32" else -13, -0.5, 200)
    error = difference.errors(kind, dtype, steps)
    assert best_step / 4 < steps[error.argmin()] < best_step * 4
    assert best_error / 3 < error.min() < best_error * 3


@pytest.mark.parametrize(("kind", "power"), [("one-sided", 1), ("central", 2)])
def test_truncation_error_has_its_order(kind, power):
    coarse, fine = difference.errors(kind, "float64", np.array([1e-2, 1e-3]))
    assert np.log10(coarse / fine) == pytest.approx(power, abs=0.05)


@pytest.mark.parametrize(
    ("activation", "variance", "low", "high"),
    [
        ("relu", 8, 1e8, 1e9),
        ("relu", 2, 0.3, 3),
        ("tanh", 1, 0.05, 0.3),
        ("sigmoid", 1, 1e-19, 1e-18),
    ],
)
def test_the_first_layer_hears_as_much_as_the_alt_text_says(activation, variance, low, high):
    norms = depth.error_norms(activation, variance / depth.WIDTH)
    assert norms.shape == (depth.DEPTH,)
    assert norms[-1] == 1
    assert low < norms[0] < high


def test_the_sigmoid_stays_below_its_bound():
    layers = np.arange(1, depth.DEPTH + 1)
    norms = depth.error_norms("sigmoid", 1 / depth.WIDTH)
    assert (norms <= 0.5 ** (depth.DEPTH - layers) * (1 + 1e-12)).all()


def test_saturation_slopes_are_those_of_the_package():
    margin = np.array([-5.0, -0.7, 0.0, 3.0])
    logits = np.stack([margin, np.zeros(4)], axis=1)  # (4, 2), class 0 is true
    cross_entropy, squared = saturation.slopes(margin)
    _, gradient = nn.sparse_categorical_crossentropy(logits, np.zeros(4, int))
    assert np.allclose(cross_entropy, 4 * gradient[:, 0])
    softmax = nn.Softmax()
    probability = softmax.forward(logits)
    assert np.allclose(squared, softmax.backward(2 * (probability - [1, 0]))[:, 0])
    assert squared.min() == pytest.approx(-0.59, abs=0.01)
