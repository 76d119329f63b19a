"""Weights carried between a graph and a Keras model by the names of their layers; Keras is never imported.

Keras' layers are objects that are handed in: their class names, settings and weights are compared with ours
before a single number is copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import numpy as np

from .graph import Graph
from .layers import Dense, Layer, ReLU
from .normalization import BatchNormalization

# Where both sides have one of these, they must be equal.
SETTINGS = ("strides", "padding", "max_value", "negative_slope", "threshold", "rate", "scale", "offset")
ABSENT: Any = ...  # of a layer that has no such setting (None is a setting: ReLU's max_value)
SYNONYMS = {"GlobalMaxPool2D": "GlobalMaxPooling2D"}


def layers_of(model: Any) -> dict[str, Any]:
    """Keras' layers by name, those of models inside it among them, without its inputs.

    Raises ValueError for what is no Keras model.
    """
    if not hasattr(model, "layers") or not hasattr(model, "input_shape") or isinstance(model, Graph):
        raise ValueError(f"Expected a Keras model, received {type(model).__name__}.")
    return dict(_walk(model))


def _walk(model: Any) -> Iterator[tuple[str, Any]]:
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _walk(layer)
        elif type(layer).__name__ != "InputLayer":
            yield _plain(layer.name, type(layer).__name__), layer


def _plain(name: str, kind: str) -> str:
    """Keras numbers layers that were given no name, global_average_pooling2d_3; ours is the first one."""
    nameless = kind.startswith("Global") and "pooling2d" in name
    return name.rstrip("0123456789").rstrip("_") if nameless else name


def take(graph: Graph, model: Any) -> None:
    """Fill the graph: numbers, each layer's `trainable`, momentum and epsilon of its normalisations."""
    pairs = matched(graph, model)
    for _, ours, theirs in pairs:
        ours.trainable = theirs.trainable
        if isinstance(ours, BatchNormalization):
            ours.momentum, ours.epsilon = theirs.momentum, theirs.epsilon
        for array, weight in zip(_arrays(ours), theirs.get_weights(), strict=True):
            array[...] = weight


def give(graph: Graph, model: Any) -> None:
    """Fill the Keras model with the numbers of the graph."""
    for _, ours, theirs in matched(graph, model):
        theirs.set_weights(_arrays(ours))


def matched(graph: Graph, model: Any) -> list[tuple[str, Layer, Any]]:
    """(name, our layer, Keras') for each layer of Keras. Raises ValueError unless they are the same network.

    Of our nodes only the ReLU after a Dense has no partner: Keras has it inside the Dense.
    """
    theirs, title, inside = layers_of(model), getattr(model, "name", "a model"), _activations(graph)
    names = [name for name in graph.names if name not in inside.values()]
    if odd := next(((a, b) for a, b in zip_longest(names, theirs) if a != b), None):
        raise ValueError(
            f"Expected a Keras model with the {len(names)} layers {names[0]} … {names[-1]}, received "
            f"{title!r} with {len(theirs)}: {odd[1]!r} where {odd[0]!r} should be."
        )
    for name in names:
        last = ["linear", "softmax"] if name == names[-1] else ["linear"]  # ours gives logits
        wanted = ["relu"] if name in inside else last
        if found := _difference(graph[name], theirs[name], wanted):
            raise ValueError(
                f"Expected a Keras model of the same network, width and size, received {title!r}, where the "
                f"layer {name!r} has {found}."
            )
    return [(name, graph[name], theirs[name]) for name in names]


def _activations(graph: Graph) -> dict[str, str]:
    """{Dense: its ReLU}."""
    return {
        sources[0]: name
        for name, layer, sources in zip(graph.names, graph.layers, graph.sources, strict=True)
        if isinstance(layer, ReLU) and sources[0] in graph.names and isinstance(graph[sources[0]], Dense)
    }


def _difference(ours: Layer, theirs: Any, activations: list[str]) -> str:
    """What Keras' layer has that ours has not; "" where they are the same."""
    kind = SYNONYMS.get(type(ours).__name__, type(ours).__name__)
    if type(theirs).__name__ != kind:
        return f"the class {type(theirs).__name__} and not {kind}"
    for setting in SETTINGS:
        expected, received = _setting(ours, setting), _setting(theirs, setting)
        if ABSENT not in (expected, received) and expected != received:
            return f"{setting} {received} and not {expected}"
    activation = getattr(getattr(theirs, "activation", None), "__name__", "linear")
    if activation not in activations:
        return f"the activation {activation} and not {activations[0]}"
    shapes, received_shapes = [a.shape for a in _arrays(ours)], [w.shape for w in theirs.get_weights()]
    return "" if shapes == received_shapes else f"weights of shapes {received_shapes} and not {shapes}"


def _setting(layer: Any, name: str) -> Any:
    """A setting of our layer or Keras', in comparable form; ABSENT where it has none that matters."""
    if name == "padding" and set(getattr(layer, "kernel_size", ())) == {1}:
        return ABSENT  # nothing is ever padded
    value = getattr(layer, name, getattr(getattr(layer, "window", None), name, ABSENT))
    if isinstance(value, float):
        return float(np.float32(value))  # of which Keras keeps no more digits
    if isinstance(value, (list, tuple, np.ndarray)):
        return tuple(tuple(v) if isinstance(v, (list, tuple)) else v for v in value)
    return value


def _arrays(layer: Layer) -> list[np.ndarray]:
    """Our arrays of a layer in Keras' order: parameters, then moving statistics."""
    return [*layer.params.values(), *layer.state.values()]
