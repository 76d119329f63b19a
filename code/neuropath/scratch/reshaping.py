"""Layers that only move numbers: another shape, a frame of zeros, larger images."""

from __future__ import annotations

from typing import Any

import numpy as np

from .layers import Layer
from .windows import ImageLayer, Pads, Pair, crop, pad, pair


class Reshape(Layer):
    """(N, a, b, …) -> (N, *target_shape), in row-major order; one entry may be -1, "whatever is left".

    Derived in eq-engine-reshape (page engine). Twin: `keras.layers.Reshape`.
    """

    def __init__(self, target_shape: tuple[int, ...]):
        super().__init__()
        self.target_shape = tuple(target_shape)
        if self.target_shape.count(-1) > 1 or any(n < 1 and n != -1 for n in self.target_shape):
            raise ValueError(f"Reshape expects sizes >= 1 and at most one -1, received {target_shape}.")

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, …) -> (N, *target_shape)."""
        self._check_array("X", X)
        size, known = int(np.prod(X.shape[1:])), int(np.prod([n for n in self.target_shape if n != -1]))
        if size % known or (-1 not in self.target_shape and size != known):
            raise ValueError(
                f"Reshape({self.target_shape}) expects {known} numbers an example (or a multiple, with -1), "
                f"received X of shape {X.shape}, {size} an example."
            )
        self._shape_in = X.shape
        return self._out(X.reshape(len(X), *(size // known if n == -1 else n for n in self.target_shape)))

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, *target_shape) -> (N, …)."""
        self._check_upstream(dY)
        return dY.reshape(self._shape_in)


class ZeroPadding2D(ImageLayer):
    """A frame of zeros: padding is n, (vertical, horizontal) or ((top, bottom), (left, right)) pixels.

    Derived in eq-engine-padding (page engine). Twin: `keras.layers.ZeroPadding2D`. MobileNetV2 pads so before
    its convolutions of stride 2.
    """

    def __init__(self, padding: int | Pair | Pads = (1, 1)):
        super().__init__()
        self.padding = self._pads(padding)

    @staticmethod
    def _pads(padding: Any) -> Pads:
        if isinstance(padding, (tuple, list)) and any(isinstance(p, (tuple, list)) for p in padding):
            if len(padding) != 2:
                raise ValueError(
                    f"ZeroPadding2D expects padding ((top, bottom), (left, right)), received {padding!r}."
                )
            vertical, horizontal = (pair("ZeroPadding2D", "padding", p, least=0) for p in padding)
            return vertical, horizontal
        height, width = pair("ZeroPadding2D", "padding", padding, least=0)
        return (height, height), (width, width)

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, H, W, C) -> (N, top + H + bottom, left + W + right, C)."""
        self._check_images(X)
        return self._out(pad(X, self.padding))

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """What was in the frame is nobody's gradient."""
        self._check_upstream(dY)
        return crop(dY, self.padding)


class UpSampling2D(ImageLayer):
    """Images `size` times as large. "nearest" repeats pixels, "bilinear" joins their centres by lines.

    Either is a matrix for each axis, Y = A_h X A_wᵀ, and the gradient is the same with A transposed. Derived
    in eq-engine-adjoint, eq-engine-upsampling, eq-engine-bilinear (page engine). Twin:
    `keras.layers.UpSampling2D`.
    """

    def __init__(self, size: int | Pair = (2, 2), interpolation: str = "nearest"):
        super().__init__()
        if interpolation not in ("nearest", "bilinear"):
            raise ValueError(
                f'UpSampling2D expects interpolation "nearest" or "bilinear", received {interpolation!r}.'
            )
        self.size, self.interpolation = pair("UpSampling2D", "size", size), interpolation

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, H, W, C) -> (N, H·size, W·size, C)."""
        self._check_images(X)
        self._shape_in = X.shape
        if self.interpolation == "nearest":
            return self._out(X.repeat(self.size[0], axis=1).repeat(self.size[1], axis=2))
        return self._out(resample(X, *self._matrices(X.dtype)))

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, H·size, W·size, C) -> (N, H, W, C): each pixel collects from where it had been drawn."""
        self._check_upstream(dY)
        if self.interpolation == "nearest":
            N, H, W, C = self._shape_in
            return dY.reshape(N, H, self.size[0], W, self.size[1], C).sum(axis=(2, 4))
        A_h, A_w = self._matrices(dY.dtype)
        return resample(dY, A_h.T, A_w.T)

    def _matrices(self, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
        sizes = zip(self._shape_in[1:3], self.size, strict=True)
        A_h, A_w = (bilinear_matrix(n, times).astype(dtype) for n, times in sizes)
        return A_h, A_w


def resample(X: np.ndarray, A_h: np.ndarray, A_w: np.ndarray) -> np.ndarray:
    """A_h along the rows and A_w along the columns of images: (N, H, W, C) -> (N, len(A_h), len(A_w), C)."""
    N, H, W, C = X.shape
    tall = (A_h @ X.reshape(N, H, W * C)).reshape(N, len(A_h), W, C)
    return A_w @ tall


def bilinear_matrix(n: int, times: int) -> np.ndarray:
    """(n · times, n): how much of each old pixel is in each new one.

    Centres lie half a pixel in: new pixel i is at (i + 1/2) / times - 1/2 on the old grid; before the first
    centre and after the last one the image goes on as it is there.
    """
    place = np.clip((np.arange(n * times) + 0.5) / times - 0.5, 0, n - 1)
    return np.maximum(0, 1 - np.abs(place[:, None] - np.arange(n)))
