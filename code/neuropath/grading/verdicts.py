"""What each test found, and what a question makes of it: state, points, and the words that may be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from neuropath.grading.problems import Question
from neuropath.grading.results import (
    CRASHED,
    GRADED,
    NEEDS_A_PERSON,
    NOT_ATTEMPTED,
    TIMED_OUT,
    Part,
    QuestionResult,
)

__all__ = ["CELL", "NO_NAME", "UNTOUCHED", "Verdict", "result"]

PUBLIC_PART = "The check"
# How the sentences begin that others look for: why there was nothing to grade, and where code stopped.
NO_NAME, UNTOUCHED = "there is no `", "the starter is untouched"
CELL = "the cell that defines "
_UNSHOWN = {
    TIMED_OUT: "your code was stopped in a test that is not shown: it took too long",
    CRASHED: "your code stopped with an error in a test that is not shown",
}


@dataclass(frozen=True)
class Verdict:
    """What one test found. `right` decides its points; the rest is for people.

    `told` : the message tells of the submission alone, nothing of the test, so that anyone may see it.
    """

    state: str
    right: bool = False
    message: str = ""
    misconception: str = ""
    told: bool = False


def result(question: Question, verdicts: Sequence[Verdict], seconds: float) -> QuestionResult:
    """State, points and message of a question, from its tests. Hidden ones give points and nothing else."""
    hidden = [bool(entry["hidden"]) for entry in question.entries]
    state, shown = _state([v for v, h in zip(verdicts, hidden, strict=True) if not h], verdicts)
    parts = tuple(
        _part(entry, verdict, pending=state == NEEDS_A_PERSON)
        for entry, verdict in zip(question.entries, verdicts, strict=True)
    )
    points = None if state == NEEDS_A_PERSON else sum(part.points or 0.0 for part in parts)
    if state == NOT_ATTEMPTED and points:
        state = GRADED
    missed = sum(not v.right for v, h in zip(verdicts, hidden, strict=True) if h)
    tests = "a test that is not shown" if missed == 1 else f"{missed} tests that are not shown"
    return QuestionResult(
        id=question.id,
        state=state,
        points=points,
        out_of=question.points,
        message=shown.message or (f"it did not pass {tests}" if state == GRADED and missed else ""),
        misconception=shown.misconception,
        seconds=round(seconds, 4),
        title=question.title,
        parts=parts,
    )


def _part(entry: Mapping[str, Any], verdict: Verdict, pending: bool) -> Part:
    hidden = bool(entry["hidden"])
    text = str(entry.get("title") or "") if hidden else PUBLIC_PART
    return Part(text, entry["points"], None if pending else entry["points"] * verdict.right, hidden=hidden)


def _state(public: Sequence[Verdict], every: Sequence[Verdict]) -> tuple[str, Verdict]:
    """The state of a question, and the verdict whose words may be shown.

    The public tests decide it. Where there is none, the hidden ones do, as far as a state tells nothing of
    them: that a cell or a call was too slow, or stopped.
    """
    unable = next((verdict for verdict in every if verdict.state == NEEDS_A_PERSON), None)
    if unable:
        return NEEDS_A_PERSON, unable if unable in public else Verdict(NEEDS_A_PERSON)
    for verdict in public:
        if not verdict.right:
            return verdict.state, verdict
    if public:
        return GRADED, public[0]
    if every[0].told:
        return every[0].state, every[0]
    states = [verdict.state for verdict in every]
    state = next(one for one in (GRADED, TIMED_OUT, CRASHED, NOT_ATTEMPTED) if one in states)
    return state, Verdict(state, message=_UNSHOWN.get(state, ""))
