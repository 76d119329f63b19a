"""Session 02 C: with stride 2 the input's slopes are a full convolution over spread error signals."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons import style

ALT = (
    "Top: a row of seven cells: two zeros of the frame, g0, one inserted zero, g1, two zeros of the frame. "
    "Below it five rows; in each the flipped kernel, three cells w2, w1, w0, stands one cell further to the "
    "right. To the right of each row is the slope it gives: g0 w0 for x0; g0 w1 for x1; g0 w2 + g1 w0 for "
    "x2; g1 w1 for x3; g1 w2 for x4."
)
SPREAD = ("0", "0", "g_0", "0", "g_1", "0", "0")  # frame, signals with one zero between, frame


def terms(p: int) -> list[str]:
    """What pixel p gets: products of the flipped kernel at place p with what is not zero above it."""
    flipped = ("w_2", "w_1", "w_0")
    return [SPREAD[p + i] + w for i, w in enumerate(flipped) if SPREAD[p + i] != "0"]


def draw() -> Figure:
    """One row of signals, five places of the kernel."""
    figure, ax = plt.subplots(figsize=(7.4, 3.9))
    for column, text in enumerate(SPREAD):
        signal, inserted = text != "0", column == 3
        hue = style.COLORS["orange"] if signal or inserted else style.muted()
        _cell(ax, column, 0.0, text, hue, filled=signal, dashed=inserted)
    for p in range(5):
        for i, weight in enumerate(("w_2", "w_1", "w_0")):
            _cell(ax, p + i, -1.35 - 0.9 * p, weight, style.COLORS["blue"], filled=True)
        ax.text(
            7.5,
            -1.35 - 0.9 * p,
            rf"$\partial L/\partial x_{p}$ = " + " + ".join(f"${t}$" for t in terms(p)),
            va="center",
            fontsize=12,
        )
    for x, text in ((0.5, "frame"), (3, "inserted"), (5.5, "frame")):
        ax.text(x, 0.62, text, ha="center", color=style.muted(), fontsize=10)
    ax.text(-0.8, 0, "signals", ha="right", va="center", fontsize=11, color=style.COLORS["orange"])
    ax.text(
        -0.8,
        -3.15,
        "flipped kernel,\nfive places",
        ha="right",
        va="center",
        fontsize=11,
        color=style.COLORS["blue"],
    )
    ax.set(xlim=(-3.4, 11.6), ylim=(-5.6, 1.1))
    ax.axis("off")
    return figure


def _cell(
    ax: Axes, x: float, y: float, text: str, colour: str, *, filled: bool, dashed: bool = False
) -> None:
    shape = (x - 0.44, y - 0.38), 0.88, 0.76
    if filled:
        ax.add_patch(Rectangle(*shape, fc=colour, alpha=0.25, lw=0))
    ax.add_patch(Rectangle(*shape, fill=False, ec=colour, lw=1.4, ls="--" if dashed else "-"))
    ax.text(x, y, f"${text}$", ha="center", va="center", fontsize=13)
