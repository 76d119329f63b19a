"""Networks that branch and meet again: layers as nodes of a graph, and the sum where branches meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .conv import Conv2D
from .folding import merged
from .layers import Layer
from .normalization import BatchNormalization
from .sequential import Sequential

INPUT = "input"  # the name of what comes in
Node = tuple[str, Layer] | tuple[str, Layer, str | Sequence[str]]


class Add(Layer):
    """X1 + X2 + …, arrays of one shape: where a residual branch meets its shortcut. Every summand gets dY.

    The only layer that takes a list. Derived in eq-engine-add (page engine). Twin: `keras.layers.Add`.
    """

    takes_list = True
    fresh = True

    def forward(  # type: ignore[override]
        self, X: Sequence[np.ndarray], *, training: bool = False
    ) -> np.ndarray:
        """[(N, …), (N, …), …] -> (N, …)."""
        if not isinstance(X, (list, tuple)) or len(X) < 2:
            raise ValueError(f"Add expects a list of two or more arrays, received {type(X).__name__}.")
        for x in X:
            self._check_float(x)
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

    Backward: eq-engine-graph (page engine).

    graph = Graph([("conv", Conv2D(8, 8, 3, padding="same", rng=rng)),       # from the node before it
                   ("bn", BatchNormalization(8)),
                   ("sum", Add(), ["input", "bn"])])                         # from these
    Every input is "input" or an earlier node, so the order of the list is an order of computation; the last
    node is the output. compile, fit, predict, save and the rest are Sequential's. Arrays of the nodes in
    `watch` are kept: after forward in `values[name]`, after backward dL/d(value) in `slopes[name]`.

    A layer may offer more than forward: `apply(X, training, spare, keep)`, the same where the graph says if X
    may be written over (spare) and if backward follows (keep); and `fresh`, that what it gives is a new array
    which it does not need itself: the next layer may write over it.
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
        self._unkept: np.ndarray | None = None  # the input of a pass that kept nothing for backward
        last = {s: i for i, sources in enumerate(self.sources) for s in sources}
        self._spent = [{s for s in sources if last[s] == i} for i, sources in enumerate(self.sources)]
        self._uses = Counter(s for sources in self.sources for s in sources)
        self._once = {name for name in self.names if self._uses[name] == 1 and _is_fresh(self[name])}
        self._norms = _norms_after_convolutions(self)

    def __getitem__(self, name: str) -> Layer:
        """The layer of this name."""
        return self.layers[self.names.index(name)]

    def forward(self, X: np.ndarray, training: bool = False) -> np.ndarray:
        """The last node's output, (N, …) -> (N, K). At inference only X, and what is watched, is kept."""
        keep = training or bool(self.watch)
        Y = self._run(X, training=training) if keep else self._infer(X)
        self._unkept = None if keep else X
        return Y

    def _run(self, X: np.ndarray, training: bool = False) -> np.ndarray:
        """Every node, remembering what backward needs."""
        values, free = {INPUT: X}, self._once.difference(self.watch)
        for name, layer, sources, spent in self._nodes():
            given, spare = [values[s] for s in sources], sources[0] in free
            for s in spent.difference(self.watch):
                del values[s]
            values[name] = _apply(layer, given, training=training, spare=spare, keep=True)
        self.values = {name: values[name] for name in self.watch}
        return values[name]

    def _infer(self, X: np.ndarray, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Nodes start … stop - 1 at inference. Nothing is remembered: an array is let go after its last use,
        or written over. Where a convolution's output is to be normalised its kernel is, which is smaller.
        """
        values = {self.names[start - 1] if start else INPUT: X}
        for name, layer, sources, spent in self._nodes()[start:stop]:
            given, spare = [values[s] for s in sources], sources[0] in self._once
            for s in spent:
                del values[s]
            if name in self._norms.values():  # done already
                values[name] = given[0]
                continue
            if name in self._norms:
                layer = merged(layer, self[self._norms[name]])
            values[name] = _apply(layer, given, training=False, spare=spare, keep=False)
        return values[name]

    def _nodes(self) -> list[tuple[str, Layer, tuple[str, ...], set[str]]]:
        """Name, layer, sources, and the values that nobody needs afterwards."""
        return list(zip(self.names, self.layers, self.sources, self._spent, strict=True))

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
        if self._unkept is not None:  # the last pass was inference: once more, keeping what is needed now
            X, self._unkept = self._unkept, None
            self._run(X)
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


def _is_fresh(layer: Layer) -> bool:
    """Is its output a new array that it does not need itself? Then the next layer may write into it."""
    return getattr(layer, "fresh", False)


def _norms_after_convolutions(graph: Graph) -> dict[str, str]:
    """{convolution: the normalisation that alone sees its output}. Not the depthwise ones: with nine numbers
    a channel, rounded once more, the error of real features is double; with sums over channels it stays.
    """
    return {
        sources[0]: name
        for name, layer, sources in zip(graph.names, graph.layers, graph.sources, strict=True)
        if isinstance(layer, BatchNormalization)
        and sources[0] in graph._once
        and isinstance(graph[sources[0]], Conv2D)
    }


def _apply(layer: Layer, given: list[np.ndarray], *, training: bool, spare: bool, keep: bool) -> np.ndarray:
    """The layer's output; `apply` is the forward of a layer that has a use for the last two."""
    X: Any = given if _takes_list(layer) else given[0]
    if not hasattr(layer, "apply"):
        return layer.forward(X, training=training)
    Y = layer.apply(X, training=training, spare=spare, keep=keep)
    return layer._out(Y) if keep else Y


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
