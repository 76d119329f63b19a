"""Functions of the logits that stay finite: sigmoid, softmax and log-sum-exp."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, DTypeLike


def sigmoid(Z: ArrayLike) -> np.ndarray:
    """1 / (1 + exp(-Z)), entry by entry. exp only ever sees -|Z|, so nothing overflows.

    Z of any shape; float32 stays float32, integers become float64. Derived in eq-engine-sigmoid
    (page engine). Twin: `keras.ops.sigmoid`.
    """
    Z = as_floats(Z)
    E = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1, E) / (1 + E)


def softmax(Z: ArrayLike, axis: int = -1) -> np.ndarray:
    """exp(Z) / Σ exp(Z) along `axis`; the largest logit is subtracted first, which changes nothing.

    Same shape as Z. -inf is a logit of probability 0. Derived in eq-engine-softmax (page engine). Twin:
    `keras.ops.softmax`.
    """
    Z = as_floats(Z)
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)


def log_sum_exp(Z: ArrayLike, axis: int = -1) -> np.ndarray:
    """log Σ exp(Z) along `axis`, which disappears: (N, K) -> (N,).

    Derived in eq-engine-log-sum-exp (page engine). Twin: `keras.ops.logsumexp`.
    """
    Z = as_floats(Z)
    top = Z.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)  # a row of -inf has no finite maximum to subtract
    with np.errstate(divide="ignore"):  # log 0 = -inf is the right answer for that row
        return np.log(np.exp(Z - top).sum(axis=axis)) + top.squeeze(axis)


def log_softmax(Z: ArrayLike, axis: int = -1) -> np.ndarray:
    """log softmax(Z), never by taking the logarithm of a rounded 0.

    Derived in eq-engine-log-sum-exp (page engine). Twin: `keras.ops.log_softmax`.
    """
    Z = as_floats(Z)
    shifted = Z - Z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def one_hot(y: ArrayLike, n_classes: int, dtype: DTypeLike = "float32") -> np.ndarray:
    """Rows with a single 1: labels (N,) -> (N, n_classes). Twin: `keras.utils.to_categorical`.

    Used in eq-engine-scce (page engine). Raises ValueError unless labels are integers of 0 … n_classes - 1.
    """
    y = np.asarray(y)
    check_labels(y, n_classes)
    Y = np.zeros((*y.shape, n_classes), dtype)
    np.put_along_axis(Y, y[..., None], 1, axis=-1)
    return Y


def as_floats(Z: ArrayLike) -> np.ndarray:
    """Z as an array of floats; whole numbers and booleans become float64. Raises TypeError for others.

    NumPy would make float16 of bytes, and -Z of a byte is another byte.
    """
    Z = np.asarray(Z)
    if Z.dtype.kind not in "fbiu":
        raise TypeError(f'Expected an array of real numbers, received {Z.dtype}: use Z.astype("float64").')
    return Z if Z.dtype.kind == "f" else Z.astype(np.float64)


def check_labels(y: np.ndarray, n_classes: int) -> None:
    """Raise ValueError unless every entry of y is an integer in 0 … n_classes - 1."""
    if not np.issubdtype(y.dtype, np.integer):
        raise ValueError(
            f"Labels must be integers 0 … {n_classes - 1}, received dtype {y.dtype}: "
            "if they are whole numbers use y.astype(int), if they are one-hot rows use "
            "categorical_crossentropy."
        )
    if y.size and not (y.min() >= 0 and y.max() < n_classes):
        raise ValueError(
            f"Labels must lie in 0 … {n_classes - 1} ({n_classes} classes), received {y.min()} … {y.max()}: "
            "give the last layer one unit per class, and count classes from 0."
        )
