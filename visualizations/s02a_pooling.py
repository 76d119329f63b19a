"""Max pooling and average pooling of a 4 × 4 map, and the same after a shift of one pixel."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import ink, muted
from neuropath.visualizations._s02a import box, canvas, numbers

ALT = (
    "Two rows of grids. Above: a 4 by 4 map with the numbers 8 and 4 in its upper left block, 2 beside them "
    "in the upper right, 6 in the lower right; its four blocks of 2 by 2 are framed. Max pooling gives 8, 2, "
    "0, 6; average pooling 3, 0.5, 0, 1.5. Below: the same map moved one pixel to the right; max pooling now "
    "gives 8, 4, 0, 6 and average pooling 2, 1.5, 0, 1.5."
)
MAP = np.array([[8, 4, 2, 0], [0, 0, 0, 0], [0, 0, 6, 0], [0, 0, 0, 0]])


def moved() -> np.ndarray:
    """One pixel to the right; zeros come in from the left."""
    return np.pad(MAP, ((0, 0), (1, 0)))[:, :4]


def blocks(values: np.ndarray) -> np.ndarray:
    """The four 2 × 2 blocks: (4, 4) -> (2, 2, 4)."""
    return values.reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(2, 2, 4)


def draw() -> Figure:
    """Map, maximum, mean; above as it is, below moved."""
    figure, axes = plt.subplots(2, 1, figsize=(6.6, 4.6))
    for ax, values, name in zip(axes, (MAP, moved()), ("a map", "moved by one"), strict=True):
        canvas(ax, 13.2, 4.2, top=-0.9)
        numbers(ax, values)
        for y, x in np.ndindex(2, 2):
            box(ax, (2 * x, 2 * y), 2, 2, "blue", lw=2)
        numbers(ax, blocks(values).max(axis=2), (6, 1))
        numbers(ax, blocks(values).mean(axis=2), (10.4, 1))
        for x, title in ((2, name), (7, "maximum"), (11.4, "mean")):
            ax.text(x, -0.35, title, ha="center", color=ink() if x == 2 else muted())
    return figure
