"""A submission's function as the grader holds it: a name, a signature, and calls that go over the pipe."""

from __future__ import annotations

import contextlib
import inspect
import re
from collections.abc import Callable
from typing import Any

from neuropath.grading.errors import clean

IDENTIFIER = re.compile(r"[^\W\d]\w{0,60}")
_CELL = re.compile(r"<cell ([0-9]{1,6})>")


class Remote:
    """A function (or class) of the submission: call it with plain values, it returns a plain value."""

    def __init__(self, call: Callable[..., Any], owner: Callable[[], Any], name: str, said: Any):
        said = said if isinstance(said, dict) else {}
        self._call, self._owner, self.name = call, owner, name
        shown = said.get("name")
        self.__name__ = shown if isinstance(shown, str) and IDENTIFIER.fullmatch(shown) else name
        self.__doc__ = None
        self.at = place(said.get("at"))  # index of a cell, and line in it, as the submission says
        with contextlib.suppress(TypeError, ValueError, KeyError):
            self.__signature__ = signature(said["parameters"])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self.name, args, kwargs)

    def belongs_to(self, connection: Any) -> bool:
        """Is this a function of the submission at the other end of that connection?"""
        return self._owner() is connection

    def __deepcopy__(self, _: Any) -> Remote:
        return self

    def __repr__(self) -> str:
        return f"<the submission's {self.__name__}>"


def place(said: Any) -> tuple[int, int] | None:
    """Index of the cell and line that were described; None where that is no place in a cell."""
    if not (isinstance(said, list) and len(said) == 2 and isinstance(said[0], str) and type(said[1]) is int):
        return None
    cell = _CELL.fullmatch(said[0])
    return (int(cell[1]), said[1]) if cell else None


class _Text:
    """A default value: shown, never used."""

    def __init__(self, text: str):
        self._text = clean(text, 60)

    def __repr__(self) -> str:
        return self._text


def signature(parameters: Any) -> inspect.Signature:
    """The signature that was described. TypeError, ValueError or KeyError where it is none."""
    if not isinstance(parameters, list) or len(parameters) > 255:
        raise ValueError("no list of parameters")
    found = []
    for name, kind, default in parameters:
        if type(kind) is not int or not isinstance(name, str):
            raise ValueError("no parameter")
        shown = inspect.Parameter.empty if default is None else _Text(str(default))
        found.append(inspect.Parameter(name, inspect._ParameterKind(kind), default=shown))
    return inspect.Signature(found)
