"""Calls of the reader's function, remembered: a misconception is known by its very outputs."""

import copy
import functools
import inspect
import sysconfig
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from neuropath.lessons.expectations import NotAttempted, Unmet, plain

PACKAGE = str(Path(__file__).parents[1])
STDLIB = sysconfig.get_paths()["stdlib"]


@dataclass
class Call:
    """One call: arguments before and after (functions may work in place), and what came of it."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    output: Any = None
    after: tuple[Any, ...] = ()
    kwargs_after: dict[str, Any] = field(default_factory=dict)
    error: type[BaseException] | None = None


@dataclass
class Tape:
    """All calls of one check. `protect=True` hands the function copies: it cannot spoil its arguments."""

    protect: bool = False
    calls: list[Call] = field(default_factory=list)

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, recorded; its errors become sentences."""

        @functools.wraps(function)
        def recorded(*args: Any, **kwargs: Any) -> Any:
            _fits(function, args, kwargs)
            call = Call(_copy(args), _copy(kwargs))
            self.calls.append(call)
            if self.protect:
                args, kwargs = _copies(args, kwargs)
            try:
                output = function(*args, **kwargs)
            except (Exception, SystemExit) as error:
                call.error = type(error)
                raise Unmet(explain(error)) from None
            if output is ... or (isinstance(output, tuple | list) and any(item is ... for item in output)):
                raise NotAttempted
            call.output, call.after, call.kwargs_after = _copy(output), _copy(args), _copy(kwargs)
            return plain(output)

        return recorded

    def spoiled(self) -> bool:
        """Did the function change an argument in place?"""
        return any(
            not (untouched(call.args, call.after) and untouched(call.kwargs, call.kwargs_after))
            for call in self.calls
            if call.error is None
        )

    def matches(self, function: Callable[..., Any]) -> bool:
        """Does this function give the very outputs that were recorded, on the very arguments?"""
        return bool(self.calls) and all(_replays(call, function) for call in self.calls)


def _replays(call: Call, function: Callable[..., Any]) -> bool:
    args, kwargs = _copy(call.args), _copy(call.kwargs)
    try:
        output = function(*args, **kwargs)
    except Exception as error:
        return call.error is type(error)
    return call.error is None and same(output, call.output) and same(args, call.after)


def same(a: Any, b: Any) -> bool:
    """Equal up to rounding, through tuples, lists and dictionaries; NaN equals NaN; never raises."""
    try:
        if isinstance(a, tuple | list) and isinstance(b, tuple | list):
            return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
        if isinstance(a, dict) and isinstance(b, dict):
            return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
        if isinstance(a, np.random.Generator) and isinstance(b, np.random.Generator):
            return bool(str(a.bit_generator.state) == str(b.bit_generator.state))
        x, y = np.asarray(a), np.asarray(b)
        if x.dtype.kind in "fiuc" and y.dtype.kind in "fiuc":
            return x.shape == y.shape and np.allclose(x, y, rtol=1e-7, atol=1e-12, equal_nan=True)
        return a is b or bool(np.array_equal(x, y))
    except Exception:
        return False


def untouched(before: Any, after: Any) -> bool:
    """`same`, and of the same types throughout: an equal number of another type may overflow."""
    return same(before, after) and _types(before) == _types(after)


def _types(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [type(value), *map(_types, value)]
    if isinstance(value, dict):
        return {key: _types(item) for key, item in value.items()}
    return value.dtype if isinstance(value, np.ndarray) else type(value)


def explain(error: BaseException) -> str:
    """Whose line failed and how, in a sentence."""
    if isinstance(error, RecursionError):
        return "your code calls itself without end (RecursionError): which case should stop it?"
    where = ""
    if found := reader_line(error):
        line = (found.line or "").strip()
        where = f" in line {found.lineno}" + (f", `{line}`" if line else "")
    text = str(error).strip().split("\n")[0]
    return f"your code stopped{where}: {type(error).__name__}" + (f": {text[:200]}" if text else "")


def reader_line(error: BaseException) -> traceback.FrameSummary | None:
    """The deepest line of the traceback that the reader wrote: of no library, not of the check."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame.filename)]
    return frames[-1] if frames else None


def _is_ours(filename: str) -> bool:
    parts = Path(filename).parts
    if filename.startswith(("<self-check", "<misconception", "<frozen", "<__array_function__")):
        return True
    if "site-packages" in parts or "dist-packages" in parts:
        return True
    return filename.startswith((PACKAGE, STDLIB))


def _fits(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some built-in functions have none
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        name = getattr(function, "__name__", "your function")
        called = [f"{len(args)} argument{'s' * (len(args) != 1)}"] * bool(args) + [
            f"{key}=…" for key in kwargs
        ]
        raise Unmet(
            f"it is called with {' and '.join(called) or 'no arguments'}; yours is {name}{signature}"
        ) from None


def _copies(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Copies that a function may spoil; a random generator among them is shared, for it should go on."""
    generators = [one for one in (*args, *kwargs.values()) if isinstance(one, np.random.Generator)]
    shared: dict[int, Any] = {id(one): one for one in generators}
    try:
        return copy.deepcopy((args, kwargs), shared)
    except Exception:
        return _copy(args), _copy(kwargs)


def _copy(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:
        return value
