"""Session 02 C: a convolution on five numbers as a staircase, read along rows and down columns."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons import style

ALT = (
    "A grid of three rows, the outputs y0, y1, y2, and five columns, the inputs x0 to x4. In each row three "
    "neighbouring boxes are filled with the weights w0, w1, w2, in row y0 from column x0, one column "
    "further to the right in each row: a staircase. Row y1 is framed and labelled forward: along the row. "
    "Column x2 is framed with dashes and labelled backward: down the column; it holds w2, w1, w0 from top "
    "to bottom. Below each column stands its slope: g0 w0; g0 w1 + g1 w0; g0 w2 + g1 w1 + g2 w0; g1 w2 + g2 "
    "w1; g2 w2."
)
HUES = ("blue", "amber", "green")
N_IN, K = 5, 3


def slope_terms(p: int) -> list[tuple[int, int]]:
    """The pairs (u, i), output and weight, with u + i = p: what input pixel p gets back."""
    return [(u, p - u) for u in range(N_IN - K + 1) if 0 <= p - u < K]


def draw() -> Figure:
    """Fifteen places, nine of them filled."""
    figure, ax = plt.subplots(figsize=(7.4, 3.9))
    for u in range(N_IN - K + 1):
        ax.text(-0.75, -u, rf"$y_{u}$", ha="center", va="center", fontsize=14)
        ax.text(5.0, -u, rf"$g_{u}$", ha="center", va="center", fontsize=14, color=style.COLORS["orange"])
        for p in range(N_IN):
            _box(ax, u, p)
    for p in range(N_IN):
        ax.text(p, 0.85, rf"$x_{p}$", ha="center", va="center", fontsize=14)
        terms = "\n".join((" + " if t else "") + rf"$g_{u}w_{i}$" for t, (u, i) in enumerate(slope_terms(p)))
        ax.text(p, -2.72, terms, ha="center", va="top", fontsize=12, linespacing=1.3)
    ax.text(-0.75, -2.72, "slope:", ha="center", va="top", fontsize=10)
    ax.add_patch(Rectangle((-0.5, -1.45), 5, 0.9, fill=False, ec=style.COLORS["blue"], lw=2.2))
    ax.add_patch(Rectangle((1.53, -2.5), 0.94, 3, fill=False, ec=style.COLORS["orange"], lw=2.2, ls="--"))
    ax.text(5.4, -1, "forward:\nalong the row", color=style.COLORS["blue"], va="center", fontsize=11)
    ax.text(5.4, -2.95, "backward:\ndown the column", color=style.COLORS["orange"], va="center", fontsize=11)
    ax.set(xlim=(-1.2, 7.4), ylim=(-4.1, 1.2))
    ax.axis("off")
    return figure


def _box(ax: Axes, u: int, p: int) -> None:
    """The place of pixel p in output u: a weight, or nothing."""
    i = p - u
    if not 0 <= i < K:
        ax.text(p, -u, "·", ha="center", va="center", color=style.muted(), fontsize=14)
        return
    colour = style.COLORS[HUES[i]]
    ax.add_patch(Rectangle((p - 0.4, -u - 0.36), 0.8, 0.72, fc=colour, ec=colour, alpha=0.28, lw=0))
    ax.add_patch(Rectangle((p - 0.4, -u - 0.36), 0.8, 0.72, fill=False, ec=colour, lw=1.4))
    ax.text(p, -u, rf"$w_{i}$", ha="center", va="center", fontsize=14)
