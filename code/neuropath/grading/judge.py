"""The verdict on each question, made here, in the grader's process, on plain values.

The submission is asked for values and called; what it says about itself decides nothing. Whatever happens,
a question ends in a state: a right answer is never lost to another question's endless loop, and no points
are ever missing without a sentence that says why.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from neuropath.grading import answers, bounds, verdicts
from neuropath.grading.child import Child, Remote, RemoteDeath, RemoteError, RemoteTimeout
from neuropath.grading.problems import MANUAL, Key, Question
from neuropath.grading.protocol import TooLarge
from neuropath.grading.results import (
    CRASHED,
    GRADED,
    NEEDS_A_PERSON,
    NOT_ATTEMPTED,
    TIMED_OUT,
    UNREAD,
    Part,
    QuestionResult,
)
from neuropath.grading.submission import Submission
from neuropath.grading.untouched import untouched
from neuropath.grading.verdicts import Verdict
from neuropath.grading.work import PLAIN, Work, at, told
from neuropath.lessons.check import RIGHT, WRONG, run_check
from neuropath.lessons.recording import explain

__all__ = ["judge", "judge_all", "seed"]


class Stopped(BaseException):
    """A call into the submission that ends the test at once: no check may catch it and go on."""

    def __init__(self, verdict: Verdict):
        super().__init__(verdict.message)
        self.verdict = verdict


def judge_all(submission: Submission, child: Child, key: Key, student: str | None) -> list[QuestionResult]:
    """The results of all questions, in the order of the set. SandboxError where nothing can be run.

    Hidden tests come last, of all questions: no message can tell what they showed to the submission.
    """
    return judge(Work(submission, child, key, student))


def judge(work: Work) -> list[QuestionResult]:
    """The results of all questions, of a submission whose cells have been run."""
    key = work.key
    found: dict[str, dict[int, Verdict]] = {question.id: {} for question in key.questions}
    seconds = dict.fromkeys(found, 0.0)
    for hidden in (False, True):
        for question in key.questions:
            started = time.monotonic()
            _test(question, work, hidden, found[question.id])
            seconds[question.id] += time.monotonic() - started
    return [_result(one, work, found[one.id], seconds[one.id]) for one in key.questions]


def _result(question: Question, work: Work, found: Mapping[int, Verdict], seconds: float) -> QuestionResult:
    if question.kind == MANUAL:
        return _manual(question, work)
    return verdicts.result(question, [found[number] for number in range(len(question.entries))], seconds)


def _manual(question: Question, work: Work) -> QuestionResult:
    """Whether there are words to read; a person decides on them."""
    parts = tuple(Part(str(row["text"]), row["points"]) for row in question.rubric)
    try:
        with bounds.bounded():
            words = answers.words(work.submission.sources, work.key, question)
    except (bounds.TooMuch, MemoryError):
        words = answers.Words(False, UNREAD)
    open_ = QuestionResult(
        question.id, NEEDS_A_PERSON, None, question.points, title=question.title, kind=MANUAL, parts=parts
    )
    if not words.text:
        none = tuple(replace(part, points=0.0) for part in parts)
        empty = f"nothing was written below the line `{question.answer_line}`"
        gone = f"there is no line `{question.answer_line}`, and nothing of yours below the question"
        said = empty if words.found else gone
        return replace(open_, state=NOT_ATTEMPTED, points=0.0, parts=none, message=said)
    line = f"the line `{question.answer_line}` is missing: all that you wrote below the question was taken"
    return replace(open_, answer=words.text, message="" if words.found else line)


def _test(question: Question, work: Work, hidden: bool, found: dict[int, Verdict]) -> None:
    """Run the hidden tests, or the others; after one that ended the process, the rest is not run."""
    numbers = range(len(question.entries))
    if not found and numbers and untouched(question, work):
        found |= dict.fromkeys(numbers, Verdict(NOT_ATTEMPTED, message=verdicts.UNTOUCHED, told=True))
    for number, entry in enumerate(question.entries):
        if number in found or bool(entry["hidden"]) != hidden:
            continue
        verdict = _verdict(question, entry, number, work)
        verdict = found[number] = replace(verdict, first=work.first(question, verdict))
        if not work.child.alive or verdict.state == NEEDS_A_PERSON:
            rest = Verdict(verdict.state, message=verdict.message, first=verdict.first)
            found |= {other: rest for other in numbers if other not in found}
            return


def _verdict(question: Question, entry: Mapping[str, Any], number: int, work: Work) -> Verdict:
    """The verdict of one test, whatever the submission does meanwhile."""
    try:
        return _tested(question, entry, number, work)
    except Stopped as stopped:
        return stopped.verdict
    except RemoteTimeout as late:
        return Verdict(TIMED_OUT, message=str(late))
    except RemoteDeath as death:
        return Verdict(CRASHED, message=str(death))
    except bounds.TooMuch as slow:
        work.child.close()  # it may have been in the middle of an answer
        return Verdict(TIMED_OUT, message=f"comparing your answer took more than {slow}: how large is it?")


def _tested(question: Question, entry: Mapping[str, Any], number: int, work: Work) -> Verdict:
    name = question.answer
    if not work.cells:
        return Verdict(NOT_ATTEMPTED, message="the notebook has no code cells", told=True)
    if not work.ready():
        seconds = f"{work.child.limits.total_seconds:g} seconds"
        message = f"the {seconds} for the whole notebook were over before this question"
        return Verdict(TIMED_OUT, message=message, told=True)
    if not work.child.has(name):
        return work.failure(name) or work.missing(name)
    try:
        with bounds.bounded():
            value = work.child.get(name)
    except RemoteError as error:
        state = CRASHED if error.kind != "kind" else GRADED
        return Verdict(state, message=_no_value(name, error), told=not work.shown)
    work.shown |= bool(entry["hidden"])
    verdict = _checked(question, entry, number, value, work)
    if verdict.state == NOT_ATTEMPTED or (verdict.state == GRADED and not verdict.right):
        failed = work.failure(name)
        if failed and verdict.state == NOT_ATTEMPTED:
            return failed
        if failed:  # an earlier cell's definition was graded
            return Verdict(GRADED, False, f"{verdict.message} ({failed.message})", verdict.misconception)
    return verdict


def _checked(question: Question, entry: Mapping[str, Any], number: int, value: Any, work: Work) -> Verdict:
    """Run the test on the value, within bounds."""
    raised: list[RemoteError] = []
    answer = _guarded(value, raised) if isinstance(value, Remote) else value
    variant = work.key.variant(work.student, question.id)
    rng = np.random.default_rng(seed(work.key.secret, question.id, number))
    with bounds.bounded():
        result = run_check(entry, answer, rng, variant=variant, id=question.id)
    if result.outcome == RIGHT:
        return Verdict(GRADED, True)
    if result.outcome != WRONG:
        return Verdict(NOT_ATTEMPTED, message=f"`{question.answer}` still gives the `...` of the starter")
    if not result.misconception:
        for error in raised:
            before = explain(_as_python(error))
            if result.message.startswith(before) and error.kind == "kind":
                return Verdict(GRADED, False, _no_value(question.answer, error))
            if result.message.startswith(before):
                said = f"your code stopped{at(error.line)}: {told(error)}"
                return Verdict(CRASHED, message=said + result.message.removeprefix(before))
    return Verdict(GRADED, False, result.message, result.misconception or "")


def seed(secret: str, id: str, number: int) -> int:
    """The seed of one test's random inputs: the same for every student, and known to none."""
    text = "\0".join((secret, id, str(number)))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")


def _guarded(remote: Remote, raised: list[RemoteError]) -> Callable[..., Any]:
    """The function as a check may call it: errors as Python's own, and no way on after an end."""

    @functools.wraps(remote)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return remote(*args, **kwargs)
        except RemoteError as error:
            raised.append(error)
            raise _as_python(error) from None
        except RemoteTimeout as late:
            raise Stopped(Verdict(TIMED_OUT, message=f"a call of `{remote.name}`: {late}")) from None
        except RemoteDeath as death:
            raise Stopped(Verdict(CRASHED, message=f"a call of `{remote.name}`: {death}")) from None
        except (TypeError, TooLarge) as error:  # what the check hands over cannot be sent: no one's mistake
            message = f"the check cannot be run on a submission: {error}"
            raise Stopped(Verdict(NEEDS_A_PERSON, message=message)) from None

    return call


def _as_python(error: RemoteError) -> Exception:
    """The error under the class that a check, or a misconception's own code, would meet."""
    kind = error.original
    return kind(str(error)) if issubclass(kind, Exception) and kind is not RemoteError else error


def _no_value(name: str, error: RemoteError) -> str:
    if error.kind != "kind":
        return f"`{name}` cannot be read: {told(error)}"
    return f"`{name}` {error.message}; {PLAIN}"
