"""A run's folder: what training leaves behind, and how the app and the other commands open it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .settings import Settings

if TYPE_CHECKING:
    from .neuropathology_model import NeuropathologyModel

__all__ = ["Run", "find"]

# In a finished run. metrics.json is written last: where it is, everything is.
MODEL, CLASSES, METRICS, CARD = "model.keras", "classes.json", "metrics.json", "model_card.md"


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
        if not (folder / "settings.json").is_file():
            raise FileNotFoundError(
                f"expected the folder of a training run, received {folder}, which holds no settings.json: "
                "make "
                f"one with `neuropath train --out {folder}`."
            )
        settings = Settings.read(folder)
        missing = [name for name in (MODEL, CLASSES, METRICS, CARD) if not (folder / name).is_file()]
        if missing:
            raise ValueError(
                f"the run in {folder} is unfinished ({', '.join(missing)} missing): the same `neuropath "
                "train` "
                "command that began it goes on where it stopped."
            )
        names = _read_json(folder / CLASSES)["class_names"]
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
    return all((folder / name).is_file() for name in ("settings.json", MODEL, CLASSES, METRICS, CARD))


def _read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{file} is damaged ({error}): copy it again, or train into another folder."
        ) from error
