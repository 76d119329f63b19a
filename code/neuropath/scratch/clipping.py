"""Gradients kept short: by value, by the norm of each array, by the norm of all. Derived in Session 04 C.

Each takes the gradients by name and returns a new dictionary; the arrays that were given are left alone, and
one that needs no clipping is passed on as it is. Pascanu et al. (2013).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

Arrays = Mapping[str, np.ndarray]


def clip_by_value(grads: Arrays, clipvalue: float) -> dict[str, np.ndarray]:
    """Each entry cut to [-clipvalue, clipvalue]; this turns the direction. Twin: Keras' `clipvalue`."""
    c = check_bound("clipvalue", clipvalue)
    return {name: np.clip(g, -c, c) for name, g in grads.items()}


def clip_by_norm(grads: Arrays, clipnorm: float) -> dict[str, np.ndarray]:
    """Each array scaled down to the norm clipnorm where it is longer. Twin: Keras' `clipnorm`."""
    c = check_bound("clipnorm", clipnorm)
    return {name: _scaled(g, global_norm([g]), c) for name, g in grads.items()}


def clip_by_global_norm(grads: Arrays, global_clipnorm: float) -> dict[str, np.ndarray]:
    """All arrays scaled by one factor, so that together they are no longer than global_clipnorm.

    The direction is kept. A norm that is not finite makes everything NaN, so that the trouble shows, as in
    Keras. Twin: Keras' `global_clipnorm`.
    """
    c, norm = check_bound("global_clipnorm", global_clipnorm), global_norm(grads.values())
    return {name: _scaled(g, norm if math.isfinite(norm) else math.nan, c) for name, g in grads.items()}


def global_norm(arrays: Iterable[np.ndarray]) -> float:
    """√ of the sum of all squares, over all arrays."""
    return math.sqrt(sum(float(np.vdot(g, g)) for g in arrays))


def check_bound(name: str, value: float) -> float:
    """Raise ValueError unless the bound is a finite number > 0."""
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"Expected a finite {name} > 0, received {value}: leave it out for no clipping.")
    return float(value)


def _scaled(g: np.ndarray, norm: float, bound: float) -> np.ndarray:
    if norm <= bound:  # a NaN norm is not <= anything
        return g
    with np.errstate(invalid="ignore"):  # infinity times 0 is the NaN that shall show
        return g * (bound / norm)
