"""Stands in for `ReliabilityExplorer` where no JavaScript runs: the explorer as it starts."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath import scratch as nn
from neuropath.lessons.style import COLORS, ink, muted
from neuropath.project import metrics
from neuropath.widgets.reliability import (
    BINS,
    CLASSES,
    SEED,
    SHARPNESS,
    TEMPERATURE,
    ReliabilityExplorer,
    sample,
)

ALT = ReliabilityExplorer.ALT


def draw() -> Figure:
    """The diagram at the first temperature; loss, calibration error and accuracy over all of them."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.5))
    logits, labels = sample(SEED, CLASSES, SHARPNESS)
    _bars(left, metrics.calibration_bins(labels, nn.softmax(logits / TEMPERATURE), BINS))
    heat = np.linspace(0.25, 5, 39)
    loss = [nn.sparse_categorical_crossentropy(logits / t, labels)[0] for t in heat]
    gap = [metrics.expected_calibration_error(labels, nn.softmax(logits / t), BINS) for t in heat]
    right.plot(heat, loss, "--", color=COLORS["orange"], label="loss (NLL)")
    right.plot(heat, gap, color=COLORS["blue"], label="ECE")
    right.axhline((logits.argmax(axis=1) == labels).mean(), ls=":", color=muted(), label="accuracy")
    right.axvline(TEMPERATURE, color=COLORS["amber"], lw=2.4)
    right.set(xlabel="temperature", ylim=(0, None), xlim=(0, 5))
    right.legend(loc="upper right", labelcolor=ink())
    return figure


def _bars(ax: Axes, bins: np.ndarray) -> None:
    n, confidence, right = bins[bins[:, 0] > 0].T
    place = (np.flatnonzero(bins[:, 0]) + 0.5) / BINS
    strength = 0.35 + 0.65 * np.sqrt(n / n.max())
    for x, low, high, alpha in zip(place, right, confidence, strength, strict=True):
        ax.bar(x, low, 0.92 / BINS, color=COLORS["blue"], alpha=0.5 * alpha)
        ax.bar(
            x, high - low, 0.92 / BINS, low, color="none", edgecolor=COLORS["orange"], ls="--", alpha=alpha
        )
    ax.plot([0, 1], [0, 1], color=ink(), lw=1.2)
    ax.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1), aspect="equal")
