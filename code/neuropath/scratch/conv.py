"""Convolution as one matrix product, and its gradients. (Cross-correlation, strictly: nothing is flipped.)

An output pixel is the dot product of a patch with the kernel. `columns` copies every patch into a row of a
matrix, and then Y = columns · W is the only arithmetic there is: eq-engine-conv-columns (page engine). The
slow, obvious loops are in `reference`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from . import initializers
from .channels import rows, sum_channels, tiled
from .regularizers import Regularizer
from .windows import ImageLayer, Pair, Window, crop, pad, patches, taps

Init = str | initializers.Initializer


def columns(X: np.ndarray, window: Window) -> np.ndarray:
    """im2col: images (N, H, W, C) -> (N·Ho·Wo, kh·kw·C), in each row all that one output pixel sees."""
    if window.is_point:
        return X.reshape(-1, X.shape[3])
    out, framed = window.output(*X.shape[1:3]), pad(X, window.pads(*X.shape[1:3]))
    seen, width = patches(framed, window, out), window.size[0] * window.size[1] * X.shape[3]
    if X.shape[3] < 4:  # grey or colour: short runs, so copy column by column, along the rows of the image
        return np.ascontiguousarray(seen.transpose(3, 4, 5, 0, 1, 2)).reshape(width, -1 if X.size else 0).T
    return seen.reshape(-1 if X.size else 0, width)


def scatter(dY: np.ndarray, W: np.ndarray, window: Window, shape: tuple[int, ...]) -> np.ndarray:
    """From dY (N, Ho, Wo, O) back to dX of `shape` (N, H, W, C): each output pixel pays all that it saw.

    One product per kernel pixel, added where that pixel had looked. W is (kh, kw, C, O).
    """
    flat = dY.reshape(-1, dY.shape[3])
    if window.is_point:
        return (flat @ W[0, 0].T).reshape(shape)
    if shape[3] < 8 and window.strides == window.dilation == (1, 1):  # products of few columns are slow ones
        return scatter_rows(dY, W, window, shape)
    pads = (top, bottom), (left, right) = window.pads(*shape[1:3])
    dX = np.zeros((shape[0], top + shape[1] + bottom, left + shape[2] + right, shape[3]), dY.dtype)
    for (i, j), seen in taps(dX, window, dY.shape[1:3]):
        seen += (flat @ W[i, j].T).reshape(seen.shape)
    return crop(dX, pads)


def scatter_rows(dY: np.ndarray, W: np.ndarray, window: Window, shape: tuple[int, ...]) -> np.ndarray:
    """`scatter` for stride 1 and few channels: all kernel pixels in one product, channels first.

    Along a row it is a convolution of dY, framed by kw - 1, with the kernel's rows turned round; of these, kh
    meet in each row of dX.
    """
    (kh, kw, C, O), (N, Ho, Wo, _) = W.shape, dY.shape
    wide = Wo + kw - 1
    cols = columns(pad(dY, ((0, 0), (kw - 1, kw - 1))), Window((1, kw)))  # (N·Ho·wide, kw·O)
    by_row = W[:, ::-1].transpose(0, 2, 1, 3).reshape(kh * C, kw * O) @ cols.T
    dX = np.zeros((C, N, Ho + kh - 1, wide), dY.dtype)
    for i, part in enumerate(by_row.reshape(kh, C, N, Ho, wide)):
        dX[:, :, i : i + Ho] += part
    return crop(np.ascontiguousarray(dX.transpose(1, 2, 3, 0)), window.pads(*shape[1:3]))


class KernelLayer(ImageLayer):
    """What the convolutions share: parameters, bias, regulariser, checks."""

    fresh = True  # see `graph.Graph`

    def __init__(self, in_channels: int, window: Window, dtype: DTypeLike):
        super().__init__()
        name = type(self).__name__
        if np.dtype(dtype).kind != "f":
            raise TypeError(f"{name} expects a floating dtype such as float32, received {np.dtype(dtype)}.")
        if max(window.strides) > 1 and max(window.dilation) > 1:  # as Keras
            raise ValueError(
                f"{name} expects strides=1 or dilation_rate=1, received strides {window.strides} and "
                f"dilation_rate {window.dilation}."
            )
        self.in_channels = self._at_least_one("in_channels", in_channels)
        self.window, self._dtype_of_params = window, np.dtype(dtype)
        self._regularizers: dict[str, Regularizer] = {}

    def _at_least_one(self, name: str, value: int) -> int:
        if not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"{type(self).__name__} expects {name} >= 1, received {value!r}.")
        return int(value)

    def _add_kernel(
        self,
        name: str,
        shape: tuple[int, ...],
        rng: np.random.Generator,
        init: Init,
        regularizer: Regularizer | None,
    ) -> None:
        self.params[name] = initializers.get(init)(shape, rng=rng, dtype=self._dtype_of_params)
        self.grads[name] = np.zeros_like(self.params[name])
        if regularizer is not None:
            self._regularizers[name] = regularizer

    def _add_bias(self, size: int, use_bias: bool) -> None:
        if use_bias:
            self.params["b"] = np.zeros(size, self._dtype_of_params)
            self.grads["b"] = np.zeros_like(self.params["b"])

    def _biased(self, Y: np.ndarray) -> np.ndarray:
        """Y, now with the bias in it."""
        Y = np.ascontiguousarray(Y)
        if "b" in self.params:
            flat = rows(Y)  # a view
            flat += tiled(self.params["b"], flat)
        return Y

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """`apply`, by itself: images (N, H, W, in_channels) to maps, as the layer's `apply` says."""
        return self._out(self.apply(X, training=training))

    def apply(
        self, X: np.ndarray, *, training: bool = False, spare: bool = False, keep: bool = True
    ) -> np.ndarray:
        """What the layer computes. Called by a `Graph`, which says whether backward follows (keep)."""
        raise NotImplementedError

    def _finish_grads(self, dY: np.ndarray) -> None:
        """What every kernel gradient ends with: the bias and the regularisers."""
        if "b" in self.grads:
            self.grads["b"][...] = sum_channels(rows(dY), dY.shape[3])
        for name, regularizer in self._regularizers.items():
            self.grads[name] += regularizer.gradient(self.params[name])

    def penalty(self) -> float:
        """The regularisers of the kernels, a number; 0 where there are none."""
        return sum((r(self.params[name]) for name, r in self._regularizers.items()), 0.0)


class Conv2D(KernelLayer):
    """Y[n,h,w,o] = Σ_ijc X[n, h·s+i·d, w·s+j·d, c] W[i,j,c,o] + b[o]; W (kh, kw, in_channels, filters).

    Derived in eq-engine-conv, eq-engine-conv-dx, eq-engine-conv-dw, eq-engine-conv-db (page engine). Twin:
    `keras.layers.Conv2D`. As there, strides and dilation exclude each other.
    """

    def __init__(
        self,
        in_channels: int,
        filters: int,
        kernel_size: int | Pair,
        strides: int | Pair = 1,
        padding: str = "valid",
        *,
        rng: np.random.Generator,
        dilation_rate: int | Pair = 1,
        use_bias: bool = True,
        kernel_initializer: Init = "glorot_uniform",
        kernel_regularizer: Regularizer | None = None,
        dtype: DTypeLike = "float32",
    ):
        super().__init__(
            in_channels, Window.of("Conv2D", kernel_size, strides, padding, dilation_rate), dtype
        )
        self.filters = self._at_least_one("filters", filters)
        shape = (*self.window.size, in_channels, filters)
        self._add_kernel("W", shape, rng, kernel_initializer, kernel_regularizer)
        self._add_bias(filters, use_bias)

    def apply(
        self, X: np.ndarray, *, training: bool = False, spare: bool = False, keep: bool = True
    ) -> np.ndarray:
        """(N, H, W, in_channels) -> (N, Ho, Wo, filters)."""
        self._check_images(X, self.in_channels)
        out = self._output_size(X, self.window)
        cols = columns(X, self.window)
        if keep:
            self._X, self._columns = X, cols if training else None  # k² times X: kept only where it pays
        Y = cols @ self.params["W"].reshape(-1, self.filters)
        return self._biased(Y.reshape(len(X), *out, self.filters))

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, Ho, Wo, filters) -> (N, H, W, in_channels)."""
        self.backward_params(dY)
        return scatter(dY, self.params["W"], self.window, self._X.shape)

    def backward_params(self, dY: np.ndarray) -> None:
        """The half of `backward` that fills grads; a first layer needs no more."""
        self._check_upstream(dY)
        cols = columns(self._X, self.window) if self._columns is None else self._columns
        dW = self.grads["W"].reshape(-1, self.filters)  # a view: the product is written into grads
        np.matmul(cols.T, dY.reshape(-1, self.filters), out=dW)
        self._finish_grads(dY)
