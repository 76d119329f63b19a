"""MobileNetV2's base, block by block: how sides shrink and channels grow, and where numbers and work lie."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons import style
from neuropath.lessons.architectures import Architecture, Layer, macs, parameters, shapes
from neuropath.scratch.mobilenet_v2 import BLOCKS, widths

ALT = (
    "Three charts over 19 columns: the first convolution, 17 blocks, the last convolution. Top: the side "
    "of the maps falls like a staircase from 112 pixels to 56, 28, 14 and 7. Middle: the channels that "
    "come out, 32, then 16 to 320 in the blocks, and 1280 at the end. Bottom: two bars a column. The "
    "share of kernel weights is below 1 per cent up to block 6 and 14 to 21 per cent in each of the last "
    "four columns; the share of multiply-adds is spread over all columns, from 2 to 10 per cent."
)
SIZE, WIDTH = 224, 1.0


def architecture(size: int = SIZE, alpha: float = WIDTH) -> Architecture:
    """The base as rows, from the paper's table alone: nothing is read off a network."""
    stem, *blocks, last = widths(alpha)
    rows, before = [Layer("stem", "conv", stem, 3, 2, "same", use_bias=False)], stem
    for k, ((expansion, _, stride), filters) in enumerate(zip(BLOCKS, blocks, strict=True)):
        inside = expansion * before
        if expansion > 1:
            rows.append(_point(f"{k} expand", inside))
        around = Layer(f"{k} depthwise", "conv", inside, 3, stride, "same", groups=inside, use_bias=False)
        rows += [around, _point(f"{k} project", filters)]
        before = filters
    rows.append(_point("last", last))
    return Architecture("MobileNetV2", (size, size, 3), tuple(rows))


def _point(name: str, filters: int) -> Layer:
    """A 1×1 convolution."""
    return Layer(name, "conv", filters, padding="same", use_bias=False)


def by_block(values: list[int], network: Architecture) -> np.ndarray:
    """One number a layer, summed to one a column: stem, 17 blocks, last."""
    places = {"stem": 0, "last": len(BLOCKS) + 1}
    total = np.zeros(len(BLOCKS) + 2)
    for layer, value in zip(network.layers, values, strict=True):
        first = layer.name.split()[0]
        total[places[first] if first in places else int(first) + 1] += value
    return total


def draw() -> Figure:
    """Sides, channels, shares."""
    network = architecture()
    ends = [i for i, la in enumerate(network.layers) if la.name in ("stem", "last") or "project" in la.name]
    out = np.array([shapes(network)[i] for i in ends])  # (19, 3)
    figure, axes = plt.subplots(3, 1, figsize=(7.6, 5.2), sharex=True, height_ratios=[1, 1, 1.25])
    x = np.arange(len(out))
    _steps(axes[0], x, out[:, 0], "side in pixels", style.COLORS["blue"])
    _steps(axes[1], x, out[:, 2], "channels", style.COLORS["green"])
    axes[1].set_yscale("log", base=2)
    axes[1].set_ylim(8, 4096)
    for shift, values, colour, hatch, name in (
        (-0.2, parameters(network), style.COLORS["orange"], "", "kernel weights"),
        (0.2, macs(network), style.COLORS["sky"], "///", "multiply–adds"),
    ):
        share = 100 * by_block(values, network) / sum(values)
        axes[2].bar(x + shift, share, 0.4, color=colour, hatch=hatch, edgecolor=style.paper(), label=name)
    axes[2].set_ylabel("share in %")
    axes[2].legend(loc="upper center")
    axes[2].set_xticks(x, ["stem", *map(str, range(len(BLOCKS))), "last"], fontsize=8)
    axes[2].set_xlabel("block")
    return figure


def _steps(ax: Axes, x: np.ndarray, values: np.ndarray, label: str, colour: str) -> None:
    """Bars with their numbers, where a number is new."""
    ax.bar(x, values, 0.8, color=colour, edgecolor=style.paper())
    for i, value in enumerate(values):
        if i == 0 or value != values[i - 1]:
            ax.annotate(str(value), (i, value), (0, 2), textcoords="offset points", ha="center", fontsize=8)
    ax.set_ylabel(label)
    ax.margins(y=0.2)
