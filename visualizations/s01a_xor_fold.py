"""XOR before and after a hidden layer of two neurons: the square is folded, and one line is enough."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink
from neuropath.visualizations._s01a import XOR_LABELS, XOR_POINTS, arrow

ALT = (
    "Left: the four corners of a square; (0,0) and (1,1) are crosses, (0,1) and (1,0) are circles. Two "
    "parallel lines, x1 + x2 = 0.5 and x1 + x2 = 1.5, leave the circles in the strip between them. "
    "Right: the same corners as the two hidden neurons see them. Both circles have landed on the one "
    "point (1,1), the crosses on (0,1) and (1,0), and one straight line cuts the circles off."
)


def hidden(x: np.ndarray) -> np.ndarray:
    """What the neurons "x1 + x2 > 0.5" and "x1 + x2 < 1.5" answer, (N, 2) -> (N, 2) of 0 and 1."""
    total = x.sum(axis=1)
    return np.stack([total > 0.5, total < 1.5], axis=1).astype(float)


def draw() -> Figure:
    """Input plane with two lines, hidden plane with one."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 4.0))
    x = np.array([-0.6, 2.2])
    left.fill_between(x, 0.5 - x, 1.5 - x, color=COLORS["blue"], alpha=0.16, lw=0)
    left.plot(x, 0.5 - x, color=COLORS["blue"])
    left.plot(x, 1.5 - x, color=COLORS["green"], ls="--")
    left.text(
        -0.4, 0.42, "$x_1+x_2=0.5$", color=COLORS["blue"], rotation=-45, ha="left", va="center", fontsize=9
    )
    left.text(
        0.42, 1.24, "$x_1+x_2=1.5$", color=COLORS["green"], rotation=-45, ha="left", va="center", fontsize=9
    )
    _points(left, XOR_POINTS)
    left.set(title="what comes in", xlabel="$x_1$", ylabel="$x_2$")
    right.fill_between(x, 1.5 - x, 3, color=COLORS["blue"], alpha=0.16, lw=0)
    right.plot(x, 1.5 - x, color=COLORS["pink"])
    _points(right, hidden(XOR_POINTS))
    right.text(
        0.72, 1.32, "(0,1) and (1,0)\nland together", color=ink(), fontsize=9, ha="center", va="center"
    )
    arrow(right, (0.9, 1.21), (0.97, 1.06), lw=1.0)
    right.set(
        title="what the hidden layer makes of it", xlabel='$h_1$: "sum > 0.5"', ylabel='$h_2$: "sum < 1.5"'
    )
    for ax in (left, right):
        ax.set(xlim=(-0.45, 1.55), ylim=(-0.45, 1.55), aspect="equal", xticks=[0, 1], yticks=[0, 1])
    return figure


def _points(ax: Axes, where: np.ndarray) -> None:
    for label, marker, color in ((1, "o", COLORS["blue"]), (0, "X", COLORS["orange"])):
        ax.scatter(*where[label == XOR_LABELS].T, marker=marker, s=110, color=color, zorder=3)
