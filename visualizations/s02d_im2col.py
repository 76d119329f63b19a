"""im2col: the windows of a small image as rows of a matrix, times two flattened kernels."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons import style

ALT = (
    "Left, an image of 4 by 4 pixels numbered 1 to 16, with the window at its upper left corner framed in"
    " orange and the one at its lower right corner framed, dashed, in blue. In the middle a matrix of 4 "
    "rows and 9 columns: the first row, orange, holds 1 2 3 5 6 7 9 10 11, the last, dashed blue, 6 7 8 "
    "10 11 12 14 15 16. It is multiplied by a matrix of 9 rows and 2 columns, the two flattened kernels, "
    "and gives 4 rows, one for each place, and 2 columns, one for each filter."
)
SIDE, K = 4, 3


def rows() -> np.ndarray:
    """The im2col matrix (4, 9) of the image 1 … 16."""
    image = np.arange(1, SIDE * SIDE + 1).reshape(SIDE, SIDE)
    places = range(SIDE - K + 1)
    return np.array([image[y : y + K, x : x + K].ravel() for y in places for x in places])


def draw() -> Figure:
    """Frames tie two windows to their rows."""
    figure, axes = plt.subplots(figsize=(7.6, 3.9))
    axes.set(xlim=(-0.2, 20.3), ylim=(-9.0, 1.3), aspect="equal")
    axes.axis("off")
    _grid(axes, 0, -2, np.arange(1, 17).reshape(4, 4))
    _grid(axes, 5.2, -2, rows())
    _grid(axes, 15.1, 0.3, [["·"] * 2] * 9)
    _grid(axes, 18.0, -2, [["·"] * 2] * 4)
    for x, y, text in ((4.6, -4, "→"), (14.65, -4, "·"), (17.5, -4, "=")):
        axes.text(x, y, text, ha="center", va="center", fontsize=13)
    for x, text in ((2, "image"), (9.7, "columns  (4, 9)"), (19, "Y  (4, 2)")):
        axes.text(x, -1.7, text, ha="center", va="bottom", fontsize=9)
    axes.text(16.1, 0.5, "W  (9, 2)", ha="center", va="bottom", fontsize=9)
    for row, corner, hue, line in ((0, (0, -2), "orange", "-"), (3, (1, -3), "blue", "--")):
        _frame(axes, corner[0], corner[1], K, K, hue, line)
        _frame(axes, 5.2, -2 - row, 9, 1, hue, line)
        _frame(axes, 18.0, -2 - row, 2, 1, hue, line)
    return figure


def _grid(axes, left: float, top: float, entries) -> None:
    for r, line in enumerate(entries):
        for c, entry in enumerate(line):
            box = Rectangle((left + c, top - r - 1), 1, 1, facecolor="none", edgecolor=style.muted(), lw=0.7)
            axes.add_patch(box)
            axes.text(left + c + 0.5, top - r - 0.52, str(entry), ha="center", va="center", fontsize=7.5)


def _frame(axes, left: float, top: float, width: int, height: int, hue: str, line: str) -> None:
    box = Rectangle((left, top - height), width, height, facecolor="none", linestyle=line, lw=2.2, zorder=3)
    box.set_edgecolor(style.COLORS[hue])
    axes.add_patch(box)
