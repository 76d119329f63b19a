"""LeNet-5 as it is built today: two convolutions, two poolings, three dense layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .conv import Conv2D
from .initializers import Initializer
from .layers import Dense, Flatten, Layer
from .mlp import ACTIVATIONS
from .pooling import AveragePooling2D, MaxPool2D
from .sequential import Sequential

POOLINGS: dict[str, Callable[..., Layer]] = {"max": MaxPool2D, "average": AveragePooling2D}
LEAST = 12  # pixels a side: the second window of 5 pixels and the second pooling still fit


def lenet5(
    *,
    rng: np.random.Generator,
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    pooling: str = "max",
    activation: str = "relu",
    kernel_initializer: str | Initializer = "glorot_uniform",
    dtype: DTypeLike = "float32",
) -> Sequential:
    """Images (N, H, W, C) to logits (N, classes), uncompiled; 61,706 parameters for the default sizes.

    6 maps (5×5, "same"), pooling, 16 maps (5×5, "valid"), pooling, 120 units, 84 units, classes. The original
    framed 28×28 images to 32×32, which is what "same" does. pooling: "max" or "average"; activation: "relu",
    "sigmoid" or "tanh". Raises ValueError for other words and for images with a side under 12 pixels.
    The sizes are thm-s02b-output-size's.
    """
    if pooling not in POOLINGS:
        raise ValueError(f"lenet5 expects pooling among {list(POOLINGS)}, received {pooling!r}.")
    if activation not in ACTIVATIONS:
        raise ValueError(f"lenet5 expects an activation among {list(ACTIVATIONS)}, received {activation!r}.")
    height, width = (_side(n) for n in _sides(input_shape))
    o: dict[str, Any] = {"rng": rng, "kernel_initializer": kernel_initializer, "dtype": dtype}
    act, pool = ACTIVATIONS[activation], POOLINGS[pooling]
    layers: list[Layer] = [Conv2D(input_shape[2], 6, 5, padding="same", **o), act(), pool(2)]
    layers += [Conv2D(6, 16, 5, **o), act(), pool(2), Flatten()]
    layers += [Dense(height * width * 16, 120, **o), act(), Dense(120, 84, **o), act()]
    return Sequential([*layers, Dense(84, classes, **o)])  # logits: no activation after the last


def _sides(input_shape: tuple[int, int, int]) -> tuple[int, int]:
    if len(input_shape) != 3 or min(input_shape[:2]) < LEAST:
        raise ValueError(
            f"lenet5 expects an input_shape (H, W, C) with H and W at least {LEAST}, received {input_shape}."
        )
    return input_shape[0], input_shape[1]


def _side(n: int) -> int:
    """From pixels a side to rows or columns before the dense layers: 28 -> 28 -> 14 -> 10 -> 5."""
    return (n // 2 - 4) // 2
