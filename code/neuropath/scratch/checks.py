"""Checked arguments: what is asked of a single number. Messages say who expected what, and what came.

All return Python's own int or float: NumPy's float64 numbers would make float64 of every float32 array that
they are multiplied with.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def is_number(value: Any) -> bool:
    """True for one finite real number; False for text, None, arrays, NaN."""
    return isinstance(value, (int, float, np.integer, np.floating)) and bool(np.isfinite(value))


def positive(owner: str, name: str, value: Any, hint: str = "") -> float:
    """The value, or ValueError unless it is finite and > 0."""
    if not (is_number(value) and value > 0):
        raise ValueError(f"{owner} expects a finite {name} > 0, received {value!r}{hint}.")
    return float(value)


def not_negative(owner: str, name: str, value: Any) -> float:
    """The value, or ValueError unless it is finite and >= 0."""
    if not (is_number(value) and value >= 0):
        raise ValueError(f"{owner} expects a finite {name} >= 0, received {value!r}.")
    return float(value)


def share(owner: str, name: str, value: Any, *, whole: bool = False) -> float:
    """The value, or ValueError unless it lies in [0, 1); `whole`: in [0, 1]."""
    if not (is_number(value) and 0 <= value <= 1 and (whole or value < 1)):
        raise ValueError(f"{owner} expects {name} in [0, 1{']' if whole else ')'}, received {value!r}.")
    return float(value)


def whole_number(owner: str, name: str, value: Any, least: int = 1) -> int:
    """The value, or ValueError unless it is a whole number >= least."""
    if not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{owner} expects {name} to be a whole number >= {least}, received {value!r}.")
    return int(value)
