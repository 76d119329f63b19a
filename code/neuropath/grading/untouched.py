"""Whether an answer is still as it was handed out, by the sources and in the process that has run them.

Both are asked: a name can be bound in ways that no source shows (`globals().update`, `from … import *`), and
what a submission says of itself may cost it the sentence "untouched" only, never give it a point.
"""

from __future__ import annotations

import ast
import contextlib
import warnings
from typing import Any

from neuropath.grading import bounds
from neuropath.grading.answers import UNREADABLE, constants
from neuropath.grading.child import Remote, RemoteDeath, RemoteError, RemoteTimeout
from neuropath.grading.notebook import plain_source
from neuropath.grading.problems import Question
from neuropath.grading.work import Work
from neuropath.lessons.recording import same

__all__ = ["untouched"]


def untouched(question: Question, work: Work) -> bool:
    """Whether there is nothing to test. No function is called for it, and no cell is run once more."""
    starter = work.starter(question)
    return work.code.unmodified(starter) and _lives_on(question.answer, starter, work)


def _lives_on(name: str, starter: str, work: Work) -> bool:
    """Whether the name still has what the starter gave it, or nothing, its cell having failed."""
    try:
        if not (work.ready() and work.child.has(name)):
            return True
        with bounds.bounded():
            value = work.child.get(name)
    except (RemoteError, RemoteTimeout, RemoteDeath):
        return False  # the tests say what became of it
    except bounds.TooMuch:
        work.child.close()  # it may have been in the middle of an answer
        return False
    with contextlib.suppress(bounds.TooMuch, MemoryError), bounds.bounded():
        if isinstance(value, Remote):
            return _made_by_starter(value, name, starter, work.cells)
        return _as_given(value, name, starter)
    return False


def _as_given(value: Any, name: str, starter: str) -> bool:
    """Whether a value is the one in the starter's text; one that the starter calculates cannot be told."""
    given = [one.value for one in constants(starter) if one.name == name]
    if given:
        return same(value, given[-1])
    nodes = ast.walk(ast.parse(starter))
    return value is ... or not any(isinstance(node, ast.Constant) and node.value is ... for node in nodes)


def _made_by_starter(function: Remote, name: str, starter: str, cells: list[str]) -> bool:
    """Whether the function comes from a statement of the starter's; of a class nobody knows the line."""
    own = ast.parse(starter).body
    if function.at is None:
        return any(isinstance(one, ast.ClassDef) and one.name == name for one in own)
    index, line = function.at
    with contextlib.suppress(*UNREADABLE, IndexError), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an escape that is none, say: not the grader's affair
        there = [one for one in ast.parse(plain_source(cells[index])).body if _begins(one) <= line]
        return ast.dump(there[-1]) in {ast.dump(one) for one in own}
    return False


def _begins(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])
