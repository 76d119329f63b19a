"""Pooling: one number for a window, or for a whole image. No parameters.

The loops run over the pixels of the *window*, a handful; for each one NumPy works on all windows at once.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from .windows import ImageLayer, Pair, Window, crop, gathered, pad, pixels, taps


class _Pool(ImageLayer):
    def __init__(
        self, pool_size: int | Pair = (2, 2), strides: int | Pair | None = None, padding: str = "valid"
    ):
        super().__init__()
        steps = pool_size if strides is None else strides
        self.window = Window.of(type(self).__name__, pool_size, steps, padding)

    def _framed(self, X: np.ndarray, value: float) -> np.ndarray:
        """X, checked, in its padding; its shape and the output's size are remembered."""
        self._check_images(X)
        self._size, self._shape_in = self._output_size(X, self.window), X.shape
        return pad(X, self.window.pads(*X.shape[1:3]), value)

    def _unframed(self, dX: np.ndarray) -> np.ndarray:
        return crop(dX, self.window.pads(*self._shape_in[1:3]))


class MaxPool2D(_Pool):
    """The largest pixel of each window, channel by channel: (N, H, W, C) -> (N, Ho, Wo, C).

    Its gradient goes to that pixel alone, to the first of several equal ones (in reading order). Derived in
    eq-engine-max-pool, eq-engine-max-pool-back (page engine). Twin: `keras.layers.MaxPool2D`.
    """

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, H, W, C) -> (N, Ho, Wo, C). Padding never wins: it is -inf."""
        self._X = np.ascontiguousarray(self._framed(X, -np.inf))
        (kh, kw), (sh, sw), (Ho, Wo) = self.window.size, self.window.strides, self._size
        # The largest of each column of a window, then of these: whole rows of the image are compared first.
        rows = _largest(self._X, Window((kh, 1), (sh, 1)), (Ho, self._X.shape[2]))
        self._Y = _largest(rows, Window((1, kw), (1, sw)), (Ho, Wo))
        return self._out(self._Y)

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, Ho, Wo, C) -> (N, H, W, C)."""
        self._check_upstream(dY)
        dX, open_ = np.zeros_like(self._X), np.ones(dY.shape, bool)  # windows whose winner is not yet found
        for (_, seen), (_, target) in zip(
            taps(self._X, self.window, self._size), taps(dX, self.window, self._size), strict=True
        ):
            won = (gathered(seen) == self._Y) & open_
            if self.window.overlaps:
                target += dY * won
            else:  # nobody else has been here
                pixels(target)[...] = pixels(dY * won)
            open_ ^= won  # closed now
        return self._unframed(dX)


def _largest(X: np.ndarray, window: Window, out: Pair) -> np.ndarray:
    """The largest of what each window sees: (N, H, W, C) -> (N, *out, C), never a view of X."""
    first, *others = [seen for _, seen in taps(X, window, out)]
    return reduce(np.maximum, others, first) if others else first.copy()


class AveragePooling2D(_Pool):
    """The mean of each window, channel by channel; padding is not counted.

    Derived in eq-engine-average-pool, eq-engine-average-pool-back (page engine). Twin:
    `keras.layers.AveragePooling2D`.
    """

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, H, W, C) -> (N, Ho, Wo, C)."""
        framed = self._framed(X, 0.0)
        self._framed_shape = framed.shape
        ones = pad(np.ones((1, *X.shape[1:3], 1), X.dtype), self.window.pads(*X.shape[1:3]))
        self._counts = self._sums(ones)  # (1, Ho, Wo, 1): how many pixels of each window are no padding
        return self._out(self._sums(framed) / self._counts)

    def _sums(self, framed: np.ndarray) -> np.ndarray:
        (_, first), *others = taps(framed, self.window, self._size)
        total = first.copy()
        for _, seen in others:
            total += seen
        return total

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, Ho, Wo, C) -> (N, H, W, C): each pixel of a window gets the same share."""
        self._check_upstream(dY)
        dX, share = np.zeros(self._framed_shape, dY.dtype), dY / self._counts
        for _, target in taps(dX, self.window, self._size):
            target += share
        return self._unframed(dX)


class GlobalAveragePooling2D(ImageLayer):
    """The mean of each channel: (N, H, W, C) -> (N, C), or (N, 1, 1, C) with keepdims.

    Derived in eq-engine-global-average (page engine). Twin: `keras.layers.GlobalAveragePooling2D`.
    """

    def __init__(self, keepdims: bool = False):
        super().__init__()
        self.keepdims = keepdims

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, H, W, C) -> (N, C)."""
        self._check_images(X)
        self._shape_in = X.shape
        return self._out(X.mean(axis=(1, 2), keepdims=self.keepdims))

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, C) -> (N, H, W, C): every pixel gets 1 / (H·W) of it. A read-only view, as it is one number."""
        self._check_upstream(dY)
        N, H, W, C = self._shape_in
        return np.broadcast_to(dY.reshape(N, 1, 1, C) / (H * W), self._shape_in)


class GlobalMaxPool2D(ImageLayer):
    """The largest pixel of each channel: (N, H, W, C) -> (N, C), or (N, 1, 1, C) with keepdims.

    Its gradient is shared among equal largest pixels (MaxPool2D gives it to the first): both as in Keras.
    Derived in eq-engine-global-max (page engine). Twin: `keras.layers.GlobalMaxPool2D`.
    """

    def __init__(self, keepdims: bool = False):
        super().__init__()
        self.keepdims = keepdims

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, H, W, C) -> (N, C)."""
        self._check_images(X)
        self._X, self._top = X, X.max(axis=(1, 2), keepdims=True)
        return self._out(self._top if self.keepdims else self._top[:, 0, 0])

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, C) -> (N, H, W, C)."""
        self._check_upstream(dY)
        largest = self._top == self._X
        share = dY.reshape(self._top.shape) / largest.sum(axis=(1, 2), keepdims=True, dtype=dY.dtype)
        return largest * share
