"""The convolutional bases a classifier can stand on: how each is built, what it expects, what of it trains.

A base is a Keras application without its top. Pixels come in as 0–255 always; what the base expects (its
*matched* preprocessing) is done inside the model, so that no caller can forget it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers

__all__ = [
    "BASES",
    "FROM_SCRATCH_MOMENTUM",
    "PREPROCESSINGS",
    "build_base",
    "check_input_shape",
    "preprocess",
    "recalibrate_batch_norm",
    "redraw",
    "set_momentum",
    "set_trainable",
]

MIN_SIDE = 32  # below it the five halvings of every base leave nothing
PREPROCESSINGS = ("matched", "unit")
# Keras gives MobileNetV2 momentum 0.999: its moving statistics need thousands of steps, a short training from
# random weights has a few hundred, and validation then sees statistics of the initial network.
FROM_SCRATCH_MOMENTUM = 0.9
# Means of ImageNet in BGR, as in keras.applications.imagenet_utils (mode "caffe").
CAFFE_MEANS = (103.939, 116.779, 123.68)


@dataclass(frozen=True)
class Base:
    """A row of the table. expects: "signed" [-1, 1], "caffe" BGR minus means, "raw" 0–255 as it comes."""

    title: str
    build: Callable[..., keras.Model]
    expects: str
    has_alpha: bool = False


BASES = {
    "mobilenet": Base("MobileNetV2", keras.applications.MobileNetV2, "signed", has_alpha=True),
    "efficientnet": Base("EfficientNetB0", keras.applications.EfficientNetB0, "raw"),
    "resnet": Base("ResNet50", keras.applications.ResNet50, "caffe"),
    "vgg": Base("VGG16", keras.applications.VGG16, "caffe"),
}


def build_base(
    name: str, input_shape: tuple[int, int, int], weights: str | None, alpha: float
) -> keras.Model:
    """The base `name` for images (H, W, 3) without its top; weights: "imagenet" (Keras downloads them) or
    None.
    """
    it = BASES[name]
    options = {"alpha": alpha} if it.has_alpha else {}
    with warnings.catch_warnings():
        # MobileNetV2 has weights for five sizes; for any other it takes those of 224, which is what we want.
        warnings.filterwarnings("ignore", message=r"`input_shape` is undefined or non-square")
        return it.build(
            include_top=False, weights=weights, input_shape=(*input_shape[:2], 3), name=name, **options
        )


def check_input_shape(shape: Any) -> tuple[int, int, int]:
    """The shape as three ints, or ValueError: (H, W, 1 or 3) with sides of at least 32."""
    good = (
        isinstance(shape, (tuple, list))
        and len(shape) == 3
        and all(isinstance(side, (int, np.integer)) for side in shape)
        and min(shape[:2]) >= MIN_SIDE
        and shape[2] in (1, 3)
    )
    if not good:
        raise ValueError(
            f"input_shape expects (height, width, channels) with sides of at least {MIN_SIDE} pixels and 1 "
            f"(grey) or 3 (RGB) channels, received {shape!r}. The usual ones are (224, 224, 3) and "
            "(96, 96, 1)."
        )
    return (int(shape[0]), int(shape[1]), int(shape[2]))


def preprocess(pixels: Any, name: str, mode: str) -> Any:
    """Symbolic pixels (N, H, W, 1 or 3) in 0–255 -> what the base `name` expects (N, H, W, 3).

    mode "matched" is what the base was trained with. "unit" divides by 255 whatever the base: the slip of the
    reference project, where MobileNetV2 wants [-1, 1] and got [0, 1]. Only Keras' own layers are used, so
    that a saved model opens without this package.
    """
    if pixels.shape[-1] == 1:
        pixels = layers.Concatenate(name="grey_to_rgb")([pixels] * 3)
    expects = BASES[name].expects
    if mode == "unit":
        return layers.Rescaling(1 / 255, name="preprocessing")(pixels)
    if expects == "signed":
        return layers.Rescaling(1 / 127.5, offset=-1.0, name="preprocessing")(pixels)
    if expects == "caffe":
        bgr = keras.ops.flip(pixels, axis=-1)
        return layers.Rescaling(1.0, offset=[-mean for mean in CAFFE_MEANS], name="preprocessing")(bgr)
    return layers.Rescaling(1.0, name="preprocessing")(pixels)


def redraw(base: keras.Model, seed: int) -> None:
    """Draw every kernel anew by its layer's own initialiser, from `seed` alone: Keras' bases take no seed."""
    seeds = np.random.SeedSequence(seed).generate_state(len(base.layers))
    for layer, its_seed in zip(base.layers, seeds, strict=True):
        initializer = getattr(layer, "kernel_initializer", None) or getattr(
            layer, "depthwise_initializer", None
        )
        if initializer is not None:
            config = {**initializer.get_config(), "seed": int(its_seed)}
            fresh = type(initializer).from_config(config)
            layer.kernel.assign(fresh(layer.kernel.shape, layer.kernel.dtype))


def set_momentum(base: keras.Model, momentum: float) -> None:
    """Give every BatchNormalization of the base this momentum (the weight of the *old* statistics)."""
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = momentum


def set_trainable(base: keras.Model, unfreeze: int | str, *, batch_norm: bool = False) -> int:
    """Let the last `unfreeze` layers of the base train, or "all", or none (0); returns how many then do.

    Layers are counted as Keras lists them, activations included, as the reference counts. BatchNormalization
    layers among them stay frozen unless `batch_norm`: a frozen one runs in inference mode (that is what
    `trainable=False` means to Keras), so small batches cannot spoil the statistics it came with. More than
    there are means all.
    """
    whole = isinstance(unfreeze, (int, np.integer)) and not isinstance(unfreeze, bool) and unfreeze >= 0
    if unfreeze != "all" and not whole:
        raise ValueError(f'unfreeze expects a number of layers (0 or more) or "all", received {unfreeze!r}.')
    count = len(base.layers) if unfreeze == "all" else min(int(unfreeze), len(base.layers))
    base.trainable = count > 0
    for index, layer in enumerate(base.layers):
        is_norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = index >= len(base.layers) - count and (batch_norm or not is_norm)
    return sum(layer.trainable for layer in base.layers)


def recalibrate_batch_norm(base: keras.Model, batches: Any) -> None:
    """Replace the moving statistics by the plain mean over `batches` of (already preprocessed) images.

    A random base has statistics that fit nothing (mean 0, variance 1); it is no fair baseline before this. In
    the k-th batch momentum is (k-1)/k, which turns the moving average into the mean. What was trainable
    and every momentum are put back.
    """
    norms = [layer for layer in base.layers if isinstance(layer, layers.BatchNormalization)]
    kept = [(layer, layer.trainable, layer.momentum) for layer in norms]
    flags = [(layer, layer.trainable) for layer in base.layers]
    whole = base.trainable
    try:
        base.trainable = True
        for k, batch in enumerate(batches, start=1):
            for layer in norms:
                layer.momentum = (k - 1) / k
            base(keras.ops.convert_to_tensor(batch), training=True)
    finally:
        base.trainable = whole
        for layer, trainable in flags:
            layer.trainable = trainable
        for layer, _, momentum in kept:
            layer.momentum = momentum
