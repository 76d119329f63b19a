"""Losses from logits, functions they are made of, and penalties on weights."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from neuropath import scratch as nn

from .pair import Make, Pair, normal

SMOOTHING = (0.0, 0.1, 0.5)


def _soft_rows(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.dirichlet(np.ones(shape[-1]), shape[0])


def _shares(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Answers to yes-or-no questions: 0 and 1 often, and what is between."""
    return rng.uniform(-0.5, 1.5, shape).clip(0, 1).round(1)


def _labels(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.integers(shape[-1], size=shape[0])


def _loss(
    name: str, twin: str, target: Make, options: dict[str, tuple] | None = None, differs: str = ""
) -> Pair:
    """`twin` is Keras' class, with "(from_logits=True)" behind it where that is to be set."""
    fixed = {"from_logits": True} if "(" in twin else {}

    def theirs(keras: Any, **o: Any) -> Any:
        return getattr(keras.losses, twin.split("(")[0])(dtype="float64", **fixed, **o)

    return Pair(
        name,
        "loss",
        f"keras.losses.{twin}",
        make=lambda **o: partial(getattr(nn, name), **o),
        keras=theirs,
        target=target,
        options=options or {},
        differs=differs,
    )


LOSSES = (
    _loss("mean_squared_error", "MeanSquaredError", normal),
    _loss("mean_absolute_error", "MeanAbsoluteError", normal),
    _loss("huber", "Huber", normal, {"delta": (0.1, 1.0, 2.5)}),
    _loss(
        "binary_crossentropy",
        "BinaryCrossentropy(from_logits=True)",
        _shares,
        {"label_smoothing": SMOOTHING},
        "Ours refuses targets outside [0, 1]; Keras computes with them.",
    ),
    _loss(
        "categorical_crossentropy",
        "CategoricalCrossentropy(from_logits=True)",
        _soft_rows,
        {"label_smoothing": SMOOTHING},
        "For target rows that do not sum to one ours still returns the true gradient, s·p − y; TensorFlow "
        "returns p − y.",
    ),
    _loss(
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy(from_logits=True)",
        _labels,
        differs="A label out of range is an error here; TensorFlow raises on a CPU and gives NaN on a GPU.",
    ),
    _loss(
        "binary_focal_crossentropy",
        "BinaryFocalCrossentropy(from_logits=True)",
        _shares,
        {
            "gamma": (1.0, 2.0, 3.5),
            "apply_class_balancing": (False, True),
            "alpha": (0.25, 0.75),
            "label_smoothing": SMOOTHING,
        },
        "For γ below 1 Keras' gradient is NaN where an example is certain and right (0 · ∞); ours is 0. "
        "Ours refuses targets outside [0, 1].",
    ),
    _loss(
        "categorical_focal_crossentropy",
        "CategoricalFocalCrossentropy(from_logits=True)",
        _soft_rows,
        {"gamma": (0.0, 0.5, 1.0, 2.0), "alpha": (0.25, 1.0), "label_smoothing": SMOOTHING},
        "Both cut probabilities to [1e-7, 1 − 1e-7], where the gradient is 0; epsilon=0 leaves the cut out "
        "here, which Keras cannot.",
    ),
)

FUNCTIONS = (
    Pair("sigmoid", "function", "keras.ops.sigmoid", lambda: nn.sigmoid, lambda keras: keras.ops.sigmoid),
    Pair("softmax", "function", "keras.ops.softmax", lambda: nn.softmax, lambda keras: keras.ops.softmax),
    Pair(
        "log_softmax",
        "function",
        "keras.ops.log_softmax",
        lambda: nn.log_softmax,
        lambda keras: keras.ops.log_softmax,
    ),
    Pair(
        "log_sum_exp",
        "function",
        "keras.ops.logsumexp",
        lambda: nn.log_sum_exp,
        lambda keras: lambda Z: keras.ops.logsumexp(Z, axis=-1),
        differs="Ours sums along the last axis by default, Keras' over everything.",
    ),
    Pair(
        "one_hot",
        "function",
        "keras.utils.to_categorical",
        lambda: lambda y: nn.one_hot(y, 5, dtype="float64"),
        lambda keras: lambda y: keras.utils.to_categorical(y, 5),
        target=lambda rng, shape: rng.integers(shape[-1], size=shape),
        rtol=0.0,
        differs="Ours is told the number of classes and refuses labels outside; Keras can guess it.",
    ),
)

STRENGTHS = (0.0, 2.0**-7, 0.5)  # exact in float32


def _with_a_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    W = rng.normal(size=shape)
    W[0, 0] = 0.0  # where |W| has its corner
    return W


def _regularizer(name: str, *strengths: str) -> Pair:
    return Pair(
        name,
        "regularizer",
        f"keras.regularizers.{name}",
        make=lambda **o: getattr(nn, name)(**o),
        keras=lambda keras, **o: getattr(keras.regularizers, name)(**o),
        options=dict.fromkeys(strengths, STRENGTHS),
        draw=_with_a_zero,
        differs="Ours gives its gradient, Keras leaves that to differentiation, and rounds strengths to "
        "float32.",
    )


REGULARIZERS = (_regularizer("L1", "l1"), _regularizer("L2", "l2"), _regularizer("L1L2", "l1", "l2"))
