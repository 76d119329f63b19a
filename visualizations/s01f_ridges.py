"""Session 01 F: a digit drawn by a network whose weights were computed, not learnt, and what it costs."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from scipy.fft import dctn

from neuropath.lessons.datasets import load
from neuropath.lessons.style import COLORS, ink

ALT = (
    "Left, three grey-level pictures of a handwritten 3 on a square: with 448 hidden units a grey fog, "
    "with 896 units a smeared 3 crossed by streaks, with 3,584 units a clean, dark 3 on white. Right, "
    "logarithmic on both axes: the largest error against the number of hidden units stays near 1 up to "
    "448 units, then falls to about 0.01 at 7,168; a dashed line above it, the proven bound, falls with "
    "slope minus two, and runs parallel to it at the end, about four times higher."
)


def from_cosines(mean_products: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Frequencies (J, 2), amplitudes (J,) and a constant of the sum of waves with these coefficients.

    `mean_products[j, k]` (Q, Q) is the mean of f cos πjx cos πky over the unit square.
    """
    twice = np.where(np.arange(len(mean_products)) > 0, 2.0, 1.0)
    products = mean_products * np.outer(twice, twice)
    j, k = np.indices(products.shape).reshape(2, -1)  # cos πjx cos πky is half a sum of two waves
    opposite = np.where(j > 0, -k, k)  # cos is even: (0, -k) and (0, k) are the same wave
    frequency = np.pi * np.concatenate([np.column_stack([j, k]), np.column_stack([j, opposite])])
    halves = np.concatenate([products.ravel(), products.ravel()]) / 2
    frequency, place = np.unique(frequency, axis=0, return_inverse=True)  # same waves together
    amplitude = np.bincount(place.ravel(), halves)
    still = ~frequency.any(axis=1)
    return frequency[~still], amplitude[~still], float(amplitude[still].sum())


def waves(image: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The sum of waves through all pixels of an image (Q, Q).

    Pixel (r, c) sits at ((r + 1/2)/Q, (c + 1/2)/Q).
    """
    return from_cosines(dctn(image, type=2, norm="forward"))


def draw_with(frequency: np.ndarray, amplitude: np.ndarray, n: int, points: np.ndarray) -> np.ndarray:
    """The sum with each cosine replaced by its interpolant with n hinges, at points (N, 2)."""
    total = np.zeros(len(points))
    for w, a in zip(frequency, amplitude, strict=True):
        knots = np.minimum(w, 0).sum() + np.abs(w).sum() * np.arange(n + 1) / n
        total += a * np.interp(points @ w, knots, np.cos(knots))
    return total


def target_image() -> np.ndarray:
    """The first 3 of the training digits, (8, 8), float64 in [0, 1]."""
    data = load("digits")
    return data.X_train[np.flatnonzero(data.y_train == 3)[0]].astype(float)


def square(side: int) -> np.ndarray:
    """A grid of side × side points of the unit square, (side², 2), row by row."""
    line = np.linspace(0, 1, side)
    return np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)


def errors(counts: np.ndarray, side: int = 41) -> tuple[np.ndarray, np.ndarray]:
    """Largest error on the grid and the bound of the proposition, for each number of hinges per wave."""
    frequency, amplitude, _ = waves(target_image())
    points = square(side)
    exact = np.cos(points @ frequency.T) @ amplitude
    worst = [np.abs(draw_with(frequency, amplitude, n, points) - exact).max() for n in counts]
    bound = np.abs(amplitude) @ np.abs(frequency).sum(axis=1) ** 2 / (8 * np.square(counts, dtype=float))
    return np.array(worst), bound


def draw() -> Figure:
    """Three drawings and the error's slope."""
    figure, axes = plt.subplots(1, 4, figsize=(8.2, 2.6), width_ratios=(1, 1, 1, 1.6))
    frequency, amplitude, constant = waves(target_image())
    side = 61
    for ax, n in zip(axes, (4, 8, 32), strict=False):
        picture = constant + draw_with(frequency, amplitude, n, square(side)).reshape(side, side)
        ax.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        ax.set(title=f"{n * len(frequency):,} units", xticks=[], yticks=[])
        ax.spines[["left", "bottom"]].set_visible(False)
    counts = 2 ** np.arange(1, 7)
    worst, bound = errors(counts)
    units = counts * len(frequency)
    axes[3].loglog(units, bound, "s--", color=COLORS["orange"], ms=4, label="proven bound")
    axes[3].loglog(units, worst, "o-", color=COLORS["blue"], ms=4, label="largest error")
    axes[3].set(xlabel="hidden units", title="error on the square", ylim=(5e-3, 100))
    axes[3].set_xticks([300, 1000, 3000], ["300", "1,000", "3,000"])
    axes[3].minorticks_off()
    axes[3].legend(labelcolor=ink(), fontsize=9)
    return figure
