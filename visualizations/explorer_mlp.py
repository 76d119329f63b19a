"""Stands in for `MlpExplorer` where no JavaScript runs: the explorer as it starts, and 200 epochs later.

The explorer's data are drawn here a second time; the network that learns them is the course's own.
"""

from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from neuropath import scratch as nn
from neuropath.lessons.style import COLORS, ink, paper
from neuropath.scratch.initializers import STD_OF_CUT_NORMAL
from neuropath.widgets.draws import uniforms
from neuropath.widgets.mlp import BATCH, POINTS, RATE, SEED, START, MlpExplorer

ALT = MlpExplorer.ALT
EPOCHS = 200


def source(seed: int, count: int) -> Callable[[], float]:
    """Gives the first `count` uniform numbers of this seed, one a call."""
    return iter(uniforms(seed, count)).__next__


def pair(draw: Callable[[], float]) -> np.ndarray:
    """Two independent normal numbers (2,) by Box and Muller."""
    radius, angle = np.sqrt(-2 * np.log(1 - draw())), 2 * np.pi * draw()
    return radius * np.array([np.cos(angle), np.sin(angle)])


def polar(radius: float, angle: float) -> np.ndarray:
    """A point (2,) by radius and angle."""
    return radius * np.array([np.cos(angle), np.sin(angle)])


def centre(data: str, label: int, t: float) -> tuple[np.ndarray, float]:
    """Where a point of class `label` lies before noise, for t in 0 … 1, and the noise's deviation."""
    if data == "circles":
        return polar(0.45 if label else 1.7, 2 * np.pi * t), 0.22
    if data == "xor":
        return polar(1.1 * 2**0.5, np.pi * (0.25 + 0.5 * label + int(2 * t))), 0.38
    if data == "spiral":
        return polar(0.2 + 1.9 * t, 5.5 * t + np.pi * label), 0.08
    moon = polar(1.4, np.pi * t) - (0.7, 0.35)
    return (-moon if label else moon), 0.14


def sample(data: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The explorer's points (160, 2) and labels (160, 1), classes in turn."""
    draw, rows = source(seed, 3 * POINTS), []
    for i in range(POINTS):
        place, spread = centre(data, i % 2, (i // 2 + draw()) / (POINTS / 2))
        rows.append(place + spread * pair(draw))
    return np.array(rows), np.arange(POINTS)[:, None] % 2


def network(seed: int, *, width: int, depth: int, activation: str, **_: object) -> nn.Sequential:
    """The course's MLP with the explorer's first weights: He normal, cut off at two deviations."""
    draw, sizes = source(seed + 1000, 1000), [2, *[width] * depth, 1]
    model = nn.mlp(sizes, rng=np.random.default_rng(0), activation=activation, dtype="float64")
    for W in (p for p in model.params.values() if p.ndim == 2):
        for place in np.ndindex(W.shape):
            while abs(e := pair(draw)[0]) > 2:
                continue
            W[place] = e * np.sqrt(2 / len(W)) / STD_OF_CUT_NORMAL
    return model


def batches(seed: int, epochs: int) -> Iterator[np.ndarray]:
    """Row numbers of one mini-batch after the other, the order shuffled by Fisher and Yates each epoch."""
    draw, order = source(seed + 2000, POINTS * epochs), np.arange(POINTS)
    for _ in range(epochs):
        for i in range(POINTS - 1, 0, -1):
            j = int(draw() * (i + 1))
            order[[i, j]] = order[[j, i]]
        yield from order.reshape(-1, BATCH)


def train(model: nn.Sequential, X: np.ndarray, y: np.ndarray, rate: float, seed: int, epochs: int) -> None:
    """Plain gradient descent on the mini-batches, as the explorer runs it."""
    model.compile(optimizer=nn.SGD(rate), loss=nn.binary_crossentropy)
    for rows in batches(seed, epochs):
        model.train_step(X[rows], y[rows])


def draw() -> Figure:
    """Points, tint and first-layer borders, before training and after."""
    figure, axes = plt.subplots(1, 2, figsize=(7.0, 3.9))
    X, y = sample(START["data"], SEED)
    model = network(SEED, **START)
    for ax, epochs in zip(axes, (0, EPOCHS), strict=True):
        train(model, X, y, RATE, SEED, epochs)
        loss, _ = nn.binary_crossentropy(model.forward(X), y)
        _plane(ax, model, X, y[:, 0])
        ax.set_title(f"{epochs or 'no'} epochs, loss {loss:.2f}")
    return figure


def _plane(ax: Axes, model: nn.Sequential, X: np.ndarray, y: np.ndarray) -> None:
    side = np.linspace(-2.6, 2.6, 80)
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    answer = nn.sigmoid(model.forward(plane)).reshape(80, 80)
    tones = LinearSegmentedColormap.from_list("classes", [COLORS["orange"], paper(), COLORS["blue"]])
    ax.imshow(answer, extent=(-2.6, 2.6, -2.6, 2.6), origin="lower", cmap=tones, alpha=0.35, vmin=0, vmax=1)
    first = model.layers[0].params
    for w, b in zip(first["W"].T, first["b"], strict=True):
        foot = -b * w / (w @ w)
        ax.axline(foot, foot + np.array([-w[1], w[0]]), color=ink(), lw=0.8)
    for label, marker, color in ((1, "o", COLORS["blue"]), (0, "x", COLORS["orange"])):
        ax.scatter(*X[y == label].T, marker=marker, s=14, color=color, label=f"class {label}")
    ax.set(xlim=(-2.6, 2.6), ylim=(-2.6, 2.6), xlabel="$x_1$", ylabel="$x_2$")
