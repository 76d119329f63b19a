"""The roster: who is in the class. A CSV with the columns `id` and `name`; other columns are kept."""

from __future__ import annotations

import csv
from pathlib import Path

from neuropath.grading.results import file_name

NEEDED = ("id", "name")


class RosterError(ValueError):
    """Everything that is wrong with a roster, with the lines of the file."""

    def __init__(self, path: Path, errors: list[str]):
        super().__init__("\n".join(f"{path}: {error}" for error in errors))


def read(path: Path) -> tuple[dict[str, str], ...]:
    """The rows, each with at least `id` and `name`. RosterError for what is missing, empty or double."""
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise RosterError(path, ["it is not UTF-8 text: save it as “CSV UTF-8”."]) from None
    head = lines[0] if lines else ""
    reader = csv.DictReader(lines, delimiter=";" if ";" in head and "," not in head else ",")
    columns = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = columns
    if missing := [name for name in NEEDED if name not in columns]:
        said = ", ".join(columns) or "nothing"
        raise RosterError(
            path, [f"its first line should name the columns id and name; {missing[0]} is missing in: {said}."]
        )
    rows, errors = [], []
    for raw in reader:
        row = {name: (raw.get(name) or "").strip() for name in columns}
        if any(row.values()):
            rows.append((reader.line_num, row))
    seen: dict[str, int] = {}
    for number, row in rows:
        errors += _errors(number, row, seen)
    if not rows:
        errors.append("it names nobody.")
    if errors:
        raise RosterError(path, errors)
    return tuple(row for _, row in rows)


def _errors(number: int, row: dict[str, str], seen: dict[str, int]) -> list[str]:
    found = [f"line {number}: the {name} is empty." for name in NEEDED if not row[name]]
    key = row["id"].casefold()  # on many disks A7.ipynb and a7.ipynb are one file
    if key and key in seen:
        found.append(f"line {number}: the id {row['id']} is that of line {seen[key]}.")
    seen.setdefault(key, number)
    try:
        file_name(row["id"], ".ipynb")
    except ValueError as error:
        found.append(f"line {number}: {error}")
    return found
