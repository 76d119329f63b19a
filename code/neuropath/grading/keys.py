"""The grading key in its folder: readable by its owner alone, and refused where it is not."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuropath.grading.problems import Key, ProblemSet, Question, question_from, set_from
from neuropath.project.files import atomic

if TYPE_CHECKING:
    from neuropath.grading.assemble import Paper
    from neuropath.grading.bank import Bank

__all__ = ["FILE", "Key", "KeyFileError", "Question", "drawn_anew", "read", "write", "write_private"]

FILE = "key.json"
VERSION = 1
UNDECIDING = ("title", "due", "instructions")  # of the set: they are read, and decide no mark
FOLDER_MODE, FILE_MODE = 0o700, 0o600


class KeyFileError(ValueError):
    """A key that is missing, damaged, of another version, or readable by others."""


def write(folder: Path, problems: ProblemSet, bank: Bank, roster: Iterable[Mapping[str, str]] = ()) -> Key:
    """Make the folder (0700) and the key in it (0600). The same set again keeps its secret.

    KeyFileError where the folder holds the key of another set, or other things and no key.
    """
    from neuropath.grading.assemble import Paper

    paper = Paper(problems, bank)
    rows = [dict(row) for row in roster]
    whole = {
        "version": VERSION,
        "set": asdict(problems),
        "questions": [asdict(question) for question in paper.questions],
        "secret": _secret(folder, problems),
        "roster": rows,
        "drawn": {row["id"]: paper.drawn(row["id"]) for row in rows},
        "address": bank.book.address,
    }
    prepare(folder)
    text = (
        json.dumps(whole | {"digest": _digest(whole)}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    )
    write_private(folder / FILE, text)
    return read(folder)


def drawn_anew(folder: Path, paper: Paper, roster: Iterable[Mapping[str, str]]) -> list[str]:
    """Students of the key that is in the folder who would get other numbers now than they were given."""
    if not (Path(folder) / FILE).is_file():
        return []
    before = read(folder).drawn
    return [
        row["id"] for row in roster if row["id"] in before and _differ(before[row["id"]], paper, row["id"])
    ]


def _differ(before: Mapping[str, Any], paper: Paper, student: str) -> bool:
    now = json.loads(json.dumps(paper.drawn(student)))
    return any(before[id] != now[id] for id in before.keys() & now.keys())


def read(folder: Path) -> Key:
    """The key in a folder. KeyFileError says what is wrong with it and what to do."""
    path = Path(folder) / FILE
    if not path.is_file():
        raise KeyFileError(
            f"there is no {FILE} in {folder}: `neuropath assign` writes it into its key folder"
        )
    _refuse_readable(Path(folder), "700")
    _refuse_readable(path, "600")
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        if (found := whole["version"]) != VERSION:
            raise KeyFileError(f"{path} is of version {found}, expected {VERSION}: assign the set again")
        digest = whole.pop("digest")
        intact = digest == _digest(whole)
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise KeyFileError(
            f"{path} is no grading key ({type(error).__name__}): assign the set again"
        ) from None
    if not intact:
        raise KeyFileError(f"{path} was changed by hand: mend the spec and assign the set again")
    return Key(
        set=set_from(whole["set"]),
        questions=tuple(question_from(one) for one in whole["questions"]),
        secret=whole["secret"],
        digest=digest,
        roster=tuple(whole["roster"]),
        drawn=whole["drawn"],
        address=str(whole.get("address", "")),
    )


def prepare(folder: Path) -> None:
    """Make the folder, for its owner alone; a folder that holds other things is refused, not changed."""
    folder = Path(folder)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / FILE).is_file():
        raise KeyFileError(f"{folder} holds other things and no key: name a new folder for the key")
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    folder.chmod(FOLDER_MODE)


def write_private(path: Path, text: str) -> None:
    """Write a text file that only its owner can read, whole or not at all."""
    with atomic(path) as temporary:
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)


def _secret(folder: Path, problems: ProblemSet) -> str:
    """The secret of the key that is there already: an assignment may be mended while it is out."""
    if not (Path(folder) / FILE).is_file():
        return secrets.token_hex(32)
    before = read(folder)
    if before.set.id != problems.id:
        raise KeyFileError(
            f"{folder} holds the key of {before.set.id}: name another folder for that of {problems.id}"
        )
    return before.secret


def _digest(whole: dict[str, Any]) -> str:
    """Of all that decides marks: a due date or an address does not, and may change while a set is out."""
    decides = {name: value for name, value in whole.items() if name != "address"}
    decides["set"] = {name: value for name, value in whole["set"].items() if name not in UNDECIDING}
    text = json.dumps(decides, ensure_ascii=False, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _refuse_readable(path: Path, mode: str) -> None:
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyFileError(f"others on this machine can read {path}: chmod {mode} {path}")
