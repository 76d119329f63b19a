"""Errors that name the file, the line and what to do."""

from __future__ import annotations

from collections.abc import Iterable


class PageError(ValueError):
    """One mistake on one page; `str(error)` is "file:line: message"."""

    def __init__(self, file: str, line: int, message: str):
        super().__init__(f"{file}:{line}: {message}")
        self.file, self.line, self.message = file, line, message


class Unresolved(PageError):
    """A reference to a page or label that was not found; no news while some page could not be read."""


class BookError(ValueError):
    """Everything that was found wrong, one "file:line: message" a line."""

    def __init__(self, errors: Iterable[PageError]):
        self.errors = sorted(errors, key=lambda e: (e.file, e.line, e.message))
        super().__init__("\n".join(str(e) for e in self.errors))
