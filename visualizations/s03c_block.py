"""Session 03 C: the inverted residual block, forwards and backwards."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from neuropath.lessons import style

ALT = (
    "A chain of nine boxes from X to Y: expand E, norm 1, ReLU6, depthwise D, norm 2, ReLU6, project P, "
    "norm 3, plus. Blue arrows run to the right along the top, labelled X, U, U hat, R, S, S hat, T, Q, "
    "Q hat, Y; orange arrows run to the left along the bottom, labelled with the same letters under a "
    "bar. A blue arc leads from X over all boxes to the plus, an orange arc under them back from the "
    "plus to X, labelled bar Y. Under each box stands what it keeps for the way back: X; U and its "
    "statistics; a mask of U hat; R; S and its statistics; a mask of S hat; T; Q and its statistics; "
    "nothing for the plus."
)
BOXES = (  # name, what it keeps, is it wide
    ("expand\n$E$", "$X$", True),
    ("norm 1", "$U$, stats", True),
    ("ReLU6", "mask", True),
    ("depth-\nwise $D$", "$R$", True),
    ("norm 2", "$S$, stats", True),
    ("ReLU6", "mask", True),
    ("project\n$P$", "$T$", False),
    ("norm 3", "$Q$, stats", False),
    ("+", "", False),
)
MAPS = ("X", r"U", r"\hat U", "R", "S", r"\hat S", "T", "Q", r"\hat Q", "Y")


def draw() -> Figure:
    """Boxes, and arrows both ways."""
    figure, ax = plt.subplots(figsize=(7.6, 3.1))
    gap, width = 1.5, 0.92
    blue, orange = style.COLORS["blue"], style.COLORS["orange"]
    for k, (name, kept, wide) in enumerate(BOXES):
        high = 1.5 if wide else 0.95
        shape = FancyBboxPatch(
            (k * gap, -high / 2),
            width,
            high,
            boxstyle="round,pad=0.02",
            fc=style.paper(),
            ec=style.ink() if wide else style.COLORS["green"],
            lw=1.4,
        )
        ax.add_patch(shape)
        ax.text(k * gap + width / 2, 0, name, ha="center", va="center", fontsize=8.5)
        ax.text(k * gap + width / 2, -high / 2 - 0.3, kept, ha="center", fontsize=8, color=style.muted())
    for k, letter in enumerate(MAPS):
        left = k * gap - (gap - width)
        _arrow(ax, left + 0.04, left + gap - width - 0.04, 0.24, blue)
        _arrow(ax, left + gap - width - 0.04, left + 0.04, -0.24, orange)
        middle = left + (gap - width) / 2
        ax.text(middle, 0.36, f"${letter}$", ha="center", color=blue, fontsize=11)
        ax.text(middle, -0.66, rf"$\bar{{{letter}}}$", ha="center", color=orange, fontsize=11)
    _arc(ax, -0.3, 0.65, 8 * gap + width / 2, 0.55, blue, -0.16)
    _arc(ax, 8 * gap + width / 2, -0.55, -0.3, -0.95, orange, -0.19)
    ax.text(6, 1.72, "shortcut: $X$ is added", ha="center", color=blue, fontsize=9.5)
    ax.text(6, -2.3, r"shortcut: $\bar Y$ arrives unchanged", ha="center", color=orange, fontsize=9.5)
    ax.set(xlim=(-0.75, 14.2), ylim=(-2.5, 2.1))
    ax.axis("off")
    return figure


def _arrow(ax: Axes, start: float, stop: float, y: float, colour: str) -> None:
    ax.annotate("", (stop, y), (start, y), arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.4})


def _arc(ax: Axes, x: float, y: float, to_x: float, to_y: float, colour: str, bend: float) -> None:
    how = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "connectionstyle": f"arc3,rad={bend}"}
    ax.annotate("", (to_x, to_y), (x, y), arrowprops=how)
