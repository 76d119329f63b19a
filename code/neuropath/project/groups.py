"""Which patient an image belongs to, from a table (CSV): the reader's own, or the one the phantom writes."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from .report import Report

__all__ = ["NAME", "read_groups"]

NAME = "patients.csv"  # what `neuropath phantom` writes at the root of its tree
FILE_COLUMNS = ("file", "image", "path", "filename", "filepath")
GROUP_COLUMNS = ("patient", "patient_id", "group", "subject", "subject_id")


def read_groups(table: Path, files: Sequence[str], report: Report) -> np.ndarray | None:
    """The group of each of `files` (paths relative to the data's root), or None with fatal findings.

    The table needs a header with a column for the file and one for the patient. A file is found by its
    relative path, or by its bare name where that is unique. Rows about files that are not used do no harm.
    """
    rows = _rows(table, report)
    if rows is None:
        return None
    by_path, conflicts = _index(rows)
    for where, groups in conflicts.items():
        report.add("fatal", "one file given to several patients", where, ", ".join(sorted(groups)))
    by_name = _unique_names(by_path)
    often = Counter(PurePosixPath(file).name for file in files)
    found: list[str] = []
    for file in files:
        name = PurePosixPath(file).name
        group = by_path.get(file) or (by_name.get(name) if often[name] == 1 else None)
        if not group:
            report.add("fatal", "image without a patient in the table", file, f"looked up in {table.name}")
        found.append(group or "")
    return None if conflicts or "" in found else np.array(found)


def _rows(table: Path, report: Report) -> list[tuple[str, str]] | None:
    """(file, group) of every row, stripped; None and a fatal finding if the table cannot be read as one."""
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        report.add("fatal", "unreadable table of patients", table, f"{error}; expected a CSV file in UTF-8")
        return None
    lines = text.splitlines()
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    reader = csv.DictReader(lines, delimiter=delimiter)
    header = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    file, group = (
        next((header[c] for c in columns if c in header), None) for columns in (FILE_COLUMNS, GROUP_COLUMNS)
    )
    if file is None or group is None:
        wanted = f"one column of {FILE_COLUMNS} and one of {GROUP_COLUMNS}"
        report.add(
            "fatal", "table of patients without its columns", table, f"expected {wanted}, found {[*header]}"
        )
        return None
    return [((row[file] or "").strip(), (row[group] or "").strip()) for row in reader]


def _index(rows: Sequence[tuple[str, str]]) -> tuple[dict[str, str], dict[str, set[str]]]:
    by_path: dict[str, str] = {}
    conflicts: dict[str, set[str]] = {}
    for file, group in rows:
        where = unicodedata.normalize("NFC", file.replace("\\", "/")).removeprefix("./")
        if where and group and by_path.setdefault(where, group) != group:
            conflicts.setdefault(where, {by_path[where]}).add(group)
    return by_path, conflicts


def _unique_names(by_path: dict[str, str]) -> dict[str, str]:
    names: dict[str, set[str]] = {}
    for where, group in by_path.items():
        names.setdefault(PurePosixPath(where).name, set()).add(group)
    return {name: groups.pop() for name, groups in names.items() if len(groups) == 1}
