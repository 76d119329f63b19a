"""Stands in for `NeuronExplorer` where no JavaScript runs: the explorer as it starts."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink
from neuropath.visualizations._s01a import arrow, half_plane, quiet_grid
from neuropath.widgets.neuron import BIAS, LABELS, POINTS, PROBE, WEIGHTS, NeuronExplorer

ALT = NeuronExplorer.ALT


def draw() -> Figure:
    """Twelve points, the neuron's arrow and border, rings on the wrong side, the input and its way."""
    figure, ax = plt.subplots(figsize=(6.0, 4.0))
    quiet_grid(ax)
    weights, points, labels = np.array(WEIGHTS), np.array(POINTS), np.array(LABELS)
    half_plane(ax, -weights, -BIAS, COLORS["orange"])
    half_plane(ax, weights, BIAS, COLORS["blue"])
    ax.axline((0, -BIAS / weights[1]), slope=-weights[0] / weights[1], color=COLORS["green"], lw=2.4)
    wrong = points[(points @ weights + BIAS > 0) != labels]
    for label, marker, color in ((1, "o", COLORS["blue"]), (0, "x", COLORS["orange"])):
        here = points[labels == label].T
        ax.scatter(*here, marker=marker, s=70, color=color, lw=2.4, zorder=3, label=f"class {label}")
    ring = {"facecolors": "none", "edgecolors": ink(), "s": 260, "lw": 1.2}
    ax.scatter(*wrong.T, **ring, label=f"wrong side: {len(wrong)} of {len(points)}")
    arrow(ax, (0, 0), weights, COLORS["green"], lw=2.4)
    probe = np.array(PROBE)
    foot = probe - (probe @ weights + BIAS) / (weights @ weights) * weights
    ax.plot(*np.stack([probe, foot]).T, ":", color=COLORS["amber"], lw=1.6)
    ax.plot(*probe, "D", ms=8, color=COLORS["amber"], label="input $x$")
    ax.text(-2.8, 0.1, "weights\n(−1, 1.5)", color=ink(), fontsize=9)
    ax.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), labelcolor=ink(), labelspacing=1.1)
    return figure
