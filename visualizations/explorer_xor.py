"""Stands in for `XorExplorer` where no JavaScript runs: the explorer as it starts, unsolved."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink
from neuropath.visualizations._s01a import XOR_LABELS, XOR_POINTS, arrow, half_plane
from neuropath.widgets.xor import START, XorExplorer

ALT = XorExplorer.ALT


def draw() -> Figure:
    """The input plane with the two hidden lines, the hidden plane with the output's."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.7))
    hidden, output = np.array(START["hidden"]), np.array(START["output"])
    images = (XOR_POINTS @ hidden[:, :2].T + hidden[:, 2] > 0).astype(float)
    wrong = (images @ output[:2] + output[2] > 0) != XOR_LABELS
    for row, color, dash, name in zip(hidden, ("green", "pink"), ("-", "--"), ("h_1", "h_2"), strict=True):
        vertical = row[1] == 0
        (left.axvline if vertical else left.axhline)(-row[2], color=COLORS[color], ls=dash)
        place = (0.55, 1.5) if vertical else (1.68, 0.56)
        left.text(*place, f"${name}$", color=ink(), va="bottom", ha="left" if vertical else "right")
        arrow(left, (0.5, 0.5), 0.5 + 0.27 * row[:2], COLORS[color])
    _tint(left, hidden, output)
    half_plane(right, -output[:2], -output[2], COLORS["orange"])
    half_plane(right, output[:2], output[2], COLORS["blue"])
    foot = np.array([0.025, 0.475])  # on the output's line
    arrow(right, foot, foot + 0.19 * output[:2], COLORS["amber"])
    right.axline((0, -output[2] / output[1]), slope=-output[0] / output[1], color=COLORS["amber"])
    for pair, color in (([0, 3], "orange"), ([1, 2], "blue")):
        right.plot(*images[pair].T, ":", color=COLORS[color])
    _points(left, XOR_POINTS, wrong)
    _points(right, images, wrong)
    left.set(title="Input plane", xlabel="$x_1$", ylabel="$x_2$")
    right.set(title="Hidden plane", xlabel="$h_1$", ylabel="$h_2$")
    for ax in (left, right):
        ax.set(xlim=(-0.75, 1.75), ylim=(-0.75, 1.75), aspect="equal", xticks=[0, 1], yticks=[0, 1])
    return figure


def _tint(ax: Axes, hidden: np.ndarray, output: np.ndarray) -> None:
    """What the whole network answers to each place of the input plane."""
    side = np.linspace(-0.75, 1.75, 126)
    plane = np.stack(np.meshgrid(side, side), axis=-1)
    answer = (plane @ hidden[:, :2].T + hidden[:, 2] > 0) @ output[:2] + output[2] > 0
    tones = [COLORS["orange"], COLORS["blue"]]
    ax.contourf(side, side, answer.astype(float), levels=[-0.5, 0.5, 1.5], colors=tones, alpha=0.18)


def _points(ax: Axes, where: np.ndarray, wrong: np.ndarray) -> None:
    for label, marker, color in ((1, "o", COLORS["blue"]), (0, "x", COLORS["orange"])):
        ax.scatter(*where[label == XOR_LABELS].T, marker=marker, s=90, color=color, lw=2.6, zorder=3)
    ax.scatter(*where[wrong].T, s=290, facecolors="none", edgecolors=ink(), lw=1.2)
    for at, corner in zip(where, XOR_POINTS.astype(int), strict=True):
        text = "".join(map(str, corner))
        ax.annotate(text, at, (0, -19), textcoords="offset points", ha="center", va="center")
