"""What four learning rates do to a pretrained base."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.record import recorded
from neuropath.lessons.style import COLORS, MARKERS, muted

ALT = (
    "Left, accuracy on unseen patients over eight epochs of fine-tuning, all curves starting at the "
    "same height, the trained head on the frozen base. At 1e-5 and 1e-4 the curve stays level or rises "
    "a little; at 1e-3 it falls deeply in the first epoch and wavers below its start; at 1e-2 it falls "
    "to the bottom and stays there. Right, a fresh head trained on the base's features afterwards: as "
    "good as before for the two small rates, a little worse for 1e-3, at the bottom for 1e-2."
)
HUES = ("green", "blue", "amber", "orange")


def runs(rate: float, key: str) -> np.ndarray:
    """What was recorded for a rate, one row a seed."""
    return np.array([run[key] for run in recorded("transfer-rates")["runs"] if run["rate"] == rate])


def name(rate: float) -> str:
    """1e-05 as 10⁻⁵."""
    return "10⁻" + "⁰¹²³⁴⁵⁶⁷⁸⁹"[round(-np.log10(rate))]


def draw() -> Figure:
    """Means, and the worst and best of three seeds."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.2, 3.5), width_ratios=[1.35, 1], sharey=True)
    rates = recorded("transfer-rates")["rates"]
    for rate, hue, marker in zip(rates, HUES, MARKERS, strict=False):
        found = runs(rate, "accuracy")  # (seeds, epochs + 1)
        epochs = np.arange(found.shape[1])
        left.plot(epochs, found.mean(axis=0), marker=marker, ms=5, color=COLORS[hue], label=name(rate))
        left.fill_between(epochs, found.min(axis=0), found.max(axis=0), color=COLORS[hue], alpha=0.15, lw=0)
    left.set(ylim=(0, 1), xlabel="epoch of fine-tuning", ylabel="accuracy, unseen patients")
    left.legend(title="learning rate", fontsize=8.5, title_fontsize=8.5, loc=(0.62, 0.22))
    before = runs(rates[0], "probe_before").mean()
    right.axhline(before, ls="--", lw=1.4, color=muted())
    right.text(2.65, before + 0.02, "before", fontsize=9, color=muted())
    for place, (rate, hue) in enumerate(zip(rates, HUES, strict=True)):
        after = runs(rate, "probe_after")
        right.bar(place, after.mean(), 0.62, color=COLORS[hue])
        right.plot([place] * len(after), after, ".", color=muted(), ms=6)
    right.set_xticks(range(len(rates)), [name(rate) for rate in rates])
    right.set(xlabel="learning rate", title="a fresh head, afterwards")
    return figure
