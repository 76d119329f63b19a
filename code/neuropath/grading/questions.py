"""From an exercise to what grading needs of it: its tests, and what each of them is worth."""

from __future__ import annotations

from typing import Any

from neuropath.grading.problems import AUTO, MANUAL, Chosen, Question
from neuropath.publish import exercises
from neuropath.publish.exercises import Cell, Exercise
from neuropath.publish.inline import plain

CLOSE = 1e-9


def question(chosen: Chosen, exercise: Exercise) -> Question:
    """The question; ValueError where its points cannot be what spec and page say."""
    title = plain(exercise.title) or exercise.id
    if exercise.of_kind("manual"):
        rubric = exercise.merged()["rubric"]
        there = sum(row["points"] for row in rubric)
        points = _two_decimals(there if chosen.points is None else chosen.points)
        shares_of_rows = _exact([row["points"] * points / there for row in rubric], points)
        rows = tuple({**row, "points": share} for row, share in zip(rubric, shares_of_rows, strict=True))
        return Question(exercise.id, title, MANUAL, points, rubric=rows)
    starter = exercise.of_kind("starter")[0]
    return Question(
        id=exercise.id,
        title=title,
        kind=AUTO,
        points=_two_decimals(_total(chosen, starter)),
        answer=str(starter.meta["answer"]),
        entries=tuple(_entries(chosen, exercise)),
        variant=exercise.merged().get("variant", {}),
        starter=starter.code,
    )


def _two_decimals(points: float) -> float:
    """The points; ValueError where marks, which have two decimals, could never reach them."""
    if points != round(points, 2):
        raise ValueError(f"it has {points!r} points: points have two decimals at most.")
    return points


def _total(chosen: Chosen, starter: Cell) -> float:
    return starter.meta.get("points", 1) if chosen.points is None else chosen.points


def _entries(chosen: Chosen, exercise: Exercise) -> list[dict[str, Any]]:
    """The check, then the hidden tests; the latter tell nothing, so they carry no hints and messages."""
    tests = [*exercise.of_kind("check"), *exercise.of_kind("hidden")]
    found = []
    for test, points in zip(tests, shares(chosen, exercise, tests), strict=True):
        entry = exercises.entry(exercise, test) | {"points": points, "hidden": test.kind == "hidden"}
        if entry["hidden"]:
            title = entry["function"].removeprefix("check_").replace("_", " ")
            entry |= {"title": title, "hints": [], "misconceptions": {}}
        found.append(entry)
    return found


def shares(chosen: Chosen, exercise: Exercise, tests: list[Cell]) -> list[float]:
    """What each test is worth.

    The starter's `points` are those of the whole question. A hidden test takes of them what its own cell
    says; the tests that say nothing share the rest equally. The spec may set the whole (`points`: all is
    scaled) and what the hidden tests are worth together (`hidden_points`).
    """
    starter = exercise.of_kind("starter")[0]
    page_total = starter.meta.get("points", 1)
    named = [test.meta.get("points") if test.kind == "hidden" else None for test in tests]
    rest, unnamed = page_total - sum(points or 0 for points in named), named.count(None)
    if rest < -CLOSE or (not unnamed and abs(rest) > CLOSE):
        hidden = page_total - rest
        raise ValueError(
            f"its hidden tests have {hidden:g} points of their own, the question {page_total:g}."
        )
    parts = [rest / unnamed if points is None else points for points in named]
    total = _total(chosen, starter)
    if chosen.hidden_points is None:
        return _exact([part * total / page_total if page_total else 0 for part in parts], total)
    return _exact(_split(parts, tests, total, chosen.hidden_points), total)


def _split(parts: list[float], tests: list[Cell], total: float, hidden_points: float) -> list[float]:
    """`parts` scaled so that the hidden tests together are worth `hidden_points`."""
    hidden = [test.kind == "hidden" for test in tests]
    if hidden_points > total + CLOSE:
        raise ValueError(f"{hidden_points:g} hidden points are more than its {total:g} points.")
    if all(hidden) and abs(hidden_points - total) > CLOSE:
        raise ValueError(f"all its tests are hidden, so `hidden_points` is {total:g} or left out.")
    weight = sum(part for part, is_hidden in zip(parts, hidden, strict=True) if is_hidden)
    equal = hidden_points / sum(hidden)
    return [
        (hidden_points * part / weight if weight else equal) if is_hidden else total - hidden_points
        for part, is_hidden in zip(parts, hidden, strict=True)
    ]


def _exact(parts: list[float], total: float) -> list[float]:
    """`parts` with two decimals, the last one making up what the rounding took."""
    rounded = [_round(part) for part in parts]
    rounded[-1] = _round(total - sum(rounded[:-1]))
    return rounded


def _round(points: float) -> float:
    value = round(points, 2)
    return int(value) if value == int(value) else value
