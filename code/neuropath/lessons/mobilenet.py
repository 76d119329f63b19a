"""MobileNetV2's base as a table of layers, at any width, for counting: Session 03 B.

The table holds the convolutions in order, a depthwise one as a convolution in as many groups as channels.
What has no weights (activations, sums) is left out; `counts` adds the normalisation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from neuropath.scratch.mobilenet_v2 import BLOCKS, widths

from .architectures import Architecture, Layer, macs, parameters


def base(alpha: float | Sequence[int] = 1.0, side: int = 224) -> Architecture:
    """The 52 convolutions, for square images of `side` pixels.

    alpha: the width, or the 19 channel counts themselves, as `nn.MobileNetV2` takes it.
    """
    stem, *ends, last = widths(alpha)
    rows, channels = [Layer("stem", "conv", stem, 3, 2, "same", use_bias=False)], stem
    for (t, _, stride), out in zip(BLOCKS, ends, strict=True):
        wide = t * channels
        if t > 1:
            rows.append(Layer("expand", "conv", wide, use_bias=False))
        rows.append(Layer("depthwise", "conv", wide, 3, stride, "same", groups=wide, use_bias=False))
        rows.append(Layer("project", "conv", out, use_bias=False))
        channels = out
    rows.append(Layer("last", "conv", last, use_bias=False))
    return Architecture(f"MobileNetV2, α = {alpha}", (side, side, 3), tuple(rows))


def scaled(network: Architecture, alpha: float, side: int) -> Architecture:
    """All channels but those of the image times alpha, for images of `side`; ValueError where not whole."""
    rows = []
    for layer in network.layers:
        filters = alpha * layer.filters
        if filters != int(filters) or filters < 1:
            raise ValueError(
                f"{layer.name} has {layer.filters} filters: {alpha} times that is no whole number."
            )
        groups = int(filters) if layer.groups > 1 else 1
        rows.append(replace(layer, filters=int(filters), groups=groups))
    return Architecture(network.name, (side, side, network.input_shape[2]), tuple(rows))


def counts(network: Architecture) -> tuple[int, int]:
    """(parameters, multiply-adds): with four numbers of normalisation for every channel of every layer."""
    normalisation = sum(4 * layer.filters for layer in network.layers)
    return sum(parameters(network)) + normalisation, sum(macs(network))
