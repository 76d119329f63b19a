"""Stands in for `DropoutExplorer` where no JavaScript runs: the explorer as it starts, output linear."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted, paper
from neuropath.visualizations._s01a import bare
from neuropath.widgets.draws import uniforms
from neuropath.widgets.dropout import (
    BIAS,
    DRAWS,
    HIDDEN,
    MASK,
    RATE,
    SCALE,
    SEED,
    UNITS,
    WEIGHTS,
    DropoutExplorer,
)

ALT = DropoutExplorer.ALT
SHARES = SCALE * (np.array(HIDDEN) * WEIGHTS)[:UNITS]


def outputs(masks: np.ndarray) -> np.ndarray:
    """The linear output of the network thinned by each row of `masks`."""
    return masks[:, :UNITS] @ SHARES / (1 - RATE) + BIAS


def draw() -> Figure:
    """One thinned network; then the drawn ones, their running mean, and all of them."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.5), width_ratios=(2, 3))
    _network(bare(left))
    drawn = outputs(uniforms(SEED, 8 * DRAWS).reshape(DRAWS, 8) >= RATE)
    every = np.array([[code >> i & 1 for i in range(UNITS)] for code in range(2**UNITS)])
    count = np.arange(1, DRAWS + 1)
    right.plot(count, drawn, "o", ms=4, color=muted(), label="thinned networks")
    right.plot(count, np.cumsum(drawn) / count, color=COLORS["blue"], label="running mean")
    right.axhline(SHARES.sum() + BIAS, color=COLORS["amber"], label="whole network")
    right.axhline(outputs(every).mean(), color=COLORS["pink"], ls="--", label=f"mean of all {2**UNITS}")
    share, edges = np.histogram(outputs(every), 20)
    right.barh(
        edges[:-1], -7 * share / share.max(), np.diff(edges), 33, align="edge", color=COLORS["sky"], alpha=0.5
    )
    right.set(xlabel="masks drawn", ylabel="output", xlim=(0, 33), xticks=[0, 10, 20])
    right.legend(loc="upper center", bbox_to_anchor=(0.45, 1.22), ncols=2, labelcolor=ink(), fontsize=9)
    return figure


def _network(ax: Axes) -> None:
    height, out = -np.arange(UNITS), -(UNITS - 1) / 2
    for y, share, value, stays in zip(height, SHARES, HIDDEN, MASK, strict=False):
        if stays:
            color, dash = (COLORS["green"], "-") if share > 0 else (COLORS["pink"], "--")
            ax.plot([0, 1], [y, out], dash, color=color, lw=1 + 5 * abs(share) / abs(SHARES).max(), zorder=1)
        ax.scatter(0, y, s=330, color=paper(), edgecolors=ink() if stays else muted(), zorder=2)
        ax.text(0, y, f"{value:.1f}" if stays else "✕", ha="center", va="center", color=ink(), fontsize=9)
    ax.scatter(1, out, s=700, color=paper(), edgecolors=COLORS["amber"], zorder=2)
    ax.text(1, out, f"{outputs(np.array([MASK]))[0]:.2f}", ha="center", va="center", color=ink())
    ax.set(xlim=(-0.25, 1.3), ylim=(-UNITS + 0.4, 0.6))
