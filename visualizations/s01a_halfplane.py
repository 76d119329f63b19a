"""One neuron cuts the plane: the weights are an arrow, the bias slides the border along it."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink
from neuropath.visualizations._s01a import arrow, half_plane, quiet_grid

ALT = (
    "Left: the plane cut by the straight line 2 x1 + x2 - 2 = 0, the side the weight arrow (2, 1) "
    "points to is shaded, and the arrow stands at a right angle on the line. Right: three parallel "
    "borders for bias 0, -2 and -4; the more negative the bias, the further the border has moved along "
    "the arrow."
)
WEIGHTS = np.array([2.0, 1.0])
BIASES = (0.0, -2.0, -4.0)


def draw() -> Figure:
    """The border for one bias, with its normal; then the border for three biases."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.5), sharey=True)
    for ax in (left, right):
        quiet_grid(ax)
        ax.set(xlim=(-1.5, 3.2), ylim=(-1.7, 3.0), aspect="equal", xlabel="$x_1$")
    half_plane(left, WEIGHTS, -2.0, COLORS["blue"])
    foot = 2.0 * WEIGHTS / (WEIGHTS @ WEIGHTS)
    arrow(left, foot, foot + 0.6 * WEIGHTS, COLORS["orange"], lw=2.4)
    left.text(2.05, 0.62, "weights\n(2, 1)", color=COLORS["orange"], ha="left")
    left.text(2.2, 2.35, "score > 0", color=ink(), ha="center")
    left.text(-0.75, -1.2, "score < 0", color=ink(), ha="center")
    left.set(title="weights: which way it faces", ylabel="$x_2$")
    lines = zip(BIASES, ("-", "--", ":"), (COLORS["green"], COLORS["blue"], COLORS["pink"]), strict=True)
    for bias, dash, color in lines:
        x = np.array([-2.0, 4.0])
        right.plot(x, -bias - 2 * x, dash, color=color, lw=2.2, label=f"bias {bias:.0f}".replace("-", "−"))
    arrow(right, (0, 0), 0.6 * WEIGHTS, COLORS["orange"], lw=2.4)
    right.legend(loc="upper right", facecolor="none", labelcolor=ink())
    right.set_title("bias: where it stands")
    return figure
