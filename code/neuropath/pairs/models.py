"""Whole models: a chain of layers, a graph in which branches meet, MobileNetV2."""

from __future__ import annotations

from typing import Any

import numpy as np

from neuropath import scratch as nn

from .layers import TINY, keras_l2_of, l2_of
from .pair import Pair

FIT = (
    "predict gives labels here, outputs in Keras; validation_data and validation_split together are refused, "
    "not ranked; train_step reports the one batch, Keras' train_on_batch the mean so far."
)


def _mlp(rng: np.random.Generator, activation: str, l2: float | None) -> nn.Sequential:
    return nn.mlp([5, 8, 4, 3], rng=rng, activation=activation, kernel_regularizer=l2_of(l2), dtype="float64")


def _keras_mlp(keras: Any, activation: str, l2: float | None) -> Any:
    def dense(units: int, activation: str | None = None) -> Any:
        penalty = keras_l2_of(keras, l2)
        return keras.layers.Dense(units, activation, kernel_regularizer=penalty, dtype="float64")

    inputs = keras.layers.Input((5,), dtype="float64")
    return keras.Sequential([inputs, dense(8, activation), dense(4, activation), dense(3)])


def _residual(rng: np.random.Generator, use_bias: bool) -> nn.Graph:
    """An inverted residual block as MobileNetV2 has them, then pooled and classified."""
    o: dict[str, Any] = {"rng": rng, "dtype": "float64", "use_bias": use_bias}
    return nn.Graph(
        [
            ("stem", nn.Conv2D(2, 3, 3, 2, "same", **o)),
            ("expand", nn.Conv2D(3, 8, 1, **o)),
            ("expand_bn", nn.BatchNormalization(8, momentum=0.5, dtype="float64")),
            ("expand_relu", nn.ReLU(6.0)),
            ("depth", nn.DepthwiseConv2D(8, 3, padding="same", **o)),
            ("project", nn.Conv2D(8, 3, 1, **o)),
            ("project_bn", nn.BatchNormalization(3, momentum=0.5, dtype="float64")),
            ("sum", nn.Add(), ["stem", "project_bn"]),
            ("pool", nn.GlobalAveragePooling2D()),
            ("head", nn.Dense(3, 3, **o)),
        ]
    )


def _keras_residual(keras: Any, use_bias: bool) -> Any:
    layers, o = keras.layers, {"dtype": "float64", "use_bias": use_bias}
    inputs = layers.Input((8, 6, 2), dtype="float64")
    stem = layers.Conv2D(3, 3, 2, "same", **o)(inputs)
    x = layers.Conv2D(8, 1, **o)(stem)
    x = layers.BatchNormalization(momentum=0.5, dtype="float64")(x)
    x = layers.ReLU(6.0, dtype="float64")(x)
    x = layers.DepthwiseConv2D(3, padding="same", **o)(x)
    x = layers.Conv2D(3, 1, **o)(x)
    x = layers.BatchNormalization(momentum=0.5, dtype="float64")(x)
    x = layers.Add(dtype="float64")([stem, x])
    x = layers.GlobalAveragePooling2D(dtype="float64")(x)
    return keras.Model(inputs, layers.Dense(3, **o)(x))


MODELS = (
    Pair(
        "Sequential",
        "model",
        "keras.Sequential",
        make=_mlp,
        keras=_keras_mlp,
        shape=(12, 5),
        options={"activation": ("relu", "tanh", "sigmoid"), "l2": (None, TINY)},
        differs=f"Sequential's {FIT}",
    ),
    Pair(
        "Graph",
        "model",
        "keras.Model",
        make=_residual,
        keras=_keras_residual,
        shape=(12, 8, 6, 2),
        options={"use_bias": (True, False)},
        differs="Ours has one input and one output, and its nodes name where they get their input; otherwise "
        "it is a Sequential, with the same differences.",
    ),
)


def _keras_mobilenet(keras: Any, **options: Any) -> Any:
    """Keras' own, in float64: its layers ask for the policy when they are made, its input for floatx."""
    policy, floatx = keras.config.dtype_policy(), keras.config.floatx()
    keras.config.set_dtype_policy("float64")
    keras.config.set_floatx("float64")
    try:
        return keras.applications.MobileNetV2(weights=None, include_top=False, **options)
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


NETWORKS = (
    Pair(
        "MobileNetV2",
        "network",
        "keras.applications.MobileNetV2",
        make=lambda rng, **o: nn.MobileNetV2(rng=rng, dtype="float64", **o),
        keras=_keras_mobilenet,
        options={
            "input_shape": ((32, 32, 3), (45, 64, 3)),
            "alpha": (0.35,),
            "pooling": (None, "avg", "max"),
        },
        differs="Ours holds no weights, it is given them: from_keras and to_keras carry them over. Its top "
        "gives logits, Keras' by default probabilities.",
    ),
)
