"""A gradebook that Canvas exported: where its parts are, and which row is whose.

The format, as Canvas' users' guides and its own source have it (read 2026-11; described, not copied):

* Virginia Commonwealth University, "Gradebook Action Menu" (ts.vcu.edu/askit, Canvas, faculty): columns that
  Canvas computes are read-only, changes to them are ignored on upload; the posting policy is shown and
  cannot be changed; a download has the latest submission only. Ohio State University, "Import a CSV file to
  Carmen grades" (teaching.resources.osu.edu): needed are name or ID or SIS User ID, SIS Login ID, Section
  and assignments; a new column makes a new assignment; an uploaded score overwrites the one that was there.
* github.com/instructure/canvas-lms, `lib/gradebook_exporter.rb`: header `Student` (or `LastName`,
  `FirstName`), `ID`, `SIS User ID` (if shared), `SIS Login ID`, possibly `Integration ID` and `Root Account`,
  `Section`, the course's own columns, assignments as `Title (id)`, totals (`… Current Score`, `Final Grade`,
  `Override Score` …). Then possibly a row that says `Manual Posting` (once `Muted`), then the row
  `    Points Possible`, with `(read only)` under what cannot be written. Students follow, `Student, Test` of
  the student view last. Cells: a number of two decimals in the locale's form, `EX` (excused), `N/A` (not
  assigned to this student).
* `lib/csv_with_i18n.rb`: `,` or `;` between cells by the user's settings and locale, a byte order mark if
  set.
* `lib/gradebook_importer.rb`: students are matched by ID, SIS User ID, SIS Login ID, name, in this order; a
  decimal comma is understood; the separator is found by counting; **a blank cell over an existing score is a
  change** (it clears the score): what is pending or unmatched is therefore left exactly as it was exported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike

from neuropath.grading import tables
from neuropath.grading.results import Graded
from neuropath.grading.tables import Table

__all__ = ["CanvasError", "Sheet", "decimal_comma", "key", "matched", "read"]

_TEST_STUDENTS = {"student, test", "test student"}


class CanvasError(ValueError):
    """An export that cannot be filled: the message says what was expected, what came and what to do."""


@dataclass(frozen=True)
class Sheet:
    """The export: where its parts are."""

    table: Table
    points: int  # the row "Points Possible"
    students: tuple[int, ...]  # the rows of students, the test student's left out

    @property
    def header(self) -> list[str]:
        return self.table.rows[0]

    def cell(self, row: int, column: str) -> str:
        names = [name.strip().removeprefix("\ufeff") for name in self.header]
        return self.table.rows[row][names.index(column)].strip() if column in names else ""

    def name(self, row: int) -> str:
        """The student's name as a person reads it."""
        if self.cell(0, "LastName"):
            return f"{self.cell(row, 'FirstName')} {self.cell(row, 'LastName')}".strip()
        return self.cell(row, "Student")


def read(export: str | PathLike[str]) -> Sheet:
    """Read an export. CanvasError where it has not the columns and rows that Canvas writes."""
    table = tables.read(export)
    table.rows = [row for row in table.rows if row]
    header = table.rows[0]
    names = [name.strip() for name in header]
    if not ({"Student", "LastName"} & set(names[:1]) and "ID" in names and "Section" in names):
        raise CanvasError(
            f"{export}: expected a gradebook that Canvas exported, with the columns Student, ID, …, Section; "
            f"found {', '.join(names[:6])}. In Canvas: Gradebook → Export → Export Entire Gradebook"
        )
    for line, row in enumerate(table.rows, 1):
        row += [""] * (len(header) - len(row))
        if any(row[len(header) :]):
            raise CanvasError(
                f"{export}, row {line}: {len(row)} cells where the header has {len(header)}; export it again"
            )
    points = next((i for i, row in enumerate(table.rows) if row[0].strip() == "Points Possible"), 0)
    if not points:
        raise CanvasError(f"{export}: no row 'Points Possible', which Canvas writes below the header")
    students = tuple(i for i in range(points + 1, len(table.rows)) if not _test_student(table.rows[i]))
    return Sheet(table, points, students)


def _test_student(row: Sequence[str]) -> bool:
    name = " ".join(row[0].casefold().split())
    return name in _TEST_STUDENTS or (name, row[1].strip().casefold()) == ("student", "test")


def matched(sheet: Sheet, graded: Sequence[Graded]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """({student: row}, [(student, why there is none)]): by SIS id, else login, else name.

    A row goes to whoever has the stronger claim; where two have the same claim, nobody gets it.
    """
    found: dict[str, int] = {}
    why: dict[str, list[str]] = {one.student: [] for one in graded}
    for way, of, rows in _ways(sheet):
        claims: dict[int, list[str]] = {}
        for one in graded:
            hits = rows.get(of(one), [])
            if one.student in found or not hits:
                continue
            if len(hits) > 1:
                why[one.student].append(f"{len(hits)} rows have the same {way}")
            elif owner := next((student for student, row in found.items() if row == hits[0]), ""):
                why[one.student].append(f"the row with the same {way} is {owner}'s")
            else:
                claims.setdefault(hits[0], []).append(one.student)
        for row, students in claims.items():
            if len(students) == 1:
                found[students[0]] = row
            else:
                for student in students:
                    why[student].append(f"{len(students)} submissions have the {way} of one row")
    none = ["no SIS id, login or name is the same"]
    lost = [(student, ", ".join(why[student] or none)) for student in why if student not in found]
    return found, lost


def _ways(sheet: Sheet) -> list[tuple[str, Callable[[Graded], str], dict[str, list[int]]]]:
    """How a submission and a row may be of one student, the surest first: (name, key, rows by key)."""

    def id_of(one: Graded) -> str:
        return key(one.student)

    def name_of(one: Graded) -> str:
        return _name_key(one.name)

    return [
        ("SIS User ID", id_of, _index(sheet, lambda row: key(sheet.cell(row, "SIS User ID")))),
        ("SIS Login ID", id_of, _index(sheet, lambda row: key(sheet.cell(row, "SIS Login ID")))),
        ("login", id_of, _index(sheet, lambda row: key(_local(sheet, row)))),
        ("name", name_of, _index(sheet, lambda row: _name_key(sheet.name(row)))),
    ]


def _index(sheet: Sheet, key_of: Callable[[int], str]) -> dict[str, list[int]]:
    """{key: rows of students that have it}; blanks are no key."""
    rows: dict[str, list[int]] = {}
    for row in sheet.students:
        if found := key_of(row):
            rows.setdefault(found, []).append(row)
    return rows


def _local(sheet: Sheet, row: int) -> str:
    """`ann` of the login `ann@university.edu`."""
    login, at, _ = sheet.cell(row, "SIS Login ID").partition("@")
    return login if at else ""


def key(text: str) -> str:
    """The text as it is compared: case, width and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _name_key(name: str) -> str:
    """`Lovelace, Ada` and `Ada Lovelace` are one name; `="…"`, which Canvas puts around some, is not part."""
    last, comma, first = re.sub(r'^="(.*)"$', r"\1", name.strip()).partition(",")
    return key(f"{first} {last}" if comma else last)


def decimal_comma(sheet: Sheet) -> bool:
    """Whether the export writes 2,5: a number of it has a comma, or its cells are parted by semicolons."""
    cells = [cell.strip() for row in sheet.table.rows[sheet.points :] for cell in row]
    if any(re.fullmatch(r"\d+\.\d{1,2}", cell) for cell in cells):
        return False
    return sheet.table.delimiter == ";" or any(re.fullmatch(r"\d+,\d{1,2}", cell) for cell in cells)
