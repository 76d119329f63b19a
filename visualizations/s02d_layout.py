"""One colour image of 2 × 3 pixels in memory: channels last and channels first."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons import style

ALT = (
    "Three rows of eighteen boxes, the memory of a colour image of 2 by 3 pixels. Channels last: R, G and"
    " B of pixel 1, then of pixel 2, and so on to pixel 6. Channels first: the six R values, then the six"
    " G, then the six B. Third row, marked with a cross: the channels-last memory merely relabelled as "
    "channels first, so that the first six boxes, taken for R, hold R, G and B of pixels 1 and 2."
)
HUES, LETTERS = ("orange", "green", "blue"), "RGB"
PIXELS = 6


def orders() -> dict[str, list[str]]:
    """What lies in each of the 18 boxes, e.g. "R1", in the two orders."""
    last = np.array([[f"{letter}{p + 1}" for letter in LETTERS] for p in range(PIXELS)])  # (pixel, channel)
    return {"channels last": last.ravel().tolist(), "channels first": last.T.ravel().tolist()}


def draw() -> Figure:
    """Letter and number name the channel and the pixel; colour repeats the letter."""
    rows = orders()
    figure, axes = plt.subplots(figsize=(7.2, 2.6))
    axes.set(xlim=(-0.2, 18.2), ylim=(-4.75, 1.15))
    axes.axis("off")
    _row(axes, 0, rows["channels last"], "channels last  (H, W, C): a pixel's channels lie together", 3)
    _row(axes, -1.9, rows["channels first"], "channels first  (C, H, W): a channel's pixels lie together", 6)
    note = "✗ reshape from last to first moves nothing: this would be read as R, G, B"
    _row(axes, -3.8, rows["channels last"], note, 6)
    return figure


def _row(axes, y: float, boxes: list[str], title: str, group: int) -> None:
    axes.text(0, y + 0.72, title, fontsize=9.5, va="bottom")
    for x, text in enumerate(boxes):
        colour = style.COLORS[HUES[LETTERS.index(text[0])]]
        axes.add_patch(Rectangle((x, y - 0.35), 1, 0.95, facecolor="none", edgecolor=style.muted(), lw=0.8))
        axes.text(
            x + 0.5, y + 0.12, text, ha="center", va="center", fontsize=9.5, color=colour, weight="bold"
        )
    for x in range(0, len(boxes) + 1, group):
        axes.plot([x, x], [y - 0.5, y + 0.65], color=style.ink(), lw=1.6)
