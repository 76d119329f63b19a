"""The zeros that padding adds, as greys: mid-grey around a slice in [-1, 1], black around one in [0, 1]."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style
from neuropath.phantom.cohort import plan
from neuropath.phantom.scan import Body, scan

ALT = (
    "The same simulated slice twice, each with a frame of six pixels of padding, drawn in greys of the "
    "pixels. Left, scaled to -1 to 1: the frame is mid-grey, far brighter than the black air around the "
    "head. Right, scaled to 0 to 1: the frame is black like the air, and cannot be told from it."
)
SEED, PLANNED, WHO, NUMBER = 11, 360, 58, 4
FRAME = 6


def framed(scale: float, offset: float) -> np.ndarray:
    """The slice, scaled, padded by zeros, and brought back to greys of 0 to 255."""
    image = scan(Body(plan(PLANNED, seed=SEED, sites=("A", "B"))[WHO], 96), NUMBER).image
    return (np.pad(image * scale + offset, FRAME) - offset) / scale


def draw() -> Figure:
    """Both scales."""
    figure, axes = plt.subplots(1, 2, figsize=(6.4, 3.3))
    for ax, how, title in (
        (axes[0], (1 / 127.5, -1.0), "[−1, 1], as expected"),
        (axes[1], (1 / 255, 0.0), "[0, 1], the slip"),
    ):
        ax.imshow(framed(*how), cmap="gray", vmin=0, vmax=255, interpolation="none")
        ax.set(xticks=[], yticks=[], title=title)
        square = plt.Rectangle(
            (FRAME - 0.5, FRAME - 0.5), 96, 96, fill=False, ls="--", lw=1, color=style.COLORS["orange"]
        )
        ax.add_patch(square)
    return figure
