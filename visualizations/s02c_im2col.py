"""Session 02 C: im2col copies each pixel into the rows of its patches; col2im adds the copies up."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons import style

ALT = (
    "Left: a 3 by 3 image with pixels a to i, the middle pixel e highlighted. An arrow labelled im2col "
    "copies leads to a 4 by 4 matrix, one row for each 2 by 2 patch: a b d e; b c e f; d e g h; e f h i. "
    "The pixel e is highlighted in every row, once in each column: four copies. An arrow back, col2im adds, "
    "leads to a second 3 by 3 grid of how often each pixel was copied: 1 2 1, 2 4 2, 1 2 1."
)
PIXELS = np.array(list("abcdefghi")).reshape(3, 3)


def patch_rows() -> np.ndarray:
    """The 2 x 2 patches of the image, a row for each: (4, 4)."""
    return np.array([PIXELS[y : y + 2, x : x + 2].ravel() for y, x in np.ndindex(2, 2)])


def counts() -> np.ndarray:
    """How often each pixel occurs in the patches: (3, 3)."""
    rows = patch_rows()
    return np.array([[np.count_nonzero(rows == pixel) for pixel in line] for line in PIXELS])


def draw() -> Figure:
    """Image, matrix of patches, counts."""
    figure, ax = plt.subplots(figsize=(7.6, 3.5))
    _grid(ax, PIXELS, 0.0, "image", "e")
    _grid(ax, patch_rows(), 5.4, "patches, one a row", "e")
    _grid(ax, counts().astype(str), 11.8, "after both", "4")
    for (start, end), label in (((3.0, 4.9), "im2col\ncopies"), ((9.4, 11.3), "col2im\nadds")):
        arrow = {"arrowstyle": "-|>", "color": style.muted(), "lw": 1.8}
        ax.annotate("", (end, -1.5), (start, -1.5), arrowprops=arrow)
        ax.text((start + end) / 2, -0.75, label, ha="center", va="center", fontsize=11)
    ax.set(xlim=(-0.7, 14.6), ylim=(-3.7, 1.3), aspect="equal")
    ax.axis("off")
    return figure


def _grid(ax: Axes, texts: np.ndarray, left: float, title: str, special_one: str) -> None:
    rows, columns = texts.shape
    drop = (4 - rows) / 2  # centred on the height of the matrix
    for (y, x), text in np.ndenumerate(texts):
        place = (left + x - 0.5, -y - drop - 0.5)
        special = text == special_one
        edge = style.COLORS["orange"] if special else style.muted()
        if special:
            ax.add_patch(Rectangle(place, 1, 1, fc=edge, alpha=0.3, lw=0))
        ax.add_patch(
            Rectangle(place, 1, 1, fill=False, ec=edge, lw=2.2 if special else 0.8, zorder=2 + special)
        )
        weight = "bold" if special else "normal"
        ax.text(left + x, -y - drop, text, ha="center", va="center", fontsize=13, weight=weight)
    ax.text(left + (columns - 1) / 2, -drop + 0.85, title, ha="center", va="center", fontsize=11)
