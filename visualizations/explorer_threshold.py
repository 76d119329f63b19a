"""Stands in for `ThresholdExplorer` where no JavaScript runs: the explorer as it starts."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import norm

from neuropath.lessons.style import COLORS, ink, muted
from neuropath.widgets.threshold import PREVALENCE, SEPARATION, SPREAD, THRESHOLD, ThresholdExplorer

ALT = ThresholdExplorer.ALT
ILL, HEALTHY = norm(SEPARATION, SPREAD), norm(0, 1)


def precision(threshold, prevalence):
    """Share of the ill among those above the threshold."""
    found = prevalence * ILL.sf(threshold)
    return found / (found + (1 - prevalence) * HEALTHY.sf(threshold))


def draw() -> Figure:
    """The two humps and the threshold; below, its point on both curves."""
    figure, axes = plt.subplot_mosaic([["scores", "scores"], ["roc", "pr"]], figsize=(7.0, 6.2))
    _scores(axes["scores"])
    t = np.linspace(-8, 12, 400)
    sensitivity = ILL.sf(t)
    axes["roc"].plot(HEALTHY.sf(t), sensitivity, color=COLORS["blue"])
    axes["roc"].plot([0, 1], [0, 1], ":", color=muted(), lw=1.2, label="chance")
    axes["roc"].set(title="ROC", xlabel="1 − specificity", ylabel="sensitivity")
    axes["pr"].plot(
        sensitivity, precision(t, PREVALENCE), color=COLORS["blue"], label=f"{PREVALENCE:.0%} are ill"
    )
    axes["pr"].plot(sensitivity, precision(t, 0.5), ":", color=muted(), label="if half were ill")
    axes["pr"].set(title="Precision–recall", xlabel="recall = sensitivity", ylabel="precision = PPV")
    here = ILL.sf(THRESHOLD)
    for ax, point in (
        (axes["roc"], (HEALTHY.sf(THRESHOLD), here)),
        (axes["pr"], (here, precision(THRESHOLD, PREVALENCE))),
    ):
        ax.plot(*point, "o", ms=10, color=COLORS["amber"], markeredgecolor=ink())
        ax.set(xlim=(0, 1), ylim=(0, 1.02), aspect="equal")
        ax.legend(loc="lower right" if ax is axes["roc"] else "lower left", labelcolor=ink())
    return figure


def _scores(ax: Axes) -> None:
    score = np.linspace(-4, 8, 400)
    above = score >= THRESHOLD
    for law, share, color, dash, name in (
        (HEALTHY, 1 - PREVALENCE, "orange", "--", "healthy"),
        (ILL, PREVALENCE, "blue", "-", "ill"),
    ):
        height = share * law.pdf(score)
        ax.plot(score, height, dash, color=COLORS[color], label=name)
        ax.fill_between(score[above], height[above], color=COLORS[color], alpha=0.35, lw=0)
    ax.axvline(THRESHOLD, color=COLORS["amber"], lw=2.4, label=f"threshold {THRESHOLD:g}")
    ax.set(xlabel="score", yticks=[], ylim=(0, None), xlim=(-4, 8))
    ax.legend(loc="upper right", labelcolor=ink())
