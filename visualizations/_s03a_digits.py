"""A small transfer, from the digits 0 to 4 to the digits 5 to 9, that runs in seconds: Session 03 Part A."""

from copy import deepcopy
from functools import lru_cache

import numpy as np

from neuropath import scratch as nn
from neuropath.lessons.datasets import load

Pictures = tuple[np.ndarray, np.ndarray]  # (N, 144), labels (N,) from 0 to 4

SIDE, COPIES = 12, 25  # each source digit stands at 25 random places
PER_CLASS, SEEDS = (2, 5, 20, 100), (0, 1, 2, 3, 4)
WAYS = ("feature extraction", "fine-tuning", "from scratch")
_ORDER = np.random.default_rng(7).permutation(SIDE * SIDE)
VIEWS = {"as they are": lambda X: X, "inverted": lambda X: 1 - X, "shuffled": lambda X: X[:, _ORDER]}


def wander(images: np.ndarray, seed: int) -> np.ndarray:
    """Each digit (8, 8) somewhere in a 12 × 12 frame: (N, 144)."""
    frames = np.zeros((len(images), SIDE, SIDE), "float32")
    corners = np.random.default_rng(seed).integers(0, SIDE - 7, (len(images), 2))
    for frame, (y, x), image in zip(frames, corners, images, strict=True):
        frame[y : y + 8, x : x + 8] = image
    return frames.reshape(len(frames), -1)


@lru_cache(maxsize=1)
def digits() -> dict[str, Pictures]:
    """ "source": 0 to 4, every one at 25 places; "target": 5 to 9, not yet placed; "test", "source test"."""
    data = load("digits")
    unseen = np.concatenate([data.X_val, data.X_test]), np.concatenate([data.y_val, data.y_test])

    def five(X: np.ndarray, y: np.ndarray, first: int) -> Pictures:
        kept = (y >= first) & (y < first + 5)
        return X[kept], y[kept] - first

    X, y = five(data.X_train, data.y_train, 0)
    found = {"source": (wander(np.repeat(X, COPIES, axis=0), 0), np.repeat(y, COPIES))}
    found["target"] = five(data.X_train, data.y_train, 5)
    for name, first in (("source test", 0), ("test", 5)):
        X, y = five(*unseen, first)
        found[name] = wander(np.repeat(X, 3, axis=0), 99), np.repeat(y, 3)
    return found


def new_base(seed: int) -> list:
    """Two dense layers with ReLU, random: (N, 144) -> (N, 64)."""
    how = {"rng": np.random.default_rng(seed), "kernel_initializer": "he_normal"}
    return [nn.Dense(144, 128, **how), nn.ReLU(), nn.Dense(128, 64, **how), nn.ReLU()]


def new_head(seed: int) -> nn.Dense:
    """(N, 64) -> (N, 5)."""
    return nn.Dense(64, 5, rng=np.random.default_rng(seed))


def fit(layers: list, X: np.ndarray, y: np.ndarray, *, epochs: int, rate: float, seed: int) -> nn.Sequential:
    """Adam, batches of 32."""
    model = nn.Sequential(layers)
    model.compile(nn.Adam(rate), nn.sparse_categorical_crossentropy)
    model.fit(X, y, rng=np.random.default_rng(seed), epochs=epochs, verbose=0)
    return model


@lru_cache(maxsize=1)
def source_network() -> nn.Sequential:
    """Base and head trained on the wandering digits 0 to 4."""
    return fit([*new_base(0), new_head(1)], *digits()["source"], epochs=6, rate=1e-3, seed=0)


def borrowed_base() -> list:
    """A fresh copy of the source network's base."""
    return deepcopy(source_network().layers[:-1])


def through(base: list, X: np.ndarray) -> np.ndarray:
    """What a base makes of pictures: (N, 144) -> (N, 64)."""
    for layer in base:
        X = layer.forward(X)
    return X


def few(per_class: int, seed: int) -> Pictures:
    """`per_class` digits of each of 5 to 9, each somewhere in its frame."""
    X, y = digits()["target"]
    draw = np.random.default_rng(seed)
    rows = np.concatenate([draw.permutation(np.flatnonzero(y == k))[:per_class] for k in range(5)])
    return wander(X[rows], seed), y[rows]


def three_ways(view: str, per_class: int, seed: int) -> dict[str, float]:
    """Share of unseen digits 5 to 9 that each way gets right."""
    look, (X, y), (X_test, y_test) = VIEWS[view], few(per_class, seed), digits()["test"]
    X, X_test, base = look(X), look(X_test), borrowed_base()
    how = {"epochs": int(np.clip(3000 // len(y), 20, 150)), "seed": seed}
    head = new_head(seed)
    probe = fit([head], through(base, X), y, rate=3e-3, **how)
    right = {WAYS[0]: probe.evaluate(through(base, X_test), y_test)["accuracy"]}
    for way, layers in (
        (WAYS[1], [*base, head]),  # goes on from there
        (WAYS[2], [*new_base(100 + seed), new_head(seed)]),
    ):  # at one rate: what differs is the start
        right[way] = fit(layers, X, y, rate=1e-3, **how).evaluate(X_test, y_test)["accuracy"]
    return right


@lru_cache(maxsize=3)
def curves(view: str) -> dict[str, np.ndarray]:
    """Accuracy of each way, (sizes, seeds)."""
    runs = [[three_ways(view, n, seed) for seed in SEEDS] for n in PER_CLASS]
    return {way: np.array([[run[way] for run in row] for row in runs]) for way in WAYS}
