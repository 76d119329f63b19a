"""Small things that several figures of Session 02 Part A share: a slice, kernels, and grids of numbers."""

from functools import lru_cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from neuropath.lessons.style import COLORS, ink, muted, paper

SEED, PLANNED, PATIENT, NUMBER = 11, 360, 58, 4  # a meningioma after contrast agent, as in s01e_phantom
KERNELS = {
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "edges, across": np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "edges, down": np.array([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]]),
}


@lru_cache(maxsize=2)
def head_slice(size: int) -> np.ndarray:
    """A simulated slice with a bright meningioma, (size, size) grey levels 0 to 255 as floats."""
    from neuropath.phantom.cohort import plan
    from neuropath.phantom.scan import Body, scan

    patient = plan(PLANNED, seed=SEED, sites=("A", "B"))[PATIENT]
    return scan(Body(patient, size), NUMBER).image.astype(float)


def slide(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Every place where the kernel fits: (H, W), (k, l) -> (H - k + 1, W - l + 1). Nothing is flipped."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("yxij,ij->yx", windows, kernel)


def signs() -> LinearSegmentedColormap:
    """Orange below zero, paper at zero, blue above: on the paper of the current theme."""
    return LinearSegmentedColormap.from_list("signs", [COLORS["orange"], paper(), COLORS["blue"]])


def cells(ax: Axes, shape: tuple[int, int], corner=(0.0, 0.0), **look) -> None:
    """An empty grid of unit squares, its upper left corner at `corner` (x, y); y runs downwards."""
    style = {"fill": False, "ec": muted(), "lw": 0.8} | look
    for y, x in np.ndindex(*shape):
        ax.add_patch(Rectangle((corner[0] + x, corner[1] + y), 1, 1, **style))


def box(ax: Axes, corner, width: float, height: float, hue: str, **look) -> None:
    """A thick frame in one of the palette's colours."""
    style = {"fill": False, "ec": COLORS[hue], "lw": 2.6, "zorder": 4} | look
    ax.add_patch(Rectangle(corner, width, height, **style))


def numbers(ax: Axes, values: np.ndarray, corner=(0.0, 0.0), **look) -> None:
    """A grid with a number in each square."""
    cells(ax, values.shape, corner)
    text = {"ha": "center", "va": "center", "color": ink(), "fontsize": 11} | look
    for (y, x), value in np.ndenumerate(values):
        shown = f"{value:g}".replace("-", "−")
        ax.text(corner[0] + x + 0.5, corner[1] + y + 0.5, shown, **text)


def canvas(ax: Axes, width: float, height: float, top: float = 0.0) -> Axes:
    """Axes without a frame whose y runs downwards, from `top` to `height`, one unit as wide as high."""
    ax.set(xlim=(-0.1, width), ylim=(height, top), aspect="equal")
    ax.axis("off")
    return ax
