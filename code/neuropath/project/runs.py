"""A run's folder: what training leaves behind, and how the app and the other commands open it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .dataset import MRIData
from .files import leftovers, write_json
from .report import DataError
from .settings import Settings
from .splits import PARTS

if TYPE_CHECKING:
    from .neuropathology_model import NeuropathologyModel

__all__ = ["Run", "claimed", "find", "fingerprint", "same_data", "write_classes"]

# In a finished run. metrics.json is written last: where it is, everything is.
MODEL, CLASSES, METRICS, CARD = "model.keras", "classes.json", "metrics.json", "model_card.md"
SETTINGS = "settings.json"
NOT_BEGUN = {SETTINGS, CLASSES}  # a folder with no more than these holds nothing that was learned


@dataclass(frozen=True)
class Run:
    """A finished training run; `Run.open` finds out whether it is one."""

    folder: Path
    settings: Settings
    class_names: tuple[str, ...]
    metrics: dict[str, Any]

    @classmethod
    def open(cls, folder: str | Path) -> Run:
        """Open a run. FileNotFoundError or ValueError say what is missing or damaged, and what to do."""
        folder = Path(folder)
        if not (folder / SETTINGS).is_file():
            raise FileNotFoundError(
                f"expected the folder of a training run, received {folder}, which holds no {SETTINGS}: "
                f"make one with `neuropath train --out {folder}`."
            )
        settings = Settings.read(folder)
        missing = [name for name in (MODEL, CLASSES, METRICS, CARD) if not (folder / name).is_file()]
        if missing:
            raise ValueError(
                f"the run in {folder} is unfinished ({', '.join(missing)} missing): the same `neuropath "
                "train` command that began it goes on where it stopped."
            )
        names = _read_json(folder / CLASSES).get("class_names", ())
        return cls(folder, settings, tuple(names), _read_json(folder / METRICS))

    @cached_property
    def model(self) -> NeuropathologyModel:
        """The classifier, loaded when it is first asked for."""
        from .neuropathology_model import NeuropathologyModel

        model = NeuropathologyModel.load_model(self.folder / MODEL)
        if model.num_classes != len(self.class_names):
            raise ValueError(
                f"{self.folder / MODEL} has {model.num_classes} classes, {CLASSES} names "
                f"{len(self.class_names)}: the files are of different runs."
            )
        return model

    @property
    def layer(self) -> str:
        """The layer for Grad-CAM: measured on validation masks where there were any, else the default."""
        from .explain import default_layer

        measured = self.metrics.get("grad_cam") or {}
        return str(measured.get("layer") or default_layer(self.model))

    @property
    def card(self) -> str:
        """The model card, Markdown."""
        return (self.folder / CARD).read_text(encoding="utf-8")


def find(root: str | Path) -> list[Path]:
    """Folders of finished runs: `root` itself or folders in it, the newest first; [] if there are none."""
    root = Path(root)
    found = [f.parent for f in (*root.glob(METRICS), *root.glob(f"*/{METRICS}")) if _finished(f.parent)]
    return sorted(found, key=lambda folder: (folder / METRICS).stat().st_mtime, reverse=True)


def _finished(folder: Path) -> bool:
    return all((folder / name).is_file() for name in (SETTINGS, MODEL, CLASSES, METRICS, CARD))


def _read_json(file: Path) -> dict[str, Any]:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise ValueError("no JSON object")
        return values
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{file} is damaged ({error}): copy it again, or train into another folder."
        ) from error


@contextmanager
def claimed(settings: Settings, chief: bool = True) -> Iterator[Path]:
    """The run's folder, for as long as training works in it.

    If training fails before it has learned anything (data that cannot be used, weights that cannot be had),
    the folder is left as it was found: the next command, the same or another, starts afresh in it. Raises
    ValueError if another run has the folder or something else lies in it. Workers other than the chief only
    look.
    """
    folder, new = settings.out, not settings.out.exists()
    _look(settings)
    try:
        if chief:
            folder.mkdir(parents=True, exist_ok=True)
            for file in leftovers(folder):
                file.unlink(missing_ok=True)
            write_json(folder / SETTINGS, settings.to_dict())
        yield folder
    except BaseException:
        if chief and folder.is_dir() and not _begun(folder):
            for name in NOT_BEGUN:
                (folder / name).unlink(missing_ok=True)
            if new and not any(folder.iterdir()):
                folder.rmdir()
        raise


def _look(settings: Settings) -> None:
    """ValueError unless the folder is free, or holds this very run, unfinished."""
    folder = settings.out
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"--out expects a folder, received {folder}, which is a file.")
    if not _begun(folder):
        return
    if not (folder / SETTINGS).is_file():
        raise ValueError(
            f"--out expects a new or empty folder or a run to go on with, received {folder}, where other "
            "files lie: name another folder."
        )
    if different := settings.differences(Settings.read(folder)):
        raise ValueError(
            f"{folder} holds a run with other settings ({'; '.join(different)}): repeat its command to go "
            "on with it, or name another folder with --out."
        )
    if (folder / METRICS).is_file():
        raise ValueError(
            f"{folder} holds a finished run: `neuropath evaluate {folder}` shows it; name another folder "
            "with --out to train again."
        )
    print(f"going on with the run in {folder}")


def _begun(folder: Path) -> bool:
    """Whether more lies there than a command leaves that has learned nothing yet."""
    names = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
    return bool(names - NOT_BEGUN - {file.name for file in leftovers(folder)})


def fingerprint(data: MRIData) -> str:
    """A hash of classes, labels, parts and file names: the same images in the same parts have the same.

    Not of pixels: phantoms made on two kinds of processor may differ by a grey level.
    """
    digest = hashlib.sha256(json.dumps([data.class_names, data.files]).encode())
    for rows in (data.labels, *(data.rows(part) for part in PARTS)):
        digest.update(rows.astype("<i8").tobytes() + b"|")
    return digest.hexdigest()[:16]


def write_classes(folder: Path, data: MRIData) -> None:
    """Write classes.json: the names of the classes in order, and what tells the data from other data."""
    known = {"images": len(data.labels), "fingerprint": fingerprint(data)}
    write_json(folder / CLASSES, {"class_names": list(data.class_names), "data": known})


def same_data(folder: Path, data: MRIData) -> None:
    """DataError if the run in the folder was trained on other data: its test images may have been learned.

    One image more, and a split may deal out all of them anew.
    """
    known = _read_json(folder / CLASSES).get("data") or {}
    if known.get("fingerprint") not in (None, fingerprint(data)):
        raise DataError(
            f"the data is not what the run in {folder} was trained on ({known['images']:,} images then, "
            f"{len(data.labels):,} now, or the same number of others, or other parts): images that were "
            "trained on may now be among the test images. Put the data back as it was, or train into "
            "another folder."
        )
