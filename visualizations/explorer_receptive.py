"""Stands in for `ReceptiveExplorer` where no JavaScript runs: five 3 × 3 convolutions over 224 pixels."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse, Rectangle

from neuropath.lessons.style import COLORS, ink, muted
from neuropath.widgets.receptive import LAYERS, TUMOUR, ReceptiveExplorer, receptive_fields

ALT = ReceptiveExplorer.ALT
SIDE = 224


def draw() -> Figure:
    """The image with the tumour and the nested fields, and the table of layers."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.5))
    widths, jumps = receptive_fields(LAYERS)
    left.add_patch(Rectangle((-SIDE / 2, -SIDE / 2), SIDE, SIDE, fill=False, ec=ink(), lw=1.2))
    left.add_patch(Ellipse((0, 0), 152, 188, fill=False, ec=muted(), lw=1))
    left.add_patch(Circle((0, 0), TUMOUR / 2, color=COLORS["orange"], alpha=0.4, lw=0))
    for r in widths:
        left.add_patch(Rectangle((-r / 2, -r / 2), r, r, fill=False, ec=COLORS["blue"], lw=0.8))
    left.text(0, -32, f"{widths[-1]:.0f} × {widths[-1]:.0f}", ha="center", color=ink())
    left.text(0, 22, f"a tumour, {TUMOUR / 10:.0f} cm", ha="center", color=ink(), fontsize=9)
    left.set(xlim=(-118, 118), ylim=(-118, 118), aspect="equal", title=f"{SIDE} × {SIDE} pixels of 1 mm")
    left.axis("off")
    _table(right, widths, jumps)
    return figure


def _table(ax: Axes, widths, jumps) -> None:
    """One row a layer: kernel, stride, dilation, r, j."""
    ax.axis("off")
    rows = [[n, *layer, r, j] for n, (layer, r, j) in enumerate(zip(LAYERS, widths, jumps, strict=True), 1)]
    heads = ["layer", "kernel", "stride", "dilation", "r", "j"]
    ax.set(xlim=(-0.5, 5.5), ylim=(len(rows) + 0.5, -1))
    for x, name in enumerate(heads):
        ax.text(x, -0.5, name, ha="center", color=muted(), fontsize=9)
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            ax.text(x, y + 0.3, f"{value:.0f}", ha="center", color=ink(), weight="bold" if x == 4 else None)
    share = 100 * (widths[-1] / SIDE) ** 2
    ax.text(2.5, len(rows) + 0.3, f"the last layer sees {share:.2f} % of the image", ha="center", color=ink())
