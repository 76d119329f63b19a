"""Sums and scalings channel by channel, for arrays (…, C): the same numbers as the obvious line, sooner.

NumPy is fast along long contiguous rows, and C is often 16. A row of an image holds W pixels, W·C contiguous
floats: rows are added up first, pixels after; a vector of C is tiled W times before it meets a row.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK = 1 << 20  # bytes: what is worked on several times in a row should stay in the second-level cache


def rows(A: np.ndarray) -> np.ndarray:
    """(…, W, C) -> (R, W·C), one image row a row; (N, C) stays as it is. A view where A is contiguous."""
    width = int(np.prod(A.shape[-2:])) if A.ndim > 2 else A.shape[-1]
    return A.reshape(A.size // max(width, 1), width)


def tiled(vector: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """The vector (C,) once for each pixel of a row of `flat` (R, W·C)."""
    return np.tile(vector, flat.shape[1] // len(vector))


def blocks(flat: np.ndarray) -> Iterator[slice]:
    """Which rows of `flat` (R, …) to take together: BLOCK bytes at a time."""
    step = max(1, BLOCK * len(flat) // max(flat.nbytes, 1))
    return (slice(start, start + step) for start in range(0, len(flat), step))


def stretched(flat: np.ndarray, scale: np.ndarray, shift: np.ndarray, out: np.ndarray) -> np.ndarray:
    """scale · flat + shift, channel by channel, in `out`, which may be `flat` itself."""
    scale, shift = tiled(scale, flat), tiled(shift, flat)
    for some in blocks(flat):
        np.multiply(flat[some], scale, out=out[some])
        out[some] += shift
    return out


def sum_channels(flat: np.ndarray, C: int) -> np.ndarray:
    """Σ over rows and pixels: (R, W·C) -> (C,)."""
    return flat.sum(axis=0).reshape(-1, C).sum(axis=0)


def dot_channels(A: np.ndarray, B: np.ndarray, C: int) -> np.ndarray:
    """Σ A·B over rows and pixels: (R, W·C) twice -> (C,); the product is never in memory."""
    return np.einsum("ri,ri->i", A, B).reshape(-1, C).sum(axis=0)
