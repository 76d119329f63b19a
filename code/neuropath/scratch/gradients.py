"""Is the gradient the slope? Central differences in float64."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def check_gradient(
    loss: Callable[[], float], x: np.ndarray, dx: np.ndarray, eps: float = 1e-6, rtol: float = 1e-6
) -> None:
    """Assert that dx is the slope of loss() as each entry of x (float64) is nudged.

    The error is relative to the largest slope, so that tiny gradients hide nothing. A loss that is flat or
    not finite proves nothing and fails. Raises AssertionError. Why eps is 1e-6: thm-s01c-difference.
    """
    assert x.dtype == np.float64, f"expected x in float64, received {x.dtype}: differences need the digits"
    assert dx.shape == x.shape, f"expected dx shaped as x, {x.shape}, received {dx.shape}"
    slope = np.empty_like(x)
    for i, kept in np.ndenumerate(x.copy()):
        x[i] = kept + eps
        above = loss()
        x[i] = kept - eps
        slope[i] = (above - loss()) / (2 * eps)
        x[i] = kept
    assert np.isfinite(slope).all(), "the loss is not finite here: this check proves nothing"
    assert np.abs(slope).max() > 0, "the loss is flat here: this check proves nothing"
    worst = np.abs(slope - dx).max() / np.abs(slope).max()
    assert worst < rtol, f"backward is off by {worst:.1e} of the largest slope"
