"""A convolution written out as a matrix: nine numbers, repeated along diagonals, and zeros elsewhere."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons.style import COLORS, ink, muted, paper

ALT = (
    "A grid of 9 rows, one for each output pixel, and 25 columns, one for each pixel of a 5 by 5 image. "
    "Only 81 of the 225 cells are filled, with the numbers 1 to 9 of a 3 by 3 kernel, coloured by kernel "
    "row. Thick lines cut the grid into 3 by 5 blocks. In each block the same three numbers run along "
    "diagonals, and equal blocks run along diagonals of blocks: numbers 1 to 3 in the first, 4 to 6 in "
    "the second and 7 to 9 in the third block of every row of blocks, shifted by one block further down."
)
SIDE, KERNEL = 5, 3
HUES = ("blue", "orange", "green")


def matrix() -> np.ndarray:
    """(9, 25): 0 for a zero, otherwise the number 1 … 9 of the kernel entry that stands there."""
    out = SIDE - KERNEL + 1
    found = np.zeros((out, out, SIDE, SIDE), int)
    for y, x, i, j in np.ndindex(out, out, KERNEL, KERNEL):
        found[y, x, y + i, x + j] = i * KERNEL + j + 1
    return found.reshape(out**2, SIDE**2)


def draw() -> Figure:
    """The matrix, with its blocks."""
    figure, axes = plt.subplots(figsize=(7.2, 3.1))
    T = matrix()
    for row, column in np.argwhere(T):
        number = T[row, column]
        hue = COLORS[HUES[(number - 1) // KERNEL]]
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=hue, edgecolor=paper(), lw=0.8))
        place = {"ha": "center", "va": "center", "color": paper(), "weight": "bold", "size": 8}
        axes.text(column + 0.5, row + 0.5, str(number), **place)
    for b in range(SIDE + 1):
        axes.axvline(b * SIDE, color=ink(), lw=1.2)
    for b in range(SIDE - KERNEL + 2):
        axes.axhline(b * KERNEL, color=ink(), lw=1.2)
    for row, column in np.argwhere(T == 0):
        axes.plot(column + 0.5, row + 0.5, ".", color=muted(), ms=1.5)
    axes.set(xlim=(0, SIDE**2), ylim=(len(T), 0), aspect="equal")
    axes.set_xticks([SIDE * (b + 0.5) for b in range(SIDE)], [f"image row {b}" for b in range(SIDE)])
    rows = SIDE - KERNEL + 1
    axes.set_yticks([KERNEL * (b + 0.5) for b in range(rows)], [f"output row {b}" for b in range(rows)])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure
