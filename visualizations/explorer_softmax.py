"""Stands in for `SoftmaxExplorer` where no JavaScript runs: the explorer as it starts."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath import scratch as nn
from neuropath.lessons.style import COLORS, ink
from neuropath.visualizations._s01a import arrow
from neuropath.widgets.softmax import CLASSES, LOGITS, TRUTH, SoftmaxExplorer

ALT = SoftmaxExplorer.ALT


def draw() -> Figure:
    """Bars of logits; bars of probabilities with an arrow from each target to its probability."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.3))
    logits, columns, truth = np.array(LOGITS), np.arange(len(CLASSES)), CLASSES.index(TRUTH)
    loss, gradient = nn.sparse_categorical_crossentropy(logits[None], np.array([truth]))
    p = nn.softmax(logits)
    left.bar(columns, logits, 0.56, color=COLORS["green"], alpha=0.5)
    left.axhline(0, color=ink(), lw=1.2)
    right.bar(columns, p, 0.56, color=COLORS["blue"], alpha=0.5)
    right.bar(truth, 1, 0.56, fill=False, edgecolor=ink(), ls="--", label="target")
    for column, g in zip(columns, gradient[0], strict=True):
        if abs(g) > 0.045:
            arrow(right, (column, float(column == truth)), (column, p[column]), COLORS["amber"])
        aside = {"x": column + 0.32, "ha": "left"} if column == truth else {"x": column, "ha": "center"}
        right.text(y=p[column] + 0.02, s=f"{g:+.2f}".replace("-", "−"), color=ink(), **aside)
    left.set(title="logits $z$", ylim=(-4, 4))
    right.set(title=f"probabilities, $p - y$, loss {loss:.2f}", ylim=(0, 1.1), xlim=(-0.5, 3.9))
    for ax in (left, right):
        ax.set_xticks(columns, CLASSES, fontsize=8)
    right.legend(loc="upper left", labelcolor=ink())
    return figure
