"""The small trainings on handwritten digits that two figures of Session 01 Part A show."""

from functools import lru_cache

import numpy as np

from neuropath import scratch as nn
from neuropath.lessons.datasets import load


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)  # (N, H, W) -> (N, H·W)


def _trained(sizes: list[int], rate: float, X: np.ndarray, y: np.ndarray, **options) -> nn.Sequential:
    rng = np.random.default_rng(0)
    model = nn.mlp(sizes, rng=rng)
    model.compile(optimizer=nn.Adam(rate), loss=nn.sparse_categorical_crossentropy)
    model.fit(X, y, rng=rng, verbose=0, **options)
    return model


@lru_cache(maxsize=1)
def views() -> tuple[list[np.ndarray], np.ndarray]:
    """What each layer of a 64-32-16-2 network, trained to tell odd from even digits, makes of the test set.

    Returns the input and the output of each layer, (N, units) each, and the labels: 1 for odd.
    """
    data = load("digits")
    model = _trained([64, 32, 16, 2], 3e-3, _flat(data.X_train), data.y_train % 2, epochs=40)
    seen = [_flat(data.X_test)]
    out = seen[0]
    for layer in model.layers:
        out = layer.forward(out)
        if isinstance(layer, nn.ReLU) or layer is model.layers[-1]:
            seen.append(out)
    return seen, data.y_test % 2


def nearest_centre_accuracy(X: np.ndarray, y: np.ndarray) -> float:
    """The share of points that lie nearest to the centre of their own class."""
    centres = np.stack([X[y == k].mean(axis=0) for k in np.unique(y)])
    distance = np.linalg.norm(X[:, None] - centres, axis=-1)  # (N, classes)
    return float((distance.argmin(axis=1) == y).mean())


@lru_cache(maxsize=1)
def overfitting() -> dict[str, list[float]]:
    """History of a wide network on 200 digits, 60 of them with a wrong label: those it can only memorise."""
    data = load("digits")
    X, y = _flat(data.X_train)[:200], data.y_train[:200].copy()
    y[:60] = (y[:60] + np.random.default_rng(0).integers(1, 10, 60)) % 10
    held_out = (_flat(data.X_val), data.y_val)
    model = _trained([64, 256, 10], 1e-2, X, y, batch_size=20, epochs=60, validation_data=held_out)
    return model.history.history
