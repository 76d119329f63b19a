"""A nerve cell as a textbook sketches it, beside the artificial neuron that borrowed from it."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from neuropath.lessons.style import COLORS, ink, muted, paper
from neuropath.visualizations._s01a import arrow, bare

ALT = (
    "Left: a sketch of a nerve cell. Branching dendrites lead into a round cell body, one long axon "
    "leaves it and splits into terminals. Right: an artificial neuron. Three inputs, each multiplied by "
    "a weight, are added with a bias inside a circle; the sum passes through an activation function to "
    "become the output."
)


def draw() -> Figure:
    """Biology on the left, arithmetic on the right, matching parts in matching colours."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 2.9))
    for ax in (left, right):
        bare(ax).set(xlim=(0, 10), ylim=(0, 8), aspect="equal")
    _cell(left)
    _unit(right)
    return figure


def _cell(ax: Axes) -> None:
    ax.set_title("nerve cell (sketch)")
    for angle in np.deg2rad([115, 150, 180, 215, 250]):
        middle = np.array([3.4, 4]) + 1.9 * np.array([np.cos(angle), np.sin(angle)])
        ax.plot([3.4, middle[0]], [4, middle[1]], color=COLORS["blue"], lw=2.6)
        for turn in (-0.45, 0.4):
            tip = middle + 1.0 * np.array([np.cos(angle + turn), np.sin(angle + turn)])
            ax.plot([middle[0], tip[0]], [middle[1], tip[1]], color=COLORS["blue"], lw=1.5)
    x = np.linspace(3.4, 8.2, 60)
    ax.plot(x, 4 + 0.18 * np.sin(1.6 * (x - 3.4)), color=COLORS["orange"], lw=3.4)
    for tip in (5.2, 4.4, 3.4, 2.8):
        ax.plot([8.2, 9.4], [4.18, tip], color=COLORS["orange"], lw=1.5)
    ax.add_patch(Circle((3.4, 4), 0.85, facecolor=COLORS["green"], edgecolor=paper(), zorder=3))
    for x, y, text in (
        (1.6, 7.25, "dendrites"),
        (4.3, 2.5, "cell body"),
        (7.0, 4.75, "axon"),
        (8.6, 1.9, "terminals"),
    ):
        ax.text(x, y, text, color=ink(), ha="center")


def _unit(ax: Axes) -> None:
    ax.set_title("artificial neuron")
    for k, y in enumerate((6.6, 4, 1.4), start=1):
        ax.text(0.3, y, f"$x_{k}$", color=ink(), fontsize=13, va="center")
        arrow(ax, (1.1, y), (4.05, 4 + 0.22 * (y - 4)), COLORS["blue"])
        ax.text(
            2.3,
            4 + 0.68 * (y - 4) + (0.45 if k < 3 else -0.75),
            f"$w_{k}$",
            color=COLORS["blue"],
            fontsize=12,
        )
    ax.add_patch(Circle((5, 4), 1.0, facecolor=COLORS["green"], edgecolor=paper(), alpha=0.35))
    ax.text(5, 4, "Σ + $b$", color=ink(), ha="center", va="center", fontsize=12)
    arrow(ax, (6.0, 4), (7.0, 4), COLORS["orange"])
    ax.plot([7.1, 7.7, 8.3], [3.6, 3.6, 4.4], color=COLORS["orange"], lw=2.4)
    arrow(ax, (8.5, 4), (9.4, 4), COLORS["orange"])
    ax.text(9.55, 4, "$a$", color=ink(), fontsize=13, va="center")
    ax.text(5, 2.4, "weighted sum", color=muted(), ha="center")
    ax.text(7.8, 5.0, "activation", color=muted(), ha="center")
