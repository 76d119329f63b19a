"""Session 01 C: how the error signal shrinks or grows on its way back through 30 layers."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style
from neuropath.scratch import sigmoid

ALT = (
    "Norm of the error signal at layer l divided by its norm at the output, on a logarithmic axis, "
    "for networks of 30 layers of width 128. Read from the right, layer 30, to the left: the sigmoid "
    "network with Glorot weights falls in a straight line to about 4e-19; tanh with Glorot weights "
    "sinks gently to about 0.1; ReLU with He weights stays near 1; ReLU with twice He's standard "
    "deviation rises in a straight line to about 5e8; a thin grey dashed line marks the upper bound "
    "for the sigmoid network, about one half a layer, which the sigmoid line stays far below."
)
DEPTH, WIDTH = 30, 128


def error_norms(activation: str, variance: float, seed: int = 0, examples: int = 16) -> np.ndarray:
    """Norms of delta at layers 1..DEPTH over the norm at layer DEPTH, for weights of variance `variance`."""
    rng = np.random.default_rng(seed)
    A, slopes, weights = rng.normal(size=(examples, WIDTH)), [], []
    for _ in range(DEPTH):
        W = rng.normal(0, np.sqrt(variance), (WIDTH, WIDTH))
        A, slope = _activate(activation, A @ W)
        slopes.append(slope)
        weights.append(W)
    delta = rng.normal(size=(examples, WIDTH))  # stands for dL/dz of the last layer
    norms = [np.linalg.norm(delta)]
    for layer in range(DEPTH - 1, 0, -1):
        delta = (delta @ weights[layer].T) * slopes[layer - 1]
        norms.append(np.linalg.norm(delta))
    return np.array(norms[::-1]) / norms[0]


def _activate(name: str, Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Activation and its slope at Z."""
    if name == "relu":
        return np.maximum(Z, 0), (Z > 0).astype(float)
    if name == "tanh":
        return np.tanh(Z), 1 - np.tanh(Z) ** 2
    S = sigmoid(Z)
    return S, S * (1 - S)


def draw() -> Figure:
    """Four networks, one line each, with the sigmoid's upper bound."""
    figure, ax = plt.subplots(figsize=(7.4, 3.9))
    layers = np.arange(1, DEPTH + 1)
    cases = [
        ("relu", 4 * 2 / WIDTH, "pink", "^", "ReLU, twice He's std"),
        ("relu", 2 / WIDTH, "green", "o", "ReLU, He"),
        ("tanh", 1 / WIDTH, "blue", "s", "tanh, Glorot"),
        ("sigmoid", 1 / WIDTH, "orange", "D", "sigmoid, Glorot"),
    ]
    for activation, variance, colour, marker, label in cases:
        norms = error_norms(activation, variance)
        ax.semilogy(layers, norms, marker=marker, ms=3.5, lw=1.4, color=style.COLORS[colour], label=label)
    ax.axhline(1, color=style.muted(), lw=0.8)
    bound = (2.0 / 4) ** (DEPTH - layers)  # ||W||_2 is about 2 for a square Gaussian matrix of variance 1/n
    ax.semilogy(layers, bound, color=style.muted(), lw=1, ls="--", label="upper bound, sigmoid")
    ax.set(xlabel=r"layer $\ell$ (the output is on the right)", ylim=(1e-19, 1e12))
    ax.set_ylabel(r"$\|\delta^{(\ell)}\|\;/\;\|\delta^{(30)}\|$")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
    return figure
