"""Three ways to train base and head: from scratch, as a feature extractor, fine-tuned."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from neuropath.lessons.style import COLORS, ink, muted, paper

ALT = (
    "Three rows, each a large box, the base, and a small box, the head, with an arrow from the picture "
    "through both to the answer. From scratch: base and head both start as random numbers, shown by dots, "
    "and both learn, shown by thick blue frames. Feature extraction: the base is borrowed, shown by "
    "slanted lines, and frozen, with a thin grey frame; only the head is blue. Fine-tuning: base "
    "borrowed, head already trained, and both framed in blue, the base in a thinner blue line: it moves "
    "by small steps."
)
# name, (hatch, learns) of base and head, what is said about it
WAYS = (
    ("from scratch", ("..", 2.8), ("..", 2.8), "everything random,\neverything learns"),
    ("feature extraction", ("//", 0.0), ("..", 2.8), "borrowed base frozen,\nonly the head learns"),
    ("fine-tuning", ("//", 1.6), ("xx", 2.8), "head trained first, then\nboth learn, in small steps"),
)


def draw() -> Figure:
    """Blue frames learn; dots are random numbers, lines were learned elsewhere, crosses in stage 1."""
    figure, ax = plt.subplots(figsize=(8.0, 3.9))
    ax.set(xlim=(0, 11.2), ylim=(3.05, -0.62))
    ax.axis("off")
    for x, text in ((4.35, "base"), (7.05, "head")):
        ax.text(x, -0.35, text, ha="center", weight="bold", color=ink())
    for row, (name, base, head, said) in enumerate(WAYS):
        ax.text(0, row + 0.42, name, va="center", weight="bold", fontsize=10.5, color=ink())
        _arrow(ax, 2.3, 3.0, row)
        _box(ax, 3.0, 2.7, row, *base)
        _arrow(ax, 5.7, 6.5, row)
        _box(ax, 6.5, 1.1, row, *head)
        _arrow(ax, 7.6, 8.2, row)
        ax.text(8.4, row + 0.42, said, va="center", fontsize=9, color=muted())
    return figure


def _box(ax: Axes, x: float, width: float, row: int, hatch: str, learns: float) -> None:
    edge = COLORS["blue"] if learns else COLORS["grey"]
    fill = Rectangle((x, row), width, 0.84, fc=paper(), ec=muted(), lw=0, hatch=hatch, alpha=0.55)
    frame = Rectangle((x, row), width, 0.84, fill=False, ec=edge, lw=learns or 1.2)
    ax.add_patch(fill)
    ax.add_patch(frame)
    word = "learns" if learns > 2 else "learns a little" if learns else "frozen"
    patch = {"fc": paper(), "ec": "none", "pad": 1.5}
    ax.text(x + width / 2, row + 0.42, word, ha="center", va="center", fontsize=9, color=ink(), bbox=patch)


def _arrow(ax: Axes, start: float, end: float, row: int) -> None:
    look = {"arrowstyle": "-|>", "mutation_scale": 11, "lw": 1.4, "color": ink()}
    ax.add_patch(FancyArrowPatch((start, row + 0.42), (end, row + 0.42), **look))
