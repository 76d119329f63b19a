"""The block of MobileNetV2: narrow, wide, wide, narrow, and a way past it all."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Four upright bars whose heights are numbers of channels: 24, 144, 144 and 24. Between the first two "
    "an arrow: expand, 1 by 1, 3,456 weights, ReLU6. Between the tall bars: look around, 3 by 3 in each "
    "channel, 1,296 weights, ReLU6. Between the last two: project, 1 by 1, 3,456 weights, no ReLU. A bow "
    "leads from the first bar above everything to a plus sign after the last: the shortcut, no weights."
)
NARROW, EXPANSION, KERNEL = 24, 6, 3


def weights() -> list[int]:
    """Of the three layers, without the batch normalisations."""
    wide = EXPANSION * NARROW
    return [NARROW * wide, KERNEL**2 * wide, wide * NARROW]


def draw() -> Figure:
    """Heights to scale."""
    figure, ax = plt.subplots(figsize=(8.2, 3.6))
    ax.set(xlim=(-0.6, 11.2), ylim=(-1.25, 2.05))
    ax.axis("off")
    channels = (NARROW, EXPANSION * NARROW, EXPANSION * NARROW, NARROW)
    for x, n in zip((0, 3.2, 6.4, 9.6), channels, strict=True):
        high, hue = n / 96, COLORS["blue" if n == NARROW else "sky"]
        ax.add_patch(Rectangle((x - 0.16, -high / 2), 0.32, high, fc=hue, ec=ink(), lw=1))
        ax.text(x, -high / 2 - 0.1, str(n), ha="center", va="top", weight="bold", color=ink())
    steps = ("expand\n1 × 1", "look around\n3 × 3, each alone", "project\n1 × 1")
    after = ("then ReLU6", "then ReLU6", "no ReLU")
    for x, what, then, n in zip((0, 3.2, 6.4), steps, after, weights(), strict=True):
        look = {"arrowstyle": "-|>", "mutation_scale": 12, "lw": 1.4, "color": ink()}
        ax.add_patch(FancyArrowPatch((x + 0.3, 0), (x + 2.9, 0), **look))
        ax.text(x + 1.6, 0.1, what, ha="center", va="bottom", fontsize=9, color=ink())
        ax.text(x + 1.6, -0.1, f"{n:,} weights\n{then}", ha="center", va="top", fontsize=9, color=muted())
    bow = {"arrowstyle": "-|>", "mutation_scale": 13, "lw": 2.2, "color": COLORS["orange"]}
    ax.add_patch(FancyArrowPatch((0, 0.2), (10.65, 0.2), connectionstyle="arc3,rad=-0.36", **bow))
    ax.add_patch(FancyArrowPatch((9.8, 0), (10.5, 0), arrowstyle="-", lw=1.4, color=ink()))
    ax.text(10.7, 0, "+", ha="center", va="center", fontsize=17, weight="bold", color=COLORS["orange"])
    ax.text(
        5.3, 2.2, "shortcut: what came in is added again", ha="center", va="top", fontsize=9.5, color=ink()
    )
    return figure
