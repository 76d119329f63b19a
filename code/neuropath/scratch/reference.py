"""Convolution, pooling and batch normalisation as their definitions say: loops, one output at a time.

Slow and obvious: the pages show these first, and tests hold the fast layers against them. Images are
(N, H, W, C). A `_backward` gets dY and what the forward pass got, and returns the gradient of each array.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .windows import Pads, Pair, Window

Arrays = tuple[np.ndarray, ...]
Patch = tuple[int, int, slice, slice]


def _frame(X: np.ndarray, pads: Pads, value: float = 0.0) -> np.ndarray:
    return np.pad(X, ((0, 0), *pads, (0, 0)), constant_values=value)


def _unframe(X: np.ndarray, pads: Pads) -> np.ndarray:
    (top, bottom), (left, right) = pads
    return X[:, top : X.shape[1] - bottom, left : X.shape[2] - right]


def _places(window: Window, out: Pair) -> Iterator[Patch]:
    """Every output pixel (y, x), and the rows and columns of the framed input that it sees."""
    (sh, sw), (dh, dw), (rh, rw) = window.strides, window.dilation, window.reach
    for y in range(out[0]):
        for x in range(out[1]):
            yield y, x, slice(y * sh, y * sh + rh, dh), slice(x * sw, x * sw + rw, dw)


def conv2d(X: np.ndarray, W: np.ndarray, b: np.ndarray, window: Window) -> np.ndarray:
    """Each output is the sum of a patch times a kernel, plus a bias: W (kh, kw, C, O), b (O,)."""
    out, framed = window.output(*X.shape[1:3]), _frame(X, window.pads(*X.shape[1:3]))
    Y = np.empty((len(X), *out, W.shape[3]), X.dtype)
    for n in range(len(X)):
        for y, x, rows, columns in _places(window, out):
            for o in range(W.shape[3]):
                Y[n, y, x, o] = np.sum(framed[n, rows, columns] * W[:, :, :, o]) + b[o]
    return Y


def conv2d_backward(dY: np.ndarray, X: np.ndarray, W: np.ndarray, b: np.ndarray, window: Window) -> Arrays:
    """(dX, dW, db): each product of the forward pass sends dY to both of its factors."""
    pads = window.pads(*X.shape[1:3])
    framed, dW, db = _frame(X, pads), np.zeros_like(W), np.zeros_like(b)
    d_framed = np.zeros_like(framed)
    for n in range(len(X)):
        for y, x, rows, columns in _places(window, dY.shape[1:3]):
            for o in range(W.shape[3]):
                dW[:, :, :, o] += framed[n, rows, columns] * dY[n, y, x, o]
                d_framed[n, rows, columns] += W[:, :, :, o] * dY[n, y, x, o]
                db[o] += dY[n, y, x, o]
    return _unframe(d_framed, pads), dW, db


def depthwise_conv2d(X: np.ndarray, W: np.ndarray, b: np.ndarray, window: Window) -> np.ndarray:
    """Channel c under its m kernels gives the output channels c·m … c·m + m - 1: W (kh, kw, C, m)."""
    C, m = W.shape[2:]
    single = [conv2d(X[..., [c]], W[:, :, [c]], b[c * m : (c + 1) * m], window) for c in range(C)]
    return np.concatenate(single, axis=3)


def depthwise_conv2d_backward(
    dY: np.ndarray, X: np.ndarray, W: np.ndarray, b: np.ndarray, window: Window
) -> Arrays:
    """(dX, dW, db), channel by channel."""
    C, m = W.shape[2:]
    own = [slice(c * m, (c + 1) * m) for c in range(C)]
    single = [
        conv2d_backward(dY[..., own[c]], X[..., [c]], W[:, :, [c]], b[own[c]], window) for c in range(C)
    ]
    dX, dW, db = zip(*single, strict=True)
    return np.concatenate(dX, axis=3), np.concatenate(dW, axis=2), np.concatenate(db)


POINT = Window((1, 1))


def separable_conv2d(
    X: np.ndarray, D: np.ndarray, P: np.ndarray, b: np.ndarray, window: Window
) -> np.ndarray:
    """Depthwise with D (kh, kw, C, m), then across channels with P (1, 1, C·m, O)."""
    Z = depthwise_conv2d(X, D, np.zeros(P.shape[2], X.dtype), window)
    return conv2d(Z, P, b, POINT)


def separable_conv2d_backward(
    dY: np.ndarray, X: np.ndarray, D: np.ndarray, P: np.ndarray, b: np.ndarray, window: Window
) -> Arrays:
    """(dX, dD, dP, db): back through the one, then through the other."""
    nothing = np.zeros(P.shape[2], X.dtype)
    dZ, dP, db = conv2d_backward(dY, depthwise_conv2d(X, D, nothing, window), P, b, POINT)
    dX, dD, _ = depthwise_conv2d_backward(dZ, X, D, nothing, window)
    return dX, dD, dP, db


def conv2d_transpose(X: np.ndarray, W: np.ndarray, b: np.ndarray, window: Window, size: Pair) -> np.ndarray:
    """Each input pixel paints its kernel into an image of `size`: W (kh, kw, O, C), b (O,)."""
    pads = window.pads(*size)
    Y = _frame(np.zeros((len(X), *size, W.shape[2]), X.dtype), pads)
    for n in range(len(X)):
        for y, x, rows, columns in _places(window, X.shape[1:3]):
            for c in range(W.shape[3]):
                Y[n, rows, columns] += W[:, :, :, c] * X[n, y, x, c]
    return _unframe(Y, pads) + b


def conv2d_transpose_backward(
    dY: np.ndarray, X: np.ndarray, W: np.ndarray, b: np.ndarray, window: Window
) -> Arrays:
    """(dX, dW, db): a pixel is blamed for all that it painted."""
    framed, dX, dW = _frame(dY, window.pads(*dY.shape[1:3])), np.zeros_like(X), np.zeros_like(W)
    for n in range(len(X)):
        for y, x, rows, columns in _places(window, X.shape[1:3]):
            for c in range(W.shape[3]):
                dX[n, y, x, c] = np.sum(W[:, :, :, c] * framed[n, rows, columns])
                dW[:, :, :, c] += framed[n, rows, columns] * X[n, y, x, c]
    return dX, dW, dY.sum(axis=(0, 1, 2))


def max_pool2d(X: np.ndarray, window: Window) -> np.ndarray:
    """The largest pixel of each window, channel by channel."""
    out, framed = window.output(*X.shape[1:3]), _frame(X, window.pads(*X.shape[1:3]), -np.inf)
    Y = np.empty((len(X), *out, X.shape[3]), X.dtype)
    for n in range(len(X)):
        for y, x, rows, columns in _places(window, out):
            Y[n, y, x] = framed[n, rows, columns].max(axis=(0, 1))
    return Y


def max_pool2d_backward(dY: np.ndarray, X: np.ndarray, window: Window) -> np.ndarray:
    """dX: all of dY to the largest pixel, the first of several."""
    pads = window.pads(*X.shape[1:3])
    framed = _frame(X, pads, -np.inf)
    dX = np.zeros_like(framed)
    for n in range(len(X)):
        for y, x, rows, columns in _places(window, dY.shape[1:3]):
            for c in range(X.shape[3]):
                patch = framed[n, rows, columns, c]
                i, j = np.unravel_index(patch.argmax(), patch.shape)
                dX[n, rows, columns, c][i, j] += dY[n, y, x, c]
    return _unframe(dX, pads)


def average_pool2d(X: np.ndarray, window: Window) -> np.ndarray:
    """The mean of each window, channel by channel; what lies in the frame is not counted."""
    out, framed = window.output(*X.shape[1:3]), _frame(X, window.pads(*X.shape[1:3]), np.nan)
    Y = np.empty((len(X), *out, X.shape[3]), X.dtype)
    for n in range(len(X)):
        for y, x, rows, columns in _places(window, out):
            Y[n, y, x] = np.nanmean(framed[n, rows, columns], axis=(0, 1))
    return Y


def average_pool2d_backward(dY: np.ndarray, X: np.ndarray, window: Window) -> np.ndarray:
    """dX: an equal share of dY to each pixel that was counted."""
    pads = window.pads(*X.shape[1:3])
    counted = _frame(np.ones_like(X), pads)
    dX = np.zeros_like(counted)
    for n in range(len(X)):
        for y, x, rows, columns in _places(window, dY.shape[1:3]):
            number = counted[n, rows, columns, 0].sum()
            dX[n, rows, columns] += dY[n, y, x] / number
    return _unframe(dX, pads)


def batch_normalization(
    X: np.ndarray, gamma: np.ndarray, beta: np.ndarray, epsilon: float = 1e-3
) -> np.ndarray:
    """In training, channel by channel: minus the mean, over the standard deviation, times gamma plus beta."""
    Y = np.empty_like(X)
    for c in range(X.shape[-1]):
        x = X[..., c]
        variance = np.mean((x - x.mean()) ** 2)
        Y[..., c] = gamma[c] * (x - x.mean()) / np.sqrt(variance + epsilon) + beta[c]
    return Y


def batch_normalization_backward(
    dY: np.ndarray, X: np.ndarray, gamma: np.ndarray, beta: np.ndarray, epsilon: float = 1e-3
) -> Arrays:
    """(dX, d_gamma, d_beta), by the chain rule through x̂, variance and mean, one after another."""
    dX, d_gamma, d_beta = np.empty_like(X), np.empty_like(gamma), np.empty_like(beta)
    for c in range(X.shape[-1]):
        x, dy = X[..., c], dY[..., c]
        centred = x - x.mean()
        root = np.sqrt(np.mean(centred**2) + epsilon)
        d_gamma[c], d_beta[c] = np.sum(dy * centred / root), np.sum(dy)
        d_normal = dy * gamma[c]
        d_variance = np.sum(d_normal * centred) * -0.5 / root**3
        d_centred = d_normal / root + d_variance * 2 * centred / x.size
        dX[..., c] = d_centred - d_centred.mean()  # every entry moves the mean by 1 / size
    return dX, d_gamma, d_beta
