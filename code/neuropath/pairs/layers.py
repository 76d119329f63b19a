"""Layers for arrays of any rank: dense, activations, dropout, shapes, sums, normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from neuropath import scratch as nn

from .pair import Pair

TINY = 2.0**-7  # a strength that float32 holds exactly, as Keras' regularisers need it


def l2_of(l2: float | None) -> nn.L2 | None:
    """Our regulariser of this strength, or none."""
    return None if l2 is None else nn.L2(l2)


def keras_l2_of(keras: Any, l2: float | None) -> Any:
    """Keras' regulariser of this strength, or none."""
    return None if l2 is None else keras.regularizers.L2(l2)


def _dense(rng: np.random.Generator, use_bias: bool, l2: float | None) -> nn.Dense:
    return nn.Dense(5, 3, rng=rng, use_bias=use_bias, kernel_regularizer=l2_of(l2), dtype="float64")


def _keras_dense(keras: Any, use_bias: bool, l2: float | None) -> Any:
    penalty = keras_l2_of(keras, l2)
    return keras.layers.Dense(3, use_bias=use_bias, kernel_regularizer=penalty, dtype="float64")


def _activation(name: str, called: str) -> Pair:
    return Pair(
        name,
        "layer",
        f'keras.layers.Activation("{called}")',
        make=lambda rng: getattr(nn, name)(),
        keras=lambda keras: keras.layers.Activation(called, dtype="float64"),
    )


def _keras_gelu(keras: Any, approximate: bool) -> Any:
    def gelu(x: Any) -> Any:
        return keras.activations.gelu(x, approximate=approximate)

    return keras.layers.Activation(gelu, dtype="float64")


ACTIVATIONS = (
    Pair(
        "ReLU",
        "layer",
        "keras.layers.ReLU",
        make=lambda rng, **o: nn.ReLU(**o),
        keras=lambda keras, **o: keras.layers.ReLU(dtype="float64", **o),
        options={
            "max_value": (None, 6.0, 1.5),
            "negative_slope": (0.0, 0.25),
            "threshold": (0.0, 0.5),
        },
        differs="The slope at 0 is 0 in both. Exactly at `max_value` ours is 0 as well; Keras' is 1, except "
        "for ReLU6 without a threshold, where it is 0 too. Random numbers never lie there.",
    ),
    _activation("Sigmoid", "sigmoid"),
    _activation("Tanh", "tanh"),
    _activation("Swish", "silu"),
    Pair(
        "GELU",
        "layer",
        'keras.layers.Activation("gelu")',
        make=lambda rng, approximate: nn.GELU(approximate),
        keras=_keras_gelu,
        options={"approximate": (False, True)},
        differs="TensorFlow rounds √½ and 0.044715 to float32 even for float64, which moves values by about "
        "1e-8. The test gives ours the rounded constants, and also asserts that the true ones are that far "
        "away.",
    ),
    Pair(
        "Softmax",
        "layer",
        "keras.layers.Softmax",
        make=lambda rng: nn.Softmax(),
        keras=lambda keras: keras.layers.Softmax(dtype="float64"),
        shape=(4, 3, 5),
        differs="Ours works along the last axis only and knows no mask.",
    ),
)

PLAIN = (
    Pair(
        "Dense",
        "layer",
        "keras.layers.Dense",
        make=_dense,
        keras=_keras_dense,
        order=("W", "b"),
        options={"use_bias": (True, False), "l2": (None, TINY)},
        differs="Ours is told n_in and takes batches of rank 2; Keras' learns it from the first batch, takes "
        "any rank, and can contain an activation. Ours refuses another dtype, Keras casts to its own.",
    ),
    Pair(
        "Flatten",
        "layer",
        "keras.layers.Flatten",
        make=lambda rng: nn.Flatten(),
        keras=lambda keras: keras.layers.Flatten(dtype="float64"),
        shape=(4, 3, 2, 5),
    ),
    Pair(
        "Reshape",
        "layer",
        "keras.layers.Reshape",
        make=lambda rng, target_shape: nn.Reshape(target_shape),
        keras=lambda keras, target_shape: keras.layers.Reshape(target_shape, dtype="float64"),
        shape=(4, 6, 5, 5),
        options={"target_shape": ((-1,), (5, -1), (-1, 1, 5))},
    ),
    Pair(
        "Add",
        "layer",
        "keras.layers.Add",
        make=lambda rng: nn.Add(),
        keras=lambda keras: keras.layers.Add(dtype="float64"),
        shape=(4, 3, 2, 5),
        inputs=3,
        differs="Ours adds arrays of one shape only; Keras' also broadcasts.",
    ),
    Pair(
        "Concatenate",
        "layer",
        "keras.layers.Concatenate",
        make=lambda rng: nn.Concatenate(),
        keras=lambda keras: keras.layers.Concatenate(dtype="float64"),
        shape=(4, 3, 2, 5),
        inputs=3,
        differs="Ours works along the last axis only.",
    ),
    Pair(
        "Rescaling",
        "layer",
        "keras.layers.Rescaling",
        make=lambda rng, **o: nn.Rescaling(dtype="float64", **o),
        keras=lambda keras, scale, offset: keras.layers.Rescaling(
            np.float64(scale), np.float64(offset), dtype="float64"
        ),
        shape=(4, 3, 2, 5),
        options={"scale": (1 / 127.5, -2.0), "offset": (-1.0, 0.0)},
        differs="Keras rounds scale and offset to float32 unless they are NumPy's float64 numbers, as in the "
        "test. Ours refuses floats of another dtype, Keras casts to its own; both take whole numbers.",
    ),
    Pair(
        "Dropout",
        "layer",
        "keras.layers.Dropout",
        make=lambda rng, rate: nn.Dropout(rate, rng=rng),
        keras=lambda keras, rate: keras.layers.Dropout(rate, dtype="float64"),
        shape=(200, 50),
        options={"rate": (0.0, 0.25, 0.5)},
        modes=("inference",),
        differs="The two draw their masks from different random streams, so no training pass can be equal: "
        "inference is compared exactly, and in training the values that occur, the share that is dropped and "
        "the gradient's own mask.",
    ),
)

LAST_AXIS = "Ours normalises along the last axis only and is told its length."


def _normalization(name: str, options: dict[str, tuple], more: str = "", modes: tuple = ()) -> Pair:
    arrays = ("gamma", "beta", "moving_mean", "moving_variance")
    return Pair(
        name,
        "layer",
        f"keras.layers.{name}",
        make=lambda rng, **o: getattr(nn, name)(6, dtype="float64", **o),
        keras=lambda keras, **o: getattr(keras.layers, name)(dtype="float64", **o),
        shape=(5, 4, 3, 6),
        order=arrays if name == "BatchNormalization" else arrays[:2],
        options={"center": (True, False), "scale": (True, False), **options},
        modes=("inference", "training", *modes),
        differs=f"{LAST_AXIS} {more}".strip(),
    )


NORMALIZATIONS = (
    _normalization(
        "BatchNormalization",
        {"momentum": (0.99, 0.5, 0.0), "epsilon": (1e-3, 0.125)},
        "An empty training batch is refused; Keras' moving statistics become NaN. A frozen layer runs in "
        "inference mode in both.",
        ("frozen",),
    ),
    _normalization("LayerNormalization", {"epsilon": (1e-3, 0.125)}),
    _normalization("GroupNormalization", {"groups": (1, 2, 3, -1), "epsilon": (1e-3, 0.125)}),
)

LAYERS = (*PLAIN, *ACTIVATIONS, *NORMALIZATIONS)
