"""The recorded freezing experiment: what stage 2 changed, case by case, seed by seed."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons import style

from ._s03d import changes

ALT = (
    "Five rows, one a case of stage 2 on 350 images; in each the change of accuracy against the frozen "
    "network of the same seed, in percentage points, as three points and a bar for their mean, around a "
    "vertical line at zero. @@"
)


def draw() -> Figure:
    """To the right of the line stage 2 helped, to the left it did harm."""
    found = changes()
    figure, axes = plt.subplots(figsize=(7, 2.9))
    for y, (name, values) in enumerate(reversed(found.items())):
        hue, marker = ("orange", "s") if "batch" in name else ("blue", "o")
        axes.plot(100 * values, [y] * len(values), marker, color=style.COLORS[hue], ms=6, alpha=0.85)
        axes.plot([100 * values.mean()] * 2, [y - 0.28, y + 0.28], color=style.ink(), lw=2)
    axes.axvline(0, color=style.muted(), lw=1, ls="--")
    axes.set_yticks(range(len(found)), list(reversed(found)))
    axes.set_xlabel("change of accuracy against the frozen network, percentage points")
    return figure
