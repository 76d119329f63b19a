"""Losses: loss(prediction, target, …) -> (mean loss, gradient with respect to the prediction).

The gradient already contains the 1/N of the batch mean and has the prediction's dtype. Cross-entropies take
*logits*, so that softmax or sigmoid and logarithm are one stable formula, whose gradient is p - y.
Every loss takes `sample_weight`, one number per example; how the mean is then
taken, and how `fit(class_weight=…)` becomes such weights, is in `losses_common`. Focal losses are in
`losses_focal`. To train with an option: compile(loss=functools.partial(huber, delta=2.0)).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .activations import check_labels, log_softmax, sigmoid
from .checks import positive
from .losses_common import (
    Loss,
    binary_entropy,
    check_logits,
    mean_over_batch,
    one_of_many,
    predicted,
    target_like,
    yes_or_no,
)

__all__ = [
    "Loss",
    "binary_crossentropy",
    "categorical_crossentropy",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "sparse_categorical_crossentropy",
]

Weights = ArrayLike | None


def mean_squared_error(
    Y_hat: np.ndarray, Y: np.ndarray, *, sample_weight: Weights = None
) -> tuple[float, np.ndarray]:
    """Mean of (Y_hat - Y)² over *all* entries, any one shape. Twin: `keras.losses.MeanSquaredError`.

    Derived in eq-engine-mse (page engine).
    """
    Y_hat = predicted(Y_hat, "mean_squared_error")
    E = Y_hat - target_like(Y_hat, Y, "mean_squared_error")
    return mean_over_batch(E**2, 2 * E, sample_weight, "mean_squared_error")


def mean_absolute_error(
    Y_hat: np.ndarray, Y: np.ndarray, *, sample_weight: Weights = None
) -> tuple[float, np.ndarray]:
    """Mean of |Y_hat - Y| over *all* entries; its slope at 0 is taken as 0.

    Derived in eq-engine-mae (page engine). Twin: `keras.losses.MeanAbsoluteError`.
    """
    Y_hat = predicted(Y_hat, "mean_absolute_error")
    E = Y_hat - target_like(Y_hat, Y, "mean_absolute_error")
    return mean_over_batch(np.abs(E), np.sign(E), sample_weight, "mean_absolute_error")


def huber(
    Y_hat: np.ndarray, Y: np.ndarray, *, delta: float = 1.0, sample_weight: Weights = None
) -> tuple[float, np.ndarray]:
    """Half the squared error up to `delta`, then a line of slope `delta`: mean over *all* entries.

    An outlier pulls no harder than `delta`: the slope is the error, clipped. Derived in eq-engine-huber
    (page engine); Huber (1964). Twin: `keras.losses.Huber`. Raises ValueError for a delta that is not > 0.
    """
    delta = positive("huber", "delta", delta)
    Y_hat = predicted(Y_hat, "huber")
    E = Y_hat - target_like(Y_hat, Y, "huber")
    slopes = np.clip(E, -delta, delta)
    return mean_over_batch(slopes * (E - slopes / 2), slopes, sample_weight, "huber")


def binary_crossentropy(
    logits: np.ndarray, y: np.ndarray, *, label_smoothing: float = 0.0, sample_weight: Weights = None
) -> tuple[float, np.ndarray]:
    """Mean of -y log σ(z) - (1 - y) log(1 - σ(z)) over all entries; y in [0, 1], shaped as the logits.

    Derived in eq-engine-bce (page engine). Twin: `keras.losses.BinaryCrossentropy(from_logits=True)`. Raises
    ValueError for targets outside [0, 1].
    """
    logits, y = yes_or_no(logits, y, label_smoothing, "binary_crossentropy")
    slopes = sigmoid(logits) - y
    return mean_over_batch(binary_entropy(logits, y), slopes, sample_weight, "binary_crossentropy")


def categorical_crossentropy(
    logits: np.ndarray, Y: np.ndarray, *, label_smoothing: float = 0.0, sample_weight: Weights = None
) -> tuple[float, np.ndarray]:
    """Mean over rows of -Σ_k Y_k log softmax(z)_k; Y (N, K) one-hot or soft, logits (N, K).

    The gradient holds for rows of any sum S: (S · p - Y) / N, which is (p - Y) / N where S = 1. Derived in
    eq-engine-cce (page engine). Twin: `keras.losses.CategoricalCrossentropy(from_logits=True)` (right for
    S = 1 only).
    """
    logits, Y = one_of_many(logits, Y, label_smoothing, "categorical_crossentropy")
    log_p = log_softmax(logits)
    slopes = np.exp(log_p) * Y.sum(axis=1, keepdims=True) - Y
    return mean_over_batch(-np.sum(Y * log_p, axis=1), slopes, sample_weight, "categorical_crossentropy")


def sparse_categorical_crossentropy(
    logits: np.ndarray, y: np.ndarray, *, sample_weight: Weights = None
) -> tuple[float, np.ndarray]:
    """Mean over rows of -log softmax(z)_y for integer labels y (N,), logits (N, K).

    Derived in eq-engine-scce (page engine). Twin:
    `keras.losses.SparseCategoricalCrossentropy(from_logits=True)`. Raises ValueError for labels that are not
    integers in 0 … K - 1.
    """
    logits, y = predicted(logits, "sparse_categorical_crossentropy"), np.asarray(y)
    check_logits(logits, "sparse_categorical_crossentropy")
    if y.shape != logits.shape[:1]:
        raise ValueError(
            f"sparse_categorical_crossentropy expects labels of shape ({len(logits)},), one for each row of "
            f"logits {logits.shape}, received {y.shape}: one-hot rows go into categorical_crossentropy."
        )
    check_labels(y, logits.shape[1])
    rows, log_p = np.arange(len(y)), log_softmax(logits)
    slopes = np.exp(log_p)
    slopes[rows, y] -= 1  # p - one_hot(y)
    return mean_over_batch(-log_p[rows, y], slopes, sample_weight, "sparse_categorical_crossentropy")
