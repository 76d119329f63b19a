"""The figures of Session 01 Part A: both themes, and that what their alt text says is so."""

import matplotlib.colors
import matplotlib.pyplot as plt
import numpy as np
import pytest

from neuropath import visualizations as viz
from neuropath.lessons import style
from neuropath.visualizations import _s01a, _s01a_digits
from neuropath.visualizations import s01a_activations as activations
from neuropath.visualizations import s01a_batches as batches
from neuropath.visualizations import s01a_cross_entropy as cross_entropy
from neuropath.visualizations import s01a_depth_folds as folds
from neuropath.visualizations import s01a_descent as descent
from neuropath.visualizations import s01a_dropout as dropout
from neuropath.visualizations import s01a_halfplane as halfplane
from neuropath.visualizations import s01a_haystack as haystack
from neuropath.visualizations import s01a_layers as layers
from neuropath.visualizations import s01a_learning_rates as rates
from neuropath.visualizations import s01a_perceptron as perceptron
from neuropath.visualizations import s01a_softmax as softmax
from neuropath.visualizations import s01a_timeline as timeline
from neuropath.visualizations import s01a_xor_fold as xor

NAMES = [name for name in viz.names() if name.startswith("s01a_")]
# per figure: what its alt text must speak of
SPEAKS_OF = {
    "s01a_activations": ["Sigmoid", "Tanh", "ReLU", "slope", "0.25"],
    "s01a_batches": ["smooth", "staggers", "sixteen"],
    "s01a_cross_entropy": ["4.61", "0.69", "squared error"],
    "s01a_depth_folds": ["zigzag", "4", "16", "64"],
    "s01a_descent": ["contours", "(0, 0)", "least loss"],
    "s01a_dropout": ["whole", "half", "crossed out"],
    "s01a_halfplane": ["2 x1 + x2 - 2 = 0", "right angle", "bias"],
    "s01a_haystack": ["noise", "handwritten"],
    "s01a_layers": ["outlines", "ring", "right half"],
    "s01a_learning_rates": ["0.02", "0.3", "1.03"],
    "s01a_neuron": ["dendrites", "axon", "weight", "bias"],
    "s01a_overfitting": ["training loss falls", "validation loss", "rises"],
    "s01a_perceptron": ["twelve points", "mistakes"],
    "s01a_softmax": ["7.39", "71 %", "26 %"],
    "s01a_timeline": ["1957/58", "1969", "1986", "2012", "winter"],
    "s01a_untangle": ["even", "odd", "scores"],
    "s01a_xor_fold": ["0.5", "1.5", "(1,1)"],
}


def test_every_figure_is_listed_here():
    assert set(SPEAKS_OF) == set(NAMES)
    assert len(NAMES) >= 6


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_draws_readably_on_the_paper_of_its_theme(name, theme):
    with style.theme(theme):
        figure = viz.load(name).draw()
        figure.canvas.draw()
        paper = matplotlib.colors.to_rgb(style.paper())
        texts = [t for t in figure.findobj(plt.Text) if t.get_text() and t.get_visible()]
        assert texts
        for text in texts:
            ink = matplotlib.colors.to_rgb(text.get_color())
            assert contrast(ink, paper) > 2.8, f"{text.get_text()!r} is hard to read"
            assert text.get_fontsize() >= 8
    width = figure.get_size_inches()[0]
    plt.close(figure)
    assert width == 7.0


def contrast(one, other) -> float:
    """The WCAG contrast ratio of two colours."""
    light = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(linear, (one, other))]
    return (max(light) + 0.05) / (min(light) + 0.05)


def linear(color) -> list[float]:
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color]


@pytest.mark.parametrize("name", NAMES)
def test_alt_text_says_what_is_shown(name):
    alt = viz.load(name).ALT
    assert 100 < len(alt) < 600
    missing = [words for words in SPEAKS_OF[name] if words not in alt]
    assert not missing


def test_half_plane_is_shaded_on_the_positive_side():
    figure, ax = plt.subplots()
    _s01a.half_plane(ax, [2.0, 1.0], -2.0, "C0")
    shaded = ax.patches[0].get_path()
    plt.close(figure)
    assert shaded.contains_point((2, 1))
    assert not shaded.contains_point((0, 0))
    assert halfplane.WEIGHTS.tolist() == [2, 1]


def test_haystack_holds_noise_and_six_digits():
    noise, real = haystack.images()
    assert noise.shape == real.shape == (6, 8, 8)
    assert 0 <= min(noise.min(), real.min()) <= max(noise.max(), real.max()) <= 1
    # neighbouring pixels of real digits resemble each other, those of noise don't
    likeness = [np.corrcoef(X[:, :, :-1].ravel(), X[:, :, 1:].ravel())[0, 1] for X in (noise, real)]
    assert abs(likeness[0]) < 0.2 < 0.4 < likeness[1]


def test_perceptron_separates_after_its_last_mistake_and_not_before():
    states = perceptron.history()
    right = [
        ((perceptron.POINTS @ w[:2] + w[2]) * perceptron.SIGNS > 0).all()
        for w in (states[0], states[len(states) // 2], states[-1])
    ]
    assert right == [False, False, True]


def test_hidden_layer_puts_both_circles_on_one_point_and_a_line_is_enough():
    seen = xor.hidden(_s01a.XOR_POINTS)
    assert seen.tolist() == [[0, 1], [1, 1], [1, 1], [1, 0]]
    assert ((seen.sum(axis=1) > 1.5) == _s01a.XOR_LABELS).all()


def test_activation_slopes_are_the_slopes():
    z, step = np.array([-3.0, -0.5, 0.7, 4.0]), 1e-6
    for name, (_, slope) in activations.curves(z).items():
        above, below = activations.curves(z + step)[name][0], activations.curves(z - step)[name][0]
        np.testing.assert_allclose((above - below) / (2 * step), slope, atol=1e-8)
    assert np.isnan(activations.curves(np.zeros(1))["ReLU"][1])


def test_softmax_panels_hold_the_numbers_of_the_alt_text():
    (_, scores, _), (_, raised, _), (_, shares, _) = softmax.steps()
    assert scores.tolist() == [2, 1, -1]
    assert raised.round(2).tolist() == [7.39, 2.72, 0.37]
    assert shares.round(2).tolist() == [0.71, 0.26, 0.04]


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_every_layer_multiplies_the_pieces_by_four(depth):
    y = np.linspace(0, 1, 2 * 4**depth + 1)
    for _ in range(depth):
        y = folds.zigzag(y)
    direction = np.sign(np.diff(y))
    assert 1 + (direction[1:] != direction[:-1]).sum() == 4**depth
    assert y.min() == 0
    assert y.max() == 1


def test_ring_detector_answers_at_the_ring_only():
    image, edges, ring, halves = layers.layers()
    assert image.shape == edges.shape == ring.shape
    v, u = np.unravel_index(ring.argmax(), ring.shape)
    place = -1 + 2 * np.array([u, v]) / (len(image) - 1)
    assert np.hypot(*(place - [0.42, -0.18])) < 0.06
    assert halves[0] < 0.5 * halves[1]


def test_descent_ends_at_the_least_squares_line():
    places = descent.path()
    np.testing.assert_allclose(places[-1], np.polyfit(*descent.data(), 1), atol=1e-4)
    assert places[0].tolist() == [0, 0]


def test_learning_rates_creep_arrive_and_run_away():
    ends = {name: abs(rates.walk(rate)[-1]) for name, rate in rates.RATES.items()}
    assert 0.5 < ends["too low"] < 1
    assert ends["right"] < 0.01
    assert ends["too high"] > 1
    assert (np.diff(np.abs(rates.walk(rates.RATES["too high"]))) > 0).all()


def test_smaller_batches_wander_more():
    goal = np.polyfit(*batches.data(), 1)
    miss = [np.linalg.norm(batches.path(size)[-20:] - goal, axis=1).mean() for size in (256, 16, 1)]
    assert miss == sorted(miss)


def test_dropout_drops_half_of_each_hidden_layer():
    whole, *thinned = dropout.masks()
    assert all(mask.all() for mask in whole)
    assert len({tuple(np.concatenate(keep)) for keep in thinned}) == 3
    for keep in thinned:
        assert [int(mask.sum()) for mask in keep] == [3, 2, 2, 1]


def test_cross_entropy_marks_the_three_values_of_the_text():
    assert cross_entropy.MARKED == (1.0, 0.5, 0.01)


def test_time_line_is_in_order_and_its_winters_too():
    years = list(timeline.EVENTS)
    assert years == sorted(years)
    assert list(timeline.WINTERS.values()) == [(1974, 1980), (1987, 1993)]


def test_digits_are_drawn_apart_and_the_overfitting_run_turns_round():
    seen, odd = _s01a_digits.views()
    assert [X.shape[1] for X in seen] == [64, 32, 16, 2]
    assert set(odd) == {0, 1}
    near_own = [_s01a_digits.nearest_centre_accuracy(X, odd) for X in seen]
    assert near_own[0] + 0.05 < near_own[-1]
    run = _s01a_digits.overfitting()
    best = int(np.argmin(run["val_loss"]))
    assert best < 30 < len(run["val_loss"])
    assert run["loss"][-1] < run["loss"][best]
    assert run["val_loss"][-1] > 1.2 * run["val_loss"][best]


def test_mobilenet_has_the_parameters_of_the_page_s_table(keras):
    whole = keras.applications.MobileNetV2(weights=None).count_params()
    base = keras.applications.MobileNetV2(weights=None, include_top=False).count_params()
    assert whole - base == 1280 * 1000 + 1000
    assert (round(base / 1e6, 1), round(whole / 1e6, 1)) == (2.3, 3.5)
