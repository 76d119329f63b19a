"""The classifier as a row of boxes: shapes between them, parameters above them, what is learned where."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from neuropath.lessons import style

ALT = (
    "Two rows of boxes joined by arrows. Upper row, the frozen part: pixels 96 by 96 by 1, preprocessing "
    "to the range -1 to 1, the MobileNetV2 base with 410,208 parameters giving 3 by 3 by 1280, and global "
    "average pooling giving 1280 features. Lower row, the head that is trained: bn1 with 5,120 numbers, "
    "fc1 655,872, dropout1 none, fc2 131,328, bn2 1,024, dropout2 none, output 4,369 giving 17 "
    "probabilities. Boxes without parameters are dashed."
)
# name, what it does, numbers it holds, shape of its output
FROZEN = [
    ("pixels", "0 … 255", 0, "(96, 96, 1)"),
    ("preprocessing", "x / 127.5 − 1", 0, "(96, 96, 3)"),
    ("base", "MobileNetV2, α = 0.35", 410_208, "(3, 3, 1280)"),
    ("global_avg_pool", "mean over places", 0, "(1280,)"),
]
HEAD = [
    ("bn1", "standardise", 5_120, "(1280,)"),
    ("fc1", "Dense + ReLU", 655_872, "(512,)"),
    ("dropout1", "rate 0.5", 0, "(512,)"),
    ("fc2", "Dense + ReLU", 131_328, "(256,)"),
    ("bn2", "standardise", 1_024, "(256,)"),
    ("dropout2", "rate 0.3", 0, "(256,)"),
    ("output", "Dense + softmax", 4_369, "(17,)"),
]
HEIGHT = 0.95


def draw() -> Figure:
    """The frozen part above, the head below; between them the one place where features can be kept."""
    figure, axes = plt.subplots(figsize=(8.6, 4.0))
    axes.set(xlim=(-0.75, 12.65), ylim=(-1.55, 4.0))
    axes.axis("off")
    _row(axes, FROZEN, y=2.55, step=3.45, width=2.65, colour=style.COLORS["grey"], start=0.8)
    _row(axes, HEAD, y=0.0, step=1.88, width=1.62, colour=style.COLORS["blue"], start=0.25)
    x = 0.8 + 3 * 3.45
    axes.plot([x, x, -0.65, -0.65], [2.55 - HEIGHT / 2 - 0.3, 1.32, 1.32, 0], color=style.ink(), lw=1.4)
    axes.add_patch(_arrow((-0.65, 0), (0.25 - 0.81, 0)))
    axes.text(5.6, 1.38, "features: of a frozen base, computed once", ha="center", va="bottom", fontsize=9)
    axes.text(-0.6, 3.75, "frozen in stage 1", fontsize=10, weight="bold", color=style.COLORS["grey"])
    axes.text(-0.6, -1.4, "the head: 797,713 numbers, 794,641 of them trained", fontsize=10, weight="bold",
              color=style.COLORS["blue"])  # fmt: skip
    return figure


def _row(axes: Axes, boxes, *, y: float, step: float, width: float, colour: str, start: float) -> None:
    """Boxes from left to right; a box that holds no numbers is dashed."""
    for i, (name, does, count, shape) in enumerate(boxes):
        x = start + i * step
        corner = (x - width / 2, y - HEIGHT / 2)
        box = FancyBboxPatch(corner, width, HEIGHT, boxstyle="round,pad=0.02,rounding_size=0.1", lw=1.6)
        box.set(facecolor=style.paper(), edgecolor=colour, linestyle="-" if count else "--")
        axes.add_patch(box)
        axes.text(x, y + 0.16, name, ha="center", va="center", fontsize=8.5, weight="bold")
        axes.text(x, y - 0.2, does, ha="center", va="center", fontsize=7.5)
        axes.text(x, y + HEIGHT / 2 + 0.09, f"{count:,}" if count else "–", ha="center", fontsize=8)
        axes.text(x, y - HEIGHT / 2 - 0.1, shape, ha="center", va="top", fontsize=8, color=style.muted())
        if i:
            axes.add_patch(_arrow((x - step + width / 2, y), (x - width / 2, y)))


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> FancyArrowPatch:
    return FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=9, color=style.ink(), lw=1.3, shrinkA=1, shrinkB=1
    )
