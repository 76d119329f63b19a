"""What can come of a call into a submission, other than a value."""

from __future__ import annotations

import builtins
import contextlib
import functools
import re
import signal
from typing import Any

NAME = re.compile(r"[^\W\d]\w{0,60}")
# Kinds that a check may catch by Python's own class. Others would do more than carry a name
# (StopIteration ends loops, OSError builds itself anew).
FAMILIAR = {
    name: getattr(builtins, name)
    for name in (
        "ArithmeticError", "AssertionError", "AttributeError", "FloatingPointError", "IndexError", "KeyError",
        "LookupError", "MemoryError", "NameError", "NotImplementedError", "OverflowError", "RecursionError",
        "RuntimeError", "TypeError", "ValueError", "ZeroDivisionError",
    )
}  # fmt: skip


class RemoteError(Exception):
    """The submission's code raised, or gave a value that is not plain (kind "kind").

    kind : name of the exception's class; message : its text; line : the student's own line, as text.
    The object's class is named after the kind, and is a subclass of Python's own where that is familiar.
    """

    kind: str
    message: str
    line: str
    original: type[BaseException]  # Python's own class of that name, or RemoteError

    def __init__(self, kind: str, message: str = "", line: str = ""):
        super().__init__(kind, message, line)
        self.kind, self.message, self.line = kind, message, line
        self.original = FAMILIAR.get(kind, RemoteError)

    def __str__(self) -> str:
        return self.message + (f" (in your line `{self.line}`)" if self.line else "")


class RemoteTimeout(BaseException):
    """The submission's code took too long and was killed. No `except Exception` of a check catches it."""


class RemoteDeath(BaseException):
    """The submission's process is gone. No `except Exception` of a check catches it."""


def remote_error(said: Any) -> RemoteError:
    """The RemoteError for what a worker says of one; everything in it may be forged."""
    said = said if isinstance(said, dict) else {}
    kind = said.get("kind")
    kind = kind if isinstance(kind, str) and NAME.fullmatch(kind) else "Exception"
    line = clean(said.get("line"), 200)
    return _class(kind)(kind, clean(said.get("message"), 300), line)


def how_it_ended(code: int) -> str:
    """What an exit code tells, in brackets: a signal by its name where it was one."""
    if code >= 0:
        return f" (exit status {code})"
    with contextlib.suppress(ValueError):
        return f" ({signal.Signals(-code).name})"
    return f" (signal {-code})"


@functools.lru_cache(maxsize=256)
def _class(kind: str) -> type[RemoteError]:
    if kind == "kind":
        return RemoteError
    return type(kind, (RemoteError, *([FAMILIAR[kind]] if kind in FAMILIAR else [])), {})


def clean(text: Any, limit: int, lines: bool = False) -> str:
    """Printable text of at most `limit` characters, in one line unless `lines`; "" for what is no text."""
    if not isinstance(text, str):
        return ""
    text = text[:limit].encode("utf-8", "replace").decode("utf-8")
    kept = "\n\t" if lines else ""
    return "".join(c if c.isprintable() or c in kept else " " for c in text).strip(
        None if not lines else "\0"
    )
