"""Stands in for `VanishingExplorer` where no JavaScript runs: a sigmoid network with LeCun's weights."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from scipy.integrate import quad
from scipy.stats import norm

from neuropath import scratch as nn
from neuropath.lessons.style import COLORS, ink, muted
from neuropath.widgets.vanishing import DEPTH, SCALE, SEED, VanishingExplorer, network

ALT = VanishingExplorer.ALT


def network_sizes() -> tuple[list[float], list[float]]:
    """Root mean squares of X and of each layer's output, and of the gradients with respect to them."""
    weights, X, G = network(SEED, SCALE, DEPTH)
    rng, layers, activations, gradients = np.random.default_rng(0), [], [_size(X)], [_size(G)]
    for W in weights:
        dense = nn.Dense(*W.shape, rng=rng, use_bias=False, dtype="float64")
        dense.params["W"][...] = W
        layers += [dense, nn.Sigmoid()]
        X = layers[-1].forward(dense.forward(X))
        activations.append(_size(X))
    for layer in reversed(layers):
        G = layer.backward(G)
        if isinstance(layer, nn.Dense):
            gradients.insert(0, _size(G))
    return activations, gradients


def theory_sizes() -> tuple[np.ndarray, np.ndarray]:
    """The same for infinite width."""
    squares, factors = [1.0], []
    for _ in range(DEPTH):
        root = np.sqrt(SCALE * squares[-1])
        squares.append(_mean(lambda z, r=root: nn.sigmoid(r * z) ** 2))
        factors.append(SCALE * _mean(lambda z, r=root: (nn.sigmoid(r * z) * nn.sigmoid(-r * z)) ** 2))
    gradients = np.r_[np.cumprod(factors[::-1])[::-1], 1]
    return np.sqrt(squares), np.sqrt(gradients)


def _size(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _mean(f) -> float:
    return quad(lambda z: norm.pdf(z) * f(np.array(z)), -9, 9)[0]


def draw() -> Figure:
    """Activations on the left, gradients on the right; dots are the network, dashes the theory."""
    figure, axes = plt.subplots(1, 2, figsize=(7.4, 3.3), sharey=True)
    real, limit = network_sizes(), theory_sizes()
    names = ("activations, forward →", "gradients, ← backward")
    for ax, sizes, expected, name in zip(axes, real, limit, names, strict=True):
        ax.axhline(1, color=muted(), lw=0.8, ls=":")
        ax.semilogy(expected, "--", color=muted(), label="theory, infinitely wide")
        ax.semilogy(sizes, "o", ms=3.5, color=COLORS["orange"], label="a random network")
        ax.set(xlabel="layer", title=name, ylim=(1e-20, 1e10), xlim=(-0.5, 30.5))
    axes[0].legend(loc="lower left", labelcolor=ink())
    return figure
