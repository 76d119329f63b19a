"""Three networks trained on centred digits, tested on digits that were moved."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, MARKERS
from neuropath.visualizations._s02a_digits import accuracies

ALT = (
    "Share of test digits named rightly over how many pixels they were moved to the right, 0 to 4, for three "
    "networks. The dense one falls from over 95 percent to below 30 at two pixels. The strided one zigzags: "
    "high at 0, 2 and 4 pixels, clearly lower at 1 and 3. The sliding one, without stride, is a level line "
    "above 95 percent."
)
NETWORKS = {
    "dense": ("orange", "dense layer on the pixels"),
    "strided": ("amber", "convolutions, one stride of 2"),
    "sliding": ("blue", "convolutions, stride 1 only"),
}


def draw() -> Figure:
    """One line a network."""
    figure, ax = plt.subplots(figsize=(7.0, 3.3))
    for (kind, (hue, name)), marker in zip(NETWORKS.items(), MARKERS, strict=False):
        ax.plot(accuracies(kind), marker=marker, color=COLORS[hue], label=name, ms=7)
    ax.set(xlabel="moved to the right by (pixels)", ylabel="share right", ylim=(0, 1.05), xticks=range(5))
    ax.legend(fontsize=9, loc="center right", bbox_to_anchor=(1.0, 0.52))
    return figure
