"""Shift first or filter first: the same with stride 1, two different signals with stride 2."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Six small bar charts. Left column: a bump of heights 1, 3, 2 at places 4 to 6, and below it the same "
    "bump one place further right. Middle column, after a difference filter with stride 1: the lower "
    "answer, 1, 2, minus 1, minus 2, is the upper one, moved by one place. Right column, stride 2, every "
    "second of these values: above 2 and minus 2, below 1 and minus 1; no shift turns one into the other."
)
SIGNAL = np.array([0, 0, 0, 0, 1, 3, 2, 0, 0, 0, 0, 0])
KERNEL = np.array([-1, 1])  # what comes next minus what is here


def filtered(signal: np.ndarray, stride: int) -> np.ndarray:
    """The valid correlation with KERNEL, every stride-th value."""
    return np.correlate(signal, KERNEL, mode="valid")[::stride]


def draw() -> Figure:
    """Signal, stride 1, stride 2; above as it is, below shifted by one."""
    figure, axes = plt.subplots(2, 3, figsize=(7.2, 3.6), sharey="col")
    titles = ("input", "stride 1", "stride 2")
    for row, signal in enumerate((SIGNAL, np.roll(SIGNAL, 1))):
        for ax, values, title in zip(
            axes[row], (signal, filtered(signal, 1), filtered(signal, 2)), titles, strict=True
        ):
            _bars(ax, values, "blue" if row == 0 else "orange")
            if row == 0:
                ax.set_title(title)
    axes[0, 0].set_ylabel("as it is")
    axes[1, 0].set_ylabel("shifted by 1")
    return figure


def _bars(ax: Axes, values: np.ndarray, hue: str) -> None:
    hatch = "" if hue == "blue" else "//"
    ax.bar(np.arange(len(values)), values, color=COLORS[hue], hatch=hatch, edgecolor=ink(), lw=0.6)
    for place, value in enumerate(values):
        if value:
            above = value > 0
            ax.text(
                place,
                value,
                f"{value}".replace("-", "−"),
                ha="center",
                va="bottom" if above else "top",
                size=9,
            )
    ax.axhline(0, color=muted(), lw=0.8)
    ax.set(xticks=np.arange(0, len(values), 2), yticks=[])
    ax.margins(y=0.28)
    ax.spines["left"].set_visible(False)
