"""MobileNetV2: seventeen inverted residual blocks between two convolutions.

A block is wide inside and narrow outside: a 1×1 convolution expands the channels sixfold, a 3×3 depthwise one
looks around in each of them alone, a 1×1 projection makes few of many *without* a ReLU (a linear bottleneck),
and where nothing has changed shape the block's input is added to its output. Sandler et al. (2018).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from . import weights_map
from .conv import Conv2D, KernelLayer
from .conv_depthwise import DepthwiseConv2D
from .graph import INPUT, Add, Node
from .image_graph import ImageGraph, Size
from .layers import Dense, Layer, ReLU
from .normalization import BatchNormalization
from .pooling import GlobalAveragePooling2D, GlobalMaxPool2D
from .reshaping import ZeroPadding2D
from .windows import Pads

# Table 2 of the paper: expansion t, channels c at width 1, blocks n, stride s of the first of them.
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
BLOCKS = [(t, c, s if i == 0 else 1) for t, c, n, s in STAGES for i in range(n)]
POOLINGS = {"avg": GlobalAveragePooling2D, "max": GlobalMaxPool2D}
POOLING_NAMES = {"avg": "global_average_pooling2d", "max": "global_max_pooling2d"}


def divisible(v: float) -> int:
    """The multiple of 8 nearest to v, at least 8; the next one where rounding down lost more than 10 %."""
    nearest = max(8, int(v + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * v else nearest


def widths(alpha: float | Sequence[int]) -> list[int]:
    """Channels after the first convolution, the 17 blocks, the last convolution (which never has < 1280)."""
    if isinstance(alpha, Sequence):
        if len(alpha) != len(BLOCKS) + 2:
            raise ValueError(
                f"MobileNetV2 expects a width, or {len(BLOCKS) + 2} numbers, received {alpha!r}."
            )
        return list(alpha)
    if not (np.isfinite(alpha) and alpha > 0):
        raise ValueError(f"MobileNetV2 expects a width alpha > 0, such as 0.35 or 1.0, received {alpha}.")
    blocks = [divisible(int(c * alpha)) for _, c, _ in BLOCKS]
    return [divisible(32 * alpha), *blocks, divisible(1280 * max(alpha, 1.0))]


class MobileNetV2(ImageGraph):
    """Images (N, H, W, C) in [-1, 1] to maps (N, ⌈H/32⌉, ⌈W/32⌉, 1280); nodes are named as Keras' layers.

    alpha: the width, or the 19 numbers of `widths` themselves. H and W are at least 32, or None for any size.
    pooling: "avg" or "max" makes (N, 1280) of the maps; include_top, a Dense layer's `classes` *logits*.
    Twin: `keras.applications.MobileNetV2(weights=None)`.
    """

    def __init__(
        self,
        input_shape: Size = (224, 224, 3),
        alpha: float | Sequence[int] = 1.0,
        *,
        rng: np.random.Generator,
        include_top: bool = False,
        pooling: str | None = None,
        classes: int = 1000,
        dtype: DTypeLike = "float32",
        watch: Iterable[str] = (),
    ):
        if pooling not in (None, *POOLINGS):
            raise ValueError(f'MobileNetV2 expects pooling=None, "avg" or "max", received {pooling!r}.')
        stem, *blocks, last = widths(alpha)
        nodes = _Nodes(_check_shape(input_shape), rng, dtype)
        nodes.conv("Conv1", stem, "bn_Conv1", kernel_size=3, strides=2)
        nodes.add("Conv1_relu", ReLU(6.0))
        for k, ((expansion, _, stride), filters) in enumerate(zip(BLOCKS, blocks, strict=True)):
            nodes.block(f"block_{k}_" if k else "expanded_conv_", expansion, filters, stride)
        nodes.conv("Conv_1", last, "Conv_1_bn")
        nodes.add("out_relu", ReLU(6.0))
        if pooling := "avg" if include_top else pooling:
            nodes.add(POOLING_NAMES[pooling], POOLINGS[pooling]())
        if include_top:
            nodes.add("predictions", Dense(last, classes, rng=rng, dtype=dtype))
        super().__init__(nodes, input_shape, watch)

    @classmethod
    def from_keras(cls, model: Any, watch: Iterable[str] = ()) -> MobileNetV2:
        """The same network with the same numbers, dtype, momenta and frozen layers.

        Raises ValueError where `model` is no MobileNetV2 of Keras'.
        """
        theirs = weights_map.layers_of(model)
        blocks = [f"block_{k}_project" if k else "expanded_conv_project" for k in range(len(BLOCKS))]
        names = ["Conv1", *blocks, "Conv_1"]
        if odd := [name for name in names if not hasattr(theirs.get(name), "filters")]:
            raise ValueError(
                f"Expected Keras' MobileNetV2, received {model.name!r}, without layer {odd[0]!r}."
            )
        network = cls(
            model.input_shape[1:],
            [theirs[name].filters for name in names],
            rng=np.random.default_rng(0),  # all it draws is overwritten
            include_top="predictions" in theirs,
            pooling=next((pooling for pooling, name in POOLING_NAMES.items() if name in theirs), None),
            classes=getattr(theirs.get("predictions"), "units", 1),
            dtype=theirs["Conv1"].get_weights()[0].dtype,
            watch=watch,
        )
        weights_map.take(network, model)
        return network


class _Nodes(list[Node]):
    """Nodes one after another, and the size and channels of what the last one gives."""

    def __init__(self, shape: Size, rng: np.random.Generator, dtype: DTypeLike):
        super().__init__()
        *self.size, self.channels = shape
        self.options: dict[str, Any] = {"use_bias": False, "rng": rng, "dtype": dtype}

    def add(self, name: str, layer: Layer, *sources: str) -> None:
        """A node that gets the last one's output, or these."""
        self.append((name, layer, sources or (self[-1][0] if self else INPUT)))

    def normed(self, name: str, layer: KernelLayer, norm: str, filters: int) -> None:
        """A convolution without bias, and the normalisation whose beta stands in for it."""
        self.add(name, layer)
        self.add(norm, BatchNormalization(filters, momentum=0.999, dtype=self.options["dtype"]))
        self.size = [n if n is None else -(-n // layer.window.strides[0]) for n in self.size]
        self.channels = filters

    def conv(self, name: str, filters: int, norm: str, kernel_size: int = 1, strides: int = 1) -> None:
        layer = Conv2D(self.channels, filters, kernel_size, strides, "same", **self.options)
        self.normed(name, layer, norm, filters)

    def depthwise(self, name: str, strides: int) -> None:
        if strides == 2:
            self.add(f"{name}pad", ZeroPadding2D(correct_pad(*self.size)))
        padding = "same" if strides == 1 else "valid"
        layer = DepthwiseConv2D(self.channels, 3, strides, padding, **self.options)
        self.normed(f"{name}depthwise", layer, f"{name}depthwise_BN", self.channels)

    def block(self, name: str, expansion: int, filters: int, strides: int) -> None:
        """An inverted residual block: expand, look around, project, and add what came in."""
        came_in, channels = self[-1][0], self.channels
        if expansion > 1:
            self.conv(f"{name}expand", expansion * channels, f"{name}expand_BN")
            self.add(f"{name}expand_relu", ReLU(6.0))
        self.depthwise(name, strides)
        self.add(f"{name}depthwise_relu", ReLU(6.0))
        self.conv(f"{name}project", filters, f"{name}project_BN")
        if strides == 1 and filters == channels:
            self.add(f"{name}add", Add(), came_in, f"{name}project_BN")


def correct_pad(height: int | None, width: int | None) -> Pads:
    """The frame before a 3×3 window of stride 2: (0, 1) for an even side, (1, 1) for an odd one.

    That is padding "same". Where the size is not known Keras takes (0, 1): on odd maps another place.
    """
    if height is None or width is None:
        return (0, 1), (0, 1)
    return (height % 2, 1), (width % 2, 1)


def _check_shape(shape: Any) -> Size:
    """The shape, or ValueError."""
    try:
        height, width, channels = shape
        sides = [n for n in (height, width) if n is not None]
        whole = all(isinstance(n, (int, np.integer)) for n in (*sides, channels))
        fine = whole and min(sides, default=32) >= 32 and channels >= 1
        fine = fine and (width is not None or height is None)  # as Keras
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise ValueError(
            "MobileNetV2 expects input_shape (height, width, channels) with sides of at least 32 pixels, or "
            f"(None, None, channels) for images of any size, received {shape!r}."
        )
    return height, width, channels
