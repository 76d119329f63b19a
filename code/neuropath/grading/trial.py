"""A check on trial, before it decides over anybody: what stops it, and on which line of its page."""

from __future__ import annotations

import ast
import contextlib
import io
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuropath.grading import names
from neuropath.grading.cells import Asked
from neuropath.lessons import expectations
from neuropath.lessons.expectations import NotAttempted, Unmet, plain
from neuropath.lessons.recording import Tape
from neuropath.publish.checks import EXPECT
from neuropath.publish.exercises import Cell

PASSED, UNMET, NOT_ATTEMPTED, BROKE = "passed", "unmet", "not attempted", "broke"
PAGE = "<self-check on its page>"  # in tracebacks: as that of `lessons.check`, no line of the reader's
GIVEN = frozenset({"np", *EXPECT})


@dataclass(frozen=True)
class Trial:
    """What a test made of one answer. Where it broke: the error, and the line of the page."""

    outcome: str
    message: str = ""
    line: int = 0


def tests(asked: Asked) -> list[Cell]:
    """The cells of the question's tests, in the order of its entries."""
    return [*asked.exercise.of_kind("check"), *asked.exercise.of_kind("hidden")]


def kind(test: Cell) -> str:
    """What the instructor calls it."""
    return "hidden test" if test.kind == "hidden" else "check"


def place(asked: Asked, line: int) -> str:
    """own.md:82"""
    return f"{asked.exercise.file}:{line}"


def unknown(asked: Asked) -> Iterator[str]:
    """A sentence for each name that a test uses and that nothing gives it."""
    for test in tests(asked):
        for name in sorted(names.free(test.code) - GIVEN):
            line = test.first + _line_of(name, test.code) - 1
            yield (
                f"{place(asked, line)}: the {kind(test)} of `{asked.question.id}` uses `{name}`, which is "
                f"not there: a check sees only {', '.join(sorted(GIVEN))}, and what it imports or defines."
            )


def _line_of(name: str, code: str) -> int:
    nodes = ast.walk(ast.parse(code))
    return min(
        (node.lineno for node in nodes if isinstance(node, ast.Name) and node.id == name),
        default=1,
    )


def tried(asked: Asked, number: int, answer: Any) -> Trial:
    """What the question's test of this number makes of an answer of our own making."""
    test, entry = tests(asked)[number], asked.question.entries[number]
    drawn = {name: choices[0] for name, choices in asked.question.variant.items()} | dict(asked.drawn)
    is_function = callable(answer) and not isinstance(answer, type)
    value = Tape().wrap(answer) if is_function else plain(answer)
    rng = np.random.default_rng(len(asked.question.id))
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            _function(test, entry["function"])(value, rng, **drawn)
        except NotAttempted:
            return Trial(NOT_ATTEMPTED)
        except Unmet as unmet:
            return Trial(UNMET, str(unmet))
        except (Exception, SystemExit) as error:
            frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == PAGE]
            line = (frames[-1].lineno if frames else None) or test.first
            return Trial(BROKE, f"{type(error).__name__}: {error}", line)
    return Trial(PASSED)


def _function(test: Cell, name: str) -> Any:
    """The test's function, as `lessons.check` makes it, its lines counted as those of the page."""
    tree = ast.increment_lineno(ast.parse(test.code), test.first - 1)
    space: dict[str, Any] = {"np": np, "__name__": "self_check"}
    space |= {helper: getattr(expectations, helper) for helper in EXPECT}
    exec(compile(tree, PAGE, "exec"), space)
    return space[name]
