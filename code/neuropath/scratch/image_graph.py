"""A graph of images: it knows the size it was made for, folds its normalisations, fills a Keras model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from . import weights_map
from .data_checks import as_array
from .folding import folded_nodes
from .graph import INPUT, Add, Graph, Node

Size = tuple[int | None, int | None, int]
FEW = 1 << 17  # pixels of the images that run together while their maps are large


class ImageGraph(Graph):
    """A `Graph` for images X (N, *input_shape); None in input_shape is any size."""

    def __init__(self, nodes: Iterable[Node], input_shape: Size, watch: Iterable[str] = ()):
        super().__init__(nodes, watch)
        self.input_shape = input_shape
        self._front = _large_maps(self)

    def forward(self, X: np.ndarray, training: bool = False) -> np.ndarray:
        """(N, H, W, C) -> the last node's output. Raises ValueError for images of another size."""
        wanted, got = self.input_shape, X.shape[1:]
        if X.ndim != 4 or any(w not in (None, g) for w, g in zip(wanted, got, strict=True)):
            hint = " A single image is X[None], grey images are X[..., None]." if X.ndim < 4 else ""
            shape = ", ".join("any" if w is None else str(w) for w in wanted)
            raise ValueError(f"{type(self).__name__} expects images (N, {shape}), received {X.shape}.{hint}")
        return super().forward(X, training)

    def _infer(self, X: np.ndarray, start: int = 0, stop: int | None = None) -> np.ndarray:
        """A few images at a time while the maps are large: these maps then stay in the cache."""
        pieces = -(-len(X) * X.shape[1] * X.shape[2] // FEW)
        if pieces < 2 or not self._front:
            return super()._infer(X)
        several = np.array_split(X, min(pieces, len(X)))
        maps = np.concatenate([super(ImageGraph, self)._infer(some, stop=self._front) for some in several])
        return super()._infer(maps, start=self._front)

    def fold_batchnorm(self) -> ImageGraph:
        """For inference: the same outputs, no BatchNormalization after a convolution, arrays of its own."""
        nodes = folded_nodes(self)
        kept = {node[0] for node in nodes}
        return ImageGraph(nodes, self.input_shape, [name for name in self.watch if name in kept])

    def to_keras(self, keras_model: Any) -> None:
        """Copy parameters and moving statistics into a Keras model of the same layers, which is handed in.

        Raises ValueError, and changes nothing, where the layers are others.
        """
        weights_map.give(self, keras_model)

    def evaluate(
        self, X: np.ndarray, y: np.ndarray, *, batch_size: int = 32, sample_weight: np.ndarray | None = None
    ) -> dict[str, float]:
        """As `Sequential.evaluate`, in smaller batches: every layer remembers its maps."""
        return super().evaluate(X, y, batch_size=batch_size, sample_weight=sample_weight)

    def _outputs(self, X: np.ndarray, batch_size: int = 32) -> np.ndarray:
        return super()._outputs(X, batch_size)

    def _check_inputs(self, X: np.ndarray, what: str = "X") -> np.ndarray:
        """Bytes stay bytes where the first layer takes them: a batch at a time becomes floats, not all."""
        pixels = as_array(X, what)
        if pixels.dtype.kind not in "iu" or not pixels.size:
            return super()._check_inputs(X, what)
        try:
            self.forward(pixels[:1])
        except ValueError as error:
            raise ValueError(f"{what} of shape {pixels.shape} does not fit the model. {error}") from error
        return pixels


def _large_maps(graph: Graph) -> int:
    """How many nodes lead to the last `Add` that all paths pass before maps are less than 1/8 a side."""
    strides, open_, front = {INPUT: 1}, Counter({INPUT: graph._uses[INPUT]}), 0
    for i, (name, layer, sources) in enumerate(zip(graph.names, graph.layers, graph.sources, strict=True)):
        window = getattr(layer, "window", None)
        strides[name] = strides[sources[0]] * (window.strides[0] if window else 1)
        if strides[name] > 8:
            break
        open_.subtract(sources)
        open_[name] = graph._uses[name]
        if isinstance(layer, Add) and sum(uses > 0 for uses in open_.values()) == 1:
            front = i + 1
    return front
