"""Names for a stack's arrays, and one flat vector that holds them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from .layers import Layer

Arrays = dict[str, np.ndarray]


def layer_names(layers: Sequence[Layer]) -> list[str]:
    """dense_1, relu_1, dense_2, …: the class in small letters, counted from 1."""
    seen: Counter[str] = Counter()
    names = []
    for layer in layers:
        kind = type(layer).__name__.lower()
        seen[kind] += 1
        names.append(f"{kind}_{seen[kind]}")
    return names


def named(names: Sequence[str], arrays_of_layers: Sequence[Arrays]) -> Arrays:
    """One dictionary with keys "dense_1/W" out of one dictionary per layer."""
    return {
        f"{name}/{key}": array
        for name, arrays in zip(names, arrays_of_layers, strict=True)
        for key, array in arrays.items()
    }


class FlatParameters:
    """Two vectors (P,), `params` and `grads`, of which every layer's arrays become views."""

    def __init__(self, layers: Sequence[Layer]):
        self._layers = layers
        self.params = self._rehome([layer.params for layer in layers])
        self.grads = self._rehome([layer.grads for layer in layers])
        self._views = self._arrays()

    def still_home(self) -> bool:
        """False once an array is no view of the two vectors: somebody replaced it (layer.params["W"] = …),
        or copied the whole model (copy.deepcopy, pickle), which copies views and vectors one by one.
        """
        now = self._arrays()
        same = len(now) == len(self._views) and all(a is b for a, b in zip(now, self._views, strict=True))
        return same and all(a.base is self.params or a.base is self.grads for a in now)

    def _arrays(self) -> list[np.ndarray]:
        return [a for layer in self._layers for a in (*layer.params.values(), *layer.grads.values())]

    @staticmethod
    def _rehome(dictionaries: Sequence[Arrays]) -> np.ndarray:
        """Copy all arrays into one vector and put views of it in their places."""
        arrays = [array for arrays in dictionaries for array in arrays.values()]
        dtypes = {array.dtype for array in arrays} or {np.dtype("float32")}
        if len(dtypes) > 1:
            names = ", ".join(sorted(map(str, dtypes)))
            raise TypeError(f"Expected all layers of one dtype, received {names}: give them the same dtype=.")
        flat = np.empty(sum(array.size for array in arrays), dtypes.pop())
        start = 0
        for arrays_of_layer in dictionaries:
            for key, array in arrays_of_layer.items():
                view = flat[start : start + array.size].reshape(array.shape)
                view[...] = array
                arrays_of_layer[key] = view
                start += array.size
        return flat
