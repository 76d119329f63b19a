"""Which file is whose: a student's id in the file's name, as learning platforms write it into downloads."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from neuropath.grading.results import ResultsError, clean, file_name

__all__ = ["Handed", "find_notebooks", "identify"]

SKIPPED = (".ipynb_checkpoints", "__MACOSX", ".git")
_HASHED = re.compile(r"-[0-9a-f]{12}$")  # how the ids end that are not the whole of a path
_NO_NAMES = {"copy", "kopie", "late", "v"}  # words that platforms and systems add to names
_ONE_LINE = str.maketrans("\n\t", "\ufffd\ufffd")  # a name does not forge lines of what is printed


@dataclass(frozen=True)
class Handed:
    """One student's file. `file` is its path as people are told it; `remarks` say what was odd.

    `older` are the same student's other files, the newest of them first.
    """

    student: str
    name: str
    path: Path
    file: str
    remarks: tuple[str, ...] = field(default=())
    older: tuple[Handed, ...] = field(default=())


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
    Of a student's several files the newest counts; of equally new ones, the last in the order of their names.
    Where their names differ by more than numbers, a person is asked to look whether all are the student's.
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
    unknown = _as_id(os.fsencode(inside), file, roster)
    if len(ids) == 1:
        return Handed(ids[0], roster[ids[0]], path, file)
    if ids:
        why = f"the file's name and folders hold several ids of the roster ({', '.join(ids)}): rename it"
        return Handed(unknown, "", path, file, (why,))
    why = "no id of the roster is in the file's name, which stands for the student here: rename it"
    return Handed(unknown, "", path, file, (why,) if roster else ())


def _stem(path: Path) -> str:
    return os.fsencode(path.name).decode("utf-8", "replace")[: -len(".ipynb")]


def _as_id(path: bytes, file: str, roster: Collection[str]) -> str:
    """The path without its ending: two files of unknown students are never taken for one student's.

    Where the path as people are told it (`file`) is not the whole truth, a hash of it makes the difference.
    """
    short = file[: -len(".ipynb")].strip()
    digest = hashlib.sha256(path).hexdigest()[:12]
    whole = f"{short}.ipynb".encode() == path
    kept = short if whole and short not in roster and not _HASHED.search(short) else f"{short}-{digest}"
    with contextlib.suppress(ResultsError):  # too long for the name of a page, in whatever script
        if 0 < len(short) <= 80 and file_name(kept, ".html"):
            return kept
    return f"file-{digest}"


def _ids_in(text: str, roster: Collection[str]) -> list[str]:
    """The ids that stand in the text as whole words, without those that are a part of a longer one there."""
    found = [(match.span(), id) for id in roster for match in _places(id, text)]
    spans = [span for span, _ in found]
    return [id for span, id in found if not any(_inside(span, other) for other in spans)]


def _places(id: str, text: str) -> Iterator[re.Match[str]]:
    """Where an id stands in a text; é is one letter in one system's names, and two in another's."""
    word = re.escape(unicodedata.normalize("NFC", id))
    return re.finditer(rf"(?<![^\W_]){word}(?![^\W_])", unicodedata.normalize("NFC", text), re.IGNORECASE)


def _inside(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return other[0] <= span[0] and span[1] <= other[1] and span != other


def _newest(files: list[Handed]) -> Handed:
    if len(files) == 1:
        return files[0]
    *older, newest = sorted(files, key=lambda one: (_time(one.path), _natural(one.file), one.file))
    others = ", ".join(one.file for one in older)
    counts = f"the newest counts ({newest.file}), not {others}"
    remark = f"{len(files)} files were handed in; {counts}"
    if len({_words(one) for one in files}) > 1:  # who may choose a file's name may choose another's id
        whose = "both" if len(files) == 2 else "all"
        remark = f"{len(files)} files under different names: look whether {whose} are theirs; {counts}"
    if _time(older[-1].path) == _time(newest.path):
        remark += " (of equal times the last in the order of the names)"
    return replace(newest, remarks=(*newest.remarks, remark), older=tuple(reversed(older)))


def _words(one: Handed) -> tuple[str, ...]:
    """The words of a file's path that tell who made it: no numbers, nor dates, nor the student's id."""
    path = unicodedata.normalize("NFC", one.file[: -len(".ipynb")])
    for match in reversed(list(_places(one.student, path))):
        path = f"{path[: match.start()]} {path[match.end() :]}"
    words = re.findall(r"[^\W\d_]+", path.casefold())
    return tuple(word for word in words if word not in _NO_NAMES)


def _natural(name: str) -> list[tuple[int, str]]:
    """The key by which names are sorted as people do: `hw` before `hw-9` before `hw-10`."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", name[: -len(".ipynb")])
    return [
        (len(piece.lstrip("0")), piece.lstrip("0")) if piece.isdigit() else (0, piece) for piece in pieces
    ]


def _time(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0
