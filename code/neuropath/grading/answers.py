"""Where the answers stand in a submission: code by the names it defines, words below their line."""

from __future__ import annotations

import ast
import contextlib
import difflib
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from neuropath.grading import bounds, names
from neuropath.grading.notebook import plain_source
from neuropath.grading.problems import ORIGIN, Key, Question
from neuropath.grading.submission import CODE, Source

__all__ = ["Code", "Words", "names_of", "words"]

UNREADABLE = (SyntaxError, ValueError, RecursionError, OverflowError)

_HEADING = re.compile(r"#{1,3}\s+Question\s+(?P<number>[0-9]{1,4})\b")
_ANSWER = re.compile(
    r"[\s#>*_\"'`]*answer\s+to\s+(?P<id>[\w.-]{1,200}?)[*_`]{0,3} *:[*_`]{0,3}(?P<rest>.*)", re.IGNORECASE
)
NAME, MANY, CLOSE = 60, 500, 0.75  # letters, names, and likeness of what may be meant by a missing name
# Cells that may follow a question in the notebook as it was handed out.
_BACK_MATTER = ("**Notes**\n", "**References**\n")


class Code:
    """The code cells as they can be read without running them. Each is parsed once, within bounds.

    A cell that is no Python is known by its text alone; so are all, where reading them takes too much.
    """

    def __init__(self, cells: Sequence[str]):
        self.cells = list(cells)
        self._defined: list[set[str] | None] = [None] * len(self.cells)
        self._statements: dict[str, str] = {}
        with contextlib.suppress(bounds.TooMuch, MemoryError), warnings.catch_warnings(), bounds.bounded():
            warnings.simplefilter("ignore")  # of an escape that is none, say: not the grader's affair
            for index, cell in enumerate(self.cells):
                self._read(index, plain_source(cell))

    def _read(self, index: int, source: str) -> None:
        with contextlib.suppress(*UNREADABLE):
            self._defined[index] = names.bound(source)
            self._statements |= _bindings(source)

    def definers(self, name: str) -> list[int]:
        """Indices of the cells that define `name` at their top level, in order; also those of no Python."""
        return [index for index, defined in enumerate(self._defined) if self._defines(index, defined, name)]

    def _defines(self, index: int, defined: set[str] | None, name: str) -> bool:
        if defined is not None:
            return name in defined
        word = re.escape(name)
        pattern = rf"^[ \t]*(?:(?:async +)?def|class) +{word}\b|^{word} *[:=]"
        return bool(re.search(pattern, self.cells[index], re.MULTILINE))

    def unmodified(self, starter: str) -> bool:
        """Whether every name that the starter defines is still defined by the starter's own statement.

        Comments and formatting do not count. False where nothing of the starter is left, too.
        """
        given = _bindings(starter)
        there = self._statements
        return bool(given) and all(there.get(name) == statement for name, statement in given.items())

    def nearest(self, name: str, but: Collection[str] = ()) -> str:
        """The name that the cells define and that is most like `name`, "" where none is; not one of `but`."""
        known = {other for defined in self._defined for other in defined or ()}.difference(but)
        short = sorted(other for other in known if len(other) <= NAME)[:MANY]
        close = difflib.get_close_matches(name, short, n=1, cutoff=CLOSE)
        return close[0] if close else ""


def names_of(source: str) -> set[str]:
    """The names that a starter of ours binds."""
    return set(_bindings(source))


def _bindings(source: str) -> dict[str, str]:
    """Each name with the last top-level statement that binds it, or changes a part of it."""
    found: dict[str, str] = {}
    for statement in ast.parse(source).body:
        found |= dict.fromkeys(_bound(statement), ast.dump(statement))
    return found


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            inner = node
            while isinstance(inner, ast.Attribute | ast.Subscript):
                inner = inner.value
            if isinstance(inner, ast.Name):
                yield inner.id


@dataclass(frozen=True)
class Words:
    """A manual answer: was its line there, and what stands below it ("" where that is as it was given).

    Without the line, `text` is what stands below the question's heading, but for the lines of the question.
    """

    found: bool
    text: str


def words(sources: Sequence[Source], key: Key, question: Question) -> Words:
    """The text below `Answer to ID:`, up to the next such line or the next question; code cells included."""
    pieces, found = _region(sources, question.id, {one.id.casefold() for one in key.questions})
    if not found:
        below = _below_heading(sources, 1 + key.questions.index(question))
        return Words(False, _without(below, [*question.given, question.placeholder]))
    if "".join(question.placeholder.split()) == "".join("".join(pieces).split()):
        return Words(True, "")
    lines = [line for line in "\n\n".join(pieces).split("\n") if line.strip() != question.placeholder]
    return Words(True, "\n".join(lines).strip())


def _region(sources: Sequence[Source], id: str, ids: set[str]) -> tuple[list[str], bool]:
    """What was written below the lines of this id, cell by cell, and whether there is such a line."""
    pieces: list[str] = []
    inside = found = False
    for source in sources:
        first = _ANSWER.match(source.text)
        if source.kind == CODE and not (first and first["id"].casefold() in ids):
            if inside and source.text.strip():
                pieces.append(f"```python\n{source.text.strip()}\n```")
            continue
        kept: list[str] = []
        for line in [] if source.text.startswith(_BACK_MATTER) else source.text.split("\n"):
            match = _ANSWER.match(line)
            if match and match["id"].casefold() in ids:
                inside, line = match["id"].casefold() == id.casefold(), match["rest"]
                found |= inside
            elif _HEADING.match(line):
                inside = False
            kept += [line] if inside else []
        if any(line.strip() for line in kept):
            pieces.append("\n".join(kept).strip())
    return pieces, found


def _below_heading(sources: Sequence[Source], position: int) -> str:
    """The cells from the heading of the `position`-th question to the next one; "" without such a heading."""
    kept: list[str] = []
    inside = False
    for source in sources:
        if source.kind != CODE and (heading := _HEADING.match(source.text)):
            inside = int(heading["number"]) == position
        if inside:
            kept.append(source.text.strip())
    return "\n\n".join(kept)


def _without(text: str, given: Iterable[str]) -> str:
    """The text without headings of questions, and without lines that were handed out."""
    known = {_words(line) for one in given for line in one.split("\n") if _words(line)}
    text = ORIGIN.sub("", text)
    lines = [line for line in text.split("\n") if _words(line) not in known and not _HEADING.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _words(line: str) -> str:
    return " ".join(line.split())
