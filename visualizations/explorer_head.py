"""Stands in for `HeadExplorer` where no JavaScript runs: the numbers of the head with average pooling."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath import scratch as nn
from neuropath.lessons.style import COLORS, ink, muted
from neuropath.widgets.head import BASE_ADDS, BASES, CHANNELS, START, HeadExplorer

ALT = HeadExplorer.ALT


def head(features: int, units1: int, units2: int, classes: int) -> dict[str, tuple[int, int]]:
    """Numbers of each layer, (trained, not trained): dense layers count themselves, a norm 4 a feature."""
    rng, sizes = np.random.default_rng(0), (features, units1, units2, classes)
    dense = [nn.Sequential([nn.Dense(n, m, rng=rng)]).count_params() for n, m in pairwise(sizes)]
    return {
        "bn1": (2 * features, 2 * features),
        "fc1": (dense[0], 0),
        "dropout1": (0, 0),
        "fc2": (dense[1], 0),
        "bn2": (2 * units2, 2 * units2),
        "dropout2": (0, 0),
        "output": (dense[2], 0),
    }


def draw() -> Figure:
    """One bar a layer, then the two bases; below, the work of the head and of both."""
    figure, (ax, below) = plt.subplots(2, 1, figsize=(7.2, 4.8), height_ratios=(3, 1))
    layers = head(CHANNELS, START["units1"], START["units2"], START["classes"])
    names = [*layers, *BASES]
    for y, (trained, still) in enumerate(layers.values()):
        ax.barh(y, trained, color=COLORS["blue"], height=0.65)
        ax.barh(y, still, left=trained, color=COLORS["grey"], height=0.65)
        ax.text(trained + still + 2e4, y, f"{trained + still:,}", va="center", fontsize=9, color=ink())
    for y, total in enumerate(BASES.values(), len(layers)):
        ax.barh(y, total, fill=False, hatch="///", edgecolor=COLORS["pink"], height=0.65)
        ax.text(total + 2e4, y, f"{total:,}", va="center", fontsize=9, color=muted())
    total = sum(trained + still for trained, still in layers.values())
    ax.set(yticks=range(len(names)), yticklabels=names, xticks=[], xlim=(0, 2.62e6))
    ax.set_title(f"numbers held: {total:,} in the head")
    sizes = (CHANNELS, START["units1"], START["units2"], START["classes"])
    own = CHANNELS + START["units2"] + sum(n * m for n, m in pairwise(sizes))  # a norm takes one a feature
    _work(below, own, [START["places"] ** 2 * adds for adds in BASE_ADDS])
    for each in (ax, below):
        each.spines["bottom"].set_visible(False)
        each.invert_yaxis()
    return figure


def _work(ax: Axes, own: int, bases: list[int]) -> None:
    """Multiply-adds for one image: of the head, then of the bases' convolutions."""
    ax.barh(0, own, color=COLORS["green"], height=0.65)
    ax.barh((1, 2), bases, fill=False, hatch="///", edgecolor=COLORS["pink"], height=0.65)
    for y, adds in enumerate((own, *bases)):
        words = f"{adds:,}" if y == 0 else f"{adds / 1e6:.1f} million"
        ax.text(adds + 2.5e6, y, words, va="center", fontsize=9, color=ink() if y == 0 else muted())
    ax.set(yticks=range(3), yticklabels=["the head", *BASES], xticks=[], xlim=(0, 3.5e8))
    ax.set_title("multiply-adds for one image")
