"""A standard convolution and its two slices: windows for each channel, then columns through the channels."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Polygon

from neuropath.lessons.style import COLORS, ink, muted, paper

ALT = (
    "Two rows of stacked maps. Upper row, a standard convolution: one window of 3 by 3 in the same colour "
    "goes through all four input maps at once, six filters make six output maps; 6 times 3 times 3 times "
    "4, that is 216 weights. Lower row, in two steps: each of the four maps has a window of its own "
    "colour and makes one map, 4 times 3 times 3, that is 36; then six columns of 1 by 1 go through the "
    "four maps, 6 times 4, that is 24, and make six maps. Together 60 weights."
)
INPUTS, OUTPUTS, KERNEL = 4, 6, 3
HUES = ("blue", "orange", "green", "pink")
GAP, DEPTH, SLANT, HIGH = 0.72, 0.56, 0.7, 2.0  # of the sheets that stand for maps


def counts() -> dict[str, int]:
    """Weights of the standard layer, of the two slices, and of both slices together."""
    each, mix = KERNEL**2 * INPUTS, INPUTS * OUTPUTS
    return {"standard": KERNEL**2 * INPUTS * OUTPUTS, "each": each, "mix": mix, "separable": each + mix}


def draw() -> Figure:
    """Above at once, below one after the other."""
    figure, ax = plt.subplots(figsize=(8.2, 4.5))
    ax.set(xlim=(-0.1, 14.5), ylim=(7.5, -0.3), aspect="equal")
    ax.axis("off")
    found = counts()
    _maps(ax, 0, 0, INPUTS, [HUES[0]] * INPUTS, KERNEL)
    what = f"standard: {OUTPUTS} filters of 3 × 3 × {INPUTS}"
    _arrow(ax, 3.5, 9.6, 1.4, what, f"{found['standard']} weights")
    _maps(ax, 10.1, 0, OUTPUTS, [], 0)
    _maps(ax, 0, 3.9, INPUTS, HUES, KERNEL)
    _arrow(ax, 3.1, 4.9, 5.3, "look around", f"{INPUTS} × 9 = {found['each']}")
    _maps(ax, 5.2, 3.9, INPUTS, [HUES[0]] * INPUTS, 1)
    _arrow(ax, 8.3, 9.9, 5.3, "mix", f"{OUTPUTS} × {INPUTS} = {found['mix']}")
    _maps(ax, 10.1, 3.9, OUTPUTS, [], 0)
    text = f"separable: {found['each']} + {found['mix']} = {found['separable']} weights"
    ax.text(7.2, 7.3, text, ha="center", weight="bold", fontsize=10, color=ink())
    return figure


def _maps(ax: Axes, x: float, y: float, maps: int, hues, window: int) -> None:
    """`maps` sheets side by side, seen from the side, each with a window of `window` pixels in its hue."""
    for k in range(maps):
        left = x + GAP * k
        ax.add_patch(Polygon(_sheet(left, y, 0, 1, 0, 1), fc=paper(), ec=muted(), lw=1.2))
        if window:
            reach = 0.13 * window
            low, step = 0.5 - reach, 2 * reach / window
            for i, j in np.ndindex(window, window):
                u, v = low + step * i, 0.5 + (low + step * j - 0.5) / 1.6
                pixel = _sheet(left, y, u, u + step, v, v + step / 1.6)
                ax.add_patch(Polygon(pixel, fc=COLORS[hues[k]], ec=ink(), lw=0.6))


def _sheet(left: float, top: float, a: float, b: float, c: float, d: float) -> list[tuple[float, float]]:
    """The corners of a part of a sheet: from a to b of its depth, from c to d of its height."""
    return [(left + DEPTH * u, top + SLANT * (1 - u) + HIGH * v) for u, v in ((a, c), (b, c), (b, d), (a, d))]


def _arrow(ax: Axes, start: float, end: float, y: float, above: str, below: str) -> None:
    look = {"arrowstyle": "-|>", "mutation_scale": 12, "lw": 1.5, "color": ink()}
    ax.add_patch(FancyArrowPatch((start, y), (end, y), **look))
    ax.text((start + end) / 2, y - 0.2, above, ha="center", va="bottom", fontsize=9, color=ink())
    ax.text((start + end) / 2, y + 0.25, below, ha="center", va="top", fontsize=9, color=muted())
