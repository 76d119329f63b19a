"""Three ways down the same valley: all examples a step, one example a step, sixteen a step."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, muted

ALT = (
    "The same oval contours three times, each with a path of sixty steps towards the least loss. With "
    "the whole batch the path is smooth; with one example a step it staggers about and keeps wandering "
    "round the bottom; with mini-batches of sixteen it is slightly rough and ends close to the bottom."
)
N = 256
SIZES = {"batch: all 256": N, "stochastic: 1": 1, "mini-batch: 16": 16}


def data() -> tuple[np.ndarray, np.ndarray]:
    """256 points about y = 2x + 1, with noise."""
    rng = np.random.default_rng(3)
    x = rng.uniform(-1, 2, N)
    return x, 2 * x + 1 + rng.normal(0, 0.8, N)


def path(size: int, steps: int = 60, rate: float = 0.12) -> np.ndarray:
    """(slope, intercept) after each of `steps` updates, every update from `size` randomly drawn examples."""
    (x, y), rng = data(), np.random.default_rng(4)
    places = [np.zeros(2)]
    for _ in range(steps):
        chosen = np.arange(N) if size == N else rng.choice(N, size, replace=False)
        error = places[-1][0] * x[chosen] + places[-1][1] - y[chosen]
        places.append(places[-1] - rate * 2 * np.array([(error * x[chosen]).mean(), error.mean()]))
    return np.array(places)


def draw() -> Figure:
    """One panel a batch size."""
    x, y = data()
    w, b = np.meshgrid(np.linspace(-0.4, 3.2, 80), np.linspace(-0.6, 2.2, 80))
    loss = ((w[..., None] * x + b[..., None] - y) ** 2).mean(axis=-1)
    figure, axes = plt.subplots(1, 3, figsize=(7.0, 2.7), sharey=True)
    colors = (COLORS["blue"], COLORS["orange"], COLORS["green"])
    for ax, color, (name, size) in zip(axes, colors, SIZES.items(), strict=True):
        ax.contour(w, b, loss, levels=np.geomspace(0.7, 9, 8), colors=muted(), linewidths=0.8)
        places = path(size)
        ax.plot(*places.T, ".-", color=color, lw=1.1, ms=4)
        ax.plot(*places[-1], "X", color=color, ms=9)
        ax.set(title=name, xlabel="$w$", xlim=(-0.4, 3.2), ylim=(-0.6, 2.2))
    axes[0].set_ylabel("$b$")
    return figure
