"""Where the answers stand in a submission: code by the names it defines, words below their line."""

from __future__ import annotations

import ast
import contextlib
import difflib
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from neuropath.grading import bounds, names
from neuropath.grading.notebook import plain_source
from neuropath.grading.problems import ORIGIN, Key, Question
from neuropath.grading.submission import CODE, Source

__all__ = ["Code", "Constant", "Words", "constants", "names_of", "words"]

UNREADABLE = (SyntaxError, ValueError, RecursionError, OverflowError)

_HEADING = re.compile(r"#{1,3}\s+Question\s+(?P<number>[0-9]{1,4})\b")
_ANSWER = re.compile(
    r"[\s#>*_\"'`]*answer\s+to\s+(?P<id>[\w.-]{1,200}?)[*_`]{0,3} *:[*_`]{0,3}(?P<rest>.*)", re.IGNORECASE
)
NAME, MANY, CLOSE = 60, 500, 0.75  # letters, names, and likeness of what may be meant by a missing name
STEM = 3  # letters of a name that another one may begin or end with, and be meant by it
_YOURS = re.compile(r"#\s*yours\s*$")
# Cells that may follow a question in the notebook as it was handed out.
_BACK_MATTER = ("**Notes**\n", "**References**\n")


class Code:
    """The code cells as they can be read without running them. Each is parsed once, within bounds.

    A cell that is no Python is known by its text alone; so are all, where reading them takes too much.
    """

    def __init__(self, cells: Sequence[str]):
        self.cells = list(cells)
        self._defined: list[set[str] | None] = [None] * len(self.cells)
        self._used: list[set[str]] = [set() for _ in self.cells]
        self._parameters: dict[str, tuple[str, ...]] = {}
        self._statements: dict[str, str] = {}
        with contextlib.suppress(bounds.TooMuch, MemoryError), warnings.catch_warnings(), bounds.bounded():
            warnings.simplefilter("ignore")  # of an escape that is none, say: not the grader's affair
            for index, cell in enumerate(self.cells):
                self._read(index, plain_source(cell))

    def _read(self, index: int, source: str) -> None:
        with contextlib.suppress(*UNREADABLE):
            self._defined[index] = names.bound(source)
            self._statements |= _bindings(source)
            self._parameters |= _parameters(source)
            self._used[index] = names.free(source)

    def definers(self, name: str) -> list[int]:
        """Indices of the cells that define `name` at their top level, in order; also those of no Python."""
        return [index for index, defined in enumerate(self._defined) if self._defines(index, defined, name)]

    def _defines(self, index: int, defined: set[str] | None, name: str) -> bool:
        if defined is not None:
            return name in defined
        word = re.escape(name)
        pattern = rf"^[ \t]*(?:(?:async +)?def|class) +{word}\b|^{word} *[:=]"
        lines = self.cells[index].split("\n")
        imports = (line for line in lines if line.startswith(("import ", "from ")))
        return bool(re.search(pattern, self.cells[index], re.MULTILINE)) or any(
            name in re.findall(r"\w+", line) for line in imports
        )

    def behind(self, name: str) -> set[str]:
        """The names that the last cell that defines `name` uses, and those used where these are defined."""
        makers: dict[str, list[int]] = {}
        for index, defined in enumerate(self._defined):
            for other in defined or ():
                makers.setdefault(other, []).append(index)
        found: set[str] = set()
        waiting = [other for index in self.definers(name)[-1:] for other in self._used[index]]
        while waiting:
            other = waiting.pop()
            if other not in found:
                found.add(other)
                waiting += [more for index in makers.get(other, ()) for more in self._used[index]]
        return found

    def binds(self, index: int, wanted: Collection[str], line: str = "") -> set[str]:
        """Those of the names that the cell binds; where it stopped in `line`, those from there on."""
        defined = self._defined[index]
        if defined is None:
            return {name for name in wanted if self._defines(index, None, name)}
        later = _from_line(plain_source(self.cells[index]), line)
        return (defined if later is None else later).intersection(wanted)

    def unmodified(self, starter: str, only: str = "") -> bool:
        """Whether every name (or that one) that the starter defines is still defined by its own statement.

        Comments and formatting do not count. False where nothing of the starter is left, too.
        """
        given = {name: one for name, one in _bindings(starter).items() if only in ("", name)}
        there = self._statements
        return bool(given) and all(there.get(name) == statement for name, statement in given.items())

    def meant(self, name: str, starter: str, but: Collection[str] = ()) -> str:
        """The name that the cells define and that may be meant by `name`, "" where none is; not one of `but`.

        It is like `name`; or the only one that begins or ends with it, or the other way round; or that of
        the only function with the parameters that the starter's has.
        """
        known = {other for defined in self._defined for other in defined or ()}.difference(but, {name})
        short = sorted(other for other in known if len(other) <= NAME)[:MANY]
        if close := difflib.get_close_matches(name, short, n=1, cutoff=CLOSE):
            return close[0]
        parameters = _parameters(starter).get(name)
        alike = [other for other in short if parameters and self._parameters.get(other) == parameters]
        for few in ([other for other in short if _one_in_other(name, other)], alike):
            if len(few) == 1:
                return few[0]
        return ""


class Constant(NamedTuple):
    """A top-level `name = …` with a plain value: its last line, and whether that is marked `# yours`."""

    name: str
    value: Any
    line: str
    marked: bool


def constants(source: str) -> Iterator[Constant]:
    """The constants of a piece of code, in order; none of what is no Python."""
    with contextlib.suppress(*UNREADABLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lines = plain_source(source).split("\n")
        for statement in ast.parse("\n".join(lines)).body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            line = lines[min(statement.end_lineno or 1, len(lines)) - 1].strip()
            if len(targets) == 1 and isinstance(target := targets[0], ast.Name):
                with contextlib.suppress(*UNREADABLE, TypeError, MemoryError):
                    value = ast.literal_eval(statement.value)  # type: ignore[attr-defined]
                    yield Constant(target.id, value, line[:80], bool(_YOURS.search(line)))


def _one_in_other(one: str, other: str) -> bool:
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    return len(short) >= STEM and (long.startswith(short) or long.endswith(short))


def _parameters(source: str) -> dict[str, tuple[str, ...]]:
    """Each function at the top level, with the names of its parameters; those without any are left out."""
    found = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef):
            given = statement.args
            every = (*given.posonlyargs, *given.args, *given.kwonlyargs)
            found[statement.name] = tuple(one.arg for one in every)
    return {name: parameters for name, parameters in found.items() if parameters}


def _from_line(source: str, line: str) -> set[str] | None:
    """The names that the statement with this line binds, and those after it; None without such a line.

    `line` is as it came from the submission, which may have cut it.
    """
    lines = source.split("\n")
    for number, statement in enumerate(body := ast.parse(source).body):
        own = (one.strip() for one in lines[statement.lineno - 1 : statement.end_lineno])
        if line and any(one.startswith(line) for one in own):
            return {name for later in body[number:] for name in _bound(later)}
    return None


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
        yield from (
            name for node in ast.walk(statement) if isinstance(node, ast.Global) for name in node.names
        )
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        elif isinstance(node, ast.alias):
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
