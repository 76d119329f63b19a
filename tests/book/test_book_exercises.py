"""Every solution passes its own check, every listed misconception fails with its own message."""

from __future__ import annotations

import itertools
import os
import warnings
from contextlib import suppress
from functools import cache

import numpy as np
import pytest
from book_pages import name, parts, whole

from neuropath.lessons.check import NOT_ATTEMPTED, RIGHT, WRONG, run_check
from neuropath.publish import exercises
from neuropath.publish import variants as written
from neuropath.publish.blocks import directives

os.environ.setdefault("MPLBACKEND", "Agg")


def coded():
    for page in parts():
        yield from (pytest.param(e, id=e.id) for e in exercises.collect(page) if e.check)


def wrong_answers():
    for parameter in coded():
        exercise = parameter.values[0]
        for misconception in exercise.merged()["misconceptions"]:
            yield pytest.param(exercise, misconception, id=f"{exercise.id}-{misconception}")


@cache
def setup_names(file: str) -> dict:
    """Names that the page's setup cell binds. Warnings of what it imports are not ours."""
    setup = next(directives(whole().pages[file].blocks, "code-cell"))
    space: dict = {"__name__": "page"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(setup.content, f"{file} (setup)", "exec"), space)
    return space


def run(exercise, kind: str, variant: dict | None = None) -> dict:
    """Names after the setup cell, the cells that the exercise gives, and its own cells of this kind.

    Lines marked `# yours` hold the numbers of `variant`; without one they hold what the page says.
    A cell may go on to show its answer at work on something that the page has computed: the book runs that.
    Here it ends with a NameError, and the answer, which must stand on its own, has been defined before it.
    """
    space = dict(setup_names(exercise.file))
    space["rng"] = np.random.default_rng(0)
    given = [c for c in exercise.plain_cells if "check(" not in c.content]
    sources = [(c.line, c.content) for c in given if c.line < exercise.solutions[0].line]
    for line, source in [*sources, *((c.line, c.code) for c in exercise.of_kind(kind))]:
        with suppress(NameError):
            source = written.with_values(source, variant or {})
            exec(compile(source, f"{exercise.file}:{line}", "exec"), space)
    return space


def entry_of(exercise) -> dict:
    return exercises.compiled([exercise])[exercise.id]


def variants(entry: dict) -> list[dict]:
    names = list(entry["variant"])
    return [dict(zip(names, chosen, strict=True)) for chosen in itertools.product(*entry["variant"].values())]


@pytest.mark.parametrize("page", parts(), ids=name)
def test_exercises_are_whole(page):
    assert exercises.collect(page)


@pytest.mark.parametrize("exercise", list(coded()))
def test_a_solution_passes_its_check_in_every_variant(exercise):
    entry = entry_of(exercise)
    for variant in variants(entry):
        answer = run(exercise, "solution", variant)[entry["answer"]]
        result = run_check(entry, answer, variant=variant, id=exercise.id)
        assert result.outcome == RIGHT, f"{variant}: {result.message}"


@pytest.mark.parametrize("exercise", list(coded()))
def test_a_starter_counts_as_not_attempted(exercise):
    entry = entry_of(exercise)
    result = run_check(entry, run(exercise, "starter")[entry["answer"]], id=exercise.id)
    assert result.outcome == NOT_ATTEMPTED, result.message


@pytest.mark.parametrize(("exercise", "misconception"), list(wrong_answers()))
def test_a_misconception_fails_with_its_own_message(exercise, misconception):
    entry = entry_of(exercise)
    wrong = entry["misconceptions"][misconception]
    for variant in variants(entry):
        space = {"np": np, **variant}
        exec(compile(wrong["code"], f"{exercise.id}: {misconception}", "exec"), space)
        result = run_check(entry, space[entry["answer"]], variant=variant, id=exercise.id)
        assert result.outcome == WRONG
        assert result.misconception == misconception
        assert result.message == wrong["message"]
