"""What happens to pixels before the first convolution: another range, three channels of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from .checks import is_number
from .layers import Layer


class Rescaling(Layer):
    """X · scale + offset, any shape; whole numbers such as the bytes of an image become `dtype`.

    MobileNetV2 expects pixels in [-1, 1]: Rescaling(1 / 127.5, -1). Derived in eq-engine-rescaling
    (page engine). Twin: `keras.layers.Rescaling`. Raises TypeError for floats of another dtype.
    """

    def __init__(self, scale: float, offset: float = 0.0, *, dtype: DTypeLike = "float32"):
        super().__init__()
        if not (is_number(scale) and is_number(offset)) or np.dtype(dtype).kind != "f":
            raise ValueError(
                "Rescaling expects a finite scale and offset and a floating dtype, "
                f"received {scale}, {offset} and {np.dtype(dtype)}."
            )
        self.scale, self.offset, self.dtype = float(scale), float(offset), np.dtype(dtype)

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Same shape out as in."""
        self._check_array("X", X)
        if X.dtype.kind not in "iu" and X.dtype != self.dtype:
            raise TypeError(
                f"Rescaling expects whole numbers or {self.dtype} (its own), received {X.dtype}: "
                f'use X.astype("{self.dtype}").'
            )
        Y = X.astype(self.dtype)
        Y *= self.scale
        Y += self.offset
        return self._out(Y)

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """Same shape out as in."""
        self._check_upstream(dY)
        return dY * self.scale


class Concatenate(Layer):
    """Arrays side by side along the last axis; takes a list. Grey to RGB: the same image three times.

    Derived in eq-engine-concatenate (page engine). Twin: `keras.layers.Concatenate`, with its default axis.
    """

    takes_list = True

    def forward(  # type: ignore[override]
        self, X: Sequence[np.ndarray], *, training: bool = False
    ) -> np.ndarray:
        """[(N, …, A), (N, …, B), …] -> (N, …, A + B + …)."""
        if not isinstance(X, (list, tuple)) or not len(X):
            raise ValueError(f"Concatenate expects a list of arrays, received {type(X).__name__}.")
        for x in X:
            self._check_array("X", x)
        if len({(x.shape[:-1], x.dtype) for x in X}) > 1:
            received = ", ".join(f"{x.dtype} {x.shape}" for x in X)
            raise ValueError(
                f"Concatenate expects one dtype, and shapes equal but for the last axis, received {received}."
            )
        self._ends = np.cumsum([x.shape[-1] for x in X])[:-1]
        Y = np.concatenate(X, axis=-1)
        self._shape = Y.shape  # no dtype: bytes may come in, slopes are floats
        return Y

    def backward(self, dY: np.ndarray) -> list[np.ndarray]:  # type: ignore[override]
        """(N, …, A + B + …) -> [(N, …, A), (N, …, B), …]."""
        self._check_upstream(dY)
        return np.split(dY, self._ends, axis=-1)
