"""Convolutions that look at one channel at a time, and what is built of them: the body of MobileNet.

There is no matrix product here, only multiply and add: NumPy is memory-bound, and long rows are all that
helps. With stride 1 a whole output row, Wo·C floats, is one contiguous stretch of the padded input, for every
kernel pixel; `strips` views it so, and the kernel is tiled along it.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike

from .channels import blocks
from .conv import Init, KernelLayer
from .regularizers import Regularizer
from .windows import Pair, Window, pad


def strips(X: np.ndarray, window: Window) -> np.ndarray:
    """A view (N, Ho, Q, kh, kw, R) of X, padded first: R floats that one kernel pixel meets in one go.

    Stride 1: a whole row, Q = 1 and R = Wo·C. Otherwise pixel by pixel, Q = Wo and R = C.
    """
    Ho, Wo = window.output(*X.shape[1:3])
    X = np.ascontiguousarray(pad(X, window.pads(*X.shape[1:3])))
    (sh, sw), (dh, dw), C = window.strides, window.dilation, X.shape[3]
    n, h, w, c = X.strides
    Q, R = (1, Wo * C) if sw == 1 else (Wo, C)
    steps = (n, h * sh, w * sw, h * dh, w * dw, c)
    return as_strided(X, (len(X), Ho, Q, *window.size, R), steps, writeable=False)


def depthwise(X: np.ndarray, K: np.ndarray, window: Window) -> np.ndarray:
    """Each channel with m kernels of its own: X (N, H, W, C), K (kh, kw, C, m) -> (N, Ho, Wo, C·m)."""
    if K.shape[3] > 1:  # m kernels are one kernel for each of m copies
        X, K = np.repeat(X, K.shape[3], axis=3), K.reshape(*K.shape[:2], -1, 1)
    Ho, Wo = window.output(*X.shape[1:3])
    Y = np.empty((len(X), Ho, Wo, K.shape[2]), X.dtype)
    tiled = np.tile(K[..., 0], (1, 1, 1 if window.strides[1] > 1 else Wo))
    for some in blocks(X):
        seen = strips(X[some], window)
        np.einsum("nhqijr,ijr->nhqr", seen, tiled, out=Y[some].reshape(*seen.shape[:3], -1))
    return Y


def depthwise_dK(X: np.ndarray, dY: np.ndarray, window: Window) -> np.ndarray:
    """The kernel's gradient (kh, kw, C, m): for each of its pixels, what it saw times what came of it."""
    C, m = X.shape[3], dY.shape[3] // X.shape[3]
    dK = np.zeros((*window.size, C, m), dY.dtype)
    for some in blocks(X):
        seen = strips(X[some] if m == 1 else np.repeat(X[some], m, axis=3), window)
        d = dY[some].reshape(*seen.shape[:3], seen.shape[5])
        if seen.shape[2] > 1:  # pixel by pixel
            dK += np.einsum("nhqijr,nhqr->ijr", seen, d).reshape(dK.shape)
        else:
            parts = [np.einsum("nhqr,nhqr->r", seen[:, :, :, i, j], d) for i, j in np.ndindex(*window.size)]
            dK += np.reshape(parts, (*window.size, -1, C, m)).sum(axis=2)
    return dK


def depthwise_dX(dY: np.ndarray, K: np.ndarray, window: Window, shape: tuple[int, ...]) -> np.ndarray:
    """The input's gradient, of `shape`: dY under the flipped kernel, with zeros where it has no pixels."""
    N, H, W, C = shape
    s, m = window.strides[0], K.shape[3]
    dX = np.empty((N, H, W, C * m), dY.dtype)
    for some in blocks(dX):
        for p in range(min(s, H)):  # rows p, p + s, p + 2s, … were seen by every s-th row of the kernel only
            dX[some, p::s] = _dX_rows(dY[some], K, window, (H, W), p)
    return dX if m == 1 else dX.reshape(*shape, m).sum(axis=4)


def _dX_rows(dY: np.ndarray, K: np.ndarray, window: Window, size: Pair, p: int) -> np.ndarray:
    """Rows p, p + s, … of the gradient (N, …, W, C·m), each with the kernel rows it was seen by."""
    (H, W), (s, step), (Ho, Wo) = size, window.strides, dY.shape[1:3]
    (top, _), (left, _) = window.pads(H, W)
    K = K[(p + top) % s :: s]
    if len(K) == 0:  # strides larger than the kernel pass over these rows
        return np.zeros((len(dY), 1, 1, 1), dY.dtype)
    part = Window(K.shape[:2], dilation=window.dilation)
    rows, first = len(range(p, H, s)), (p + top) // s - part.reach[0] + 1  # of dY, that row p is blamed for
    seen, start = slice(max(first, 0), min(first + part.reach[0] - 1 + rows, Ho)), part.reach[1] - 1 - left
    spread = np.zeros((len(dY), rows + part.reach[0] - 1, W + part.reach[1] - 1, dY.shape[3]), dY.dtype)
    target = spread[:, seen.start - first : seen.stop - first, start : start + step * (Wo - 1) + 1 : step]
    target[...] = dY[:, seen]
    return depthwise(spread, K[::-1, ::-1].reshape(*K.shape[:2], -1, 1), part)


class DepthwiseConv2D(KernelLayer):
    """Each channel is convolved alone, with m = depth_multiplier kernels; W (kh, kw, in_channels, m).

    Output channel c·m + q is input channel c under its kernel q. Derived in eq-engine-depthwise,
    eq-engine-depthwise-back (page engine). Twin: `keras.layers.DepthwiseConv2D`.
    """

    def __init__(
        self,
        in_channels: int,
        kernel_size: int | Pair,
        strides: int | Pair = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        *,
        rng: np.random.Generator,
        dilation_rate: int | Pair = 1,
        use_bias: bool = True,
        depthwise_initializer: Init = "glorot_uniform",
        depthwise_regularizer: Regularizer | None = None,
        dtype: DTypeLike = "float32",
    ):
        window = Window.of("DepthwiseConv2D", kernel_size, strides, padding, dilation_rate)
        super().__init__(in_channels, window, dtype)
        m = self.depth_multiplier = self._at_least_one("depth_multiplier", depth_multiplier)
        self._add_kernel(
            "W", (*window.size, in_channels, m), rng, depthwise_initializer, depthwise_regularizer
        )
        self._add_bias(in_channels * m, use_bias)

    def apply(
        self, X: np.ndarray, *, training: bool = False, spare: bool = False, keep: bool = True
    ) -> np.ndarray:
        """(N, H, W, C) -> (N, Ho, Wo, C·m)."""
        self._check_images(X, self.in_channels)
        self._output_size(X, self.window)
        if keep:
            self._X = X
        return self._biased(depthwise(X, self.params["W"], self.window))

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, Ho, Wo, C·m) -> (N, H, W, C)."""
        self.backward_params(dY)
        return depthwise_dX(dY, self.params["W"], self.window, self._X.shape)

    def backward_params(self, dY: np.ndarray) -> None:
        """The half of `backward` that fills grads."""
        self._check_upstream(dY)
        self.grads["W"][...] = depthwise_dK(self._X, dY, self.window)
        self._finish_grads(dY)


class SeparableConv2D(KernelLayer):
    """A depthwise convolution, then a 1×1 convolution across channels, and one bias at the end.

    Parameters "depthwise" (kh, kw, in_channels, depth_multiplier), "pointwise" (1, 1, C·m, filters), "b".
    Derived in eq-engine-separable, eq-engine-separable-back (page engine), what it saves over Conv2D in
    eq-engine-separable-cost (page engine). Twin: `keras.layers.SeparableConv2D`.
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
        depth_multiplier: int = 1,
        use_bias: bool = True,
        depthwise_initializer: Init = "glorot_uniform",
        pointwise_initializer: Init = "glorot_uniform",
        depthwise_regularizer: Regularizer | None = None,
        pointwise_regularizer: Regularizer | None = None,
        dtype: DTypeLike = "float32",
    ):
        window = Window.of("SeparableConv2D", kernel_size, strides, padding, dilation_rate)
        super().__init__(in_channels, window, dtype)
        self.filters = self._at_least_one("filters", filters)
        m = self.depth_multiplier = self._at_least_one("depth_multiplier", depth_multiplier)
        shape = (*window.size, in_channels, m)
        self._add_kernel("depthwise", shape, rng, depthwise_initializer, depthwise_regularizer)
        shape = (1, 1, in_channels * m, filters)
        self._add_kernel("pointwise", shape, rng, pointwise_initializer, pointwise_regularizer)
        self._add_bias(filters, use_bias)

    def apply(
        self, X: np.ndarray, *, training: bool = False, spare: bool = False, keep: bool = True
    ) -> np.ndarray:
        """(N, H, W, in_channels) -> (N, Ho, Wo, filters)."""
        self._check_images(X, self.in_channels)
        self._output_size(X, self.window)
        Z = depthwise(X, self.params["depthwise"], self.window)
        if keep:
            self._X, self._Z = X, Z
        return self._biased(Z @ self.params["pointwise"][0, 0])

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, Ho, Wo, filters) -> (N, H, W, in_channels)."""
        self.backward_params(dY)
        return depthwise_dX(self._dZ, self.params["depthwise"], self.window, self._X.shape)

    def backward_params(self, dY: np.ndarray) -> None:
        """The half of `backward` that fills grads."""
        self._check_upstream(dY)
        Z, flat = self._Z.reshape(-1, self._Z.shape[3]), dY.reshape(-1, self.filters)
        np.matmul(Z.T, flat, out=self.grads["pointwise"][0, 0])
        self._dZ = (flat @ self.params["pointwise"][0, 0].T).reshape(self._Z.shape)
        self.grads["depthwise"][...] = depthwise_dK(self._X, self._dZ, self.window)
        self._finish_grads(dY)
