"""A student's earlier files, where the newest has no answer at all: is there work in one of them?

They are read and not run: a name that is no longer as the starter has it, or words below their line, is work.
"""

from __future__ import annotations

from pathlib import Path

from neuropath.grading import answers, bounds, submission
from neuropath.grading.identity import Handed
from neuropath.grading.problems import MANUAL, Key
from neuropath.grading.results import NOT_ATTEMPTED, Graded
from neuropath.grading.submission import Submission, SubmissionError

__all__ = ["READ_MB", "SECONDS", "empty", "has_answers", "remark", "with_answers"]

READ_MB = 4096  # of memory, to read a notebook with
SECONDS = 120.0  # of processor time, for the same


def empty(graded: Graded) -> bool:
    """Whether there is no attempt at any question."""
    return all(one.state == NOT_ATTEMPTED for one in graded.results)


def with_answers(one: Handed, key: Key) -> str:
    """The newest of a student's older files that has an answer and is no copy; "" where none has."""
    return next((old.file for old in one.older if _has_more(old.path, one.path, key)), "")


def remark(one: Handed, file: str) -> str:
    """Why the newest file is not graded."""
    return (
        f"the newest file ({one.file}) has no answer at all, while an older one ({file}) is not untouched: a "
        "person decides which of them counts, leaves only that one in the folder, and grades again"
    )


def _has_more(path: Path, newest: Path, key: Key) -> bool:
    try:
        if submission.file_sha(path) == submission.file_sha(newest):
            return False
        with bounds.bounded(seconds=SECONDS, memory_mb=READ_MB):
            return has_answers(submission.read(path), key)
    except SubmissionError:
        return False
    except (bounds.TooMuch, MemoryError):
        return True  # nobody knows: a person looks


def has_answers(work: Submission, key: Key) -> bool:
    """Whether any question is answered, or begun."""
    code = answers.Code(work.cells)
    for question in key.questions:
        if question.kind == MANUAL:
            if answers.words(work.sources, key, question).text:
                return True
        elif code.definers(question.answer) and not code.unmodified(question.starter, question.answer):
            return True
    return False
