"""Session 03 C: fine-tuning from a head of zero, and head first, in the plane of head and feature."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style

ALT = (
    "Plane with the head weight v across and the feature weight b upwards. A grey curve, v times b equals 1, "
    "holds all solutions that fit the training example. From the start (0, 1) three paths rise to it: with "
    "equal rates to (0.79, 1.27), with a tenth of the rate for the feature to (0.96, 1.04), with a "
    "hundredth to (1.00, 1.00) nearly. A fourth path, head first, runs level to (1, 1), marked by a star, "
    "the only solution that is right on inputs never trained on."
)
PATHS = {1.0: ("orange", "s", "-"), 0.1: ("blue", "o", "--"), 0.01: ("green", "^", "-.")}


def end(kappa: float) -> tuple[float, float]:
    """Where gradient flow ends from (v, b) = (0, 1), when b learns kappa times as fast as v: v·b = 1."""
    v = np.sqrt((-1 + np.sqrt(1 + 4 * kappa)) / (2 * kappa))
    return float(v), float(1 / v)


def path(kappa: float, step: float = 1e-3, steps: int = 12000) -> np.ndarray:
    """Gradient descent on (v·b - 1)² / 2 in small steps: (steps + 1, 2)."""
    found = np.empty((steps + 1, 2))
    found[0] = v, b = 0.0, 1.0
    for k in range(1, steps + 1):
        r = v * b - 1
        v, b = v - step * r * b, b - step * kappa * r * v
        found[k] = v, b
    return found


def draw() -> Figure:
    """Four paths to one curve."""
    figure, ax = plt.subplots(figsize=(7.2, 3.9))
    v = np.linspace(0.62, 1.3, 200)
    ax.plot(v, 1 / v, color=style.muted(), lw=4, alpha=0.5)
    ax.annotate("fits the training example", (0.68, 1 / 0.68), (8, 2), textcoords="offset points", fontsize=9)
    for kappa, (hue, marker, dashes) in PATHS.items():
        places, colour = path(kappa), style.COLORS[hue]
        ax.plot(*places.T, color=colour, ls=dashes, label=f"together, κ = {kappa:g}")
        ax.plot(*end(kappa), marker, color=colour, ms=8, mfc=style.paper(), mew=1.8, zorder=4)
    ax.plot([0, 1], [0.994, 0.994], color=style.COLORS["pink"], ls=":", lw=2.4, label="head first")
    ax.plot(1, 1, "*", color=style.COLORS["pink"], ms=15, zorder=5)
    ax.plot(0, 1, "o", color=style.ink(), ms=6)
    ax.annotate("start", (0, 1), (4, -13), textcoords="offset points", fontsize=9)
    ax.annotate("right everywhere", (1, 1), (10, -13), textcoords="offset points", fontsize=9)
    ax.set(xlabel="head v", ylabel="feature b, along the training example")
    ax.set(xlim=(-0.04, 1.3), ylim=(0.9, 1.55))
    ax.legend(loc="upper left", fontsize=9)
    return figure
