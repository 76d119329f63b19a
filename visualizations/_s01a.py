"""Small things that several figures of Session 01 Part A share."""

import numpy as np
from matplotlib.axes import Axes

from neuropath.lessons.style import ink, muted

XOR_POINTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR_LABELS = np.array([0, 1, 1, 0])


def bare(ax: Axes) -> Axes:
    """Remove ticks and frame: for pictures that have no axes to read."""
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def arrow(ax: Axes, start, end, color: str | None = None, **options) -> None:
    """An arrow from start to end, in data coordinates."""
    look = {"arrowstyle": "-|>", "color": color or ink(), "lw": 1.6, "shrinkA": 0, "shrinkB": 0} | options
    ax.annotate("", xy=end, xytext=start, arrowprops=look)


def half_plane(ax: Axes, w, b: float, color: str, extent: float = 10.0, alpha: float = 0.18) -> None:
    """Shade the side of the plane where w·x + b > 0."""
    w = np.asarray(w, float)
    normal = w / np.linalg.norm(w)
    foot, along = -b * w / (w @ w), np.array([-normal[1], normal[0]])
    corners = [foot - extent * along, foot + extent * along]
    corners += [corners[1] + extent * normal, corners[0] + extent * normal]
    ax.fill(*np.transpose(corners), color=color, alpha=alpha, lw=0)
    ax.plot(*np.transpose(corners[:2]), color=color)


def quiet_grid(ax: Axes) -> None:
    """Light lines through the origin, for a plane with two inputs."""
    ax.axhline(0, color=muted(), lw=0.6, zorder=0)
    ax.axvline(0, color=muted(), lw=0.6, zorder=0)
