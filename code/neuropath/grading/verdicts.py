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

__all__ = ["CELL", "EARLIER", "LATER", "NO_NAME", "NO_PYTHON", "UNTOUCHED", "Verdict", "advice", "result"]

PUBLIC_PART = "The check"
# How the sentences begin that others look for: why there was nothing to grade, and where code stopped.
NO_NAME, UNTOUCHED = "there is no `", "the starter is untouched"
CELL, EARLIER, LATER = "the cell that defines ", "an earlier cell ", "a later cell "
NO_PYTHON = "is no Python"
_UNSHOWN = {
    TIMED_OUT: "your code was stopped in a test that is not shown: it took too long",
    CRASHED: "your code stopped with an error in a test that is not shown",
}
_AGAIN = "Restart the notebook and run all cells from the top: the same error should show."
_OTHER_CELL = f"Mend that cell first: what it was to define may be missing in this one. {_AGAIN}"
_STOPPED = f"This cell stopped with an error before anything could be called. {_AGAIN}"
_DELETED = " A name that an earlier, since deleted cell had defined is the usual cause."
_UNREAD = (
    "Python could not read this cell, so nothing of it was run. Look at that line and at the one above it: a "
    f"bracket, a quotation mark or a colon may be missing. {_AGAIN}"
)


@dataclass(frozen=True)
class Verdict:
    """What one test found. `right` decides its points; the rest is for people.

    `told` : the message tells of the submission alone, nothing of the test, so that anyone may see it.
    `first` goes before the message, and may always be seen: it tells of the sources and how the cells ended.
    """

    state: str
    right: bool = False
    message: str = ""
    misconception: str = ""
    told: bool = False
    first: str = ""


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
    message = shown.message or (f"it did not pass {tests}" if state == GRADED and missed else "")
    return QuestionResult(
        id=question.id,
        state=state,
        points=points,
        out_of=question.points,
        message=shown.first + message,
        # with another number than was handed out, a right answer may look like a known mistake
        misconception="" if shown.first else shown.misconception,
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
    first = next((verdict.first for verdict in every if verdict.state == state and not verdict.right), "")
    return state, Verdict(state, message=_UNSHOWN.get(state, ""), first=first)


def advice(message: str) -> str:
    """What a student can do about a cell that stopped; "" where the message tells of none."""
    if message.startswith((EARLIER, LATER)):
        return _OTHER_CELL
    if not message.startswith(CELL):
        return ""
    if NO_PYTHON in message:
        return _UNREAD
    return _STOPPED + (_DELETED if ": NameError" in message else "")
