"""Gradients kept short: by value, by the norm of each array, by the norm of all.

Each takes the gradients by name and returns a new dictionary; the arrays that were given are left alone, and
one that needs no clipping is passed on as it is. Pascanu et al. (2012).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from .checks import positive

Arrays = Mapping[str, np.ndarray]


def clip_by_value(grads: Arrays, clipvalue: float) -> dict[str, np.ndarray]:
    """Each entry cut to [-clipvalue, clipvalue]; this turns the direction.

    Derived in eq-engine-clip-value (page engine). Twin: Keras' `clipvalue`.
    """
    c = bound("clipvalue", clipvalue)
    return {name: np.clip(g, -c, c) for name, g in grads.items()}


def clip_by_norm(grads: Arrays, clipnorm: float) -> dict[str, np.ndarray]:
    """Each array scaled down to the norm clipnorm where it is longer.

    Derived in eq-engine-clip-norm (page engine). Twin: Keras' `clipnorm`.
    """
    c = bound("clipnorm", clipnorm)
    return {name: _scaled(g, global_norm([g]), c) for name, g in grads.items()}


def clip_by_global_norm(grads: Arrays, global_clipnorm: float) -> dict[str, np.ndarray]:
    """All arrays scaled by one factor, so that together they are no longer than global_clipnorm.

    The direction is kept. A norm that is not finite makes everything NaN, so that the trouble shows, as in
    Keras. Derived in eq-engine-clip-global-norm (page engine). Twin: Keras' `global_clipnorm`.
    """
    c, norm = bound("global_clipnorm", global_clipnorm), global_norm(grads.values())
    return {name: _scaled(g, norm if math.isfinite(norm) else math.nan, c) for name, g in grads.items()}


def global_norm(arrays: Iterable[np.ndarray]) -> float:
    """√ of the sum of all squares, over all arrays: eq-engine-clip-global-norm (page engine)."""
    return math.sqrt(sum(float(np.vdot(g, g)) for g in arrays))


def bound(name: str, value: float) -> float:
    """The bound called `name`, or ValueError unless it is a finite number > 0."""
    return positive("Clipping", name, value, ": leave it out for no clipping")


def _scaled(g: np.ndarray, norm: float, longest: float) -> np.ndarray:
    if norm <= longest:  # a NaN norm is not <= anything
        return g
    with np.errstate(invalid="ignore"):  # infinity times 0 is the NaN that shall show
        return g * (longest / norm)
