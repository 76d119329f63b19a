"""Depth multiplies folds: the same zigzag layer, stacked once, twice and three times."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS

ALT = (
    "Three panels over inputs from 0 to 1. One layer of four neurons makes a zigzag of 4 straight "
    "pieces, two such layers make 16, three make 64: the zigzag gets finer by a factor of four with "
    "every layer."
)


def zigzag(x: np.ndarray, neurons: int = 4) -> np.ndarray:
    """One layer of ReLU neurons on [0, 1]: up and down between 0 and 1, one piece a neuron."""
    starts = np.arange(neurons) / neurons
    slopes = 2 * neurons * np.where(np.arange(neurons) % 2, -1.0, 1.0)
    slopes[0] = neurons
    return np.maximum(x[:, None] - starts, 0) @ slopes


def draw() -> Figure:
    """The zigzag of the zigzag of the zigzag."""
    x = np.linspace(0, 1, 4**3 * 8 + 1)  # every corner is a grid point
    figure, axes = plt.subplots(1, 3, figsize=(7.0, 2.3), sharey=True)
    y = x
    for depth, ax in enumerate(axes, start=1):
        y = zigzag(y)
        ax.plot(x, y, color=COLORS["blue"], lw=1.6 if depth < 3 else 1.0)
        layers = f"{depth} layer" + "s" * (depth > 1)
        ax.set(
            title=f"{layers}, {4 * depth} neurons:\n{4**depth} pieces",
            xticks=[0, 1],
            yticks=[0, 1],
            xlabel="$x$",
        )
    return figure
