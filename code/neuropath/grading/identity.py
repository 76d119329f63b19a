"""Which file is whose: a student's id in the file's name, as learning platforms write it into downloads."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from neuropath.grading.results import ResultsError, clean, file_name

__all__ = ["Handed", "find_notebooks", "identify"]

SKIPPED = (".ipynb_checkpoints", "__MACOSX", ".git")
_ONE_LINE = str.maketrans("\n\t", "\ufffd\ufffd")  # a name does not forge lines of what is printed


@dataclass(frozen=True)
class Handed:
    """One student's file. `file` is its path as people are told it; `remarks` say what was odd."""

    student: str
    name: str
    path: Path
    file: str
    remarks: tuple[str, ...] = field(default=())


def find_notebooks(folder: Path, apart: Iterable[Path] = ()) -> list[Path]:
    """Every .ipynb in the folder and below, in order, but those in `apart` (the key, the results).

    NotADirectoryError where there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotADirectoryError(f"there is no folder {folder}: name the one with the notebooks handed in")
    left_out = [path.resolve() for path in apart]
    found = []
    for top, folders, files in os.walk(folder):
        here = Path(top)
        folders[:] = [
            name for name in folders if name not in SKIPPED and (here / name).resolve() not in left_out
        ]
        found += [here / name for name in files if _is_notebook(name)]
    return sorted(found)


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb") and not name.startswith("._")  # macOS' shadows in archives


def identify(paths: Iterable[Path], roster: Mapping[str, str], folder: Path) -> list[Handed]:
    """One Handed for each student, in order of their ids; `roster` maps id to name.

    The id is looked for as a whole word in the names of the file and of its folders (below `folder`). With
    several students' ids in them nobody is taken for the student: who hands in may choose a part of a name.
    Of a student's several files the newest counts.
    """
    by_student: dict[str, list[Handed]] = {}
    for path in paths:
        one = _identified(path, roster, folder)
        by_student.setdefault(one.student, []).append(one)
    return [_newest(files) for _, files in sorted(by_student.items())]


def _identified(path: Path, roster: Mapping[str, str], folder: Path) -> Handed:
    inside = path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name)
    file = clean(os.fsencode(inside).decode("utf-8", "replace"), 500).translate(_ONE_LINE)
    parts = [_stem(path), *inside.parts[:-1]]
    ids = sorted({id for part in parts for id in _ids_in(part, roster)})
    if len(ids) == 1:
        return Handed(ids[0], roster[ids[0]], path, file)
    if ids:
        why = f"the file's name and folders hold several ids of the roster ({', '.join(ids)}): rename it"
        return Handed(_as_id(file), "", path, file, (why,))
    why = "no id of the roster is in the file's name, which stands for the student here: rename it"
    return Handed(_as_id(file), "", path, file, (why,) if roster else ())


def _stem(path: Path) -> str:
    return os.fsencode(path.name).decode("utf-8", "replace")[: -len(".ipynb")]


def _as_id(file: str) -> str:
    """The path without its ending: two files of unknown students are never taken for one student's."""
    short = file[: -len(".ipynb")].strip()
    with contextlib.suppress(ResultsError):  # too long for the name of a page, in whatever script
        if 0 < len(short) <= 80 and file_name(short, ".html"):
            return short
    return f"file-{hashlib.sha256(file.encode()).hexdigest()[:12]}"


def _ids_in(text: str, roster: Mapping[str, str]) -> list[str]:
    """The ids that stand in the text as whole words, without those that are a part of a longer one there."""
    found = [
        (match.span(), id)
        for id in roster
        for match in re.finditer(rf"(?<![^\W_]){re.escape(id)}(?![^\W_])", text, re.IGNORECASE)
    ]
    spans = [span for span, _ in found]
    return [id for span, id in found if not any(_inside(span, other) for other in spans)]


def _inside(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return other[0] <= span[0] and span[1] <= other[1] and span != other


def _newest(files: list[Handed]) -> Handed:
    if len(files) == 1:
        return files[0]
    ordered = sorted(files, key=lambda one: (_time(one.path), one.file))
    others = ", ".join(one.file for one in ordered[:-1])
    remark = f"{len(files)} files were handed in; the newest counts ({ordered[-1].file}), not {others}"
    return replace(ordered[-1], remarks=(*ordered[-1].remarks, remark))


def _time(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0
