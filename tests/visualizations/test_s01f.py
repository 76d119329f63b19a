"""The figures of Session 01 Part F: what they draw, and that what their alt text says is so."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from neuropath import visualizations as viz
from neuropath.scratch import autodiff as ad
from neuropath.visualizations import s01f_feedback as feedback
from neuropath.visualizations import s01f_ridges as ridges
from neuropath.visualizations import s01f_tape as tape

NAMES = [name for name in viz.names() if name.startswith("s01f_")]


def test_there_are_figures():
    assert len(NAMES) >= 3


def test_the_waves_pass_through_every_pixel(rng):
    for image in (ridges.target_image(), rng.normal(size=(5, 5))):
        frequency, amplitude, constant = ridges.waves(image)
        centres = (np.indices(image.shape).reshape(2, -1).T + 0.5) / len(image)
        drawn = constant + np.cos(centres @ frequency.T) @ amplitude
        np.testing.assert_allclose(drawn, image.ravel(), atol=1e-12)
        assert len(np.unique(frequency, axis=0)) == len(frequency)
        assert not (-frequency[:, None] == frequency).all(axis=2).any(), "w and -w are one wave"


def test_the_number_of_units_is_the_one_in_the_text():
    assert len(ridges.waves(ridges.target_image())[0]) == 112
    for units in (448, 896, 3584):
        assert f"{units:,}" in ridges.ALT


def test_hinges_replace_cosines_as_a_relu_layer_would(rng):
    frequency, amplitude = 5 * rng.normal(size=(3, 2)), rng.normal(size=3)
    points, n = rng.uniform(size=(50, 2)), 7
    total = np.zeros(50)
    for w, a in zip(frequency, amplitude, strict=True):
        start, reach = np.minimum(w, 0).sum(), np.abs(w).sum()
        heights = np.cos(start + reach * np.arange(n + 1) / n)
        changes = np.diff(n * np.diff(heights), prepend=0.0)
        s = (points @ w - start) / reach
        total += a * (heights[0] + np.maximum(s[:, None] - np.arange(n) / n, 0) @ changes)
    np.testing.assert_allclose(ridges.draw_with(frequency, amplitude, n, points), total, atol=1e-12)


def test_the_error_is_what_the_alt_text_says():
    worst, bound = ridges.errors(2 ** np.arange(1, 7))
    assert (worst <= bound).all()
    assert 0.5 < worst[0] < 1.2
    assert 0.5 < worst[1] < 1.2
    assert worst[-1] == pytest.approx(0.01, abs=0.005)
    assert worst[-2] / worst[-1] == pytest.approx(4, rel=0.1)
    assert bound[-1] / worst[-1] == pytest.approx(4, rel=0.1)


def test_the_tape_shows_what_the_engine_computes():
    a, b = ad.leaf(tape.A), ad.leaf(tape.B)
    c = a + b
    L = c * a
    values, adjoints, edges = tape.sweep(tape.A, tape.B)
    assert [values[k] for k in "abcL"] == [a.data, b.data, c.data, L.data]
    assert [adjoints[k] for k in "abcL"] == [*ad.gradients(L, [a, b, c]), 1.0]
    assert edges["La"] + edges["ca"] == adjoints["a"] == 5
    assert "2 + 3 = 5" in tape.ALT


def test_four_ways_are_drawn():
    figure = feedback.draw()
    assert tuple(ax.get_title() for ax in figure.axes) == feedback.TITLES
    words = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert {"W₃ᵀ", "B₃ random", "u · ∇L", "loss ₁"} <= set(words)
    plt.close(figure)
