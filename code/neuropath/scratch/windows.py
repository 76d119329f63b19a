"""How a window walks over images: the geometry and the views that convolution and pooling share.

Images are (N, H, W, C). A window of `size` (kh, kw) visits every `strides`-th place; its own pixels lie
`dilation` apart. "valid" visits only places where it fits; "same" frames the images so that an output of
stride 1 is as large as the input. Derived in eq-engine-window-size, eq-engine-window-pads (page engine).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .layers import Layer

Pair = tuple[int, int]
Pads = tuple[Pair, Pair]


def pair(owner: str, name: str, value: Any, least: int = 1) -> Pair:
    """Keras' `3` or `(3, 5)` as two whole numbers. Raises ValueError for anything else."""
    both = (value, value) if isinstance(value, (int, np.integer)) else value
    try:
        first, second = (int(v) for v in both)
        fine = min(first, second) >= least and (first, second) == tuple(both)
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise ValueError(
            f"{owner} expects {name} to be a whole number >= {least}, or two, received {value!r}."
        )
    return first, second


@dataclass(frozen=True)
class Window:
    """Size, strides, padding and dilation of a window, each as (vertical, horizontal)."""

    size: Pair
    strides: Pair = (1, 1)
    padding: str = "valid"
    dilation: Pair = (1, 1)

    @classmethod
    def of(cls, owner: str, size: Any, strides: Any, padding: str, dilation: Any = 1) -> Window:
        """The same from Keras' arguments. Raises ValueError where they cannot be meant."""
        if not isinstance(padding, str) or padding.lower() not in ("valid", "same"):
            raise ValueError(f'{owner} expects padding="valid" or "same", received {padding!r}.')
        what = "pool_size" if "Pool" in owner else "kernel_size"
        size, strides = pair(owner, what, size), pair(owner, "strides", strides)
        return cls(size, strides, padding.lower(), pair(owner, "dilation_rate", dilation))

    @property
    def reach(self) -> Pair:
        """How many pixels it spans, gaps included: (k - 1) · dilation + 1."""
        (kh, kw), (dh, dw) = self.size, self.dilation
        return (kh - 1) * dh + 1, (kw - 1) * dw + 1

    @property
    def is_point(self) -> bool:
        """True for one pixel, visited everywhere: then nothing needs gathering."""
        return self.size == self.strides == (1, 1)

    @property
    def overlaps(self) -> bool:
        """True where a pixel can be in two windows."""
        return any(s < reach for s, reach in zip(self.strides, self.reach, strict=True))

    def output(self, height: int, width: int) -> Pair:
        """(H, W) -> (Ho, Wo): ⌈n / s⌉ for "same", ⌊(n - reach) / s⌋ + 1 for "valid"; may be <= 0."""
        sizes = zip((height, width), self.reach, self.strides, strict=True)
        Ho, Wo = (-(-n // s) if self.padding == "same" else (n - reach) // s + 1 for n, reach, s in sizes)
        return Ho, Wo

    def pads(self, height: int, width: int) -> Pads:
        """((top, bottom), (left, right)) rows and columns of padding; an odd one goes after, as in Keras."""
        if self.padding == "valid":
            return (0, 0), (0, 0)
        outs = self.output(height, width)
        sizes = zip((height, width), outs, self.reach, self.strides, strict=True)
        vertical, horizontal = (max((out - 1) * s + reach - n, 0) for n, out, reach, s in sizes)
        return (vertical // 2, vertical - vertical // 2), (horizontal // 2, horizontal - horizontal // 2)


def pad(X: np.ndarray, pads: Pads, value: float = 0.0) -> np.ndarray:
    """(N, H, W, C) in a frame of `value`; X itself where there is no frame."""
    if pads == ((0, 0), (0, 0)):
        return X
    (top, bottom), (left, right) = pads
    N, H, W, C = X.shape
    shape = (N, top + H + bottom, left + W + right, C)
    framed = np.full(shape, value, X.dtype) if value else np.zeros(shape, X.dtype)  # zeros come cheaper
    framed[:, top : top + H, left : left + W] = X
    return framed


def crop(X: np.ndarray, pads: Pads) -> np.ndarray:
    """A view without the frame: undoes `pad`."""
    (top, bottom), (left, right) = pads
    return X[:, top : X.shape[1] - bottom, left : X.shape[2] - right]


def taps(X: np.ndarray, window: Window, out: Pair) -> Iterator[tuple[Pair, np.ndarray]]:
    """For each pixel (i, j) of the window: what it sees at all places, views (N, Ho, Wo, C) of padded X."""
    (kh, kw), (sh, sw), (dh, dw) = window.size, window.strides, window.dilation
    height, width = sh * (out[0] - 1) + 1, sw * (out[1] - 1) + 1
    for i, top in enumerate(range(0, kh * dh, dh)):
        for j, left in enumerate(range(0, kw * dw, dw)):
            yield (i, j), X[:, top : top + height : sh, left : left + width : sw]


def patches(X: np.ndarray, window: Window, out: Pair) -> np.ndarray:
    """All windows at once: a view (N, Ho, Wo, kh, kw, C) of X (padded). Nothing is copied."""
    (sh, sw), (dh, dw) = window.strides, window.dilation
    n, h, w, c = X.strides
    shape = (len(X), *out, *window.size, X.shape[3])
    return as_strided(X, shape, (n, h * sh, w * sw, h * dh, w * dw, c), writeable=False)


def pixels(X: np.ndarray) -> np.ndarray:
    """(…, C) as (…,) items of C numbers: NumPy moves an item in one go. A view; only for copying."""
    return X.view(np.dtype((np.void, X.shape[-1] * X.itemsize)))[..., 0]


def gathered(X: np.ndarray) -> np.ndarray:
    """A copy without gaps of what a tap sees, (N, Ho, Wo, C)."""
    return np.ascontiguousarray(pixels(X))[..., None].view(X.dtype)


class ImageLayer(Layer):
    """A layer of images (N, H, W, C), and its complaints."""

    def _check_images(self, X: np.ndarray, channels: int | None = None) -> None:
        """Raise ValueError for another shape, TypeError for numbers that are no floats of our dtype."""
        self._check_array("X", X)
        name, last = type(self).__name__, "C" if channels is None else channels
        if X.ndim != 4 or channels not in (None, X.shape[3]) or 0 in X.shape[1:]:
            hint = " A single image is X[None], grey images are X[..., None]." if X.ndim < 4 else ""
            raise ValueError(f"{name} expects images X of shape (N, H, W, {last}), received {X.shape}.{hint}")
        self._check_float(X)

    def _output_size(self, X: np.ndarray, window: Window) -> Pair:
        """(Ho, Wo), once it is known that the window fits."""
        out = window.output(*X.shape[1:3])
        if min(out) < 1:
            raise ValueError(
                f"{type(self).__name__} expects images of at least {window.reach} pixels, the reach of its "
                f'window, received {X.shape[1:3]}: use padding="same" or a smaller window.'
            )
        return out
