"""How many numbers of the base may learn, by how many of its layers are released, counted from the end."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style
from neuropath.lessons.architectures import parameters
from neuropath.visualizations.s02e_stack import architecture

ALT = (
    "A rising staircase: parameters of the base that may learn, in thousands, against the number of "
    "released layers, 0 to 154, counted from the end. Within the first 3 layers it jumps to 143 thousand, "
    "at 20 layers it is at 243 thousand of 382 thousand; the last 100 layers add little. A dashed line "
    "for released batch normalisation runs only slightly above it, up to 396 thousand."
)
ALPHA, CHOSEN = 0.35, 20
NORM = 2  # trained numbers a channel: gamma and beta


def layers(alpha: float = ALPHA) -> list[tuple[str, int, int]]:
    """(name, kernel weights, trained numbers of normalisation) of Keras' 154 layers, in Keras' order."""
    network = architecture(96, alpha)
    found: list[tuple[str, int, int]] = [("input", 0, 0)]
    channels, entered = 3, 0
    for row, weights in zip(network.layers, parameters(network), strict=True):
        kind = row.name.split()[-1]
        if kind in ("expand", "depthwise") and row.name.split()[0] != entered:
            entered, came_in = row.name.split()[0], channels
        if kind == "depthwise" and row.stride == 2:
            found.append((f"{row.name} pad", 0, 0))
        found += [(row.name, weights, 0), (f"{row.name} norm", 0, NORM * row.filters)]
        if kind != "project":
            found.append((f"{row.name} relu", 0, 0))
        elif stride_of(network.layers, entered) == 1 and came_in == row.filters:
            found.append((f"{entered} add", 0, 0))
        channels = row.filters
    return found


def stride_of(rows: tuple, block: str) -> int:
    """The stride of a block's depthwise convolution."""
    return next(row.stride for row in rows if row.name == f"{block} depthwise")


def released(norm: bool, alpha: float = ALPHA) -> np.ndarray:
    """Entry k: numbers that may learn when the last k layers are released."""
    each = [weights + norm * trained for _, weights, trained in reversed(layers(alpha))]
    return np.concatenate([[0], np.cumsum(each)])


def draw() -> Figure:
    """The staircase, and the 20 of the reference."""
    figure, ax = plt.subplots(figsize=(7.2, 3.2))
    for norm, line, colour, label in (
        (True, "--", style.COLORS["orange"], "batch normalisation released, too"),
        (False, "-", style.COLORS["blue"], "batch normalisation frozen"),
    ):
        ax.step(np.arange(155), released(norm) / 1000, line, where="post", color=colour, label=label)
    height = released(False)[CHOSEN] / 1000
    ax.plot(CHOSEN, height, "o", ms=8, color=style.COLORS["blue"], mec=style.paper(), zorder=5)
    ax.annotate(
        f"the last 20: {height:,.0f} thousand", (CHOSEN, height), (34, height - 55), va="center",
        arrowprops={"arrowstyle": "-", "color": style.muted()},
    )  # fmt: skip
    ax.set(xlabel="layers of the base released, from the end", ylabel="may learn (thousands)", ylim=(0, 430))
    ax.legend(loc="lower right")
    return figure
