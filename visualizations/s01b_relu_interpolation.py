"""The constructive theorem in one dimension: ReLU units as hinges, and how the error falls with them."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, MARKERS, ink, muted

ALT = (
    "Left: a wavy curve and the polygon with 6 pieces through its knots on the interval from 0 to 1; "
    "outside the shaded interval the polygon runs on straight while the curve turns away. Right: largest "
    "error against the number of units on logarithmic axes: the smooth sine falls by four per doubling, "
    "the Lipschitz kink by two on average, the square root by root two, and the step stays above one half."
)
COUNTS = 2 ** np.arange(1, 9)
TARGETS = {
    "sine, order 2": lambda x: np.sin(2 * np.pi * x),
    "|x − 1/3|, order 1": lambda x: np.abs(x - 1 / 3),
    "√x, order ½": lambda x: np.sqrt(np.abs(x)),
    "step: no limit": lambda x: (x >= 1 / np.sqrt(2)).astype(float),
}


def interpolant(f, n: int, x: np.ndarray) -> np.ndarray:
    """The one-hidden-layer network with n ReLUs through f's values at the knots i/n."""
    knots = np.arange(n + 1) / n
    slopes = n * np.diff(f(knots))
    kinks = np.diff(slopes, prepend=0.0)
    return f(np.zeros(1)) + np.maximum(x[:, None] - knots[:-1], 0) @ kinks


def draw() -> Figure:
    """Curve and polygon; error against width for four targets."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.5))
    x = np.linspace(-0.25, 1.25, 901)
    f = lambda t: np.sin(2 * np.pi * t) + 0.6 * t  # noqa: E731
    left.axvspan(0, 1, color=muted(), alpha=0.15, lw=0)
    left.plot(x, f(x), color=COLORS["blue"], label="target")
    left.plot(x, interpolant(f, 6, x), "--", color=COLORS["orange"], label="6 ReLU units")
    knots = np.arange(7) / 6
    left.plot(knots, f(knots), "o", color=COLORS["orange"], ms=5)
    left.set(title="hinges at the knots", xlabel="$x$", xticks=[0, 0.5, 1], ylim=(-1.9, 2.3))
    left.legend(loc="upper left", labelcolor=ink(), ncols=2, fontsize=9)
    _errors(right)
    return figure


def _errors(ax) -> None:
    x = np.linspace(0, 1, 30001)
    colors = ("blue", "green", "pink", "orange")
    for (name, f), color, marker in zip(TARGETS.items(), colors, MARKERS, strict=False):
        worst = [np.abs(f(x) - interpolant(f, n, x)).max() for n in COUNTS]
        ax.loglog(COUNTS, worst, marker=marker, ms=4, color=COLORS[color], label=name)
    ax.axhline(0.5, color=muted(), lw=1, ls=":")
    ax.set(title="largest error on [0, 1]", xlabel="hidden units n", ylim=(2e-5, 30))
    ax.set_xticks([2, 8, 32, 128], ["2", "8", "32", "128"])
    ax.legend(loc="upper right", labelcolor=ink(), ncols=2, fontsize=8)
