"""A submission while it is judged: its sources, the process that runs them, and how each cell ended."""

from __future__ import annotations

from neuropath.grading import answers
from neuropath.grading.answers import names_of
from neuropath.grading.child import CellReport, Child, RemoteError
from neuropath.grading.problems import Key
from neuropath.grading.results import CRASHED, NOT_ATTEMPTED, TIMED_OUT
from neuropath.grading.submission import Submission
from neuropath.grading.verdicts import CELL, NO_NAME, Verdict

__all__ = ["Work", "at", "told"]

PLAIN = "only numbers, texts, arrays, lists, tuples and dictionaries are graded"


class Work:
    """One submission being judged: its sources, the process that runs them, and how each cell ended."""

    def __init__(self, submission: Submission, child: Child, key: Key, student: str | None):
        self.submission, self.child, self.key, self.student = submission, child, key, student
        self.cells = submission.cells
        self.shown = False  # has it been given inputs of a hidden test? Then its own words are kept back
        self.code = answers.Code(self.cells)
        self.reports: list[CellReport] = child.run(self.cells) if self.cells else []

    def ready(self) -> bool:
        """Is there a process to ask? One that has ended is replaced, as long as there is time."""
        if not self.child.alive and self.left > 0 and self.cells:
            self.reports = self.child.restart(self.cells)
        return self.child.alive

    @property
    def left(self) -> float:
        """Seconds that the submission may still take."""
        return self.child.limits.total_seconds - self.child.used_seconds

    def failure(self, name: str) -> Verdict | None:
        """What became of the last cell that defines `name`, if that did not run to its end."""
        where = self.code.definers(name)
        report = self.reports[where[-1]] if where and where[-1] < len(self.reports) else None
        if report is None or report.state == "ok":
            return None
        cell = f"{CELL}`{name}`"
        if report.state == "error":
            return Verdict(CRASHED, message=f"{cell} stopped{at(report.line)}: {told(report)}", told=True)
        state = TIMED_OUT if report.state == "timed out" else CRASHED
        return Verdict(state, message=f"{cell} did not run to its end: {report.message}", told=True)

    def missing(self, name: str) -> Verdict:
        """That nothing has this name. The sources alone decide what is said: no hidden test changes it."""
        if self.code.definers(name):
            said = f"`{name}` is defined, and gone again once all cells have run"
        else:
            given = {other for one in self.key.questions for other in (*names_of(one.starter), one.answer)}
            near = self.code.nearest(name, given)
            said = f"{NO_NAME}{name}` in the notebook"
            said += f"; did you rename it? There is `{near}`" if near else ""
        return Verdict(NOT_ATTEMPTED, message=said, told=True)


def told(error: RemoteError | CellReport) -> str:
    """`ValueError: its text`; of a value that cannot be sent, what it is."""
    if error.kind == "kind":
        return f"it {error.message}; {PLAIN}"
    return f"{error.kind}: {error.message}" if error.message else error.kind


def at(line: str) -> str:
    return f" in the line `{line}`" if line else ""
