"""The same bowl walked with three learning rates."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Three pictures of the bowl w squared, each with ten steps from w = -1. Rate 0.02: the dots creep "
    "and stop far from the bottom. Rate 0.3: they reach the bottom after a few steps. Rate 1.03: they "
    "jump from side to side, each time higher up the wall."
)
RATES = {"too low": 0.02, "right": 0.3, "too high": 1.03}


def walk(rate: float, steps: int = 10, start: float = -1.0) -> np.ndarray:
    """Places visited by w ← w − rate · 2w."""
    places = [start]
    for _ in range(steps):
        places.append(places[-1] - rate * 2 * places[-1])
    return np.array(places)


def draw() -> Figure:
    """One panel a rate."""
    figure, axes = plt.subplots(1, 3, figsize=(7.0, 2.7), sharey=True)
    w = np.linspace(-2.0, 2.0, 121)
    colors = (COLORS["green"], COLORS["blue"], COLORS["orange"])
    for ax, color, (name, rate) in zip(axes, colors, RATES.items(), strict=True):
        places = walk(rate)
        ax.plot(w, w**2, color=muted(), lw=1.2)
        ax.plot(places, places**2, "o-", color=color, ms=4.5, lw=1.1)
        ax.plot(places[0], places[0] ** 2, "s", color=ink(), ms=6, zorder=4)
        ax.set(title=f"{name}: {rate}", xlabel="$w$", ylim=(-0.2, 3.9))
    axes[0].set_ylabel("loss $w^2$")
    axes[0].text(-0.55, 2.2, "start", ha="center", color=ink())
    axes[0].annotate("", (-0.95, 1.15), (-0.65, 2.1), arrowprops={"arrowstyle": "->", "color": ink()})
    return figure
