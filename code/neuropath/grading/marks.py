"""`marks.csv`, and `needs_person.csv`, the table that a person fills. The way back is in `merging`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike

from neuropath.grading import tables
from neuropath.grading.results import NOT_GRADED, Graded, Part, QuestionResult
from neuropath.grading.tables import neutral

__all__ = ["HEADER", "NO_QUESTION", "parts_of", "shown", "write", "write_needs_person"]

HEADER = ("student", "name", "question", "part", "rubric", "out_of", "points", "comment", "answer")
WHOLE = "the whole question"
NO_QUESTION = "(all)"  # in the row of a submission of which nothing could be graded
COMPLETE, NO_SUBMISSION = "complete", "no submission"


def write(
    path: str | PathLike[str], graded: Sequence[Graded], roster: Mapping[str, str] | None = None
) -> None:
    """One row a student: total, what is pending, and points and state of each question.

    `points` is blank while a person is needed (`points_so_far` has what is decided). Students of the roster
    (id → name) who handed nothing in are listed, with blanks: a blank is no zero.
    """
    ids = list(dict.fromkeys(result.id for one in graded for result in one.results))
    header = ["student", "name", "file", "points", "out_of", "points_so_far", "status"]
    header += [title for id in ids for title in (id, f"{id} state")] + ["remarks"]
    rows = [_mark_row(one, ids) for one in graded]
    here = {one.student for one in graded}
    for student, name in (roster or {}).items():
        if student not in here:
            rows.append([student, name, "", "", "", "", NO_SUBMISSION, *[""] * (2 * len(ids) + 1)])
    tables.write(path, [neutral(title) for title in header], sorted(rows, key=lambda row: str(row[0])))


def _mark_row(one: Graded, ids: Sequence[str]) -> list[str | float]:
    by_id = {result.id: result for result in one.results}
    status = f"needs a person: {', '.join(one.pending)}" if one.pending else COMPLETE
    row: list[str | float] = [one.student, one.name, one.file]
    row += ["" if one.pending else round(one.points, 4), round(one.out_of, 4), round(one.points, 4), status]
    for id in ids:
        result = by_id.get(id)
        row += ["" if result is None or result.points is None else round(result.points, 4)]
        row += ["" if result is None else result.state]
    return [*row, " · ".join(one.remarks)]


def write_needs_person(path: str | PathLike[str], graded: Sequence[Graded]) -> int:
    """The table a person fills: a row for each rubric part without points. Gives the number of rows.

    A submission of which nothing could be graded has one row, to be told and not to be filled: what it needs
    is a file that can be read. (A table of one's own can give points to its questions, for work on paper.)
    """
    rows: list[list[str | float]] = [
        [one.student, one.name, NO_QUESTION, "", "", one.out_of, "", "", f"{NOT_GRADED}{one.ungraded}"]
        for one in graded
        if one.ungraded
    ]
    read = [one for one in graded if not one.ungraded]
    for one, result in ((g, r) for g in read for r in g.results if r.pending):
        for index, part in enumerate(parts_of(result), 1):
            points = "" if part.points is None else part.points
            rows.append([one.student, one.name, result.id, index, part.text])
            rows[-1] += [part.out_of, points, part.message, shown(result)]
    rows.sort(key=lambda row: str(row[2]))  # all answers to one question together; students stay in order
    tables.write(path, HEADER, rows)
    return len(rows)


def shown(result: QuestionResult) -> str:
    """What stands in the column `answer`."""
    return result.answer or result.message


def parts_of(result: QuestionResult) -> tuple[Part, ...]:
    """What a person gives points to: the rubric's rows, or the question as a whole."""
    if result.kind == "manual" and result.parts:
        return result.parts
    return (Part(WHOLE, result.out_of),)
