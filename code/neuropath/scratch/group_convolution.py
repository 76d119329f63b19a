"""Convolution over shifts and quarter turns (the group p4), as an ordinary one with an expanded kernel.

A p4 map has four sheets, one for each turn: (N, H, W, 4·C), the sheet before the channel. Turning an image
turns every sheet, and hands it on to the next one. Derived in Session 02 F.
"""

from __future__ import annotations

import numpy as np


def p4_kernel(W: np.ndarray) -> np.ndarray:
    """(k, k, T, C, O) -> (k, k, T·C, 4·O), the kernel of the `Conv2D` that does it.

    T = 1 lifts an image to four sheets, T = 4 leads from four sheets to four.
    """
    if W.ndim != 5 or W.shape[0] != W.shape[1] or W.shape[2] not in (1, 4):
        raise ValueError(f"expects a square kernel (k, k, 1 or 4, C, O), received {W.shape}.")
    k, _, T, C, filters = W.shape
    K = np.empty((k, k, T, C, 4, filters), W.dtype)
    for s in range(T):
        for r in range(4):
            K[:, :, s, :, r] = np.rot90(W[:, :, (s - r) % T], r)
    return K.reshape(k, k, T * C, 4 * filters)


def p4_kernel_backward(dK: np.ndarray, T: int) -> np.ndarray:
    """The adjoint: (k, k, T·C, 4·O) -> (k, k, T, C, O); every weight collects from its four copies."""
    k, _, TC, filters = dK.shape
    dK = dK.reshape(k, k, T, TC // T, 4, filters // 4)
    dW = np.zeros((k, k, T, TC // T, filters // 4), dK.dtype)
    for s in range(T):
        for r in range(4):
            dW[:, :, (s - r) % T] += np.rot90(dK[:, :, s, :, r], -r)
    return dW


def turn_maps(F: np.ndarray, times: int = 1) -> np.ndarray:
    """What p4 maps (N, H, W, 4·C) become when the image is turned: sheets turned, and handed on."""
    N, H, width, channels = F.shape
    sheets = np.rot90(F.reshape(N, H, width, 4, channels // 4), times, axes=(1, 2))
    turned = np.roll(sheets, times, axis=3)
    return turned.reshape(*turned.shape[:3], channels)
