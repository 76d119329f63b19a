"""The way back from `needs_person.csv`: the points that a person gave, merged into the results."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike

from neuropath.grading import tables
from neuropath.grading.marks import NO_QUESTION, parts_of, shown
from neuropath.grading.results import (
    ANSWER_LIMIT,
    GRADED,
    NEEDS_A_PERSON,
    Graded,
    Part,
    QuestionResult,
    clean,
    number,
)
from neuropath.grading.tables import neutral

__all__ = ["OPEN", "MergeError", "decided", "left_over", "merge", "written_in"]

OPEN = "open"  # in place of points: takes back those that were given


class MergeError(ValueError):
    """The filled table does not fit the results; one line for each row that does not, with its number."""


@dataclass(frozen=True)
class _Row:
    """One filled row of the table."""

    number: int
    student: str
    question: str
    part: int
    points: float | None
    comment: str
    reopened: bool = False


def merge(
    graded: Sequence[Graded], path: str | PathLike[str], bare: Sequence[Graded] | None = None
) -> list[Graded]:
    """The results with the points and comments of a filled `needs_person.csv`.

    Rows with blank points change none; a question is `graded` when all its parts have points, and waits for a
    person again when `open` stands in place of one's points. MergeError,
    listing every row that is wrong: points above what there is, not a number, unknown student, question or
    part, the same part twice, points for another answer or another line of the rubric than there is now.
    Nothing is merged then. `bare` are the results without any points of a person, if `graded` has some.
    """
    filled, errors = _filled_rows(_Finder(graded, bare or graded), tables.read(path), str(path))
    if errors:
        raise MergeError(f"{path}: nothing was merged.\n" + "\n".join(errors))
    return [
        one.with_results(
            [_merged(result, filled.get((one.student, result.id), {})) for result in one.results]
        )
        for one in graded
    ]


def _filled_rows(
    finder: _Finder, table: tables.Table, path: str
) -> tuple[dict[tuple[str, str], dict[int, _Row]], list[str]]:
    """({(student, question): {part: row}}, a line for each row that is wrong)."""
    _check_columns(table, path)
    filled: dict[tuple[str, str], dict[int, _Row]] = {}
    errors: list[str] = []
    finder.lossy = table.lossy
    for line, record in table.records():
        if record["question"].strip() == NO_QUESTION and not record["points"].strip():
            continue
        try:
            row = finder.row(line, record)
            rows = filled.setdefault((row.student, row.question), {})
            if row.part in rows:
                raise MergeError(f"the same student, question and part as in row {rows[row.part].number}")
            rows[row.part] = row
        except MergeError as error:
            errors.append(f"row {line}: {error}")
    return filled, errors


def _check_columns(table: tables.Table, path: str) -> None:
    names = [name.strip() for name in table.rows[0]]
    if missing := [name for name in ("student", "question", "part", "points") if name not in names]:
        raise MergeError(
            f"{path}: no column {', '.join(missing)}; found {', '.join(names)}. "
            "Keep the first line as it was written"
        )


class _Finder:
    """Finds the student, question and part that a row of the table means."""

    lossy = False  # the table's encoding may not have had all characters

    def __init__(self, graded: Iterable[Graded], bare: Iterable[Graded]):
        self.shown = {(one.student, result.id): shown(result) for one in bare for result in one.results}
        # The table's cells were neutralised, and a person may have tidied the apostrophe away.
        self.students = {one.student: one for one in graded} | {neutral(one.student): one for one in graded}

    def row(self, line: int, record: Mapping[str, str]) -> _Row:
        one = self._student(record["student"].strip())
        result = self._question(one, record["question"].strip())
        parts = parts_of(result)
        index = _whole(record["part"])
        if not 1 <= index <= len(parts):
            only = "1, as it has one part only (the whole question, say)"
            expected = only if len(parts) == 1 else f"a number from 1 to {len(parts)}"
            raise MergeError(f"part {record['part']!r} of {result.id}: expected {expected}")
        reopened = record["points"].strip().casefold() == OPEN
        cell = "" if reopened else record["points"]
        points = _points(cell, parts[index - 1].out_of, f"{one.student}, {result.id}")
        comment = clean(record.get("comment", "").strip())
        if points is not None or comment or reopened:
            self._check_same(record, one.student, result.id, parts[index - 1].text)
        return _Row(line, one.student, result.id, index, points, comment, reopened)

    def _check_same(self, record: Mapping[str, str], student: str, question: str, rubric: str) -> None:
        """MergeError where the points were given for another answer, or another line of the rubric."""
        now = {"answer": self.shown[student, question]}
        now |= {"rubric": rubric} if record.get("rubric", "").strip() else {}  # a blank says nothing of it
        for column, text in now.items():
            cell = clean(record.get(column, text), ANSWER_LIMIT)
            if not tables.same(cell, text, lossy=self.lossy):
                raise MergeError(
                    f"{student}, {question}: the {column} is not the one in the results now, so these points "
                    "may be for another. Leave the row out, and give points in the new table; or, if they "
                    f"hold for what is there now, remove the column `{column}` from this one"
                )

    def _student(self, cell: str) -> Graded:
        if cell in self.students:
            return self.students[cell]
        padded = [id for id in self.students if cell and id.lstrip("0") == cell]  # 007, saved as 7
        if len(padded) == 1:
            return self.students[padded[0]]
        raise MergeError(f"no submission of student {cell!r}{_nearest(cell, self.students)}")

    def _question(self, one: Graded, cell: str) -> QuestionResult:
        if cell == NO_QUESTION:
            raise MergeError(
                f"nothing of {one.student!r} could be graded, and points are given question by question: put "
                "a file that can be read in its place; for work on paper, merge a table with the columns "
                "student, question, part, points"
            )
        by_id = {neutral(result.id): result for result in one.results}
        if cell not in by_id:
            raise MergeError(f"no question {cell!r}{_nearest(cell, by_id)}")
        result = by_id[cell]
        if not result.pending and not (result.kind == "manual" and result.state == GRADED):
            raise MergeError(f"{result.id} of {one.student!r} needs no person: it is {result.state!r}")
        return result


def _nearest(cell: str, among: Iterable[str]) -> str:
    near = difflib.get_close_matches(cell, list(among), n=3, cutoff=0.4)
    return f"; the nearest are {', '.join(near)}" if near else ""


def _whole(cell: str) -> int:
    try:
        return int(float(cell.strip().replace(",", ".")))
    except (ValueError, OverflowError):
        return 0


def _points(cell: str, out_of: float, whose: str) -> float | None:
    """The number in a cell, a decimal comma allowed; None where it is blank."""
    text = cell.strip().removeprefix("'")
    if not text:
        return None
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        points = math.nan
    if not 0 <= points <= out_of:  # false for nan too
        most = number(out_of)
        raise MergeError(
            f"points {text!r}: expected a number from 0 to {most}, a blank or `{OPEN}` ({whose})"
        )
    return points


def written_in(record: Mapping[str, str]) -> bool:
    """Whether a person wrote points or a comment into this row."""
    return bool(record.get("points", "").strip() or record.get("comment", "").strip())


def left_over(
    graded: Sequence[Graded], path: str | PathLike[str], bare: Sequence[Graded]
) -> list[dict[str, str]]:
    """The rows of a table whose points or comment are not in the results, for whatever reason.

    TableError where it is no table, MergeError where it has not the columns.
    """
    finder, table = _Finder(graded, bare), tables.read(path)
    _check_columns(table, str(path))
    finder.lossy = table.lossy
    return [row for line, row in table.records() if written_in(row) and not _is_in(finder, line, row)]


def _is_in(finder: _Finder, line: int, record: Mapping[str, str]) -> bool:
    """Whether the results have what a person wrote in this row."""
    try:
        row = finder.row(line, record)
    except MergeError:
        return False
    (result,) = (found for found in finder.students[row.student].results if found.id == row.question)
    part = parts_of(result)[row.part - 1]
    if row.comment and not tables.same(row.comment, part.message):
        return False
    if row.points is None:
        return part.points is None or not row.reopened
    return part.points is not None and math.isclose(row.points, part.points, abs_tol=1e-4)  # rounded there


def _merged(result: QuestionResult, rows: Mapping[int, _Row]) -> QuestionResult:
    return decided(result, tuple(_filled(parts_of(result), rows))) if rows else result


def decided(result: QuestionResult, parts: tuple[Part, ...]) -> QuestionResult:
    """The question with a person's points and comments in `parts`: `graded` when all of them have points."""
    given = [part.points for part in parts if part.points is not None]
    done = len(given) == len(parts)
    points = min(math.fsum(given), result.out_of) if done else None
    if parts == parts_of(result):
        return result  # every cell was blank, say
    state = GRADED if done else NEEDS_A_PERSON
    message = "" if done else result.message
    return replace(result, state=state, points=points, parts=parts, message=message, kind="manual")


def _filled(parts: Sequence[Part], rows: Mapping[int, _Row]) -> Iterator[Part]:
    for index, part in enumerate(parts, 1):
        row = rows.get(index)
        if row is None:
            yield part
        else:
            points = row.points if row.points is not None or row.reopened else part.points
            yield replace(part, points=points, message=row.comment or part.message)
