"""The small networks on handwritten digits that the figures of Session 02 Part A show."""

from functools import lru_cache

import numpy as np

from neuropath import scratch as nn
from neuropath.lessons.datasets import load

ROWS, LEFT, RIGHT = 2, 7, 11  # empty pixels around each 8 × 8 digit: room to move to the right


def framed(images: np.ndarray, across: int = 0) -> np.ndarray:
    """Digits in an empty frame, moved `across` pixels to the right: (N, 8, 8) -> (N, 12, 26, 1)."""
    wide = np.pad(images, ((0, 0), (ROWS, ROWS), (LEFT, RIGHT)))
    return np.roll(wide, across, axis=2)[..., None]


def network(kind: str) -> nn.Sequential:
    """ "dense", "strided" (a pooling of stride 2 between two convolutions) or "sliding" (stride 1 only)."""
    rng = np.random.default_rng(0)
    how = {"rng": rng, "kernel_initializer": "he_normal"}
    if kind == "dense":
        layers = [nn.Flatten(), nn.Dense(12 * 26, 24, **how), nn.ReLU()]
    else:
        pooling = [nn.MaxPool2D(2)] if kind == "strided" else []
        first = [nn.Conv2D(1, 8, 3, **how), nn.ReLU(), *pooling]
        layers = [*first, nn.Conv2D(8, 24, 3, **how), nn.ReLU(), nn.GlobalMaxPool2D()]
    return nn.Sequential([*layers, nn.Dense(24, 10, rng=rng)])


@lru_cache(maxsize=3)
def trained(kind: str) -> nn.Sequential:
    """The network after 15 epochs on centred digits."""
    data, model = load("digits"), network(kind)
    model.compile(optimizer=nn.Adam(5e-3), loss=nn.sparse_categorical_crossentropy)
    model.fit(framed(data.X_train), data.y_train, rng=np.random.default_rng(1), epochs=15, verbose=0)
    return model


@lru_cache(maxsize=3)
def accuracies(kind: str, farthest: int = 4) -> list[float]:
    """Share of test digits named rightly when all are moved 0, 1, … pixels to the right."""
    data, model = load("digits"), trained(kind)
    moved = (framed(data.X_test, across) for across in range(farthest + 1))
    return [model.evaluate(X, data.y_test)["accuracy"] for X in moved]
