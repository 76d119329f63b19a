"""Session 01 C: the slope that reaches the true logit, under cross-entropy and under squared error."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style
from neuropath.scratch import sigmoid

ALT = (
    "Slope of the loss with respect to the true logit, for two classes, against the margin of the "
    "true logit over the other one from -10 to 10. Under cross-entropy the slope is -1 at the far "
    "left, where the network is certain and wrong, and rises smoothly to 0 at the right. Under "
    "squared error after softmax the slope is near 0 at both ends, with a dip to about -0.59 a little "
    "left of margin 0: a network that is certain and wrong receives almost no push."
)


def slopes(margin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """dL/dz_true under cross-entropy and under the sum of squares, two classes, z_other = 0."""
    p = sigmoid(margin)
    return p - 1, -4 * p * (1 - p) ** 2


def draw() -> Figure:
    """Both slopes over the margin, the certain-and-wrong side shaded."""
    figure, ax = plt.subplots(figsize=(7.0, 3.5))
    margin = np.linspace(-10, 10, 400)
    cross_entropy, squared = slopes(margin)
    ax.axvspan(-10, -5, color=style.muted(), alpha=0.15, lw=0)
    ax.text(-7.5, 0.06, "certain and wrong", ha="center", color=style.muted(), fontsize=9)
    ax.axhline(0, color=style.muted(), lw=0.8)
    ax.plot(margin, cross_entropy, color=style.COLORS["blue"])
    ax.plot(margin, squared, "--", color=style.COLORS["orange"])
    ax.text(-1.3, -0.93, r"cross-entropy: $p-1$", color=style.COLORS["blue"])
    ax.text(0.6, -0.55, r"squared error: $-4p(1-p)^2$", color=style.COLORS["orange"])
    ax.set(xlabel=r"margin $z_{\mathrm{true}}-z_{\mathrm{other}}$", ylim=(-1.08, 0.16), xlim=(-10, 10))
    ax.set_ylabel(r"$\partial L/\partial z_{\mathrm{true}}$")
    return figure
