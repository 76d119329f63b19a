"""Shift in, shift out: filtering a moved slice gives the moved map."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import ink
from neuropath.visualizations._s01a import bare
from neuropath.visualizations._s02a import KERNELS, head_slice, signs, slide

ALT = (
    "Four pictures in a square. Upper left a simulated brain slice, upper right its map of edges. Lower "
    "left the same slice moved 20 pixels to the right, lower right the map of edges of the moved slice, "
    "which is the upper map moved by 20 pixels. Arrows labelled filter lead to the right, arrows labelled "
    "shift lead downwards: both ways round end in the same picture. The strongest answer, 634, is the same "
    "in both maps."
)
SIZE, MOVE = 96, 20


def square() -> list[np.ndarray]:
    """Slice, its map, moved slice, map of the moved slice; black columns make room for the move."""
    image, kernel = np.pad(head_slice(SIZE), ((0, 0), (MOVE, MOVE))), KERNELS["edges, across"]
    moved = np.roll(image, MOVE, axis=1)
    return [image, slide(image, kernel), moved, slide(moved, kernel)]


def draw() -> Figure:
    """Two rows, two columns, four arrows."""
    figure, axes = plt.subplots(2, 2, figsize=(6.6, 4.6))
    for ax, values in zip(axes.flat, square(), strict=True):
        if values.shape[0] == SIZE:
            bare(ax).imshow(values, cmap="gray", vmin=0, vmax=255, interpolation="none")
        else:
            bare(ax).imshow(values, cmap=signs(), vmin=-600, vmax=600, interpolation="none")
            ax.set_xlabel(f"strongest answer: {values.max():.0f}", fontsize=9)
    figure.get_layout_engine().set(wspace=0.22, hspace=0.16)
    for row in range(2):
        _arrow(axes[row, 0], (1.22, 0.5), (1.02, 0.5), "filter", (1.12, 0.55))
    for column in range(2):
        _arrow(axes[0, column], (0.5, -0.2), (0.5, -0.02 - 0.08 * column), "shift", (0.6, -0.13))
    return figure


def _arrow(ax, end, start, text, place) -> None:
    look = {"arrowstyle": "-|>", "color": ink(), "lw": 1.6}
    ax.annotate("", end, start, xycoords="axes fraction", arrowprops=look, annotation_clip=False)
    ax.text(*place, text, transform=ax.transAxes, ha="center", va="center", fontsize=9, color=ink())
