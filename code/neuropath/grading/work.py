"""A submission while it is judged: its sources, the process that runs them, and how each cell ended."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from neuropath.grading import answers, bounds, causes
from neuropath.grading.answers import names_of
from neuropath.grading.causes import PLAIN, SYNTAX, at, told
from neuropath.grading.child import CellReport, Child
from neuropath.grading.problems import AUTO, Key, Question
from neuropath.grading.results import CRASHED, GRADED, NOT_ATTEMPTED, TIMED_OUT, QuestionResult
from neuropath.grading.submission import Submission
from neuropath.grading.verdicts import CELL, NO_NAME, UNTOUCHED, Verdict

__all__ = ["PLAIN", "Work", "at", "told"]


class Work:
    """One submission being judged: its sources, the process that runs them, and how each cell ended."""

    def __init__(self, submission: Submission, child: Child, key: Key, student: str | None):
        self.submission, self.child, self.key, self.student = submission, child, key, student
        self.cells = submission.cells
        self.shown = False  # has it been given inputs of a hidden test? Then its own words are kept back
        self.code = answers.Code(self.cells)
        self.reports: list[CellReport] = child.run(self.cells) if self.cells else []
        self._before = self.reports  # how the cells ended before any test
        self.drawn = {one.id: key.variant(student, one.id) for one in key.questions}
        self._names = {one.answer for one in key.questions if one.kind == AUTO}
        self.changed: dict[str, str] = {}  # question → the line of its that holds another number
        self._failed = self._stopped()
        self._too_much = False  # to find out what went wrong earlier

    def ready(self) -> bool:
        """Is there a process to ask? One that has ended is replaced, as long as there is time."""
        if not self.child.alive and self.left > 0 and self.cells:
            self.reports = self.child.restart(self.cells)
        return self.child.alive

    @property
    def left(self) -> float:
        """Seconds that the submission may still take."""
        return self.child.limits.total_seconds - self.child.used_seconds

    def starter(self, question: Question) -> str:
        """The starter with the student's numbers."""
        if not question.variant:
            return question.starter
        from neuropath.publish.variants import with_values  # what it stands on is slow to import

        return with_values(question.starter, self.drawn[question.id])

    def failure(self, name: str) -> Verdict | None:
        """What became of the last cell that defines `name`, if that did not run to its end."""
        report = self._report(name)
        if report is None or report.state == "ok":
            return None
        state = TIMED_OUT if report.state == "timed out" else CRASHED
        open_ = not self.shown or self.reports is self._before
        return Verdict(state, message=f"{CELL}`{name}` {causes.ended(report)}", told=open_)

    def _report(self, name: str) -> CellReport | None:
        where = self.code.definers(name)
        return self.reports[where[-1]] if where and where[-1] < len(self.reports) else None

    def missing(self, name: str) -> Verdict:
        """That nothing has this name. The sources alone decide what is said: no hidden test changes it."""
        if self.code.definers(name):
            said = f"`{name}` is defined, and gone again once all cells have run"
        else:
            given = {other for one in self.key.questions for other in (*names_of(one.starter), one.answer)}
            starter = next((one.starter for one in self.key.questions if one.answer == name), "")
            near = self.code.meant(name, starter, given)
            said = f"{NO_NAME}{name}` in the notebook"
            said += f"; did you rename it? There is `{near}`" if near else ""
            besides = causes.elsewhere(self._failed, self.code, self._names, self.key.set.needs)
            said += f"; besides, {besides}" if besides else ""
        return Verdict(NOT_ATTEMPTED, message=said, told=True)

    def first(self, question: Question, verdict: Verdict) -> str:
        """What is to be said before the message of a verdict; "" where that says all. It tells of no test."""
        look = {CRASHED: self._earlier, GRADED: self._changed}.get(verdict.state)
        if look is None or verdict.right or self._too_much:
            return ""
        try:
            with bounds.bounded():
                return look(question)
        except (bounds.TooMuch, MemoryError):
            self._too_much = True  # so it would be for every question
            return ""

    def remarks(self, results: Sequence[QuestionResult]) -> list[str]:
        """What the instructor should know: changed numbers, and cells that stopped where points are missing.

        A cell that defines an answer is left out: its question tells of it.
        """
        lost = [one for one in results if one.kind == AUTO and not one.full]
        told_there = {index for name in self._names for index in self.code.definers(name)[-1:]}
        failed = [one for one in self._failed if one.index not in told_there]
        attempted = any(not one.message.startswith(UNTOUCHED) for one in lost)
        said = causes.remark(failed, self.key.set.needs) if attempted else ""
        return [*(f"{id}: {line}" for id, line in self.changed.items()), *([said] if said else [])]

    def _stopped(self) -> list[CellReport]:
        with contextlib.suppress(bounds.TooMuch, MemoryError), bounds.bounded():
            return causes.stopped(self._before, self.code, [self.starter(one) for one in self.key.questions])
        return []

    def _earlier(self, question: Question) -> str:
        report = self._report(question.answer)
        if report is not None and report.kind in SYNTAX:
            return ""  # of what stands above a cell, nothing makes it no Python
        said = causes.earlier(question.answer, self._failed, self.code, self._names, self.key.set.needs)
        return f"{said}; after that, " if said else ""

    def _changed(self, question: Question) -> str:
        found = causes.changed(question, self.drawn, self.code)
        if not found:
            return ""
        line, number = found
        if self.submission.made_for in ("", self.student) and self.student in self.key.students:
            said = f"the line `{line.line}` was handed out with {number!r}"
            self.changed[question.id] = said
            return f"{said}: put it back and run again. As it stands: "
        return f"the line `{line.line}` holds another number than the {number!r} of this student. So it is: "
