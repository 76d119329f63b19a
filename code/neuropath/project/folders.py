"""A folder per class: which folders, which files, which of them are images, what is wrong with the rest."""

from __future__ import annotations

import difflib
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .classes import FOLDERS, SHORT_NAMES, canonical, label_of
from .images import looks_like_image
from .report import DataError, Report, printable

__all__ = ["Tree", "scan"]

JUNK = {".ds_store", "thumbs.db", "desktop.ini"}
NOT_CLASSES = {"masks", "__macosx"}  # what `neuropath phantom` writes beside the classes; what archives leave
PARTIAL = {".part", ".partial", ".crdownload", ".download", ".tmp", ".zip", ".tar", ".gz", ".7z", ".rar"}


@dataclass
class Tree:
    """What lies in a folder: class names in order, and for every candidate file its path and label."""

    root: Path
    class_names: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    seventeen: bool = False  # whether the folders carry the names of the 17 classes

    def relative(self, i: int) -> str:
        return printable(unicodedata.normalize("NFC", self.files[i].relative_to(self.root).as_posix()))


def scan(root: Path, report: Report, *, all_seventeen: bool = False) -> Tree:
    """List classes and candidate files below `root`; nothing is opened. Findings go to `report`.

    all_seventeen: the 17 classes are expected, each of them; otherwise any folder name is a class, unless
    most carry one of the 17 names (then another name among them is taken for a slip). DataError if there is
    no folder.
    """
    tree = Tree(_descend(_existing(root), report))
    folders = [e for e in _entries(tree.root, report) if e.is_dir() and e.name.lower() not in NOT_CLASSES]
    known = [label_of(folder.name) for folder in folders]
    tree.seventeen = all_seventeen or 2 * sum(label is not None for label in known) > len(known)
    if tree.seventeen:
        found = _seventeen(folders, known, report)
        labels = range(len(FOLDERS)) if all_seventeen else sorted(found)
        named = [(SHORT_NAMES[label], found.get(label, [])) for label in labels]
    else:
        named = [(printable(unicodedata.normalize("NFC", folder.name)), [folder]) for folder in folders]
    for label, (name, its_folders) in enumerate(named):
        tree.class_names.append(name)
        files = [file for folder in its_folders for file in _candidates(folder, tree.root, report)]
        tree.files += files
        tree.labels += [label] * len(files)
    return tree


def _existing(root: Path) -> Path:
    if not root.is_dir():
        what = "a file" if root.exists() else "nothing"
        raise DataError(f"expected a folder with one folder per class at {root}, found {what} there")
    return root


def _entries(folder: Path, report: Report) -> list[Path]:
    """Visible entries, in an order that does not depend on the file system."""
    try:
        names = os.listdir(folder)
    except OSError as error:
        report.add("fatal", "unreadable folder", folder.name, error.strerror or type(error).__name__)
        return []
    shown = [n for n in names if not n.startswith(".") and n.lower() not in JUNK]
    return [folder / name for name in sorted(shown, key=lambda n: (unicodedata.normalize("NFC", n), n))]


def _descend(root: Path, report: Report) -> Path:
    """Follow single folders down, as archives wrap them; note what lies beside the classes."""
    for _ in range(4):
        entries = _entries(root, Report())
        folders = [e for e in entries if e.is_dir() and e.name.lower() not in NOT_CLASSES]
        inner = [e for e in _entries(folders[0], Report()) if e.is_dir()] if len(folders) == 1 else []
        if len(folders) != 1 or not inner or label_of(folders[0].name) is not None:
            break
        root = folders[0]
    for entry in _entries(root, Report()):
        if entry.is_file() and entry.suffix.lower() in PARTIAL:
            report.add("note", "archive or partial download beside the classes", entry.name)
        elif entry.is_file() and looks_like_image(entry):
            report.add("skipped", "image outside any class folder", entry.name)
    return root


def _seventeen(folders: Sequence[Path], known: Sequence[int | None], report: Report) -> dict[int, list[Path]]:
    """Folders by label; spellings of one class are joined, other names are fatal."""
    found: dict[int, list[Path]] = {}
    names = {canonical(name): name for name in (*FOLDERS, *SHORT_NAMES)}
    for folder, label in zip(folders, known, strict=True):
        if label is None:
            close = difflib.get_close_matches(canonical(folder.name), names, n=1, cutoff=0.6)
            advice = f"did you mean “{names[close[0]]}”?" if close else "rename it, or move it elsewhere"
            report.add("fatal", "folder with none of the 17 names", folder.name, advice)
            continue
        found.setdefault(label, []).append(folder)
    for label, several in found.items():
        if len(several) > 1:
            report.add(
                "note", "one class in several folders, joined", FOLDERS[label], f"{len(several)} folders"
            )
    return found


def _candidates(folder: Path, root: Path, report: Report) -> list[Path]:
    files = []
    for entry in _entries(folder, report):
        where = unicodedata.normalize("NFC", entry.relative_to(root).as_posix())
        if looks_like_image(entry):
            files.append(entry)
        elif entry.is_dir():
            report.add("skipped", "folder inside a class folder", where)
        elif entry.suffix.lower() in PARTIAL:
            report.add("skipped", "archive or partial download", where)
        else:
            report.add("skipped", "not an image by its name", where)
    return files
