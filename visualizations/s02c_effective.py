"""Session 02 C: how strongly an output pixel of a random deep network listens to each pixel of its field."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style

ALT = (
    "Three hills over the distance from the centre, in pixels: the share of the mean squared slope along "
    "one axis for random linear networks of 3 by 3 convolutions. With 5 layers the hill is narrow and peaks "
    "at 0.21; with 20 layers it peaks at 0.11, with 80 layers at 0.05, each twice as wide as the one "
    "before. For 5 and 20 layers measured dots lie on the computed lines. Three bars below show the "
    "receptive fields: 11, 41 and 161 pixels wide. The hill of 80 layers is practically zero beyond 25 "
    "pixels from the centre, while its field reaches 80."
)
DEPTHS = {5: ("blue", "o", "-"), 20: ("orange", "s", "-"), 80: ("green", "^", "--")}
NETWORKS = {5: 60, 20: 40}  # how many are measured; 80 layers would take too long here


def walk(k: int, depth: int) -> np.ndarray:
    """Distribution of a sum of `depth` independent uniform steps 0..k-1: (depth·(k - 1) + 1,)."""
    profile = np.ones(1)
    for _ in range(depth):
        profile = np.convolve(profile, np.full(k, 1 / k))
    return profile


def spread(profile: np.ndarray) -> float:
    """Standard deviation, in pixels, of a profile read as a distribution."""
    weights = np.asarray(profile, float) / np.sum(profile)
    place = np.arange(len(weights))
    return float(np.sqrt(weights @ (place - weights @ place) ** 2))


def measured(k: int, depth: int, networks: int, rng: np.random.Generator, channels: int = 16) -> np.ndarray:
    """Mean squared slopes of random linear networks, along either axis, as shares of their sum.

    A 1 is sent back from one output number through `depth` layers of k x k kernels, all of `channels`
    channels, whose weights have the variance 1 / (k² · channels).
    """
    total = np.zeros(depth * (k - 1) + 1)
    for _ in range(networks):
        G = np.eye(1, channels)[None]  # (1, 1, channels)
        for _ in range(depth):
            W = rng.normal(0, 1 / (k * np.sqrt(channels)), (k, k, channels, channels))  # (k, k, C, O)
            wider = np.zeros((G.shape[0] + k - 1, G.shape[1] + k - 1, channels))
            for i, j in np.ndindex(k, k):
                wider[i : i + G.shape[0], j : j + G.shape[1]] += G @ W[i, j].T
            G = wider
        total += np.sum(G**2, axis=(0, 2)) + np.sum(G**2, axis=(1, 2))
    return total / total.sum()


def draw() -> Figure:
    """Lines computed, dots measured, bars for the whole fields."""
    figure, ax = plt.subplots(figsize=(7.4, 3.9))
    rng = np.random.default_rng(3)
    for row, (depth, (hue, marker, dashes)) in enumerate(DEPTHS.items()):
        place = np.arange(-depth, depth + 1)
        colour = style.COLORS[hue]
        ax.plot(
            place,
            walk(3, depth),
            color=colour,
            ls=dashes,
            lw=1.5,
            label=f"{depth} layers: field {2 * depth + 1}",
        )
        if depth in NETWORKS:
            dots = measured(3, depth, NETWORKS[depth], rng)
            ax.plot(place, dots, marker, ms=3.5, color=colour, mfc="none", lw=0)
        ax.plot([-depth, depth], [-0.014 * (row + 1)] * 2, color=colour, lw=5, solid_capstyle="butt")
    ax.axhline(0, color=style.muted(), lw=0.8)
    ax.set(xlabel="distance from the centre (pixels)", ylabel="share of the mean squared slope")
    ax.set(xlim=(-84, 84), ylim=(-0.055, 0.23))
    ax.set_yticks([0, 0.05, 0.1, 0.15, 0.2])
    ax.legend(loc="upper right", fontsize=9)
    return figure
