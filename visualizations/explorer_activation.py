"""Stands in for `ActivationExplorer` where no JavaScript runs: the sigmoid at z = 2, ten layers deep."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted
from neuropath.scratch import sigmoid
from neuropath.widgets.activation import DEPTH, ActivationExplorer, Z

ALT = ActivationExplorer.ALT


def slope(z):
    """The sigmoid's derivative."""
    return sigmoid(z) * sigmoid(-z)


def draw() -> Figure:
    """Curve, slope and tangent; then the product of slopes over depth."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.3))
    _curves(left)
    layers = np.arange(DEPTH + 1)
    right.semilogy(layers, slope(0) ** layers, "o:", ms=4, color=muted(), label="at the steepest z")
    right.semilogy(layers, slope(Z) ** layers, "s--", ms=4, color=COLORS["orange"], label=f"at z = {Z:.0f}")
    right.set(xlabel="layers", title="product of the slopes", xlim=(-0.3, DEPTH + 0.5))
    right.legend(loc="lower left", labelcolor=ink())
    return figure


def _curves(ax: Axes) -> None:
    z = np.linspace(-5, 5, 200)
    ax.plot(z, sigmoid(z), color=COLORS["blue"], label="sigmoid")
    ax.plot(z, slope(z), "--", color=COLORS["orange"], label="its slope")
    near = Z + np.array([-1.5, 1.5])
    ax.plot(near, sigmoid(Z) + slope(Z) * (near - Z), color=ink(), lw=1.2)
    ax.plot(Z, sigmoid(Z), "o", ms=8, color=COLORS["blue"])
    ax.annotate(f"slope {slope(Z):.3f}", (Z, sigmoid(Z)), (1.5, 0.7), color=ink())
    ax.set(xlabel="$z$", ylim=(-0.15, 1.1), title="sigmoid and its slope")
    ax.legend(loc="upper left", labelcolor=ink())
