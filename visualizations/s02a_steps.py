"""Seven pixels, four ways to lay windows of three over them."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons.style import COLORS, ink, muted, paper

ALT = (
    "Four panels with a row of seven pixels and, below it, one line for every window, with three dots "
    "where it looks. No padding: five windows. With a dashed zero at each end: seven windows. Stride 2: "
    "three windows, each two pixels further right. Dilation 2: three windows whose dots have a gap of one "
    "pixel between them and span five pixels."
)
PIXELS, KERNEL = 7, 3
PANELS = {
    "as it is": {"padding": 0, "stride": 1, "dilation": 1},
    "padding 1": {"padding": 1, "stride": 1, "dilation": 1},
    "stride 2": {"padding": 0, "stride": 2, "dilation": 1},
    "dilation 2": {"padding": 0, "stride": 1, "dilation": 2},
}


def windows(padding: int, stride: int, dilation: int) -> list[list[int]]:
    """The pixels that each window looks at; −1 and 7 are zeros of the frame."""
    looks, start = [], -padding
    while start + (KERNEL - 1) * dilation <= PIXELS - 1 + padding:
        looks.append([start + i * dilation for i in range(KERNEL)])
        start += stride
    return looks


def draw() -> Figure:
    """Two by two panels."""
    figure, axes = plt.subplots(2, 2, figsize=(7.4, 4.2))
    for ax, (name, options) in zip(axes.flat, PANELS.items(), strict=True):
        looks = windows(**options)
        _panel(ax, looks, options["padding"])
        ax.set_title(f"{name}: 7 → {len(looks)}", fontsize=10)
    return figure


def _panel(ax: Axes, looks: list[list[int]], padding: int) -> None:
    for pixel in range(-padding, PIXELS + padding):
        inside = 0 <= pixel < PIXELS
        edge = {"ec": ink() if inside else muted(), "ls": "-" if inside else "--", "fc": paper()}
        ax.add_patch(Rectangle((pixel - 0.5, 0), 1, 1, lw=1.2, **edge))
        if not inside:
            ax.text(pixel, 0.5, "0", ha="center", va="center", color=muted(), fontsize=10)
    for row, seen in enumerate(looks):
        y = -0.45 - 0.55 * row
        ax.plot(seen, [y] * KERNEL, "-", color=COLORS["blue"], lw=1)
        ax.plot(seen, [y] * KERNEL, "o", color=COLORS["blue"], ms=5)
    ax.set(xlim=(-1.7, 7.7), ylim=(-4.2, 1.2))
    ax.axis("off")
