"""Session 02 F: what transposed convolutions make of a constant image."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath import scratch as nn
from neuropath.lessons.style import COLORS, ink

ALT = (
    "Left, two rows of bars: how many kernel weights reach each of 13 output pixels along one axis. For "
    "kernel 3 and stride 2 the bars alternate between 1 and 2; for kernel 4 and stride 2 all are 2, but for "
    "the edges. Right, three grey pictures made from a constant image by three layers that double its size, "
    "with random weights of mean one: with transposed convolutions of kernel 3 a strong regular grid, with "
    "kernel 4 a weaker one, with nearest-neighbour resizing and kernel 3 an even grey."
)


def overlap(k: int, s: int, places: int = 6) -> np.ndarray:
    """How many weights reach each output of a transposed convolution over `places` inputs."""
    counts = np.zeros((places - 1) * s + k, int)
    for place in range(places):
        counts[place * s : place * s + k] += 1
    return counts


def enlarged(kind: str, rng: np.random.Generator, layers: int = 3, side: int = 8) -> np.ndarray:
    """A constant image through `layers` layers that double its size; the middle 24 × 24 pixels of it."""
    X = np.ones((1, side, side, 1))
    for _ in range(layers):
        k = 4 if kind == "kernel 4" else 3
        weights = 1 + 0.5 * rng.normal(size=(k, k, 1, 1))
        if kind == "resize":
            X = nn.UpSampling2D(2).forward(X)
            layer = nn.Conv2D(1, 1, k, padding="same", rng=rng, dtype="float64")
        else:
            layer = nn.Conv2DTranspose(1, 1, k, 2, "same", rng=rng, dtype="float64")
        layer.params["W"][...] = weights
        X = layer.forward(X)
    middle = X.shape[1] // 2
    part = X[0, middle - 12 : middle + 12, middle - 12 : middle + 12, 0]
    return part / part.mean()


def _bars(ax: Axes, k: int, hue: str) -> None:
    counts = overlap(k, 2)[:13]
    ax.bar(np.arange(13), counts, color=COLORS[hue], width=0.7)
    ax.set(yticks=[0, 1, 2], ylim=(0, 2.4), xticks=[])
    ax.set_title(f"kernel {k}, stride 2", fontsize=9, fontweight="normal", color=ink(), pad=2)


def draw() -> Figure:
    """Counts, and pictures."""
    figure = plt.figure(figsize=(8.2, 2.6))
    grid = figure.add_gridspec(2, 4, width_ratios=(1.3, 1, 1, 1))
    _bars(figure.add_subplot(grid[0, 0]), 3, "orange")
    _bars(figure.add_subplot(grid[1, 0]), 4, "blue")
    for column, kind in enumerate(("kernel 3", "kernel 4", "resize"), start=1):
        ax = figure.add_subplot(grid[:, column])
        ax.imshow(enlarged(kind, np.random.default_rng(5)), cmap="gray", vmin=0, vmax=2)
        ax.set(xticks=[], yticks=[])
        ax.set_title(kind, fontsize=10)
        ax.spines[["left", "bottom"]].set_visible(False)
    return figure
