"""What MobileNetV2 costs at different widths, and why its cost does not quite go with the square."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import mobilenet
from neuropath.lessons.architectures import macs
from neuropath.lessons.style import COLORS, ink

ALT = (
    "Left, stacked bars of millions of multiply-adds for the widths 0.35, 0.5, 0.75, 1, 1.3 and 1.4: 58, 96, "
    "208, 299, 508 and 580. Most of each bar are the pointwise layers in the blocks; depthwise layers and "
    "the first convolution are a thin layer, 32 million at width 1, the last convolution another one, 20 "
    "million there. Right, the same divided by what the square of the width says: the networks fall from "
    "1.58 at 0.35 to 1 at width 1 and 0.99 at 1.4; the law of the page is a falling line from 1.20 to 0.97. "
    "Below width 1 the real networks lie above it."
)
WIDTHS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
KINDS = ("pointwise in the blocks", "depthwise and first", "last pointwise")


def millions(alpha: float) -> np.ndarray:
    """Multiply-adds of the three kinds at 224 pixels, in millions."""
    network = mobilenet.base(alpha)
    found = np.zeros(3)
    for layer, work in zip(network.layers, macs(network), strict=True):
        kind = 2 if layer.name == "last" else int(layer.name in ("stem", "depthwise"))
        found[kind] += work / 1e6
    return found


def laws(alpha: float) -> tuple[float, float]:
    """α² alone, and α² for what goes with the square, α for the rest (prop-s03b-width)."""
    inside, weak, last = millions(1.0)
    return alpha**2 * (inside + weak + last), alpha**2 * (inside + last) + alpha * weak


def draw() -> Figure:
    """Bars for the real networks; network and law relative to the square."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.4), width_ratios=(1.5, 1))
    places, bottom = np.arange(len(WIDTHS)), np.zeros(len(WIDTHS))
    values = np.array([millions(alpha) for alpha in WIDTHS]).T
    looks = zip(KINDS, values, ("blue", "orange", "green"), ("", "//", ".."), strict=True)
    for kind, heights, hue, hatch in looks:
        look = {"color": COLORS[hue], "hatch": hatch, "edgecolor": ink(), "lw": 0.6, "label": kind}
        left.bar(places, heights, 0.7, bottom, **look)
        bottom += heights
    for place, total in zip(places, bottom, strict=True):
        left.text(place, total + 8, f"{total:.0f}", ha="center", color=ink(), size=9)
    left.set_xticks(places, [f"{alpha:g}" for alpha in WIDTHS])
    left.set(xlabel="width α", ylabel="million MACs", ylim=(0, 650))
    left.legend(loc="upper left")
    pure, mixed = np.array([laws(alpha) for alpha in WIDTHS]).T
    right.axhline(1, color=ink(), lw=1, ls=":")
    right.plot(WIDTHS, bottom / pure, "o-", color=COLORS["blue"], label="network")
    right.plot(WIDTHS, mixed / pure, "s--", color=COLORS["orange"], label="law of the page")
    right.set(xlabel="width α", ylabel="relative to the square of α", ylim=(0.9, 1.65))
    right.legend(loc="upper right")
    return figure
