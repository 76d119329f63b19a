"""Stands in for `BayesExplorer` where no JavaScript runs: the explorer as it starts."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted
from neuropath.visualizations._s01a import arrow, bare
from neuropath.widgets.bayes import PREVALENCE, SENSITIVITY, SPECIFICITY, BayesExplorer

ALT = BayesExplorer.ALT
PEOPLE, COLUMNS = 1000, 40


def people() -> tuple[np.ndarray, np.ndarray]:
    """(1000,) each: who is ill, and who tests positive; the positives stand side by side."""
    ill = round(PEOPLE * PREVALENCE)
    found, alarms = round(ill * SENSITIVITY), round((PEOPLE - ill) * (1 - SPECIFICITY))
    place = np.arange(PEOPLE)
    return place < ill, (place >= ill - found) & (place < ill + alarms)


def after(odds: float) -> tuple[float, float]:
    """The odds after a positive and after a negative test."""
    return odds * SENSITIVITY / (1 - SPECIFICITY), odds * (1 - SENSITIVITY) / SPECIFICITY


def draw() -> Figure:
    """A thousand people; below, what the test does to the odds."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(7.0, 5.4), height_ratios=(3, 1))
    ill, positive = people()
    x, y = np.arange(PEOPLE) % COLUMNS, -(np.arange(PEOPLE) // COLUMNS)
    top.scatter(x[positive], y[positive], s=72, marker="s", color=COLORS["amber"], alpha=0.35, lw=0)
    top.scatter(x[~ill], y[~ill], s=5, color=COLORS["orange"], label="healthy")
    top.scatter(x[ill], y[ill], s=40, color=COLORS["blue"], label="ill")
    both = (ill & positive).sum()
    bare(top).set_title(f"Of {positive.sum()} who test positive, on amber, {both} are ill", loc="left")
    top.set(xlim=(-1, COLUMNS), ylim=(-25, 1), aspect="equal")
    top.legend(loc="upper left", bbox_to_anchor=(1, 1), labelcolor=ink())
    _scale(bottom)
    return figure


def _scale(ax: Axes) -> None:
    before = PREVALENCE / (1 - PREVALENCE)
    ax.spines["left"].set_visible(False)
    for height, odds, name, color in zip(
        (2, 1), after(before), ("positive", "negative"), ("green", "pink"), strict=True
    ):
        arrow(ax, (np.log10(before), height), (np.log10(odds), height), COLORS[color], lw=2.4)
        ax.text(np.log10(odds * before) / 2, height + 0.2, name, ha="center", color=ink())
    ax.axvline(np.log10(before), color=COLORS["amber"], lw=2.4)
    marks = np.array([0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999])
    ticks = np.log10(marks / (1 - marks))
    for tick in ticks:
        ax.axvline(tick, color=muted(), lw=0.4, zorder=0)
    ax.set_xticks(ticks, [f"{100 * m:g}" for m in marks])
    ax.set(xlim=(-4, 4), ylim=(0.4, 2.8), yticks=[], xlabel="chance of being ill in %, spaced by odds")
