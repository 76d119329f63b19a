"""Stands in for `PenaltyExplorer` where no JavaScript runs: the explorer as it starts, with L1."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink
from neuropath.visualizations._s01a import quiet_grid
from neuropath.widgets.penalty import ANGLE, CENTRE, STRENGTH, STRETCH, PenaltyExplorer

ALT = PenaltyExplorer.ALT
C = np.array(CENTRE)
TURN = np.deg2rad(ANGLE)
LONG, WIDE = np.array([np.cos(TURN), np.sin(TURN)]), np.array([-np.sin(TURN), np.cos(TURN)])
H = np.outer(LONG, LONG) / STRETCH**2 + np.outer(WIDE, WIDE)


def lasso(strength: float) -> np.ndarray:
    """The optimum with L1, by coordinate descent."""
    w = C.copy()
    for _ in range(500):
        for j in (0, 1):
            g = H[j] @ C - H[j, 1 - j] * w[1 - j]
            w[j] = np.sign(g) * max(abs(g) - strength, 0) / H[j, j]
    return w


def draw() -> Figure:
    """Ellipses, the square and the optimum; then both weights over the strength."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.6))
    strengths = np.linspace(0, 3, 101)
    way = np.array([lasso(s) for s in strengths])
    _plane(left, way)
    right.plot(strengths, way[:, 0], color=COLORS["green"], label="$w_1$")
    right.plot(strengths, way[:, 1], "--", color=COLORS["pink"], label="$w_2$")
    right.axvline(STRENGTH, color=COLORS["amber"], lw=2.4)
    right.set(xlabel="strength $\\lambda$", xlim=(0, 3), ylim=(-0.2, 1.6))
    right.legend(labelcolor=ink())
    return figure


def _plane(ax: Axes, way: np.ndarray) -> None:
    quiet_grid(ax)
    best = lasso(STRENGTH)
    t = np.linspace(0, 2 * np.pi, 200)[:, None]
    circle = STRETCH * np.cos(t) * LONG + np.sin(t) * WIDE  # H says 1/2 of every point of it
    for level in (0.05, 0.2, 0.5, 1, 2, 4):
        ax.plot(*(C + np.sqrt(2 * level) * circle).T, color=COLORS["orange"], lw=0.7, alpha=0.6)
    touching = np.sqrt((best - C) @ H @ (best - C))
    ax.plot(*(C + touching * circle).T, "--", color=COLORS["orange"])
    r = np.abs(best).sum()
    ax.fill([r, 0, -r, 0], [0, r, 0, -r], color=COLORS["blue"], alpha=0.25)
    ax.plot(*way.T, ":", color=ink(), lw=2)
    ax.plot(*C, "o", ms=9, color=COLORS["amber"], mec=ink())
    ax.plot(*best, "o", ms=8, color=COLORS["blue"], mec=ink())
    ax.set(xlim=(-2.5, 2.5), ylim=(-2.5, 2.5), aspect="equal", xlabel="$w_1$", ylabel="$w_2$")
