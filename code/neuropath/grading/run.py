"""Grading a folder of submissions in parallel; what is finished stays finished, whatever happens next."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuropath.grading import bounds, judge, older, pool, store, submission
from neuropath.grading.child import Child
from neuropath.grading.identity import Handed
from neuropath.grading.pool import Lost
from neuropath.grading.problems import MANUAL, Key
from neuropath.grading.results import NEEDS_A_PERSON, NOT_GRADED, Graded, Part, QuestionResult
from neuropath.grading.sandbox import Isolation
from neuropath.grading.store import Store
from neuropath.grading.submission import Submission, SubmissionError
from neuropath.grading.work import Work

__all__ = ["Run", "grade_all", "grade_one", "when"]

SPARE_SECONDS = 60.0


@dataclass
class Run:
    """What one run did: results in order of the students, how many were new, and how many could not be."""

    graded: list[Graded]
    shas: dict[str, str]  # student → what the result is kept under: the hash of the notebook, as a rule
    fresh: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Common:
    """What every process needs."""

    key: Key
    store: Store
    isolation: Isolation


def grade_all(
    files: Sequence[Handed], key: Key, out: Path, jobs: int, isolation: Isolation, *, bar: bool = True
) -> Run:
    """Grade what has no result yet. A submission that cannot be graded needs a person; it stops no other."""
    kept = Store(out, key.digest)
    kept.prepare()
    run = Run([], {})
    found: dict[str, Graded] = {}
    tasks = [one for one in files if not _known(one, kept, found, run, key)]
    common = Common(key, kept, isolation)
    outcomes = pool.map_unordered(_task, common, tasks, jobs, _patience(key))
    try:
        for index, said in _watched(outcomes, len(tasks), bar):
            one = tasks[index]
            if isinstance(said, Lost):
                run.lost += 1
                found[one.student] = _unfinished(one, key, said)
                kept.log(**when(), student=one.student, file=one.file, lost=said.reason, details=said.details)
            else:
                run.fresh += 1
                run.shas[one.student], found[one.student] = said
    finally:
        outcomes.close()  # type: ignore[attr-defined]
    _look_at_older(files, found, common, jobs)
    run.graded = [
        store.identified(found[one.student], name=one.name, file=one.file, remarks=one.remarks)
        for one in files
    ]
    return run


def _known(one: Handed, kept: Store, found: dict[str, Graded], run: Run, key: Key) -> bool:
    """Put the result in place if there is one: of an earlier run, or that the file is no notebook."""
    try:
        sha, why = submission.file_sha(one.path), ""
    except SubmissionError as error:
        sha, why = f"{one.file}: {error}", str(error)
    run.shas[one.student] = sha
    result = kept.load(sha, one.student) or (unreadable(one, key, why) if why else None)
    if result is not None:
        found[one.student] = result
    return result is not None


def _look_at_older(files: Sequence[Handed], found: dict[str, Graded], common: Common, jobs: int) -> None:
    """Leave it to a person where the newest file has no answer, and an older one has: no silent 0.

    It is not kept with the result, which is of the newest file alone.
    """
    doubtful = [one for one in files if one.older and older.empty(found[one.student])]
    outcomes = pool.map_unordered(_older_task, common, doubtful, jobs, older.SECONDS + SPARE_SECONDS)
    for index, file in outcomes:
        one = doubtful[index]
        file = one.older[0].file if isinstance(file, Lost) else file  # a person looks
        if file:
            found[one.student] = unreadable(one, common.key, older.remark(one, file))


def _older_task(common: Common, one: Handed) -> str:
    return older.with_answers(one, common.key)


def _patience(key: Key) -> float:
    """Seconds after which a process is given up: all that its limits can add up to, and some."""
    tests = sum(len(question.entries) for question in key.questions)
    return key.set.limits.total_seconds + SPARE_SECONDS + bounds.SECONDS * min(tests, 10)


def _watched(outcomes: Iterable[tuple[int, Any]], total: int, bar: bool) -> Iterable[tuple[int, Any]]:
    if not bar or not total:
        return outcomes
    from tqdm import tqdm

    return tqdm(outcomes, total=total, unit="submission", desc="grading", file=sys.stderr)


def _task(common: Common, one: Handed) -> tuple[str, Graded]:
    """Grade one file and keep the result; in a process of the pool."""
    started = time.monotonic()
    sha = submission.file_sha(one.path)
    try:
        with bounds.bounded(seconds=older.SECONDS, memory_mb=older.READ_MB):
            work = submission.read(one.path)
        sha, graded = work.sha, grade_one(work, one, common.key, common.isolation)
    except SubmissionError as error:
        graded = unreadable(one, common.key, str(error))
    except bounds.TooMuch as error:
        graded = unreadable(one, common.key, f"reading the file took more than {error}")
    common.store.save(sha, graded)
    common.store.log(
        **when(),
        student=one.student,
        file=one.file,
        seconds=round(time.monotonic() - started, 3),
        points=graded.points,
        states=dict(Counter(result.state for result in graded.results)),
    )
    return sha, graded


def grade_one(work: Submission, one: Handed, key: Key, isolation: Isolation) -> Graded:
    """The results of one notebook. SandboxError where nothing can be run."""
    remarks = []
    if not work.sources:
        remarks.append("the notebook has no cells")
    if work.made_for and work.made_for != one.student and work.made_for in key.students:
        remarks.append("this notebook was handed out to another student, with other numbers")
    with Child(isolation, key.set.limits) as child:
        judged = Work(work, child, key, one.student)
        found = judge.judge(judged)
        remarks += judged.remarks(found)
    return Graded(one.student, one.name, one.file, tuple(found), tuple(remarks))


def unreadable(one: Handed, key: Key, why: str) -> Graded:
    """What is told of a file that is no notebook: every question needs a person, none is a silent 0."""
    return Graded(one.student, one.name, one.file, tuple(_open(key, "")), (f"{NOT_GRADED}{why}",))


def _unfinished(one: Handed, key: Key, lost: Lost) -> Graded:
    remark = f"{NOT_GRADED}{lost.reason}. Grade again; if it stays so, look into the notebook"
    return Graded(one.student, one.name, one.file, tuple(_open(key, "")), (remark,))


def _open(key: Key, message: str) -> Iterable[QuestionResult]:
    for question in key.questions:
        rows = question.rubric if question.kind == MANUAL else ()
        yield QuestionResult(
            id=question.id,
            state=NEEDS_A_PERSON,
            points=None,
            out_of=question.points,
            message=message,
            title=question.title,
            kind=question.kind,
            parts=tuple(Part(str(row["text"]), row["points"]) for row in rows),
        )


def when() -> dict[str, str]:
    """The time of a line of the log (UTC)."""
    return {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
