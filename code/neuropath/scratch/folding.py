"""Batch normalisation folded away: at inference it and the convolution before it are one affine map.

γ (W·x - μ) / √(v + ε) + β  =  (s W)·x + (β - s μ)  with  s = γ / √(v + ε), for each channel:
eq-engine-folding (page engine).
"""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from .conv import Conv2D, KernelLayer
from .conv_depthwise import DepthwiseConv2D
from .layers import Layer
from .normalization import BatchNormalization

if TYPE_CHECKING:
    from .graph import Graph, Node


def folded_nodes(graph: Graph) -> list[Node]:
    """The nodes of a graph for inference: a BatchNormalization after a convolution is merged into it.

    Every other node keeps its name. The new layers have arrays of their own: the graph stays as it is.
    """
    uses = Counter(source for sources in graph.sources for source in sources)
    layers: dict[str, Layer] = {}
    merged: dict[str, str] = {}  # normalisation -> the convolution that does its work now
    nodes: list[Node] = []
    for name, layer, sources in zip(graph.names, graph.layers, graph.sources, strict=True):
        sources = tuple(merged.get(source, source) for source in sources)
        before = layers.get(sources[0])
        if (
            isinstance(layer, BatchNormalization)
            and isinstance(before, (Conv2D, DepthwiseConv2D))
            and uses[sources[0]] == 1  # nobody else wants what the convolution gave
        ):
            absorb(before, layer)
            merged[name] = sources[0]
            uses[sources[0]] = uses[name]
            continue
        layers[name] = separate(layer)
        nodes.append((name, layers[name], sources))
    return nodes


def merged(conv: Any, norm: Any) -> Layer:
    """A convolution that does what conv, then norm, does at inference; the two stay as they are."""
    new = copy.copy(conv)
    new.params = merged_params(conv, norm)
    return new


def absorb(conv: KernelLayer, norm: BatchNormalization) -> None:
    """Make the convolution do what conv, then norm, does at inference."""
    conv.params = merged_params(conv, norm)
    conv.grads = {name: np.zeros_like(p) for name, p in conv.params.items()}


def merged_params(conv: KernelLayer, norm: BatchNormalization) -> dict[str, np.ndarray]:
    """Kernel and bias for the two together."""
    scale, shift = norm.affine()
    bias = conv.params["b"] * scale + shift if "b" in conv.params else shift
    W = conv.params["W"]  # its last axis, of a depthwise kernel the last two, are the channels that come out
    return {"W": (W.reshape(-1, len(scale)) * scale).reshape(W.shape), "b": bias}


def separate(layer: Layer) -> Layer:
    """The same layer with arrays of its own."""
    new = copy.copy(layer)
    for kind in ("params", "grads", "state"):
        setattr(new, kind, {name: array.copy() for name, array in getattr(layer, kind, {}).items()})
    return new
