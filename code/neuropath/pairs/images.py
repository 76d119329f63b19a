"""Layers for images (N, H, W, C): convolutions, pooling, frames, enlargement."""

from __future__ import annotations

from typing import Any

import numpy as np

from neuropath import scratch as nn

from .layers import TINY, keras_l2_of, l2_of
from .pair import Make, Pair, normal, whole

IMAGES = (3, 7, 6, 2)
STEPS = "Strides together with a dilation rate are refused"


def _stretched(strides: int | tuple, dilation_rate: int | tuple = 1, **_: Any) -> bool:
    """Strides and dilation at once: Keras' Conv2D refuses it, and so do all of ours."""
    return strides != 1 and dilation_rate != 1


def _makers(name: str, *sizes: int, l2: tuple[str, ...] = ()) -> tuple[Make, Make]:
    """Ours with 2 input channels and theirs, with one strength for all their regularisers."""

    def penalties(value: Any) -> dict[str, Any]:
        return {} if value is None else dict.fromkeys(l2, value)

    def ours(rng: np.random.Generator, l2: float | None = None, **o: Any) -> nn.Layer:
        return getattr(nn, name)(2, *sizes, rng=rng, dtype="float64", **penalties(l2_of(l2)), **o)

    def theirs(keras: Any, l2: float | None = None, **o: Any) -> Any:
        make = getattr(keras.layers, name)
        return make(*sizes, dtype="float64", **penalties(keras_l2_of(keras, l2)), **o)

    return ours, theirs


_conv2d, _keras_conv2d = _makers("Conv2D", 3, l2=("kernel_regularizer",))
_depthwise, _keras_depthwise = _makers("DepthwiseConv2D", l2=("depthwise_regularizer",))
_separable, _keras_separable = _makers(
    "SeparableConv2D", 3, l2=("depthwise_regularizer", "pointwise_regularizer")
)
_transpose, _keras_transpose = _makers("Conv2DTranspose", 3)

CONVOLUTIONS = (
    Pair(
        "Conv2D",
        "layer",
        "keras.layers.Conv2D",
        make=_conv2d,
        keras=_keras_conv2d,
        shape=IMAGES,
        order=("W", "b"),
        options={
            "kernel_size": (3, (2, 1)),
            "strides": (1, 2, (1, 3)),
            "padding": ("valid", "same"),
            "dilation_rate": (1, 2, (1, 2)),
            "use_bias": (True, False),
            "l2": (None, TINY),
        },
        excluded=_stretched,
        differs="Ours is told in_channels and has no groups.",
    ),
    Pair(
        "DepthwiseConv2D",
        "layer",
        "keras.layers.DepthwiseConv2D",
        make=_depthwise,
        keras=_keras_depthwise,
        shape=IMAGES,
        order=("W", "b"),
        options={
            "kernel_size": (3, (2, 1)),
            "strides": (1, 2),
            "padding": ("valid", "same"),
            "dilation_rate": (1, 2),
            "depth_multiplier": (1, 3),
            "use_bias": (True, False),
            "l2": (None, TINY),
        },
        excluded=_stretched,
        differs=f"{STEPS}, as by Conv2D; Keras 3.15 computes them here. TensorFlow knows one stride for both "
        "directions, ours may differ.",
    ),
    Pair(
        "SeparableConv2D",
        "layer",
        "keras.layers.SeparableConv2D",
        make=_separable,
        keras=_keras_separable,
        shape=IMAGES,
        order=("depthwise", "pointwise", "b"),
        options={
            "kernel_size": (3, (2, 1)),
            "strides": (1, 2),
            "padding": ("valid", "same"),
            "dilation_rate": (1, 2),
            "depth_multiplier": (1, 3),
            "use_bias": (True, False),
            "l2": (None, TINY),
        },
        excluded=_stretched,
        differs=f"{STEPS}, as by Conv2D; Keras 3.15 computes them here.",
    ),
    Pair(
        "Conv2DTranspose",
        "layer",
        "keras.layers.Conv2DTranspose",
        make=_transpose,
        keras=_keras_transpose,
        shape=IMAGES,
        order=("W", "b"),
        options={
            "kernel_size": (3, (1, 3)),
            "strides": (1, 2, (3, 2)),
            "padding": ("valid", "same"),
            "output_padding": (None, 0, 1),
            "use_bias": (True, False),
        },
        excluded=lambda strides, output_padding, **_: output_padding == 1 and strides == 1,
        differs="An output_padding that no output size fits is a ValueError here and an error inside "
        "TensorFlow there. TensorFlow dilates no transposed convolution on a CPU: ours is compared with the "
        "loops of `scratch.reference`.",
    ),
)


def _pool(name: str, differs: str, draw: Make) -> Pair:
    return Pair(
        name,
        "layer",
        f"keras.layers.{name}",
        make=lambda rng, **o: getattr(nn, name)(**o),
        keras=lambda keras, **o: getattr(keras.layers, name)(dtype="float64", **o),
        shape=IMAGES,
        options={
            "pool_size": (2, 3, (1, 3)),
            "strides": (None, 1, (2, 3)),
            "padding": ("valid", "same"),
        },
        draw=draw,
        differs=differs,
    )


def _global_pool(name: str, differs: str, draw: Make) -> Pair:
    return Pair(
        name,
        "layer",
        f"keras.layers.{name}",
        make=lambda rng, **o: getattr(nn, name)(**o),
        keras=lambda keras, **o: getattr(keras.layers, name)(dtype="float64", **o),
        shape=IMAGES,
        options={"keepdims": (False, True)},
        draw=draw,
        differs=differs,
    )


NO_PIXELS = "Images without pixels are refused."
TOO_LARGE = (
    f"A window one pixel larger than the image is refused too; Keras' output has no pixels then. {NO_PIXELS}"
)
POOLING = (
    _pool(
        "MaxPool2D",
        "Compared with ties: of equal pixels the first has the gradient, in both. A NaN wins its window; "
        f"TensorFlow's maximum passes it over. {TOO_LARGE}",
        whole,
    ),
    _pool("AveragePooling2D", TOO_LARGE, normal),
    _global_pool("GlobalAveragePooling2D", NO_PIXELS, normal),
    _global_pool(
        "GlobalMaxPool2D", f"Compared with ties: equal pixels share the gradient, in both. {NO_PIXELS}", whole
    ),
)

FRAMES = (
    Pair(
        "ZeroPadding2D",
        "layer",
        "keras.layers.ZeroPadding2D",
        make=lambda rng, padding: nn.ZeroPadding2D(padding),
        keras=lambda keras, padding: keras.layers.ZeroPadding2D(padding, dtype="float64"),
        shape=IMAGES,
        options={"padding": (1, (2, 0), ((0, 1), (3, 2)))},
    ),
    Pair(
        "UpSampling2D",
        "layer",
        "keras.layers.UpSampling2D",
        make=lambda rng, **o: nn.UpSampling2D(**o),
        keras=lambda keras, **o: keras.layers.UpSampling2D(dtype="float32", **o),
        shape=IMAGES,
        options={"size": (2, 4, (1, 2)), "interpolation": ("nearest", "bilinear")},
        draw=whole,
        single=True,
        rtol=0.0,
        differs="TensorFlow interpolates in float32 whatever it is given, ours in the dtype of the images. "
        "Whole numbers and sizes that are powers of two leave nothing to round, so there the two are equal. "
        "Of Keras' interpolations ours has two.",
    ),
)

IMAGE_LAYERS = (*CONVOLUTIONS, *POOLING, *FRAMES)
