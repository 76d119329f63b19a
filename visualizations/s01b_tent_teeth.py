"""Depth separation: the tent map composed with itself, and what a deep and a shallow network need."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Left: the tent map over the unit interval has one tooth, composed twice two, composed four times "
    "eight teeth between 0 and 1. Right, logarithmic: hidden units against the number of compositions; "
    "the deep network needs two for each, 40 at twenty; one hidden layer needs at least two to the power "
    "l, less 1, which passes one thousand at ten and a million at twenty."
)


def tent(x: np.ndarray) -> np.ndarray:
    """T(x) = 2x up to one half, then 2 - 2x, from two ReLU units."""
    return 2 * np.maximum(x, 0) - 4 * np.maximum(x - 0.5, 0)


def iterate(x: np.ndarray, times: int) -> np.ndarray:
    """The tent map applied `times` times."""
    for _ in range(times):
        x = tent(x)
    return x


def flat_units(times: np.ndarray) -> np.ndarray:
    """The least number of units for which one hidden layer may come within one half."""
    return 2**times - 1


def draw() -> Figure:
    """Teeth on the left, the price of flatness on the right."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.5), width_ratios=(1.25, 1))
    x = np.linspace(0, 1, 2**8 + 1)
    for row, times in enumerate((1, 2, 4)):
        color = COLORS[("orange", "green", "blue")[row]]
        base = 1.35 * (2 - row)
        left.plot(x, base + iterate(x, times), color=color, lw=1.6)
        left.axhline(base, color=muted(), lw=0.5, zorder=0)
        teeth = 2 ** (times - 1)
        label = f"ℓ = {times}\n{teeth} tooth" if teeth == 1 else f"ℓ = {times}\n{teeth} teeth"
        left.text(1.04, base + 0.5, label, color=ink(), va="center")
    left.set(title="T, T∘T, T∘T∘T∘T", xlabel="$x$", xticks=[0, 0.5, 1], yticks=[], xlim=(0, 1.28))
    left.spines["left"].set_visible(False)
    depth = np.arange(1, 21)
    right.semilogy(depth, flat_units(depth), "s-", color=COLORS["orange"], ms=4, label="one layer: at least")
    right.semilogy(depth, 2 * depth, "o-", color=COLORS["blue"], ms=4, label="ℓ layers: enough")
    right.set(title="hidden units needed", xlabel="compositions ℓ", xticks=[1, 5, 10, 15, 20])
    right.legend(loc="upper left", labelcolor=ink())
    return figure
