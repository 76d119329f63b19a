"""How a network trained to tell odd from even sees the digits, layer by layer."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink
from neuropath.visualizations._s01a_digits import nearest_centre_accuracy, views

__all__ = ["ALT", "draw", "flat", "nearest_centre_accuracy", "views"]  # the page uses the last two

ALT = (
    "Four scatter plots of the same test digits, even ones as circles, odd ones as triangles. As pixels "
    "the two kinds are mixed. After the first and the second hidden layer they drift to opposite sides, "
    "and as scores they are two groups with a gap and few strays."
)


def flat(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Across: from the centre of class 0 to that of class 1. Up: the most varied direction left. (N, 2)."""
    across = X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0)
    across = across / np.linalg.norm(across)
    centred = X - X.mean(axis=0)
    rest = centred - np.outer(centred @ across, across)
    up = np.linalg.svd(rest, full_matrices=False)[2][0]
    return np.stack([centred @ across, centred @ up], axis=1)


def draw() -> Figure:
    """Input, two hidden layers, scores."""
    seen, labels = views()
    figure, axes = plt.subplots(1, 4, figsize=(7.0, 2.6))
    names = ("pixels (64)", "hidden 1 (32)", "hidden 2 (16)", "scores (2)")
    for ax, name, X in zip(axes, names, seen, strict=True):
        points = flat(X, labels)
        for odd, marker, color in ((0, "o", COLORS["blue"]), (1, "^", COLORS["orange"])):
            label = "odd" if odd else "even"
            ax.scatter(
                *points[labels == odd].T, s=9, color=color, marker=marker, label=label, lw=0, alpha=0.8
            )
        ax.set_title(name, fontsize=10)
        ax.set(xticks=[], yticks=[])
    handles = axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=2, markerscale=2, labelcolor=ink())
    return figure
