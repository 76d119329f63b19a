"""What the losses share: the mean over the batch, weights of examples, smoothed labels, checked arguments.

The mean is Keras' `reduction="sum_over_batch_size"`: the weighted sum is divided by the *number* of values,
not by the sum of the weights. Doubling all weights therefore doubles loss and gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from .checks import is_number, share

Loss = Callable[..., tuple[float, np.ndarray]]


def base_loss(loss: Loss | None) -> Loss | None:
    """The loss itself, where options were fixed by `functools.partial(loss, label_smoothing=0.1)`."""
    while isinstance(loss, partial):
        loss = loss.func
    return loss


def mean_over_batch(
    values: np.ndarray, slopes: np.ndarray, sample_weight: ArrayLike | None, loss: str
) -> tuple[float, np.ndarray]:
    """(mean of values, its gradient): values one number a row or an entry, slopes their derivatives.

    sample_weight: None, or one weight per example (N,), which multiplies that example's values. Derived in
    eq-engine-batch-mean (page engine).
    """
    if sample_weight is None:
        return float(values.mean()), slopes / values.size
    weights = check_weights(sample_weight, len(values), loss).astype(slopes.dtype)
    return (
        float((values * _as_rank(weights, values.ndim)).mean()),
        slopes * _as_rank(weights, slopes.ndim) / values.size,
    )


def sample_weights(
    y: ArrayLike, class_weight: Mapping[int, float], n_classes: int, dtype: DTypeLike = "float32"
) -> np.ndarray:
    """One weight per example (N,) from one per class; a class that is not named weighs 1, as in Keras.

    y: whole labels (N,) or (N, 1), or one-hot rows (N, K), of which the largest entry counts.
    eq-engine-class-weights (page engine). Twin: the `class_weight` of Keras' `fit`. Raises ValueError for
    labels, classes or weights that cannot be meant.
    """
    by_class = np.ones(n_classes, dtype)
    for label, weight in _check_class_weight(class_weight, n_classes).items():
        by_class[label] = weight
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    elif labels.ndim == 2 and np.allclose(labels.sum(axis=1), 1, atol=1e-3) and labels.min() >= 0:
        labels = labels.argmax(axis=1)
    usable = labels.ndim == 1 and labels.dtype.kind in "biuf" and np.isin(labels, np.arange(n_classes)).all()
    if not usable:
        raise ValueError(
            f"class_weight expects labels 0 … {n_classes - 1} or one-hot rows, received y of shape "
            f"{np.shape(y)} with other values: give fit a sample_weight, one number per example."
        )
    return by_class[labels.astype(np.int64)]


def smooth(Y: np.ndarray, label_smoothing: float, n_classes: int, loss: str) -> np.ndarray:
    """Y (1 - s) + s / n_classes: a share s of the certainty is spread over all classes.

    Derived in eq-engine-label-smoothing (page engine); Szegedy et al. (2015). Raises ValueError for s outside
    [0, 1].
    """
    label_smoothing = share(loss, "label_smoothing", label_smoothing, whole=True)
    return Y if label_smoothing == 0 else Y * (1 - label_smoothing) + label_smoothing / n_classes


def predicted(prediction: ArrayLike, loss: str) -> np.ndarray:
    """The prediction as an array. Raises TypeError unless it holds floats: whole numbers have no slope."""
    prediction = np.asarray(prediction)
    if prediction.dtype.kind != "f":
        raise TypeError(
            f"{loss} expects predictions of a floating dtype, received {prediction.dtype}: "
            'use .astype("float32").'
        )
    return prediction


def target_like(prediction: np.ndarray, target: ArrayLike, loss: str) -> np.ndarray:
    """The target in the prediction's dtype, once it is known to have its shape and an entry."""
    target = np.asarray(target)
    if target.dtype.kind not in "biuf":
        raise TypeError(f"{loss} expects targets that are real numbers, received {target.dtype}.")
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


def yes_or_no(
    logits: ArrayLike, y: ArrayLike, label_smoothing: float, loss: str
) -> tuple[np.ndarray, np.ndarray]:
    """(logits, y), both checked, y smoothed over two classes, once it is known to lie in [0, 1]."""
    logits = predicted(logits, loss)
    y = target_like(logits, y, loss)
    if not (y.min() >= 0 and y.max() <= 1):  # also catches NaN
        raise ValueError(
            f"{loss} expects targets in [0, 1], received {y.min()} … {y.max()}: "
            "for labels -1/+1 use (y + 1) / 2."
        )
    return logits, smooth(y, label_smoothing, 2, loss)


def one_of_many(
    logits: ArrayLike, Y: ArrayLike, label_smoothing: float, loss: str
) -> tuple[np.ndarray, np.ndarray]:
    """(logits, Y), both (N, K) and checked, Y smoothed over the K classes."""
    logits = predicted(logits, loss)
    Y = target_like(logits, Y, loss)
    check_logits(logits, loss)
    return logits, smooth(Y, label_smoothing, Y.shape[1], loss)


def binary_entropy(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """-y log σ(z) - (1 - y) log(1 - σ(z)), entry by entry; exp only ever sees -|z|."""
    return np.maximum(logits, 0) - logits * y + np.log1p(np.exp(-np.abs(logits)))


def check_logits(logits: np.ndarray, loss: str) -> None:
    """Raise ValueError unless the logits are (N, K) with N >= 1 and K >= 1."""
    if logits.ndim != 2 or not logits.size:
        raise ValueError(f"{loss} expects logits of shape (N, K) with N >= 1, received {logits.shape}.")


def check_weights(sample_weight: Any, n: int, loss: str) -> np.ndarray:
    """The weights as an array (n,). Raises ValueError unless all are finite and >= 0."""
    weights = np.asarray(sample_weight)
    if weights.shape != (n,) or weights.dtype.kind not in "biuf":
        raise ValueError(
            f"{loss} expects sample_weight with one number per example, shape ({n},), "
            f"received {weights.dtype} of shape {weights.shape}."
        )
    if not (np.isfinite(weights).all() and weights.min() >= 0):
        raise ValueError(
            f"{loss} expects finite sample_weight >= 0, received {weights.min()} … {weights.max()}: "
            "a weight of 0 leaves an example out."
        )
    return weights


def _as_rank(weights: np.ndarray, ndim: int) -> np.ndarray:
    """(N,) -> (N, 1, …), so that each weight meets all entries of its example."""
    return weights.reshape(-1, *[1] * (ndim - 1))


def _check_class_weight(class_weight: Mapping[int, float], n_classes: int) -> dict[int, float]:
    example = "class_weight={0: 1.0, 1: 2.5}"
    if not isinstance(class_weight, Mapping):
        raise ValueError(f"Expected a dictionary such as {example}, received {class_weight!r}.")
    for label, weight in class_weight.items():
        if not isinstance(label, (int, np.integer)) or not 0 <= label < n_classes:
            raise ValueError(
                f"Expected classes 0 … {n_classes - 1} in class_weight, received {label!r}: "
                f"number them as in y, {example}."
            )
        if not (is_number(weight) and weight >= 0):
            raise ValueError(f"Expected finite weights >= 0 in class_weight, received {label}: {weight}.")
    return dict(class_weight)
