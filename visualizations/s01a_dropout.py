"""A network and three of the thinned networks that dropout trains in its place."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted, paper
from neuropath.visualizations._s01a import bare

ALT = (
    "Four drawings of one network with three inputs, two hidden layers of four neurons and one output. "
    "The first is whole. In each of the others a different half of the hidden neurons is crossed out, "
    "with all of their lines gone."
)
SIZES = (3, 4, 4, 1)


def masks() -> list[list[np.ndarray]]:
    """Which neurons stay, layer by layer, for the whole network and three thinned ones."""
    rng = np.random.default_rng(2)
    whole = [np.ones(n, bool) for n in SIZES]
    half = np.array([True, True, False, False])
    thinned = [[whole[0], rng.permutation(half), rng.permutation(half), whole[3]] for _ in range(3)]
    return [whole, *thinned]


def draw() -> Figure:
    """The whole network, then what three examples meet of it."""
    figure, axes = plt.subplots(1, 4, figsize=(7.0, 2.3))
    titles = ("whole network", "example 1", "example 2", "example 3")
    for ax, title, keep in zip(axes, titles, masks(), strict=True):
        _network(bare(ax), keep)
        ax.set_title(title, fontsize=10)
        ax.set(xlim=(-0.4, 3.4), ylim=(-0.5, 3.5))
    return figure


def _network(ax: Axes, keep: list[np.ndarray]) -> None:
    heights = [1.5 + np.arange(n) - (n - 1) / 2 for n in SIZES]
    for layer in range(3):
        for i in np.flatnonzero(keep[layer]):
            for j in np.flatnonzero(keep[layer + 1]):
                ends = heights[layer][i], heights[layer + 1][j]
                ax.plot([layer, layer + 1], ends, color=muted(), lw=0.8, zorder=1)
    for layer, (column, stays) in enumerate(zip(heights, keep, strict=True)):
        for y, kept in zip(column, stays, strict=True):
            face, edge = (COLORS["blue"], paper()) if kept else (paper(), muted())
            ax.scatter(layer, y, s=150, color=face, edgecolors=edge, zorder=2)
            if not kept:
                ax.scatter(layer, y, s=60, marker="x", color=ink(), zorder=3)
