"""Fill the gradebook that Canvas exported, so that Canvas can import it again (format: `canvas_sheet`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from neuropath.grading import canvas_sheet, tables
from neuropath.grading.canvas_sheet import CanvasError, Sheet, decimal_comma, key, matched
from neuropath.grading.results import Graded, number
from neuropath.grading.tables import Table

__all__ = ["CanvasError", "Filled", "fill"]

_TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
_STUDENT = ("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID")
_NO_ASSIGNMENT = (*_STUDENT, "Root Account", "Section", "Notes")
_IDENTIFIED = re.compile(r"(.*?)\s*\((\d+)\)")


@dataclass
class Filled:
    """What `fill` did; `str()` of it is for reading aloud. Students are named by their id in the roster."""

    path: Path
    column: str
    created: bool = False
    filled: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)  # a person has yet to decide: the cell is untouched
    unmatched: list[tuple[str, str]] = field(default_factory=list)  # (student, why)
    without: list[str] = field(default_factory=list)  # Canvas' students of whom there is no submission
    remarks: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"{self.path}: {len(self.filled)} marks in {'the new ' * self.created}column {self.column!r}"
        ]
        if self.pending:
            lines.append(f"left as they were, because they need a person: {', '.join(self.pending)}")
        lines += [f"not found in the export: {student} ({why})" for student, why in self.unmatched]
        if self.without:
            lines.append(f"in the export without a submission, left as they were: {'; '.join(self.without)}")
        return "\n".join(lines + self.remarks)


def fill(
    export: str | PathLike[str],
    graded: Sequence[Graded],
    path: str | PathLike[str],
    *,
    title: str,
    column: str | None = None,
) -> Filled:
    """Write `path`: the export with the marks in the assignment's column; nothing else changes.

    The column is the one called `column` (with or without Canvas' number), made where there is none; without
    `column` it is the one called as the set is, `title`. CanvasError where the export is none, or has no such
    column, or Canvas would ignore it. Give `path` another name than `export`.
    """
    sheet = canvas_sheet.read(export)
    if Path(path).resolve() == Path(export).resolve():
        raise CanvasError(f"{export}: the filled file would overwrite the export; name another file")
    out_of = max((one.out_of for one in graded), default=0.0)
    comma = decimal_comma(sheet)
    index, created = _column(sheet, title, column)
    if created:
        _insert(sheet.table, index, column or title, sheet.points, _written(out_of, comma))
    report = Filled(Path(path), sheet.header[index], created)
    _check_column(sheet, index, out_of, report)
    _fill(sheet, index, graded, report, comma)
    tables.store(path, sheet.table)
    return report


def _fill(sheet: Sheet, index: int, graded: Sequence[Graded], report: Filled, comma: bool) -> None:
    found, report.unmatched = matched(sheet, graded)
    for one in graded:
        row = found.get(one.student)
        if row is None:
            continue
        cells = sheet.table.rows[row]
        had = cells[index].strip()
        if had.upper() in ("EX", "N/A"):
            why = "is excused" if had.upper() == "EX" else "has not been given this assignment"
            report.remarks.append(f"{one.student} {why} in Canvas ({had}): left so")
        elif one.pending:
            report.pending.append(one.student)
            if had:
                report.remarks.append(f"{one.student}: Canvas' {had} stays until a person has decided")
        else:
            cells[index] = _written(one.points, comma)
            report.filled.append(one.student)
            if had and had != cells[index]:
                report.remarks.append(f"{one.student}: {cells[index]} replaces Canvas' {had}")
    rows = set(found.values())
    report.without = [sheet.name(row) for row in sheet.students if row not in rows]


def _column(sheet: Sheet, title: str, column: str | None) -> tuple[int, bool]:
    """(index of the assignment's column, whether it has yet to be made)."""
    wanted = column if column is not None else title
    start = [name.strip() for name in sheet.header].index("Section") + 1
    choices = [i for i in range(start, len(sheet.header)) if _is_assignment(sheet.header[i])]
    hits = [i for i in choices if key(wanted) in (key(sheet.header[i]), key(_title(sheet.header[i])))]
    # The course's own columns stand there too, without a number: an assignment goes before them.
    hits = [i for i in hits if _IDENTIFIED.fullmatch(sheet.header[i].strip())] or hits
    if len(hits) == 1:
        return hits[0], False
    names = "; ".join(sheet.header[i] for i in (hits or choices)) or "none"
    if hits:
        raise CanvasError(
            f"{len(hits)} columns are called {wanted!r}: {names}. Give one with its number: --canvas-column"
        )
    if column is None:
        raise CanvasError(
            f"no assignment of the export is called {title!r}; it has: {names}. Name one of them by "
            "--canvas-column; a name that Canvas does not have yet makes a new assignment"
        )
    if not wanted.strip() or not _is_assignment(wanted) or _IDENTIFIED.fullmatch(wanted.strip()):
        raise CanvasError(f"{column!r} is no name for a new assignment; the export has: {names}")
    return (choices[-1] + 1 if choices else start), True


def _is_assignment(name: str) -> bool:
    return name.strip() not in _NO_ASSIGNMENT and not _TOTALS.search(name)


def _title(header: str) -> str:
    """`Title (12345)` → `Title`."""
    match = _IDENTIFIED.fullmatch(header.strip())
    return match[1] if match else header


def _insert(table: Table, index: int, title: str, points: int, out_of: str) -> None:
    for line, row in enumerate(table.rows):
        row.insert(index, title if line == 0 else out_of if line == points else "")


def _check_column(sheet: Sheet, index: int, out_of: float, report: Filled) -> None:
    """CanvasError for a column that Canvas would ignore; a remark where the points differ."""
    possible = sheet.table.rows[sheet.points][index].strip()
    if "read only" in possible:
        raise CanvasError(f"Canvas ignores column {sheet.header[index]!r}: it is read only. Choose another")
    try:
        differ = abs(float(possible.replace(",", ".")) - out_of) > 0.005
    except ValueError:
        differ = True
    if differ:
        report.remarks.append(
            f"the set has {number(out_of)} points, the assignment in Canvas {possible or 'none'}: "
            "marks were not scaled; change the points in Canvas if they should agree"
        )


def _written(points: float, comma: bool) -> str:
    text = f"{points:.2f}"
    return text.replace(".", ",") if comma else text
