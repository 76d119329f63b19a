"""Sigmoid, tanh and ReLU, and below each its slope."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, muted
from neuropath.scratch import sigmoid

ALT = (
    "Three columns. Sigmoid: an S from 0 to 1, its slope a low hump of height 0.25 around zero. Tanh: "
    "an S from -1 to 1, its slope a hump of height 1. ReLU: flat at zero for negative inputs and a "
    "straight rise for positive ones, its slope a step from 0 to 1."
)


def curves(z: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Value and slope of the three activations at z."""
    s, t = sigmoid(z), np.tanh(z)
    relu_slope = np.where(z == 0, np.nan, (z > 0).astype(float))  # no slope at the kink
    return {"sigmoid": (s, s * (1 - s)), "tanh": (t, 1 - t**2), "ReLU": (np.maximum(z, 0), relu_slope)}


def draw() -> Figure:
    """Values above, slopes below, on shared axes."""
    z = np.linspace(-5, 5, 401)
    figure, axes = plt.subplots(2, 3, figsize=(7.0, 3.9), sharex=True)
    colors = (COLORS["blue"], COLORS["green"], COLORS["orange"])
    for column, color, (name, (value, slope)) in zip(axes.T, colors, curves(z).items(), strict=True):
        column[0].plot(z, value, color=color)
        column[1].plot(z, slope, color=color, ls="--")
        column[0].set(title=name, ylim=(-1.3, 5.2) if name == "ReLU" else (-1.3, 1.3))
        column[1].set(ylim=(-0.08, 1.15), xlabel="$z$")
        for ax in column:
            ax.axhline(0, color=muted(), lw=0.6, zorder=0)
            ax.axvline(0, color=muted(), lw=0.6, zorder=0)
    axes[0, 0].set_ylabel("output")
    axes[1, 0].set_ylabel("slope")
    axes[1, 0].text(1.1, 0.3, "at most 0.25", color=COLORS["blue"], fontsize=9)
    return figure
