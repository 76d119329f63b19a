"""What `fit`, `evaluate` and `predict` ask of their data; messages say expected, received, what to do."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .losses import Loss, binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy
from .losses_common import base_loss, check_weights, sample_weights
from .losses_focal import binary_focal_crossentropy, categorical_focal_crossentropy

ROWS: tuple[Loss, ...] = (categorical_crossentropy, categorical_focal_crossentropy)  # targets are rows
CROSS_ENTROPIES: tuple[Loss, ...] = (
    *ROWS,
    binary_crossentropy,
    binary_focal_crossentropy,
    sparse_categorical_crossentropy,
)
Examples = tuple[np.ndarray, np.ndarray, np.ndarray | None]  # X, y, weights


def as_array(values: Any, what: str) -> np.ndarray:
    """The values as an array, unless they are rows of several lengths, or come one by one."""
    try:
        array = np.asarray(values)
    except ValueError as error:  # NumPy's own message does not say which argument
        raise ValueError(
            f"Expected {what} to be an array, received {type(values).__name__}: {error}"
        ) from error
    if array.ndim == 0 and array.dtype == object:
        kind = type(values).__name__
        raise ValueError(f"Expected {what} to be an array, received {kind}: one array of all examples.")
    return array


def check_inputs(X: np.ndarray, dtype: np.dtype, what: str = "X") -> np.ndarray:
    """X as an array, once it is a non-empty batch of finite numbers of the model's dtype."""
    X, given = as_array(X, what), X
    if X.ndim < 2:
        raise ValueError(
            f"Expected {what} to be a batch of shape (N, …), received {X.shape}: a single one is X[None]."
        )
    if X.size == 0:
        raise ValueError(f"Expected {what} to hold at least one example, received shape {X.shape}.")
    if X.dtype != dtype:
        is_list = not hasattr(given, "astype")
        cast = f'np.array({what}, "{dtype}")' if is_list else f'{what}.astype("{dtype}")'
        raise TypeError(
            f"Expected {what} of dtype {dtype} (the model's), received {X.dtype}: use {cast}, "
            "and divide pixels of 0 … 255 by 255."
        )
    if not (np.isfinite(X.min()) and np.isfinite(X.max())):  # NaN survives both; no temporary array
        bad = int(np.sum(~np.isfinite(X)))
        raise ValueError(
            f"Expected finite numbers in {what}, received {bad} NaN or infinite ones of {X.size}: "
            "drop those examples or fill them in."
        )
    return X


def check_targets(y: np.ndarray, shape: tuple[int, ...], loss: Loss, what: str = "y") -> np.ndarray:
    """y as an array that the loss can use: one possible target per example.

    shape: that of the outputs, (N, K). A y (N,) for a single output becomes (N, 1).
    """
    y = as_array(y, what)
    if y.ndim == 0 or len(y) != shape[0]:
        raise ValueError(f"Expected one target per example, {shape[0]}, received {what} of shape {y.shape}.")
    if y.dtype.kind not in "biuf":
        raise ValueError(f"Expected numbers in {what}, received dtype {y.dtype}: number the classes from 0.")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise ValueError(f"Expected finite targets, received NaN or infinity in {what}.")
    y = as_column(y, shape, loss)
    if base_loss(loss) in ROWS and y.shape == shape:
        _check_rows(y, what)
    if base_loss(loss) in CROSS_ENTROPIES:
        loss(np.zeros(shape, np.float32), y)  # each loss knows best what it refuses
    elif y.ndim == 2 and y.shape != shape:
        raise ValueError(f"Expected {what} of shape {shape}, as the outputs, received {y.shape}.")
    return y


def as_column(y: np.ndarray, shape: tuple[int, ...], loss: Loss) -> np.ndarray:
    """(N,) -> (N, 1) where the model has a single output, as Keras' `fit` does."""
    single = y.ndim == 1 and shape[1:] == (1,) and base_loss(loss) is not sparse_categorical_crossentropy
    return y[:, None] if single else y


def find_weights(
    y: np.ndarray,
    n_outputs: int,
    loss: Loss,
    class_weight: Mapping[int, float] | None,
    sample_weight: Any,
) -> np.ndarray | None:
    """One weight per example, (N,), from whichever of the two was given; None where neither was."""
    if class_weight is None and sample_weight is None:
        return None
    if class_weight is not None and sample_weight is not None:
        raise ValueError("Expected class_weight or sample_weight, received both: multiply them yourself.")
    options = inspect.signature(loss).parameters
    if "sample_weight" not in options and not any(p.kind is p.VAR_KEYWORD for p in options.values()):
        raise ValueError(
            f"Weights expect a loss that takes sample_weight=, received {loss!r}: use one of ours, or give "
            "yours that argument."
        )
    if class_weight is not None:
        return sample_weights(y, class_weight, max(n_outputs, 2), "float64")
    return check_weights(sample_weight, len(y), "fit")


def _check_rows(Y: np.ndarray, what: str) -> None:
    sums = Y.sum(axis=1)
    if Y.min() < 0 or np.abs(sums - 1).max() > 1e-3:
        raise ValueError(
            f"Expected rows of {what} that are >= 0 and sum to 1, received sums {sums.min():g} … "
            f"{sums.max():g} and a smallest entry of {Y.min():g}: use one_hot(labels, {Y.shape[1]})."
        )


def check_fit_options(rng: object, batch_size: int, epochs: int, callbacks: Iterable[Any]) -> tuple[Any, ...]:
    """The callbacks. Raises for an rng, batch size, number of epochs or callback that cannot work."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"fit expects rng=np.random.default_rng(seed), received {type(rng).__name__}.")
    check_whole("fit", "batch_size", batch_size)
    check_whole("fit", "epochs", epochs)
    if not isinstance(callbacks, Iterable):
        raise TypeError(f"fit expects a list of callbacks, received {callbacks!r}: use callbacks=[…].")
    found = tuple(callbacks)
    for callback in found:
        if not callable(getattr(callback, "on_epoch_end", None)) or isinstance(callback, type):
            raise TypeError(
                f"fit expects callbacks to be objects with on_epoch_end(epoch, logs), received {callback!r}."
            )
    return found


def check_whole(owner: str, name: str, value: object) -> None:
    """Raise ValueError unless `value` is a whole number >= 1."""
    if not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{owner} expects {name} to be a whole number >= 1, received {value!r}.")


def split_off(data: Examples, share: float) -> tuple[Examples, Examples | None]:
    """(training, validation): the *last* share of the rows, before any shuffling, as Keras does."""
    X, y, weights = data
    if not 0 <= share < 1:
        raise ValueError(f"Expected validation_split in [0, 1), received {share}: 0.1 sets a tenth aside.")
    if share == 0:
        return data, None
    kept = int(len(X) * (1 - share))
    if kept in (0, len(X)):
        raise ValueError(
            f"validation_split={share} of {len(X)} examples leaves {kept} to train on and {len(X) - kept} to "
            "validate on, expected at least one each: use more data or another share."
        )
    first, last = (None, None) if weights is None else (weights[:kept], weights[kept:])
    return (X[:kept], y[:kept], first), (X[kept:], y[kept:], last)
