"""Before anything is handed out: every solution earns full marks, every starter counts as not attempted."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from neuropath.grading import decoys, names, trial
from neuropath.grading.cells import Asked, needs_of, question_cells, sources, unheld
from neuropath.grading.problems import Question
from neuropath.lessons.check import NOT_ATTEMPTED, RIGHT, Result, load_checks, run_check
from neuropath.publish import variants

MANY = 64  # combinations of variants that are tried, at most
Judge = Callable[[Asked, Any], list[Result]]


def judge(asked: Asked, answer: Any) -> list[Result]:
    """The verdict of each test on an answer of our own making, in this process."""
    question = asked.question
    return [run_check(entry, answer, variant=asked.drawn, id=question.id) for entry in question.entries]


def errors(asked: Asked, setup: Mapping[str, Any], judged: Judge = judge) -> list[str]:
    """What keeps a question from being handed out, in any of its variants. `setup` is the setup cell run."""
    if not asked.is_auto:
        return []
    if not asked.is_own and _stale(asked):
        where = asked.exercise.file
        return [f"the self-check of `{asked.question.id}` is older than {where}: run `make notebooks` first."]
    if stop := [*trial.unknown(asked), *(decoys.stopping_misconceptions(asked) if asked.is_own else [])]:
        return stop  # whatever the answer is, such a check would stop
    found = list(without_line(asked.question, _loose(asked)))
    for chosen in combinations(asked):
        found += [*_solution_errors(chosen, setup, judged), *_starter_errors(chosen, setup, judged)]
    return list(dict.fromkeys(found or _check_errors(asked, setup)))


def _check_errors(asked: Asked, setup: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with tests that solution and starter come through: they tell too little, or too much."""
    for number, chosen in enumerate(combinations(asked) if asked.is_own else [asked]):
        answer = _run(chosen, setup, solved=True)[0][asked.question.answer]
        found = [] if number else list(decoys.lax(chosen, answer))
        if asked.is_own and not found:  # the book's own are tried where the book is
            found = [*decoys.leaks(chosen, answer), *decoys.right_misconceptions(chosen, _numbers(chosen))]
        if found:
            yield from found
            return


def _loose(asked: Asked) -> set[str]:
    """Variants that the student's cells, or the solution, use or set without a line marked `# yours`."""
    code = "\n".join(sources(question_cells(asked)))
    set_here = names.bound(code) - names.bound(variants.given(code))
    return set_here.intersection(asked.question.variant) | unheld(asked)


def without_line(question: Question, used: Iterable[str]) -> Iterator[str]:
    """A sentence for each variant among the names that are used and that no line of the cells holds."""
    for name in sorted(set(used).intersection(question.variant)):
        first = question.variant[name][0]
        yield (
            f"exercise `{question.id}` has a variant `{name}`, and no line `{name} = …  # yours`: write "
            f"`{name} = {first!r}  # yours` into its starter."
        )


def _stale(asked: Asked) -> bool:
    """Whether the package's self-check, which the student's notebook calls, is not the page's."""
    ours = asked.question.entries[0]
    theirs = load_checks().get(asked.question.id, {})
    return any(theirs.get(key) != ours[key] for key in ("source", "variant", "answer", "misconceptions"))


def combinations(asked: Asked) -> Iterator[Asked]:
    """The question in each of its variants, the default first."""
    choices = asked.question.variant
    for values in itertools.islice(itertools.product(*choices.values()), MANY):
        yield replace(asked, drawn=dict(zip(choices, values, strict=True)))


def expected(asked: Asked, setup: Mapping[str, Any]) -> list[tuple[dict[str, Any], Any]]:
    """(variant, value of the answer) for each variant of a question whose answer is a value."""
    found = []
    for chosen in combinations(asked):
        value = _run(chosen, setup, solved=True)[0].get(chosen.question.answer)
        if not callable(value):
            found.append((dict(chosen.drawn), value))
    return found


def run_setup(code: str) -> dict[str, Any]:
    """The names after a setup cell; ValueError where it stops."""
    space, error = _execute([code], {"__name__": "__main__"})
    if error:
        raise ValueError(f"the setup cell of the set stops: {error}")
    return space


def _solution_errors(asked: Asked, setup: Mapping[str, Any], judged: Judge) -> list[str]:
    where = f"the solution of `{asked.question.id}`{_numbers(asked)}"
    space, stopped = _run(asked, setup, solved=True)
    if stopped:
        return [f"{where} stops: {stopped}"]
    if asked.question.answer not in space:
        return [f"{where} does not define `{asked.question.answer}`."]
    answer = space[asked.question.answer]
    results = zip(asked.question.entries, judged(asked, answer), strict=True)
    return [
        _stopped(asked, number, answer)
        or f"{where} does not pass its {'hidden test' if entry['hidden'] else 'check'} "
        f"“{entry['title']}”: {result.message or result.outcome}"
        for number, (entry, result) in enumerate(results)
        if result.outcome != RIGHT
    ]


def _stopped(asked: Asked, number: int, answer: Any) -> str:
    """Where a test stops by an error of its own: on the solution, so the answer is not to blame."""
    test, found = trial.tests(asked)[number], trial.tried(asked, number, answer)
    if found.outcome != trial.BROKE:
        return ""
    return (
        f"{trial.place(asked, found.line)}: the {trial.kind(test)} of `{asked.question.id}`"
        f"{_numbers(asked)} stops on its own solution: {found.message}"
    )


def _starter_errors(asked: Asked, setup: Mapping[str, Any], judged: Judge) -> list[str]:
    where = f"the starter of `{asked.question.id}`{_numbers(asked)}"
    space, stopped = _run(asked, setup, solved=False)
    if asked.question.answer not in space:
        return [f"{where} does not define `{asked.question.answer}`: {stopped or 'leave it as `...`'}"]
    if stopped:
        return [f"{where} stops: {stopped}"]
    results = judged(asked, space[asked.question.answer])
    return [
        f"{where} should be “not attempted”; the test “{entry['title']}” says {result.outcome}: "
        "leave the answer as `...`"
        for entry, result in zip(asked.question.entries, results, strict=True)
        if result.outcome != NOT_ATTEMPTED
    ]


def _numbers(asked: Asked) -> str:
    """' (n = 31)' where there are variants."""
    drawn = ", ".join(f"{name} = {value!r}" for name, value in asked.drawn.items())
    return f" ({drawn})" if drawn else ""


def _run(asked: Asked, setup: Mapping[str, Any], solved: bool) -> tuple[dict[str, Any], str]:
    cells = [*needs_of(asked).statements, *sources(question_cells(asked, solved=solved))]
    return _execute(cells, {**setup, "__name__": "__main__"})


def _execute(cells: list[str], space: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The names after the cells, run one after another, and why they stopped ("" where they did not)."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for cell in cells:
            try:
                exec(compile(cell, "<cell>", "exec"), space)
            except Exception as error:
                line = next((text for text in cell.split("\n") if text.strip()), "")
                return space, f"{type(error).__name__}: {error} (in the cell that begins `{line}`)"
    return space, ""
