"""Run a ready set's questions as a grader would, with nothing but the imports that their cells use.

`python set_alone.py SPEC ROOT` prints a JSON list of complaints; Keras, TensorFlow and torch cannot be
imported in this process. It goes its own way from the exercise to the verdict, so that it can disagree with
the package.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from neuropath.grading import names, spec
from neuropath.lessons.check import NOT_ATTEMPTED, RIGHT, run_check
from neuropath.publish import exercises, variants
from neuropath.publish.blocks import directives
from neuropath.publish.exercises import Exercise

CHECK_CALL = re.compile(r"^check\(.*\)$", re.MULTILINE)


def combinations(choices: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Every combination of the variants, the default first."""
    for values in itertools.product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def cells_of(exercise: Exercise, kind: str) -> list[str]:
    """What stands in the exercise, and its starter or all cells of its solution, in the page's order."""
    first = min(block.line for block in exercise.solutions)
    given = [(c.line, c.content) for c in exercise.plain_cells if kind == "solution" or c.line < first]
    own = [(c.line, c.code) for c in exercise.of_kind(kind)]
    return [CHECK_CALL.sub("", code) for _, code in sorted(given + own)]


def setup_of(exercise: Exercise) -> names.Setup:
    """What the page's setup cell binds."""
    cells = directives(exercise.page.blocks, "code-cell")
    return names.Setup.of(next(c.content for c in cells if "setup" in (c.options.get("tags") or [])))


def is_plain(value: Any) -> bool:
    """Whether a value consists of numbers, texts and arrays of numbers."""
    if value is None or value is ... or isinstance(value, bool | int | float | complex | str):
        return True
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "biufc"
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    return isinstance(value, dict) and all(isinstance(k, str) and is_plain(v) for k, v in value.items())


def watched(function: FunctionType, complaints: list[str]) -> Any:
    """The function, that notes calls in which anything but plain values goes in or comes out."""

    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        for value in (*args, *kwargs.values(), result):
            if not is_plain(value):
                complaints.append(f"a {type(value).__name__} goes through it")
        return result

    return call


def answered(exercise: Exercise, kind: str, variant: dict[str, Any], complaints: list[str]) -> Any:
    """The answer after the cells, in a namespace with nothing but the imports that they use."""
    cells = [variants.with_values(code, variant) for code in cells_of(exercise, kind)]
    needs = names.needs(cells, setup_of(exercise))
    if needs.missing:
        complaints.append(f"the page has bound {', '.join(sorted(needs.missing))}, the exercise has not")
    space: dict[str, Any] = {"__name__": "__main__"}
    lines = [names.setup_cell(needs.imports.values()).replace("setup()", ""), *needs.statements, *cells]
    with contextlib.redirect_stdout(io.StringIO()):
        for code in lines:
            exec(compile(code, exercise.id, "exec"), space)
    return space[exercise.merged()["answer"]]


def complaints_about(exercise: Exercise) -> list[str]:
    """What keeps one question from being handed out and graded without its page."""
    found: list[str] = []
    entry = exercises.compiled([exercise])[exercise.id]
    for variant in combinations(entry["variant"]):
        for kind, expected in (("solution", RIGHT), ("starter", NOT_ATTEMPTED)):
            try:
                answer = answered(exercise, kind, variant, found)
            except Exception as error:
                found.append(f"the {kind} with {variant} stops: {type(error).__name__}: {error}")
                continue
            if isinstance(answer, FunctionType):
                answer = watched(answer, found)
            elif not is_plain(answer):
                found.append(f"its answer is a {type(answer).__name__}")
            result = run_check(entry, answer, variant=variant, id=exercise.id)
            if result.outcome != expected:
                found.append(f"the {kind} with {variant} is {result}")
    return [f"{exercise.id}: {text}" for text in dict.fromkeys(found)]


def main(path: str, root: str) -> list[str]:
    """Complaints about all questions of a spec."""
    wanted, bank = spec.load(Path(path), Path(root))
    chosen = [bank.exercises[question.id] for question in wanted.questions]
    return [text for exercise in chosen if exercise.check for text in complaints_about(exercise)]


if __name__ == "__main__":
    for heavy in names.HEAVY:
        assert heavy not in sys.modules, f"reading a spec has imported {heavy}"
        sys.modules[heavy] = None  # type: ignore[assignment]  # importing it raises ImportError
    print(json.dumps(main(*sys.argv[1:])))
