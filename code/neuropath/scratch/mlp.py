"""Multilayer perceptrons by their sizes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .initializers import Initializer
from .layers import Dense, Dropout, Layer, ReLU, Sigmoid, Tanh
from .losses import sparse_categorical_crossentropy
from .optimizers import Adam
from .regularizers import Regularizer
from .sequential import Sequential

ACTIVATIONS: dict[str, type[Layer]] = {"relu": ReLU, "sigmoid": Sigmoid, "tanh": Tanh}


def mlp(
    sizes: Sequence[int],
    *,
    rng: np.random.Generator,
    activation: str = "relu",
    kernel_initializer: str | Initializer = "he_normal",
    kernel_regularizer: Regularizer | None = None,
    dropout: float = 0.0,
    dtype: DTypeLike = "float32",
) -> Sequential:
    """Dense layers of the given sizes, an activation (and dropout) after each but the last: logits come out.

    mlp([784, 128, 64, 10], rng=rng) has 109,386 parameters. activation: "relu", "sigmoid" or "tanh".
    Raises ValueError for fewer than two sizes or another activation.
    """
    if len(sizes) < 2:
        raise ValueError(f"mlp expects at least two sizes, inputs and outputs, received {list(sizes)}.")
    if activation not in ACTIVATIONS:
        raise ValueError(f"mlp expects an activation among {list(ACTIVATIONS)}, received {activation!r}.")
    options: dict[str, Any] = {"kernel_initializer": kernel_initializer, "dtype": dtype}
    layers: list[Layer] = []
    for n_in, units in pairwise(sizes):
        if layers:
            layers.append(ACTIVATIONS[activation]())
            if dropout:
                layers.append(Dropout(dropout, rng=rng))
        layers.append(Dense(n_in, units, rng=rng, kernel_regularizer=kernel_regularizer, **options))
    return Sequential(layers)


def create_mnist_model(
    *,
    rng: np.random.Generator,
    learning_rate: float = 0.001,
    kernel_regularizer: Regularizer | None = None,
    dropout: float = 0.0,
    dtype: DTypeLike = "float32",
) -> Sequential:
    """The network of Session 01 D: 784-128-64-10, He normal, ReLU, Adam, softmax cross-entropy; compiled."""
    model = mlp(
        [784, 128, 64, 10], rng=rng, kernel_regularizer=kernel_regularizer, dropout=dropout, dtype=dtype
    )
    model.compile(optimizer=Adam(learning_rate), loss=sparse_categorical_crossentropy)
    return model
