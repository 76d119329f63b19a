"""Tables that a person has filled: copies of them, and what to do where nothing was taken over.

OUT/filled/NAME-HASH.csv   a table as it was merged, or as it was before `needs_person.csv` was written anew
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from neuropath.grading import given, merging, tables
from neuropath.grading.merging import MergeError
from neuropath.grading.pages import counted
from neuropath.grading.results import Graded
from neuropath.grading.tables import TableError
from neuropath.project.files import atomic

__all__ = ["FOLDER", "copy", "line", "rescued", "why_nothing"]

FOLDER = "filled"


def copy(table: Path, out: Path) -> Path:
    """Keep a copy of a table in OUT/filled, under its name and a hash; one of the same bytes is enough."""
    data = table.read_bytes()
    ending = f"-{hashlib.sha256(data).hexdigest()[:8]}.csv"
    for there in sorted((out / FOLDER).glob(f"*{ending}")):
        if there.read_bytes() == data:
            os.utime(there)  # it is the newest again
            return there
    path = out / FOLDER / f"{table.stem[:80]}{ending}"
    with atomic(path) as temporary:
        temporary.write_bytes(data)
    return path


def rescued(
    path: Path, graded: Sequence[Graded], bare: Sequence[Graded], command: Sequence[str]
) -> list[str]:
    """Copy the table that is about to be written anew, if it has what the results have not; what to tell.

    `command` are the words of this run, without `--merge`.
    """
    if not path.is_file() or not path.stat().st_size:
        return []
    try:
        rows = _lost(path, graded, bare)
    except (TableError, MergeError) as error:
        kept = copy(path, path.parent)
        return [f"{error}. It is written anew, and nothing was taken over from it: a copy is {kept}"]
    if not rows:
        return []
    kept = copy(path, path.parent)
    return [
        f"{path} had been filled in, and is written anew. The points and comments of "
        f"{counted(len(rows), 'row')} in it have NOT been taken over: a copy is {kept}. This command takes "
        "them over:",
        f"  {line([*command, '--merge', str(kept)])}",
    ]


def why_nothing(
    table: Path, out: Path, graded: Sequence[Graded], bare: Sequence[Graded], command: Sequence[str]
) -> list[str]:
    """Why a merge of `table` changed nothing, and the newest copy of a table that would."""
    if any(merging.written_in(record) for _, record in tables.read(table).records()):
        return [f"nothing of {table} was taken over: its points and comments are in the results already"]
    said = [
        f"nothing of {table} was taken over: it has no points and no comment, and a blank changes nothing "
        f"(to take points back that you gave, write `{merging.OPEN}` in their place)"
    ]
    if newest := _newest(out, graded, bare):
        said += [
            f"the newest table with points that are not taken over is {newest}. This command takes them "
            "over:",
            f"  {line([*command, '--merge', str(newest)])}",
        ]
    return said


def _newest(out: Path, graded: Sequence[Graded], bare: Sequence[Graded]) -> Path | None:
    """The newest copy with anything in it, if the results have not all of that."""
    copies = (out / FOLDER).glob("*.csv")
    for path in sorted(copies, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True):
        try:
            if any(merging.written_in(record) for _, record in tables.read(path).records()):
                return path if _lost(path, graded, bare) else None
        except (TableError, MergeError):
            continue
    return None


def _lost(path: Path, graded: Sequence[Graded], bare: Sequence[Graded]) -> list[dict[str, str]]:
    """The rows of a table below OUT with something of a person's that is kept nowhere."""
    out = path.parent.parent if path.parent.name == FOLDER else path.parent
    known = given.read_all(out)
    return [row for row in merging.left_over(graded, path, bare) if not given.has(known, row)]


def line(words: Sequence[str]) -> str:
    """A command as it is typed: words with spaces in quotes, as this system's shell reads them."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
