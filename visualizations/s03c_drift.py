"""Session 03 C: how far one step moves the features of a small pretrained base, by rate, rule and head."""

from __future__ import annotations

from functools import lru_cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath import scratch as nn
from neuropath.lessons import style
from neuropath.lessons.datasets import load

ALT = (
    "Relative change of a small base's features after one step, against the learning rate, both axes "
    "logarithmic, four lines of slope one up to a rate of 0.001. Those of Adam's first step with a "
    "random and with a trained head coincide nearly: between 0.15 and 0.2 at a rate of 0.001. Plain "
    "gradient descent lies about seven times lower, Adam on the last layer alone about fifty times "
    "lower. At a rate of 0.01 both lines of Adam on the whole base have crossed the level at which the "
    "change is as large as the features."
)
RATES = np.logspace(-6, 0, 7)
WIDTH = 48  # features
EPSILON = 1e-7 / np.sqrt(1 - 0.999)  # Adam's epsilon, as its first step meets it
CURVES = {  # rule, head, layers that move: hue, marker, dashes, label
    ("Adam", "random", "all"): ("amber", "D", "--", "Adam's first step, random head"),
    ("Adam", "trained", "all"): ("orange", "s", "-", "Adam's first step, trained head"),
    ("Adam", "trained", "last"): ("green", "^", "-", "the same, last layer only"),
    ("gradient", "trained", "all"): ("blue", "o", "-", "gradient descent, trained head"),
}
Arrays = dict[str, np.ndarray]


def network(rng: np.random.Generator) -> nn.Graph:
    """A stem, two inverted residual blocks (8 channels, expansion 4), a last layer, a mean, a head."""
    how = {"use_bias": False, "rng": rng, "kernel_initializer": "he_normal", "dtype": "float64"}
    nodes = [("stem", nn.Conv2D(1, 8, 3, padding="same", **how)), *_normed("stem", 8, True)]
    for name in ("one", "two"):
        came_in = nodes[-1][0]
        nodes += [(f"{name}_expand", nn.Conv2D(8, 32, 1, **how)), *_normed(f"{name}_expand", 32, True)]
        deep = nn.DepthwiseConv2D(32, 3, padding="same", use_bias=False, rng=rng, dtype="float64")
        nodes += [(f"{name}_deep", deep), *_normed(f"{name}_deep", 32, True)]
        nodes += [(f"{name}_project", nn.Conv2D(32, 8, 1, **how)), *_normed(f"{name}_project", 8, False)]
        nodes.append((f"{name}_add", nn.Add(), [came_in, f"{name}_project_norm"]))
    nodes += [("last", nn.Conv2D(8, WIDTH, 1, **how)), *_normed("last", WIDTH, True)]
    nodes += [
        ("features", nn.GlobalAveragePooling2D()),
        ("head", nn.Dense(WIDTH, 5, rng=rng, dtype="float64")),
    ]
    return nn.Graph(nodes, watch=("features",))


def _normed(name: str, channels: int, active: bool) -> list:
    norm = (f"{name}_norm", nn.BatchNormalization(channels, momentum=0.9, dtype="float64"))
    return [norm, (f"{name}_relu", nn.ReLU(6.0))] if active else [norm]


def digits(part: str, source: bool) -> tuple[np.ndarray, np.ndarray]:
    """Digits 0-4 (the source task) or 5-9, relabelled 0-4 (the target): images (N, 8, 8, 1), labels."""
    data = load("digits")
    X, y = getattr(data, f"X_{part}"), getattr(data, f"y_{part}")
    mine = (y < 5) if source else (y >= 5)
    return X[mine][..., None].astype("float64"), y[mine] % 5


@lru_cache(maxsize=1)
def pretrained() -> nn.Graph:
    """The network after eight epochs on the source digits."""
    net = network(np.random.default_rng(0))
    net.compile(optimizer=nn.Adam(1e-2), loss=nn.sparse_categorical_crossentropy)
    X, y = digits("train", source=True)
    net.fit(X, y, rng=np.random.default_rng(1), batch_size=64, epochs=8, verbose=0)
    return net


def features(net: nn.Graph, X: np.ndarray) -> np.ndarray:
    """What the head sees, with frozen normalisation: (N, WIDTH)."""
    net.forward(X)
    return net.values["features"]


@lru_cache(maxsize=2)
def head(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Weights (WIDTH, 5) and biases of a head for the target: "random", or "trained" on frozen features."""
    layer = nn.Dense(WIDTH, 5, rng=np.random.default_rng(2), dtype="float64")
    if kind == "trained":
        probe = nn.Sequential([layer])
        X, y = digits("train", source=False)
        probe.compile(optimizer=nn.Adam(0.02), loss=nn.sparse_categorical_crossentropy)
        F = features(pretrained(), X)
        probe.fit(F, y, rng=np.random.default_rng(3), batch_size=64, epochs=40, verbose=0)
    return layer.params["W"].copy(), layer.params["b"].copy()


def direction(rule: str, kind: str, layers: str = "all") -> Arrays:
    """What one step subtracts from each array of the base, before the rate: g, or Adam's g / (|g| + ε').

    layers: "all", or "last", the convolution before the mean and its normalisation.
    """
    net, (X, y) = pretrained(), digits("train", source=False)
    W, b = head(kind)
    net["head"].params["W"][...], net["head"].params["b"][...] = W, b
    _, slope = nn.sparse_categorical_crossentropy(net.forward(X), y)
    net.backward(slope)
    moving = "last" if layers == "last" else ("stem", "one", "two", "last")
    base = {name: g.copy() for name, g in net.grads.items() if name.startswith(moving)}
    return base if rule == "gradient" else {k: g / (np.abs(g) + EPSILON) for k, g in base.items()}


def length(rule: str, kind: str, layers: str = "all") -> float:
    """The norm of `direction`."""
    return float(np.sqrt(sum((d**2).sum() for d in direction(rule, kind, layers).values())))


def unseen() -> np.ndarray:
    """Target digits on which features are compared: (64, 8, 8, 1)."""
    return digits("test", source=False)[0][:64]


def drift(step: Arrays, rate: float) -> np.ndarray:
    """Change (N, WIDTH) of the features of unseen target digits when the base moves by -rate · step."""
    net, X = pretrained(), unseen()
    before, kept = features(net, X), {name: net.params[name].copy() for name in step}
    for name, d in step.items():
        net.params[name][...] -= rate * d
    after = features(net, X)
    for name, values in kept.items():
        net.params[name][...] = values
    return after - before


@lru_cache(maxsize=1)
def measured() -> dict[tuple[str, str, str], np.ndarray]:
    """Relative change of the features, for every curve at every rate."""
    scale = np.linalg.norm(features(pretrained(), unseen()))
    steps = {curve: direction(*curve) for curve in CURVES}
    return {
        curve: np.array([np.linalg.norm(drift(step, rate)) / scale for rate in RATES])
        for curve, step in steps.items()
    }


def draw() -> Figure:
    """Four lines."""
    figure, ax = plt.subplots(figsize=(7.2, 3.9))
    for curve, values in measured().items():
        hue, marker, dashes, label = CURVES[curve]
        ax.loglog(RATES, values, color=style.COLORS[hue], ls=dashes, marker=marker, ms=5, label=label)
    ax.axhline(1, color=style.muted(), lw=0.8, ls=":")
    ax.text(1.2e-6, 1.3, "as large as the features", color=style.muted(), fontsize=9)
    ax.set(xlabel="learning rate of one step", ylabel="relative change of the features")
    ax.set(ylim=(3e-6, 30))
    ax.legend(loc="lower right", fontsize=9)
    return figure
