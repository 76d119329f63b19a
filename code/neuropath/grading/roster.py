"""The roster: who is in the class. A CSV with the columns `id` and `name`; other columns are kept."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from neuropath.grading.results import file_name

NEEDED = ("id", "name")


class RosterError(ValueError):
    """Everything that is wrong with a roster, with the lines of the file."""

    def __init__(self, path: Path, errors: list[str]):
        super().__init__("\n".join(f"{path}: {error}" for error in errors))


def read(path: Path) -> tuple[dict[str, str], ...]:
    """The rows, each with at least `id` and `name`. RosterError for what is missing, empty or double."""
    lines = _lines(Path(path))
    columns = _columns(path, lines[0][1] if lines else [])
    errors: list[str] = []
    seen: dict[str, int] = {}
    found: list[dict[str, str]] = []
    for number, fields in lines[1:]:
        values = [" ".join(field.split()) for field in fields]
        if not any(values):
            continue
        row = dict(zip(columns, [*values, *[""] * len(columns)], strict=False))
        found.append(row)
        if any(values[len(columns) :]):
            errors.append(_cut(number, len(fields), len(columns)))
        else:
            errors += _errors(number, row, seen)
    if not found:
        errors.append("it names nobody: write a line for each student below the first.")
    if errors:
        raise RosterError(path, errors)
    return tuple(found)


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """(number of the line, fields) for each row of the table."""
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no roster {path}: name a CSV file whose first line is id,name, with a line for each "
            "student below it, such as a17,Ada Lovelace"
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RosterError(path, ["it is not UTF-8 text: save it as “CSV UTF-8”."]) from None
    head = text.partition("\n")[0]
    delimiter = next((sign for sign in ",;\t" if sign in head), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, fields) for fields in reader]
    except csv.Error as error:
        raise RosterError(path, [f"line {reader.line_num} is no CSV: {error}."]) from None


def _columns(path: Path, head: list[str]) -> list[str]:
    """The names of the columns; those of `id` and `name` in small letters, however they are written."""
    columns = [name.strip() for name in head]
    columns = [name.lower() if name.lower() in NEEDED else name for name in columns]
    said = ", ".join(columns) or "nothing"
    for name in NEEDED:
        if name not in columns:
            wanted = f"its first line should name the columns id and name; {name} is missing in: {said}."
            raise RosterError(path, [wanted])
        if columns.count(name) > 1:
            raise RosterError(path, [f"its first line names the column {name} twice: {said}; keep one."])
    return columns


def _cut(number: int, fields: int, columns: int) -> str:
    """What to say where a comma in a name has made two fields of it."""
    return (
        f"line {number} has {fields} fields, the first line has {columns}: put a name with a comma in "
        'quotes, such as a17,"Lovelace, Ada".'
    )


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
