"""Backwards from one unit to all the pixels it can see: three layers along one axis."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons.architectures import Layer, receptive_field
from neuropath.lessons.style import COLORS, ink, muted, paper

ALT = (
    "Four rows of dots, one above the other: 15 input pixels, then 13, 6 and 4 units of three layers with "
    "a kernel of 3, the second with stride 2. Lines lead from one unit of the top layer to three units "
    "below it, from these to seven, and from these to nine neighbouring input pixels, numbers 4 to 12. "
    "At the right stand the width and the jump of each row: 1 and 1, 3 and 1, 5 and 2, 9 and 2."
)
LAYERS = [Layer("1", "conv", 1, 3), Layer("2", "conv", 1, 3, 2), Layer("3", "conv", 1, 3)]
PIXELS, UNIT = 15, 2


def cone() -> list[list[int]]:
    """The units of each row, from the input up, that unit UNIT of the top layer depends on."""
    rows = [[UNIT]]
    for layer in reversed(LAYERS):
        below = {u * layer.stride + i for u in rows[0] for i in range(layer.size)}
        rows.insert(0, sorted(below))
    return rows


def draw() -> Figure:
    """Rows of units at the places of their centres, the cone of one unit marked."""
    figure, ax = plt.subplots(figsize=(7.2, 3.4))
    fields, n, sizes = receptive_field(LAYERS), PIXELS, [PIXELS]
    for layer in LAYERS:
        n = (n - layer.size) // layer.stride + 1
        sizes.append(n)
    centres = [(0.0, 1), *((field.centre, field.jump) for field in fields)]
    seen = cone()
    for level in range(1, len(seen)):
        layer, (start, jump), (below, step) = LAYERS[level - 1], centres[level], centres[level - 1]
        for u in seen[level]:
            for i in range(layer.size):
                ends = [start + u * jump, below + (u * layer.stride + i) * step]
                ax.plot(ends, [level, level - 1], color=COLORS["blue"], lw=1.1, zorder=1)
    for level, (start, jump) in enumerate(centres):
        for u in range(sizes[level]):
            inside = u in seen[level]
            face = COLORS["orange"] if inside else paper()
            mark = {"color": face, "mec": ink() if inside else muted(), "ms": 11, "zorder": 2}
            ax.plot(start + u * jump, level, "s" if inside else "o", **mark)
            ax.text(start + u * jump, level, str(u), ha="center", va="center", size=7, color=ink(), zorder=3)
        width = 1 if level == 0 else fields[level - 1].width
        ax.text(15.2, level, f"$r={width}$, $j={jump}$", va="center", color=ink())
    names = ["input", "layer 1\nk = 3, s = 1", "layer 2\nk = 3, s = 2", "layer 3\nk = 3, s = 1"]
    ax.set_yticks(range(4), names)
    ax.set(xlim=(-0.7, 18), ylim=(-0.5, 3.5), xticks=[])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return figure
