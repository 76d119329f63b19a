"""A filter looks through all channels at once and makes one map; four filters make a stack of four."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons.style import COLORS, ink, muted, paper

ALT = (
    "From left to right: an image as a stack of three sheets, labelled 8 by 8 by 3; four filters one above "
    "the other, each a small stack of three sheets of 3 by 3 and each in its own colour and hatching; the "
    "output as a stack of four sheets of 6 by 6, one in the colour of each filter. Lines lead from the small "
    "stack marked in the image to the filters, and from every filter to its own sheet."
)
HUES = (("blue", ""), ("orange", "//"), ("green", ".."), ("pink", "xx"))
LIFT = 0.45  # how far each sheet lies behind the one before


def draw() -> Figure:
    """Image, filters, maps."""
    figure, ax = plt.subplots(figsize=(7.6, 3.7))
    ax.set(xlim=(-0.5, 25.5), ylim=(-3.2, 9.8), aspect="equal")
    ax.axis("off")
    _sheets(ax, (0, 0), 8, [("grey", "")] * 3)
    _sheets(ax, (2.2, 3.2), 2.2, [("amber", "")] * 3, lift=LIFT, alpha=0.9)
    for row, look in enumerate(HUES):
        y = 7.2 - 2.6 * row
        _sheets(ax, (12.1, y), 1.5, [look] * 3)
        ax.plot([5.4, 12.0], [4.6, y + 0.9], color=muted(), lw=0.9, zorder=0)
        ax.plot(
            [14.7, 17.9 + LIFT * row],
            [y + 0.9, 6.6 - 1.6 * row + 0.5],
            color=COLORS[look[0]],
            lw=1.3,
            zorder=0,
        )
    _sheets(ax, (18, 1), 6, HUES)
    notes = (
        (4.4, "image\n8 × 8 × 3"),
        (13.3, "four filters\n3 × 3 × 3 each"),
        (21.6, "four maps\n6 × 6 × 4"),
    )
    for x, text in notes:
        ax.text(x, -1.4, text, ha="center", va="top", color=ink(), fontsize=10)
    return figure


def _sheets(ax: Axes, corner, side: float, looks, lift: float = LIFT, alpha: float = 1.0) -> None:
    """Squares one behind the other, the first in front."""
    for depth, (hue, hatch) in reversed(list(enumerate(looks))):
        place = (corner[0] + lift * depth, corner[1] + lift * depth)
        sheet = {"fc": paper(), "ec": COLORS[hue], "lw": 1.6, "hatch": hatch, "alpha": alpha}
        ax.add_patch(Rectangle(place, side, side, zorder=2, **sheet))
