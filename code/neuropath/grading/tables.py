"""Tables that people open in a spreadsheet and save again: CSV, read and written with care.

A cell that a spreadsheet would run as a formula is neutralised (OWASP, "CSV Injection": cells that begin with
= + - @, tab or carriage return, also behind a separator that another locale's spreadsheet splits at).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from neuropath.project.files import atomic

__all__ = ["Table", "TableError", "neutral", "read", "same", "store", "write"]

CELL_LIMIT = 32_000  # characters; a spreadsheet's cell holds 32,767
_FORMULA = re.compile(r'((?:^|[;\t\r\n])[\s"\ufeff]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])')

_LOST = re.compile(r"[?\x7f-\U0010ffff]+")  # what an old encoding may not have had


class TableError(ValueError):
    """A table that cannot be used: the message names the file, the row and what to do."""


@dataclass
class Table:
    """A CSV file as it came: `rows` (header first) and how it was written, so that it can go back so."""

    rows: list[list[str]]
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    newline: str = "\n"

    @property
    def lossy(self) -> bool:
        """Whether it may have been saved in an encoding that had not all of its characters."""
        ascii_alone = all(cell.isascii() for row in self.rows for cell in row)
        return self.encoding == "latin-1" or (self.encoding == "utf-8" and ascii_alone)

    def records(self) -> Iterable[tuple[int, dict[str, str]]]:
        """(number of the row as a spreadsheet shows it, the row by column), empty rows left out."""
        names = [name.strip() for name in self.rows[0]]
        for number, row in enumerate(self.rows[1:], 2):
            if any(cell.strip() for cell in row):
                yield number, dict(zip(names, row + [""] * len(names), strict=False))


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet runs: an apostrophe goes before what would start a formula."""
    short = text if len(text) <= CELL_LIMIT else text[:CELL_LIMIT] + " … (cut: a cell holds no more)"
    return _FORMULA.sub(r"\1'", short)


def same(cell: str, text: str, *, lossy: bool = False) -> bool:
    """Whether a cell that came back holds `text` as it was written, whatever spreadsheets do to cells.

    White space and apostrophes before formulas do not count, nor do `0.50` and `0.5`; where the encoding that
    it was saved in may have lost characters (`lossy`), any of those stands for any.
    """
    one, other = (_comparable(text, lossy) for text in (cell, neutral(text)))
    if one == other:
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _comparable(text: str, lossy: bool) -> str:
    plain = " ".join(_FORMULA.sub(r"\1'", text).split()).lstrip("'")
    return _LOST.sub("?", plain) if lossy else plain


def write(path: str | PathLike[str], header: Sequence[str], rows: Iterable[Sequence[str | float]]) -> None:
    """Write a table of ours (comma, UTF-8 with the mark spreadsheets look for), texts neutralised."""
    safe = [[neutral(cell) if isinstance(cell, str) else f"{cell:g}" for cell in row] for row in rows]
    store(path, Table([list(header), *safe]))


def store(path: str | PathLike[str], table: Table) -> None:
    """Write a table as it is, with its own delimiter and encoding, whole or not at all."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=table.delimiter, lineterminator=table.newline).writerows(table.rows)
    with atomic(path) as temporary:
        temporary.write_bytes(buffer.getvalue().encode(table.encoding))


def read(path: str | PathLike[str]) -> Table:
    """A table that a spreadsheet or a platform wrote: comma, semicolon or tab; UTF-8, UTF-16 or Latin-1.

    TableError where the file is missing, empty, or not a table.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise TableError(f"{path}: {error.strerror}; give the path of a CSV file") from None
    text, encoding = _decoded(data)
    newline = "\r\n" if "\r\n" in text else "\n"
    delimiter = _delimiter(text)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = list(reader)
    except csv.Error as error:
        raise TableError(f"{path}: this is no CSV file ({error}); save it as CSV (UTF-8)") from None
    if not any(any(cell.strip() for cell in row) for row in rows):
        raise TableError(f"{path}: the table is empty")
    return Table(rows, delimiter, encoding, newline)


def _decoded(data: bytes) -> tuple[str, str]:
    if data[:4] == b"PK\x03\x04":
        raise TableError("this is a workbook (.xlsx or .ods), not a CSV file: save it as CSV (UTF-8)")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), "utf-16"
    for encoding in ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "latin-1"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise AssertionError("Latin-1 decodes every byte")


def _delimiter(text: str) -> str:
    """The separator that splits the header into most cells; quotes are respected."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=lambda mark: len(next(csv.reader([first], delimiter=mark))))
