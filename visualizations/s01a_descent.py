"""Gradient descent on two parameters: the loss as a map, and the lines its path stands for."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Left: points scattered about a rising line, with the fitted line at step 0 (flat), step 5 (too "
    "flat still) and step 200 (through the points). Right: oval contours of the loss over slope and "
    "intercept; a path of dots starts at (0, 0), crosses the contours in ever shorter steps, bends, and "
    "ends on the cross that marks the least loss."
)
SHOWN = (0, 5, 200)


def data() -> tuple[np.ndarray, np.ndarray]:
    """Thirty points about y = 2x + 1."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 2, 30)
    return x, 2 * x + 1 + rng.normal(0, 0.4, 30)


def path(rate: float = 0.1, steps: int = 200) -> np.ndarray:
    """(slope, intercept) at every step of gradient descent on the mean squared error, from (0, 0)."""
    x, y = data()
    places = [np.zeros(2)]
    for _ in range(steps):
        w, b = places[-1]
        error = w * x + b - y
        places.append(places[-1] - rate * np.array([2 * (error * x).mean(), 2 * error.mean()]))
    return np.array(places)


def draw() -> Figure:
    """Data and lines on the left, the loss seen from above on the right."""
    (x, y), places = data(), path()
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.4))
    left.scatter(x, y, color=ink(), s=14)
    ends = np.array([-1.1, 2.1])
    colors = (COLORS["orange"], COLORS["pink"], COLORS["blue"])
    for step, dash, color in zip(SHOWN, (":", "--", "-"), colors, strict=True):
        left.plot(ends, places[step, 0] * ends + places[step, 1], dash, color=color, label=f"step {step}")
    left.legend(loc="upper left")
    left.set(title="what the parameters mean", xlabel="$x$", ylabel="$y$")
    w, b = np.meshgrid(np.linspace(-0.4, 3.2, 90), np.linspace(-0.5, 2.1, 90))
    loss = ((w[..., None] * x + b[..., None] - y) ** 2).mean(axis=-1)
    right.contour(w, b, loss, levels=np.geomspace(0.16, 9, 11), colors=muted(), linewidths=0.9)
    right.plot(*places.T, "o-", color=COLORS["orange"], ms=3.5, lw=1.2)
    right.plot(*places[-1], "X", color=COLORS["blue"], ms=10)
    right.set(title="how they were found", xlabel="slope $w$", ylabel="intercept $b$")
    return figure
