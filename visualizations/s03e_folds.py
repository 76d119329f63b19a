"""Cheng's five patient-wise folds, frozen and fine-tuned, with intervals; and a split that mixes patients."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons import style
from neuropath.lessons.record import recorded
from neuropath.project.metrics import wilson_interval

ALT = (
    "Accuracy against test fold, each fold with a circle for the frozen base and a square for the "
    "fine-tuned one, joined by a line, and thin vertical intervals of some five points. Fold 1: from 0.91 "
    "down to 0.90. Folds 2 to 5: up, from 0.86 to 0.92, 0.87 to 0.94, 0.87 to 0.90 and 0.86 to 0.90. Set "
    "apart at the right, slices at random: both at 0.95, higher than every fold of unseen patients."
)
NAMES = {"frozen": "frozen base", "fine_tuned": "fine-tuned"}


def points() -> list[tuple[float, str, dict]]:
    """(place on the axis, label, recorded run)."""
    runs = recorded("figshare-folds")["runs"]
    folds = [(float(run["fold"]), f"fold {run['fold']}", run) for run in runs if run["split"] == "fold"]
    mixed = [(6.6, "slices\nat random", run) for run in runs if run["split"] == "slice"]
    return folds + mixed


def draw() -> Figure:
    """Pairs of marks."""
    figure, ax = plt.subplots(figsize=(7.2, 3.5))
    looks = {"frozen": (-0.12, "o", style.COLORS["blue"]), "fine_tuned": (0.12, "s", style.COLORS["orange"])}
    places = points()
    for x, _, run in places:
        ax.plot([x - 0.12, x + 0.12], [run["frozen"], run["fine_tuned"]], color=style.muted(), lw=1.2)
        for key, (shift, mark, colour) in looks.items():
            low, high = wilson_interval(round(run[key] * run["images"]), run["images"])
            ax.plot([x + shift] * 2, [low, high], color=colour, lw=1.2)
            label = NAMES[key] if x == 1 else None
            ax.plot(x + shift, run[key], mark, ms=7, color=colour, mec=style.paper(), label=label)
    ax.axvline(5.8, color=style.muted(), ls=":", lw=1)
    ax.set_xticks([x for x, *_ in places], [label for _, label, _ in places])
    ax.set(ylabel="accuracy", ylim=(0.81, 0.99))
    ax.legend(loc="upper left", ncols=2)
    return figure
