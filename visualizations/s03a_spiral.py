"""A spiral sent through a random ReLU layer of m units, and what can be brought back."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Six squares. First a spiral of 600 points. Then what can be brought back of it after a random layer "
    "with ReLU that has 2, 3, 5, 15 and 30 units. With 2 units about a quarter of the spiral is left in "
    "its place and the rest has fallen onto two straight lines and the centre, marked by orange crosses; "
    "with 3 units about half is left, with 5 most of it; with 15 and 30 units the whole spiral is back."
)
UNITS, POINTS = (2, 3, 5, 15, 30), 600
SEEDS = {2: 6, 3: 4, 5: 2, 15: 0, 30: 0}  # draws that lose about as much as draws lose on average


def spiral() -> np.ndarray:
    """(N, 2), two and a half turns."""
    turn = np.linspace(0.6, 5 * np.pi, POINTS)
    return np.column_stack([turn * np.cos(turn), turn * np.sin(turn)]) / (5 * np.pi)


def layer(units: int, seed: int | None = None) -> np.ndarray:
    """A random weight matrix (m, 2)."""
    return np.random.default_rng(SEEDS[units] if seed is None else seed).normal(size=(units, 2))


def brought_back(X: np.ndarray, B: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(points (N, 2), bool (N,): exact?) from ReLU(B x), solved from the units that are on.

    Two such units in different directions give two equations for two unknowns. One leaves a line of
    candidates, of which the nearest to the centre is taken; none leaves nothing.
    """
    back, exact = np.zeros_like(X), np.zeros(len(X), bool)
    answers = np.maximum(X @ B.T, 0)
    for i, answer in enumerate(answers):
        on = answer > 0
        back[i] = np.linalg.pinv(B[on]) @ answer[on] if on.any() else 0
        exact[i] = np.allclose(back[i], X[i], atol=1e-9)
    return back, exact


def draw() -> Figure:
    """Kept points in the colours of their place on the spiral, lost ones as crosses where they end up."""
    figure, axes = plt.subplots(1, 6, figsize=(8.6, 1.95))
    X = spiral()
    panels = [("the spiral", X, np.ones(POINTS, bool))]
    panels += [(f"{m} units", *brought_back(X, layer(m))) for m in UNITS]
    for ax, (name, back, exact) in zip(axes, panels, strict=True):
        ax.scatter(*back[exact].T, c=np.arange(POINTS)[exact], vmin=0, vmax=POINTS, s=3, cmap="viridis")
        ax.plot(*back[~exact].T, "x", color=COLORS["orange"], ms=3, mew=0.7)
        ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), aspect="equal", xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=muted(), lw=0.8)
        ax.set_title(name, fontsize=9.5)
        if name != "the spiral":
            ax.set_xlabel(f"{exact.mean():.0%} kept", fontsize=9, color=ink())
    return figure
