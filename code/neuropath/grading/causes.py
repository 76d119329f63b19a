"""What went wrong before a question was looked at: a cell that stopped earlier, a number that was changed.

All of it is found in the sources, and in how the cells ended when they were run first: before any test, so
that nothing said here can tell of one.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from neuropath.grading.answers import UNREADABLE, Code, Constant, constants
from neuropath.grading.child import CellReport, RemoteError
from neuropath.grading.problems import Question
from neuropath.grading.verdicts import EARLIER, LATER, NO_PYTHON
from neuropath.lessons.recording import same

__all__ = ["PLAIN", "SYNTAX", "at", "changed", "earlier", "elsewhere", "ended", "remark", "stopped", "told"]

PLAIN = "only numbers, texts, arrays, lists, tuples and dictionaries are graded"
SYNTAX = ("SyntaxError", "IndentationError", "TabError")
SHOWN = 3  # cells that are named in a remark
_NO_MODULE = re.compile(r"No module named '(\w{1,60})[.']")
_HAVE = {"numpy": "NumPy", "keras": "NumPy, Keras"}


def stopped(reports: Sequence[CellReport], code: Code, handed_out: Collection[str]) -> list[CellReport]:
    """The cells that did not run to their end, without those that are as they were handed out."""
    given = {_tree(source) for source in handed_out}
    failed = [one for one in reports if one.state != "ok"]
    return [one for one in failed if _tree(code.cells[one.index]) not in given]


def earlier(name: str, failed: Sequence[CellReport], code: Code, answers: Collection[str], needs: str) -> str:
    """Which cell had stopped before the one that defines `name`, and how; "" where none had.

    First come cells that were to define what the answer uses, wherever they stand. Where there is none, it is
    the first of those above the answer, but for cells of other questions: they are told there.
    """
    makers = code.definers(name)
    if not makers:
        return ""
    wanted = code.behind(name)
    others = [one for one in failed if one.index not in makers]
    guilty = [one for one in others if code.binds(one.index, wanted, one.line)]
    above = [one for one in others if one.index < makers[-1] and not code.binds(one.index, answers)]
    for one in (guilty or above)[:1]:
        return f"{EARLIER if one.index < makers[-1] else LATER}{ended(one, needs)}"
    return ""


def elsewhere(failed: Sequence[CellReport], code: Code, answers: Collection[str], needs: str) -> str:
    """The first cell that stopped and defines no answer, and how; "" where none did."""
    return next((f"a cell {ended(one, needs)}" for one in failed if not code.binds(one.index, answers)), "")


def remark(failed: Sequence[CellReport], needs: str) -> str:
    """The cells that stopped by their numbers, for people who look into the notebook; "" where none did."""
    said = [f"code cell {one.index + 1} {ended(one, needs)}" for one in failed[:SHOWN]]
    more = len(failed) - len(said)
    return "; ".join([*said, f"and {more} more did not run to their end"] if more else said)


def changed(
    question: Question, drawn: Mapping[str, Mapping[str, Any]], code: Code
) -> tuple[Constant, Any] | None:
    """The line that holds another number than was drawn, and that number; None where nobody changed one.

    `drawn` has the student's numbers for each question. The cell of the answer decides. Where it has no such
    line, another cell's counts, if it is marked and holds no number of another question under this name.
    """
    mine, makers = drawn[question.id], code.definers(question.answer)
    starter = list(constants(question.starter))
    is_value = any(one.name == question.answer for one in starter)
    for name in [one.name for one in starter if one.marked and one.name in mine] if makers else ():
        own = [one for one in constants(code.cells[makers[-1]]) if one.name == name]
        own = [one for one in own if one.marked] or (own if is_value else [])
        every = own or [one for cell in code.cells for one in constants(cell) if one[::3] == (name, True)]
        if any(same(one.value, mine[name]) for one in every):
            continue
        others = [] if own else [numbers[name] for numbers in drawn.values() if name in numbers]
        for one in every:
            if not any(same(one.value, number) for number in others):
                return one, mine[name]
    return None


def told(error: RemoteError | CellReport) -> str:
    """`ValueError: its text`; of a value that cannot be sent, what it is."""
    if error.kind == "kind":
        return f"it {error.message}; {PLAIN}"
    return f"{error.kind}: {error.message}" if error.message else error.kind


def at(line: str) -> str:
    """Where an error came from, as the end of "it stopped"."""
    return f" in the line `{line}`" if line else ""


def ended(report: CellReport, needs: str = "") -> str:
    """How a cell ended, as it goes on after "the cell". `needs` is what the set needs ("numpy", "keras")."""
    if report.state != "error":
        return f"did not run to its end: {report.message}"
    if report.kind in SYNTAX:
        return f"{NO_PYTHON}{at(report.line)}: {told(report)}"
    return f"stopped{at(report.line)}: {told(report)}{_not_installed(report, needs)}"


def _not_installed(report: CellReport, needs: str) -> str:
    """What to say of a module that is not there; "" for every other error."""
    found = _NO_MODULE.search(report.message) if report.kind == "ModuleNotFoundError" else None
    with contextlib.suppress(ImportError, ValueError):
        if found and importlib.util.find_spec(found[1]) is None:
            needed = f"{_HAVE.get(needs, 'NumPy')} and the course's package"
            return f" (`{found[1]}` is not installed where this is graded: the set needs {needed} only)"
    return ""


def _tree(source: str) -> str:
    """What two sources have in common that differ in comments and formatting only."""
    with contextlib.suppress(*UNREADABLE):
        return ast.dump(ast.parse(source))
    return source
