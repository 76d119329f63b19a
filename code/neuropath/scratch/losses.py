"""Losses: loss(prediction, target) -> (mean loss, gradient with respect to the prediction).

The gradient already contains the 1/N of the batch mean and has the prediction's dtype. Cross-entropies take
*logits*, so that softmax or sigmoid and logarithm are one stable formula, whose gradient is p - y
(derived in Session 01 C).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .activations import check_labels, log_softmax, sigmoid

Loss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


def mean_squared_error(Y_hat: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of (Y_hat - Y)² over *all* entries, any one shape. Twin: `keras.losses.MeanSquaredError`."""
    Y = _target_like(Y_hat, Y, "mean_squared_error")
    E = Y_hat - Y
    return float(np.mean(E**2)), 2 * E / E.size


def binary_crossentropy(logits: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of -y log σ(z) - (1 - y) log(1 - σ(z)) over all entries; y in [0, 1], shaped as the logits.

    Twin: `keras.losses.BinaryCrossentropy(from_logits=True)`. Raises ValueError for targets outside [0, 1].
    """
    y = _target_like(logits, y, "binary_crossentropy")
    if not (y.min() >= 0 and y.max() <= 1):  # also catches NaN
        raise ValueError(
            f"binary_crossentropy expects targets in [0, 1], received {y.min()} … {y.max()}: "
            "for labels -1/+1 use (y + 1) / 2."
        )
    loss = np.maximum(logits, 0) - logits * y + np.log1p(np.exp(-np.abs(logits)))
    return float(loss.mean()), (sigmoid(logits) - y) / y.size


def categorical_crossentropy(logits: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean over rows of -Σ_k Y_k log softmax(z)_k; Y (N, K) one-hot or soft, logits (N, K).

    The gradient holds for rows of any sum s: (s · p - Y) / N, which is (p - Y) / N where s = 1.
    Twin: `keras.losses.CategoricalCrossentropy(from_logits=True)` (right for s = 1 only).
    """
    Y = _target_like(logits, Y, "categorical_crossentropy")
    _check_logits(logits, "categorical_crossentropy")
    log_p = log_softmax(logits)
    gradient = np.exp(log_p) * Y.sum(axis=1, keepdims=True) - Y
    return -float(np.sum(Y * log_p)) / len(Y), gradient / len(Y)


def sparse_categorical_crossentropy(logits: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean over rows of -log softmax(z)_y for integer labels y (N,), logits (N, K).

    Twin: `keras.losses.SparseCategoricalCrossentropy(from_logits=True)`. Raises ValueError for labels
    that are not integers in 0 … K - 1.
    """
    logits, y = np.asarray(logits), np.asarray(y)
    _check_logits(logits, "sparse_categorical_crossentropy")
    if y.shape != logits.shape[:1]:
        raise ValueError(
            f"sparse_categorical_crossentropy expects labels of shape ({len(logits)},), one for each row of "
            f"logits {logits.shape}, received {y.shape}: one-hot rows go into categorical_crossentropy."
        )
    check_labels(y, logits.shape[1])
    rows, log_p = np.arange(len(y)), log_softmax(logits)
    gradient = np.exp(log_p)
    gradient[rows, y] -= 1  # p - one_hot(y)
    return -float(log_p[rows, y].mean()), gradient / len(y)


def _target_like(prediction: np.ndarray, target: np.ndarray, loss: str) -> np.ndarray:
    """The target in the prediction's dtype, once it is known to have its shape and an entry."""
    prediction, target = np.asarray(prediction), np.asarray(target)
    if prediction.shape != target.shape:
        columns = target.ndim == 1 and prediction.shape == (len(target), 1)
        hint = ": use y[:, None]." if columns else "."
        raise ValueError(
            f"{loss} expects targets shaped as the predictions, {prediction.shape}, "
            f"received {target.shape}{hint}"
        )
    if not target.size:
        raise ValueError(f"{loss} expects at least one entry, received shape {target.shape}.")
    return target.astype(prediction.dtype, copy=False)


def _check_logits(logits: np.ndarray, loss: str) -> None:
    if logits.ndim != 2 or not logits.size:
        raise ValueError(f"{loss} expects logits of shape (N, K) with N >= 1, received {logits.shape}.")
