"""Stands in for `SeparableExplorer` where no JavaScript runs: the cells of a layer, 64 to 128 channels."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons.style import COLORS, ink
from neuropath.widgets.separable import START, SeparableExplorer

ALT = SeparableExplorer.ALT


def weights(kernel: int, inputs: int, outputs: int, expansion: int) -> dict[str, list[tuple[str, int]]]:
    """Weights of each step, with its colour: the sizes of the kernels that a framework would make."""
    wide = expansion * inputs
    return {
        "standard": [("blue", kernel * kernel * inputs * outputs)],
        "separable": [("orange", kernel * kernel * inputs), ("green", inputs * outputs)],
        "inverted residual": [
            ("pink", inputs * wide),
            ("orange", kernel * kernel * wide),
            ("green", wide * outputs),
        ],
    }


def draw() -> Figure:
    """The rectangle and its strips; then the bars of multiply-adds."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.3), gridspec_kw={"width_ratios": [1, 1.1]})
    k, outputs = START["kernel"], START["outputs"]
    _areas(left, k * k, outputs)
    places = START["height"] * START["width"]
    steps = weights(k, START["inputs"], outputs, START["expansion"])
    for y, pieces in enumerate(steps.values()):
        start = 0.0
        for colour, count in pieces:
            right.barh(y, places * count / 1e6, left=start, color=COLORS[colour], height=0.6)
            start += places * count / 1e6
        right.text(start + 4, y, f"{start:.0f}", va="center", color=ink())
    right.set(yticks=range(3), yticklabels=list(steps), xlim=(0, 290), xlabel="multiply-adds, millions")
    right.invert_yaxis()
    return figure


def _areas(ax: Axes, places: int, outputs: int) -> None:
    """Cells in units of the rectangle's side: k² columns, C_out rows; strips of one row and one column."""
    wide, high, gap = 1 / places, 1 / outputs, 0.02
    blue, orange, green = COLORS["blue"], COLORS["orange"], COLORS["green"]
    ax.add_patch(Rectangle((0, 0), 1, 1, color=blue, alpha=0.35, lw=0))
    ax.add_patch(Rectangle((0, 1 + gap), 1, high, color=orange, lw=0))
    ax.add_patch(Rectangle((-gap - wide, 0), wide, 1, color=green, lw=0))
    for column in range(1, places):
        ax.plot([column * wide] * 2, [0, 1], color=ink(), lw=0.3)
    ax.text(0.5, 0.5, f"{places} × {outputs} = {places * outputs:,}", ha="center", color=ink())
    ax.text(0.5, 1.05, f"depthwise: {places}", ha="center", color=ink(), fontsize=9)
    ax.text(-0.19, 0.5, f"pointwise: {outputs}", rotation=90, ha="center", va="center", fontsize=9)
    share = wide + high
    title = f"strips / rectangle = {share:.4f}"
    ax.set(xlim=(-0.24, 1.02), ylim=(-0.05, 1.13), title=title)
    ax.axis("off")
