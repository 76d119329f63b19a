"""Why the perceptron must stop: progress grows with the mistakes, length only with their square root."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Left: two groups of points, circles and squares, divided by the final line of the perceptron; the "
    "dashed lines are its borders after earlier mistakes, each wrong for some points. Right, on logarithmic "
    "axes against the number of mistakes: the progress w·u stays above the line gamma k, the length of w "
    "stays above the progress and below the flatter line R times root k; the two lines meet at (R/gamma) "
    "squared, about 150, while the run stopped after 13."
)


def separable_points(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (N, 3) with a leading 1, labels, and the unit vector u that defined the labels."""
    rng = np.random.default_rng(seed)
    u = np.array([-0.2, 0.6, 0.77])
    u /= np.linalg.norm(u)
    X = np.column_stack([np.ones(80), rng.uniform(-1, 1, (80, 2))])
    X = X[np.abs(X @ u) > 0.12]
    return X, np.where(X @ u > 0, 1, -1), u


def weights_after_mistakes(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """All weight vectors of a run from zero, (mistakes + 1, D)."""
    history = [np.zeros(X.shape[1])]
    clean = False
    while not clean:
        clean = True
        for x, label in zip(X, y, strict=True):
            if label * (history[-1] @ x) <= 0:
                history.append(history[-1] + label * x)
                clean = False
    return np.array(history)


def draw() -> Figure:
    """The borders in the plane, and the two inequalities of the proof."""
    X, y, u = separable_points()
    history = weights_after_mistakes(X, y)
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.5), width_ratios=(1, 1.2))
    _borders(left, X, y, history)
    _squeeze(right, X, y, u, history)
    return figure


def _borders(ax, X: np.ndarray, y: np.ndarray, history: np.ndarray) -> None:
    for label, marker, color in ((1, "o", "blue"), (-1, "s", "orange")):
        ax.plot(*X[y == label, 1:].T, marker, color=COLORS[color], ms=5)
    line = np.array([-1.6, 1.6])
    for step in (2, 4, len(history) - 1):
        b, w1, w2 = history[step]
        last = step == len(history) - 1
        style = {"color": ink(), "lw": 2.4} if last else {"color": muted(), "lw": 1.2, "ls": "--"}
        ax.plot(line, -(b + w1 * line) / w2, **style)
    ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    ax.set_title(f"the border after {len(history) - 1} mistakes")


def _squeeze(ax, X: np.ndarray, y: np.ndarray, u: np.ndarray, history: np.ndarray) -> None:
    R, gamma = np.linalg.norm(X, axis=1).max(), (y * (X @ u)).min()
    bound = (R / gamma) ** 2
    k = np.array([1, 2 * bound])
    mistakes = np.arange(1, len(history))
    ax.loglog(k, R * np.sqrt(k), color=COLORS["blue"], label=r"ceiling $R\sqrt{k}$")
    ax.plot(k, gamma * k, "--", color=COLORS["orange"], label=r"floor $\gamma k$")
    ax.plot(mistakes, np.linalg.norm(history[1:], axis=1), "o-", color=COLORS["pink"], ms=4, label="‖w‖")
    ax.plot(mistakes, history[1:] @ u, "^-", color=COLORS["green"], ms=4, label="w·u")
    ax.axvline(bound, color=muted(), lw=1, ls=":")
    ax.text(bound, 0.13, r"$(R/\gamma)^2$ ", color=ink(), ha="right")
    ax.set(title="floor meets ceiling", xlabel="mistakes k", ylabel="size")
    ax.legend(loc="upper left", labelcolor=ink(), fontsize=9)
