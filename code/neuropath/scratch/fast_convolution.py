"""Convolution by fewer multiplications: by way of Fourier's frequencies, and in Winograd's tiles.

Both compute what `Conv2D` computes (nothing is flipped), at stride 1 and without a bias. Derived in
Session 02 F. The plain sum is `reference.conv2d`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import count
from math import prod

import numpy as np

from .windows import Window, pad, patches

Matrices = tuple[np.ndarray, np.ndarray, np.ndarray]


def _framed(X: np.ndarray, W: np.ndarray, padding: str) -> tuple[np.ndarray, tuple[int, int]]:
    """The padded images, and the size of the output. Raises ValueError where X and W do not fit together."""
    if X.ndim != 4 or W.ndim != 4 or X.shape[3] != W.shape[2]:
        raise ValueError(f"expects X (N, H, W, C) and W (kh, kw, C, O), received {X.shape} and {W.shape}.")
    window = Window.of("a fast convolution", W.shape[:2], 1, padding)
    out = window.output(*X.shape[1:3])
    if min(out) < 1:
        raise ValueError(f"expects images of at least {W.shape[:2]} pixels, received {X.shape[1:3]}.")
    return pad(X, window.pads(*X.shape[1:3])), out


def fft_conv2d(X: np.ndarray, W: np.ndarray, padding: str = "valid") -> np.ndarray:
    """(N, H, W, C) and (kh, kw, C, O) -> (N, Ho, Wo, O): transform, multiply, transform back."""
    framed, (height, width) = _framed(X, W, padding)
    size = framed.shape[1:3]
    F = np.fft.rfft2(framed, axes=(1, 2)).transpose(1, 2, 0, 3)  # (H, W/2 + 1, N, C)
    G = np.fft.rfft2(W, s=size, axes=(0, 1)).conj()  # (H, W/2 + 1, C, O)
    Y = np.fft.irfft2(F @ G, s=size, axes=(0, 1))  # (H, W, N, O): one matrix product a frequency
    return np.ascontiguousarray(Y[:height, :width].transpose(2, 0, 1, 3)).astype(X.dtype, copy=False)


def default_points(number: int) -> list[Fraction]:
    """0, 1, -1, 2, -2, 1/2, -1/2, 3, …: small numbers with small inverses, which keep rounding small."""
    points, seen = [Fraction(0)], {Fraction(0)}
    for n in count(1):
        for point in (Fraction(n), Fraction(-n), Fraction(1, n), Fraction(-1, n)):
            if point not in seen:
                seen.add(point)
                points.append(point)
        if len(points) >= number:
            return points[:number]
    raise AssertionError("unreachable")


def _polynomial(roots: Sequence[Fraction]) -> list[Fraction]:
    """Coefficients of Π(x - root), the constant first."""
    found = [Fraction(1)]
    for root in roots:
        found = [
            low - root * high for low, high in zip([Fraction(0), *found], [*found, Fraction(0)], strict=True)
        ]
    return found


def toom_cook(m: int, r: int, points: Sequence[float | Fraction] | None = None) -> Matrices:
    """A (n, m), G (n, r), B (n, n) with y = Aᵀ((G g) ⊙ (Bᵀ d)), where n = m + r - 1.

    The m outputs y of a filter g of r weights over n inputs d, with n multiplications. `points` are n - 1
    different numbers; infinity is always the last. The entries are exact fractions, rounded once, to float64.
    """
    n = m + r - 1
    chosen = default_points(n - 1) if points is None else [Fraction(p) for p in points]
    if min(m, r) < 1 or n < 2 or len(chosen) != n - 1 or len(set(chosen)) != n - 1:
        raise ValueError(f"expects m, r >= 1, m + r > 2 and {n - 1} different points, received {points!r}.")
    powers = [[p**i for i in range(max(m, r))] for p in chosen]
    A = [*(row[:m] for row in powers), [Fraction(i == m - 1) for i in range(m)]]
    G = [*(row[:r] for row in powers), [Fraction(i == r - 1) for i in range(r)]]
    B = []
    for k, point in enumerate(chosen):
        others = [p for p in chosen if p != point]
        spread = prod((point - p for p in others), start=Fraction(1))
        sign = 1 if spread > 0 else -1
        B.append([sign * c for c in _polynomial(others)] + [Fraction(0)])
        G[k] = [g / abs(spread) for g in G[k]]  # fractions belong to the filter: they are worked out once
    B.append(_polynomial(chosen))
    A64, G64, B64 = (np.array(rows, dtype=np.float64) for rows in (A, G, B))
    return A64, G64, B64.T


def winograd_conv2d(X: np.ndarray, W: np.ndarray, m: int = 2, padding: str = "valid") -> np.ndarray:
    """F(m × m, k × k): (N, H, W, C) and (k, k, C, O) -> (N, Ho, Wo, O), in tiles of m × m outputs."""
    framed, (height, width) = _framed(X, W, padding)
    if W.shape[0] != W.shape[1]:
        raise ValueError(f"expects a square kernel, received {W.shape[:2]}.")
    A, G, B = (M.astype(X.dtype) for M in toom_cook(m, len(W)))
    n, rows, columns = len(A), -(-height // m), -(-width // m)
    spare = (0, rows * m - height), (0, columns * m - width)
    tiles = patches(
        pad(framed, spare), Window((n, n), (m, m)), (rows, columns)
    )  # (N, rows, columns, n, n, C)
    tiles = tiles.reshape(-1, n, n, X.shape[3])
    D = np.einsum("ia,pijc,jb->abpc", B, tiles, B, optimize=True)  # (n, n, tiles, C)
    U = np.einsum("ai,ijco,bj->abco", G, W, G, optimize=True)  # (n, n, C, O)
    Y = np.einsum("ai,abpo,bj->pijo", A, D @ U, A, optimize=True)  # (tiles, m, m, O)
    Y = Y.reshape(len(X), rows, columns, m, m, -1).transpose(0, 1, 3, 2, 4, 5)
    Y = Y.reshape(len(X), rows * m, columns * m, -1)
    return np.ascontiguousarray(Y[:, :height, :width])
