"""Three ways to wire seven inputs to five outputs: everything, neighbours, neighbours with shared weights."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted, paper

ALT = (
    "Three wiring diagrams, each with seven input dots below and five output dots above. Left, dense: "
    "every output is joined to every input by a grey line, 35 weights. Middle, local: every output is "
    "joined only to three neighbouring inputs, 15 grey lines, 15 weights. Right, shared: the same 15 lines, "
    "but in only three kinds, solid blue, dashed orange and dotted green, one of each kind at every output: "
    "3 weights."
)
INPUTS, OUTPUTS, WINDOW = 7, 5, 3
LOOKS = (("blue", "-"), ("orange", "--"), ("green", ":"))


def lines(kind: str) -> list[tuple[int, int, int]]:
    """(input, output, number of the weight) for every connection of "dense", "local" or "shared"."""
    if kind == "dense":
        return [(i, o, o * INPUTS + i) for o in range(OUTPUTS) for i in range(INPUTS)]
    near = [(o + k, o, k) for o in range(OUTPUTS) for k in range(WINDOW)]
    return near if kind == "shared" else [(i, o, n) for n, (i, o, _) in enumerate(near)]


def weights(kind: str) -> int:
    """How many different weights the wiring has."""
    return len({weight for *_, weight in lines(kind)})


def draw() -> Figure:
    """The three side by side."""
    figure, axes = plt.subplots(1, 3, figsize=(7.6, 2.5))
    for ax, kind in zip(axes, ("dense", "local", "shared"), strict=True):
        _wiring(ax, kind)
    return figure


def _wiring(ax: Axes, kind: str) -> None:
    for i, o, weight in lines(kind):
        hue, dashes = LOOKS[weight] if kind == "shared" else ("grey", "-")
        ax.plot([i, o + 1], [0, 1], color=COLORS[hue], ls=dashes, lw=2 if kind == "shared" else 1)
    for n, y, shift in ((INPUTS, 0, 0), (OUTPUTS, 1, 1)):
        places = [k + shift for k in range(n)]
        ax.plot(places, [y] * n, "o", ms=10, mfc=paper(), mec=ink(), zorder=3)
    ax.text(3, -0.28, "7 inputs", ha="center", color=muted(), fontsize=9)
    ax.set_title(f"{kind}: {weights(kind)} weights", fontsize=10)
    ax.set(xlim=(-0.5, 6.5), ylim=(-0.4, 1.2))
    ax.axis("off")
