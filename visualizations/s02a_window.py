"""A 3 × 3 kernel on a 5 × 5 picture, one output worked out by hand."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted
from neuropath.visualizations._s02a import box, canvas, numbers, slide

ALT = (
    "Three grids of numbers. Left, a 5 by 5 picture: 0 everywhere except for a block of nine 5s in the "
    "lower right corner; an orange frame marks the window of rows 1 to 3 and columns 1 to 3, counted from "
    "0. Middle, the 3 by 3 kernel: each row is minus 1, 0, 1. Right, the 3 by 3 output: rows 5, 5, 0; 10, "
    "10, 0; 15, 15, 0, with the 10 in its centre framed. Below stands the sum of the nine products, row by "
    "row: 0, 5 and 5 make 10."
)
PICTURE = np.zeros((5, 5), int)
PICTURE[2:, 2:] = 5
KERNEL = np.array([[-1, 0, 1]] * 3)


def draw() -> Figure:
    """Picture, kernel, output; the framed window makes the framed number."""
    figure, ax = plt.subplots(figsize=(7.2, 3.1))
    canvas(ax, 15.6, 6.3, top=-0.8)
    for y, x in np.argwhere(PICTURE):
        box(ax, (x, y), 1, 1, "sky", fill=True, fc=COLORS["sky"], alpha=0.3, lw=0, zorder=0)
    numbers(ax, PICTURE)
    numbers(ax, KERNEL, (6.4, 1), weight="bold")
    output = slide(PICTURE, KERNEL)
    numbers(ax, output, (11.8, 1))
    box(ax, (1, 1), 3, 3, "orange")
    box(ax, (12.8, 2), 1, 1, "orange")
    for x, sign in ((5.7, "×"), (10.4, "=")):
        ax.text(x, 2.5, sign, ha="center", va="center", fontsize=16, color=ink())
    for x, name in ((2.5, "picture"), (7.9, "kernel"), (13.3, "output")):
        ax.text(x, -0.4, name, ha="center", color=muted())
    ax.text(
        0, 5.8, f"rows of the window: 0 + 0 + 0,  0 + 0 + 5,  0 + 0 + 5;  sum: {output[1, 1]:g}", color=ink()
    )
    return figure
