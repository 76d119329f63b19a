"""The perceptron's line after each of its mistakes."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink
from neuropath.visualizations._s01a import half_plane

ALT = (
    "Four panels with the same twelve points, six circles and six crosses. Panel by panel the border "
    "turns and shifts after mistakes; in the last panel all circles lie on the shaded side and all "
    "crosses on the other."
)
POINTS = np.array(
    [
        *([2.0, 1.6], [1.2, 2.2], [2.6, 2.4], [1.8, 0.6], [2.9, 1.0], [0.6, 2.9]),
        *([-0.8, 0.4], [0.2, -0.9], [-0.3, 1.2], [0.9, -0.2], [-1.0, -0.8], [0.1, 0.5]),
    ]
)
SIGNS = np.repeat([1, -1], 6)
ORDER = (0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11)  # the two kinds take turns


def history() -> list[np.ndarray]:
    """(w1, w2, b) after each mistake, from zero until a whole pass makes none."""
    weights, states = np.zeros(3), []
    for _ in range(100):
        mistakes = 0
        for i in ORDER:
            x = np.append(POINTS[i], 1.0)  # the bias is a weight on a constant input of 1
            if SIGNS[i] * (weights @ x) <= 0:
                weights = weights + SIGNS[i] * x
                states.append(weights)
                mistakes += 1
        if not mistakes:
            break
    return states


def draw() -> Figure:
    """Four moments between the first mistake and the last."""
    states = history()
    moments = np.unique(np.linspace(0, len(states) - 1, 4).astype(int))
    figure, axes = plt.subplots(1, 4, figsize=(7.0, 1.95), sharey=True)
    for ax, k in zip(axes, moments, strict=True):
        half_plane(ax, states[k][:2], states[k][2], COLORS["blue"])
        for sign, marker, color in ((1, "o", COLORS["blue"]), (-1, "x", COLORS["orange"])):
            ax.scatter(*POINTS[sign == SIGNS].T, marker=marker, color=color, s=26, zorder=3)
        ax.set(xlim=(-1.8, 3.6), ylim=(-1.8, 3.6), aspect="equal", xticks=[], yticks=[])
        ax.set_title(f"after mistake {k + 1}", fontsize=9, color=ink())
    return figure
