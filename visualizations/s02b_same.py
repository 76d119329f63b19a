"""Where the windows of stride 2 with padding "same" come to lie: even and odd lengths differ."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons.architectures import Layer, output_size, pads
from neuropath.lessons.style import COLORS, ink, muted, paper

ALT = (
    "Two rows of numbered pixels with the windows of a kernel of 3 and stride 2 drawn below them as "
    "brackets. Above, six pixels: one dashed zero is added after the last pixel and none before; three "
    "windows, centred on pixels 1, 3 and 5. Below, seven pixels: one dashed zero before and one after; "
    "four windows, centred on pixels 0, 2, 4 and 6."
)
LAYER = Layer("window", "conv", 1, 3, 2, padding="same")
HUES = ("blue", "orange", "green", "pink")


def centres(n: int) -> list[int]:
    """The pixel in the middle of each window on an axis of n pixels."""
    before, _ = pads(n, LAYER)
    return [y * LAYER.stride + 1 - before for y in range(output_size(n, LAYER))]


def draw() -> Figure:
    """An even axis above an odd one."""
    figure, axes = plt.subplots(2, 1, figsize=(7.0, 3.6))
    for ax, n in zip(axes, (6, 7), strict=True):
        _axis(ax, n)
    return figure


def _axis(ax: Axes, n: int) -> None:
    before, after = pads(n, LAYER)
    for pixel in range(-before, n + after):
        inside = 0 <= pixel < n
        edge = {"edgecolor": ink() if inside else muted(), "ls": "-" if inside else "--", "lw": 1.3}
        ax.add_patch(Rectangle((pixel - 0.5, 0), 1, 1, facecolor=paper(), **edge))
        text, color = (str(pixel), ink()) if inside else ("0", muted())
        ax.text(pixel, 0.5, text, ha="center", va="center", color=color)
    for y, centre in enumerate(centres(n)):
        color, depth = COLORS[HUES[y]], -0.35 - 0.45 * (y % 2)
        ax.plot([centre - 1.35, centre + 1.35], [depth, depth], color=color, lw=4, solid_capstyle="butt")
        ax.plot(centre, depth, "D", color=color, ms=7, mec=paper())
        ax.text(centre, depth - 0.22, f"output {y}", ha="center", va="top", color=color, size=9)
    ax.set_title(f"{n} pixels: {before} before, {after} after", loc="left")
    ax.set(xlim=(-1.8, 7.8), ylim=(-1.55, 1.15), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
