"""The recorded freezing experiment: what stage 2 changed, case by case, seed by seed."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons import style

from ._s03d import changes

ALT = (
    "Five rows, one a case of stage 2 on 350 images; in each the change of accuracy against the frozen "
    "network of the same seed, in percentage points, as three points and a bar for their mean, around a "
    "vertical line at zero; the axis is compressed beyond five points. The last 20 "
    "layers at 0.001, and all layers at 0.0001 and at 0.001, scatter within three points of zero. All layers "
    "at 0.01 lose from 65 to 73 points. All layers at 0.001 with batch statistics lose from 9 to 16."
)


def draw() -> Figure:
    """To the right of the line stage 2 helped, to the left it did harm. Linear up to 5 points."""
    found = changes()
    figure, axes = plt.subplots(figsize=(7, 2.9))
    for y, (name, values) in enumerate(reversed(found.items())):
        hue, marker = ("orange", "s") if "batch" in name else ("blue", "o")
        axes.plot(100 * values, [y] * len(values), marker, color=style.COLORS[hue], ms=6, alpha=0.85)
        axes.plot([100 * values.mean()] * 2, [y - 0.28, y + 0.28], color=style.ink(), lw=2)
    axes.axvline(0, color=style.muted(), lw=1, ls="--")
    axes.set_yticks(range(len(found)), list(reversed(found)))
    axes.set_xscale("symlog", linthresh=5)
    axes.set_xlim(-100, 5)
    axes.set_xticks([-70, -20, -10, -5, -2, 0, 2], ["−70", "−20", "−10", "−5", "−2", "0", "+2"])
    axes.minorticks_off()
    axes.set_xlabel("percentage points against the frozen network")
    return figure
