"""Signed distance: the foot of the perpendicular, and why a positive multiple of (w, b) changes nothing."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Left: the line 3 x1 + 4 x2 - 10 = 0 with its normal arrow (3, 4); from the point (4, 4.5) a dashed "
    "perpendicular of length 4, marked +4, meets the line at (1.6, 1.3), and from (-0.8, 0.6), on the "
    "other side, one of length 2, marked -2. Right: three scores along the normal, for weights multiplied "
    "by one half, 1 and 2: the slopes differ, yet all three cross zero at the same place."
)
WEIGHTS, BIAS = np.array([3.0, 4.0]), -10.0


def draw() -> Figure:
    """Two points and their feet on the line; then the score along the normal for three scalings."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.4))
    _perpendiculars(left)
    distance = np.linspace(-3, 3, 7)
    looks = (("-", "blue"), ("--", "orange"), (":", "green"))
    for scale, (dash, color) in zip((0.5, 1.0, 2.0), looks, strict=True):
        label = f"({scale:g}w, {scale:g}b)"
        right.plot(distance, 5 * scale * distance, dash, color=COLORS[color], lw=2.2, label=label)
    right.axhline(0, color=muted(), lw=0.8)
    right.axvline(0, color=muted(), lw=0.8)
    right.set(title="rescaling moves nothing", xlabel="signed distance", ylabel="score")
    right.legend(loc="upper left", labelcolor=ink())
    return figure


def _perpendiculars(ax) -> None:
    x1 = np.array([-2.0, 5.5])
    ax.plot(x1, (-BIAS - 3 * x1) / 4, color=COLORS["blue"])
    ax.text(2.3, -0.75, "score 0", color=COLORS["blue"])
    on_line = np.array([-0.8, 3.1])
    arrow = {"arrowstyle": "-|>", "color": COLORS["orange"], "lw": 2.2, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=on_line + 0.45 * WEIGHTS, xytext=on_line, arrowprops=arrow)
    ax.text(-0.5, 4.6, "w", color=COLORS["orange"], weight="bold", ha="center")
    cases = (((4.0, 4.5), "o", "+4", (0.25, -0.6)), ((-0.8, 0.6), "s", "−2", (0.35, -0.35)))
    for point, marker, text, shift in cases:
        point = np.array(point)
        foot = point - (WEIGHTS @ point + BIAS) / (WEIGHTS @ WEIGHTS) * WEIGHTS
        ax.plot(*np.transpose([point, foot]), "--", color=muted())
        ax.plot(*point, marker, color=COLORS["pink"], ms=8)
        ax.plot(*foot, ".", color=ink(), ms=8)
        ax.text(*((point + foot) / 2 + shift), text, color=ink(), weight="bold")
    ax.set(title="signed distance", xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    ax.set(xlim=(-2, 5.6), ylim=(-1.3, 5.3))
