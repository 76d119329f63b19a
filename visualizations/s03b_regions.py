"""Where a ReLU layer on the plane keeps both dimensions, one, or none: for 2, 3, 4 and 6 units."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Wedge

from neuropath.lessons.style import COLORS, ink, paper

ALT = (
    "Four discs cut into sectors, with arrows for the rows of a matrix. Two rows at right angles: rank 2 in "
    "one quarter, rank 1 in two quarters and rank 0 in the quarter opposite. Three rows at 120 "
    "degrees: six equal sectors, alternating between rank 2 and rank 1. Four rows, two opposite "
    "pairs: rank 2 all round. Six rows in arbitrary directions: rank 2 all round."
)
ANGLES = {
    "m = 2": (0, 90),
    "m = 3": (90, 210, 330),
    "m = 4, opposite pairs": (20, 110, 200, 290),
    "m = 6": (15, 75, 130, 200, 250, 305),
}
LOOKS = {2: ("blue", ""), 1: ("amber", "//"), 0: ("orange", "xx")}


def rows(degrees: tuple[int, ...]) -> np.ndarray:
    """Unit vectors (m, 2)."""
    turn = np.radians(degrees)
    return np.stack([np.cos(turn), np.sin(turn)], axis=1)


def sectors(degrees: tuple[int, ...]) -> list[tuple[float, float, int]]:
    """(from, to, rank of the active rows) all round, in degrees."""
    edges = sorted({(a + q) % 360 for a in degrees for q in (90, 270)})
    found = []
    for start, stop in zip(edges, [*edges[1:], edges[0] + 360], strict=True):
        x = rows(((start + stop) / 2,))[0]  # type: ignore[arg-type]
        B = rows(degrees)
        found.append((start, stop, int(np.linalg.matrix_rank(B[B @ x > 1e-9], tol=1e-9))))
    return found


def draw() -> Figure:
    """Four discs and a legend."""
    figure, axes = plt.subplots(1, 4, figsize=(7.2, 2.5))
    for ax, (title, degrees) in zip(axes, ANGLES.items(), strict=True):
        _disc(ax, degrees)
        ax.set_title(title, size=9)
    handles = [
        Patch(facecolor=_tone(hue), hatch=hatch, edgecolor=ink(), label=f"rank {rank}")
        for rank, (hue, hatch) in LOOKS.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def _tone(hue: str) -> tuple[float, ...]:
    """A hue, thinned with the paper."""
    return tuple(0.55 * np.array(to_rgba(COLORS[hue])) + 0.45 * np.array(to_rgba(paper())))


def _disc(ax: Axes, degrees: tuple[int, ...]) -> None:
    for start, stop, rank in sectors(degrees):
        hue, hatch = LOOKS[rank]
        ax.add_patch(
            Wedge((0, 0), 1, start, stop, facecolor=_tone(hue), hatch=hatch, edgecolor=ink(), lw=0.5)
        )
    for x, y in rows(degrees):
        ax.annotate("", (0.8 * x, 0.8 * y), (0, 0), arrowprops={"arrowstyle": "-|>", "color": ink(), "lw": 2})
    ax.set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), aspect="equal")
    ax.axis("off")
