"""Session 03 F: one teacher's answer at three temperatures."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath import scratch as nn
from neuropath.lessons.style import COLORS

ALT = (
    "Three bar charts of ten class probabilities for one set of logits. At temperature 1 a single bar, class "
    "8, has almost all of the probability. At temperature 4 class 8 still leads with more than half, and "
    "class 3 is visible as the runner-up. At temperature 20 all ten bars are of similar height, in the same "
    "order."
)
LOGITS = np.array([0.0, 3.0, 1.0, 7.0, -2.0, 4.0, -1.0, -3.0, 13.0, 5.0])
TEMPERATURES = (1, 4, 20)


def draw() -> Figure:
    """Three panels."""
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 2.6), sharey=True)
    for ax, T in zip(axes, TEMPERATURES, strict=True):
        ax.bar(range(10), nn.softmax(LOGITS[None] / T)[0], color=COLORS["blue"])
        ax.set(title=f"T = {T}", xlabel="class", xticks=range(10), ylim=(0, 1))
    axes[0].set_ylabel("probability")
    return figure
