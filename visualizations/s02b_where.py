"""Where VGG-16 keeps its numbers and where it does its work: opposite ends of the network."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.architectures import VGG16, macs, parameters
from neuropath.lessons.style import COLORS, ink

ALT = (
    "Horizontal bars for the 16 layers of VGG-16 with weights, from the first convolution at the top to "
    "the last dense layer at the bottom. To the left its share of the parameters: below 2 percent for "
    "every convolution, 74 percent for the first dense layer, 12 and 3 for the next two. To the right "
    "its share of the multiply-adds: six convolutions with 12 percent each, and less than 1 percent for "
    "every dense layer."
)


def shares() -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names of the layers with weights, and their percentages of all parameters and of all multiply-adds."""
    counted = zip(VGG16.layers, parameters(VGG16), macs(VGG16), strict=True)
    names, weights, work = zip(*((la.name, p, m) for la, p, m in counted if p), strict=True)
    return list(names), 100 * np.array(weights) / sum(weights), 100 * np.array(work) / sum(work)


def draw() -> Figure:
    """Two bar charts, back to back."""
    names, weights, work = shares()
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 4.2), sharey=True)
    rows = np.arange(len(names))
    looks = ((left, weights, "orange", "parameters, %", "//"), (right, work, "blue", "multiply–adds, %", ""))
    for ax, values, hue, title, hatch in looks:
        ax.barh(rows, values, color=COLORS[hue], hatch=hatch, edgecolor=ink(), lw=0.5)
        for row, value in zip(rows, values, strict=True):
            text = f"{value:.0f}" if value >= 1 else "< 1"
            ax.annotate(text, (value, row), (-4 if ax is left else 4, 0), textcoords="offset points",
                        ha="right" if ax is left else "left", va="center", size=8)  # fmt: skip
        ax.set_title(title)
        ax.set(xticks=[])
        ax.spines["bottom"].set_visible(False)
        ax.tick_params(length=0)
    left.set_xlim(90, 0)
    right.set_xlim(0, 15)
    left.spines["left"].set_visible(False)
    left.set_yticks(rows, names)
    left.invert_yaxis()
    return figure
