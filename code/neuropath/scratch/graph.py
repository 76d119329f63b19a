"""Networks that branch and meet again: layers as nodes of a graph, and the sum where branches meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .layers import Layer
from .sequential import Sequential

INPUT = "input"  # the name of what comes in
Node = tuple[str, Layer] | tuple[str, Layer, str | Sequence[str]]


class Add(Layer):
    """X1 + X2 + …, arrays of one shape: where a residual branch meets its shortcut. Every summand gets dY.

    The only layer that takes a list. Derived in Session 03 C. Twin: `keras.layers.Add`.
    """

    takes_list = True

    def forward(  # type: ignore[override]
        self, X: Sequence[np.ndarray], *, training: bool = False
    ) -> np.ndarray:
        """[(N, …), (N, …), …] -> (N, …)."""
        if isinstance(X, np.ndarray) or len(X) < 2:
            raise ValueError(f"Add expects a list of two or more arrays, received {type(X).__name__}.")
        if len({(x.shape, x.dtype) for x in X}) > 1:
            received = ", ".join(f"{x.dtype} {x.shape}" for x in X)
            raise ValueError(f"Add expects arrays of one shape and dtype, received {received}.")
        self._number = len(X)
        total = X[0] + X[1]
        for x in X[2:]:
            total += x
        return self._out(total)

    def backward(self, dY: np.ndarray) -> list[np.ndarray]:  # type: ignore[override]
        """(N, …) -> [(N, …), (N, …), …], the same array for everyone."""
        self._check_upstream(dY)
        return [dY] * self._number


class Graph(Sequential):
    """Named layers that say where their input comes from. Twin: `keras.Model(inputs, outputs)`.

    graph = Graph([("conv", Conv2D(8, 8, 3, padding="same", rng=rng)),       # from the node before it
                   ("bn", BatchNormalization(8)),
                   ("sum", Add(), ["input", "bn"])])                         # from these
    Every input is "input" or an earlier node, so the order of the list is an order of computation; the last
    node is the output. compile, fit, predict, save and the rest are Sequential's. Arrays of the nodes in
    `watch` are kept: after forward in `values[name]`, after backward dL/d(value) in `slopes[name]`.
    """

    def __init__(self, nodes: Iterable[Node], watch: Iterable[str] = ()):
        nodes = list(nodes)
        super().__init__(node[1] for node in nodes)
        self.names = [node[0] for node in nodes]
        self.sources = [_sources(i, node, self.names) for i, node in enumerate(nodes)]
        self.watch = tuple(watch)
        self.values: dict[str, np.ndarray] = {}
        self.slopes: dict[str, np.ndarray] = {}
        _check_wiring(self.names, self.layers, self.sources, self.watch)

    def __getitem__(self, name: str) -> Layer:
        """The layer of this name."""
        return self.layers[self.names.index(name)]

    def forward(self, X: np.ndarray, training: bool = False) -> np.ndarray:
        """The last node's output, (N, …) -> (N, K)."""
        values = {INPUT: X}
        for name, layer, sources in zip(self.names, self.layers, self.sources, strict=True):
            given: Any = [values[s] for s in sources]
            values[name] = layer.forward(given if _takes_list(layer) else given[0], training=training)
        self.values = {name: values[name] for name in self.watch}
        return values[self.names[-1]]

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """From dL/d(output) to dL/dX; every layer's grads are overwritten on the way."""
        return self._back(dY, wanted={INPUT, *self.names})[INPUT]

    def _backward_params(self, dY: np.ndarray) -> None:
        """`backward` only as far down as there is something to train."""
        wanted: set[str] = set()
        for name, layer, sources in zip(self.names, self.layers, self.sources, strict=True):
            if (layer.params and getattr(layer, "trainable", True)) or wanted & set(sources):
                wanted.add(name)
        self._back(dY, wanted)

    def _back(self, dY: np.ndarray, wanted: set[str]) -> dict[str, np.ndarray]:
        """Backwards through the nodes whose slope is wanted. A value that is used twice is blamed twice: the
        slopes of all its uses are added, and complete once its own turn comes.
        """
        slopes = {self.names[-1]: dY}
        self.slopes = {}
        for name, layer, sources in reversed(list(zip(self.names, self.layers, self.sources, strict=True))):
            if name not in wanted:
                continue
            d = slopes.pop(name)
            if name in self.watch:
                self.slopes[name] = d
            if not wanted & set(sources):
                getattr(layer, "backward_params", layer.backward)(d)
                continue
            back = layer.backward(d)
            for source, dX in zip(sources, back if _takes_list(layer) else [back], strict=True):
                slopes[source] = slopes[source] + dX if source in slopes else dX
        return slopes


def _takes_list(layer: Layer) -> bool:
    return getattr(layer, "takes_list", False)


def _sources(i: int, node: Node, names: Sequence[str]) -> tuple[str, ...]:
    """Where node i gets its input: as it says, else from the node before it."""
    if len(node) < 3:
        return (names[i - 1] if i else INPUT,)
    return (node[2],) if isinstance(node[2], str) else tuple(node[2])


def _check_wiring(
    names: Sequence[str], layers: Sequence[Layer], sources: Sequence[tuple[str, ...]], watch: Sequence[str]
) -> None:
    """Raise ValueError for names that are taken or unknown, loops, loose ends."""
    seen = {INPUT}
    for name, layer, given in zip(names, layers, sources, strict=True):
        if unknown := [s for s in given if s not in seen]:
            raise ValueError(f"Node {name!r} expects inputs among the earlier nodes, received {unknown}.")
        if name in seen or "/" in name:
            raise ValueError(f"Graph expects a new name without / for each node, received {name!r}.")
        if not _takes_list(layer) and len(given) != 1:
            raise ValueError(
                f"Node {name!r} expects one input, received {list(given)}: join them with Add()."
            )
        seen.add(name)
    used = {s for given in sources for s in given}
    if loose := [name for name in names[:-1] if name not in used]:
        raise ValueError(f"Graph expects every node to lead to the output, received loose ends {loose}.")
    if unknown := [name for name in watch if name not in names]:
        raise ValueError(f"watch expects names of nodes, received {unknown}.")
