"""What a self-check may say: `expect…` tells what is wrong with the reader's value, never what is right."""

import inspect
from typing import Any

import numpy as np


class NotAttempted(Exception):
    """The answer is still the `...` of the starter."""


class Unmet(Exception):
    """An expectation failed; the message is meant for the reader."""


def expect(condition: Any, message: str) -> None:
    """Say `message` unless the condition holds (all of it, where it is an array; an empty one does not)."""
    if not np.size(condition) or not np.all(condition):
        raise Unmet(message)


def expect_shape(value: Any, shape: tuple[int, ...]) -> None:
    """The value is an array of this shape; for the shape () a plain number will do."""
    array = _numbers(value, "your result", lists=False)
    if array.shape != tuple(shape):
        raise Unmet(
            f"your result should have shape {tuple(shape)}; yours has {array.shape}: {describe(value)}"
        )


def expect_close(
    value: Any, expected: Any, what: str = "your result", rtol: float = 1e-7, atol: float = 0
) -> None:
    """The value is the expected one up to rounding. Shows the value and the place, never what is expected."""
    wanted = np.asarray(expected)
    array = _numbers(value, what, lists=isinstance(expected, list | tuple))
    if array.shape != wanted.shape:
        raise Unmet(f"{what}: the shape should be {wanted.shape}; yours is {array.shape}")
    bad = ~np.isfinite(array) & np.isfinite(wanted)
    if bad.any():
        raise Unmet(f"{what}: {_place(array, bad)}, which is no finite number")
    off = ~np.isclose(array, wanted, rtol=rtol, atol=atol, equal_nan=True)
    if off.any():
        raise Unmet(f"{what}: {_place(array, off)}, which is not right{_nuance(array, wanted, off)}")


def expect_type(value: Any, kind: type | tuple[type, ...], what: str = "your result") -> None:
    """The value has this type. NumPy's numbers count as numbers; True and False do not."""
    _attempted(value)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    accepted: tuple[type, ...] = kinds
    if int in kinds:
        accepted += (np.integer,)
    if float in kinds:
        accepted += (int, np.integer, np.floating)
    a_bool = isinstance(value, bool | np.bool_) and not {bool, np.bool_, object} & set(kinds)
    if a_bool or not isinstance(value, accepted):
        names = " or ".join(k.__name__ for k in kinds)
        raise Unmet(f"{what} should be of type {names}; yours is {describe(value)}{_missing_return(value)}")


def describe(value: Any, limit: int = 100) -> str:
    """The reader's own value in one short line; never raises, whatever its __repr__ does."""
    kind = type(value).__name__
    try:
        if value is None:
            return "None"
        if isinstance(value, np.ndarray):
            body = np.array2string(value, precision=4, threshold=12, edgeitems=3).replace("\n", "")
            text = f"an array of shape {value.shape} and type {value.dtype}: {' '.join(body.split())}"
        elif callable(value):
            return (
                f"the {'class' if isinstance(value, type) else 'function'} {getattr(value, '__name__', kind)}"
            )
        elif inspect.isgenerator(value):
            return "a generator"
        elif isinstance(value, bool | int | float | complex | np.generic):
            text = f"{value!s} ({kind})"
        else:
            text = f"a {kind}: {value!r}"
    except Exception:
        return f"a {kind}"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def plain(value: Any) -> Any:
    """Arrays and numbers without their subclass: what a subclass overrides must not decide."""
    if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
        return np.array(value, subok=False)
    if isinstance(value, np.generic | bool) or type(value) in (int, float, complex):
        return value
    if isinstance(value, int):
        return int.__add__(value, 0)
    return float.__add__(value, 0.0) if isinstance(value, float) else value


def _attempted(value: Any) -> None:
    if value is ... or (isinstance(value, tuple | list) and any(item is ... for item in value)):
        raise NotAttempted


def _missing_return(value: Any) -> str:
    return ": is the `return` missing?" if value is None else ""


def _numbers(value: Any, what: str, *, lists: bool) -> np.ndarray:
    """The value as a plain array of numbers, or a sentence that says what it is instead."""
    _attempted(value)
    if value is None:
        raise Unmet(f"{what} is None: is the `return` missing?")
    if inspect.isgenerator(value):
        raise Unmet(
            f"{what} is a generator (there is a `yield`, or brackets without a list): return an array"
        )
    if callable(value) and not hasattr(value, "__array__"):
        raise Unmet(
            f"{what} should be a number or an array; yours is {describe(value)}: was it meant to be called?"
        )
    if isinstance(value, list | tuple) and not lists:
        raise Unmet(
            f"{what} should be a NumPy array; yours is {describe(value)}: np.array(…) makes one of it"
        )
    try:
        array = np.array(value, subok=False)
    except Exception:
        raise Unmet(f"{what} cannot be read as an array: it is {describe(value)}") from None
    if array.dtype.kind not in "fiu":
        kinds = {"b": "True/False values", "c": "complex numbers", "U": "text", "S": "text"}
        raise Unmet(
            f"{what} should hold numbers; it holds {kinds.get(array.dtype.kind, 'objects')}: "
            + describe(value)
        )
    return array


def _place(array: np.ndarray, wrong: np.ndarray) -> str:
    """Which of the reader's entries is wrong, and what the reader has there."""
    if array.ndim == 0:
        return f"you have {array:.6g}"
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    where = ", ".join(map(str, index))
    return f"{np.count_nonzero(wrong)} of {wrong.size} entries; at [{where}] you have {array[index]:.6g}"


def _nuance(array: np.ndarray, wanted: np.ndarray, off: np.ndarray) -> str:
    """A remark on the kind of error that gives nothing away."""
    if array.dtype.kind in "iu" and array.ndim and (wanted % 1 != 0).any():
        return " (your array holds whole numbers: it cannot store fractions)"
    if array.dtype.itemsize < 8 and np.allclose(array, wanted, rtol=1e-5, atol=1e-6):
        return f" (right up to the rounding of {array.dtype}: compute in float64)"
    if np.allclose(array[off], wanted[off], rtol=0.01):
        return " (close, but not to the digits asked for)"
    if array.ndim and np.isfinite(wanted).all() and np.allclose(array, -wanted):
        return " (look at the sign)"
    return ""
