"""What a training run is told: one dataclass, of which command line, settings.json and card are made.

Every field is an option of `neuropath train`, with the same name. It is written to the run's folder before
anything else, so that the same command, given again after a kill, can tell that it is the same.
"""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .augment import AUGMENTATIONS

__all__ = ["Settings"]

# Fields that change how a run is carried out, not what comes out of it: a resumed run may change them.
CARRIED_OUT = ("path", "jobs")
RANGES: dict[str, tuple[float, float]] = {  # of what is given: least, most
    "images": (1, 1_000_000),
    "size": (32, 1024),
    "alpha": (0.1, 2),
    "batch_size": (2, 100_000),
    "epochs": (1, 100_000),
    "learning_rate": (1e-9, 10),
    "fine_tune_epochs": (0, 100_000),
    "fine_tune_learning_rate": (1e-9, 10),
    "head_momentum": (0, 0.9999),
    "seed": (0, 1_000_000),
    "replicas": (1, 64),
}


def option(default: Any, help: str, **more: Any) -> Any:
    """A field and what `neuropath train --help` says of it."""
    return dataclasses.field(default=default, metadata={"help": help, **more})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One training run. Raises ValueError for a value that cannot be; None means: chosen by the data."""

    out: Path = dataclasses.field(metadata={"help": "folder of the run: new, empty, or to be resumed"})
    data: str = option("phantom", "phantom, kaggle17, figshare, or a folder with one folder per class")
    path: Path | None = option(None, "where the named data set lies, if not where it is looked for")
    split: str = option("patient", "how test images are set apart", choices=("patient", "slice", "fold"))
    groups: Path | None = option(None, "CSV file with the patient of each image (columns file, patient)")
    fold: int = option(5, "published fold that is the test set (figshare)")
    images: int = option(4449, "how many images the phantom makes")
    sites: str = option("AB", "the phantom's scanners, letters out of ABC")
    slices: str = option("4-8", "how many images each of the phantom's patients gives, least-most")
    size: int | None = option(None, "pixels a side (default: 96 for the phantom, 224 otherwise)")
    drop_small: bool = option(False, "leave classes with fewer than 3 images out instead of refusing")
    base_model: str = option(
        "mobilenet", "the convolutional base", choices=("mobilenet", "efficientnet", "resnet", "vgg")
    )
    alpha: float = option(0.35, "width of MobileNetV2")
    weights: str = option(
        "auto", "imagenet, bundled, none or a file (auto: bundled for the phantom, else imagenet)"
    )
    preprocessing: str = option(
        "matched", "matched to the base, or unit: [0, 1] whatever it expects", choices=("matched", "unit")
    )
    augment: str = option("anatomical", "changes drawn for stage 2", choices=tuple(AUGMENTATIONS))
    batch_size: int = option(32, "images a step")
    epochs: int = option(30, "stage 1: epochs of the head on the frozen base")
    learning_rate: float = option(1e-3, "stage 1: learning rate (Adam)")
    stage1: str = option(
        "features",
        "features: compute the frozen base's features once; images: run the base at every step",
        choices=("features", "images"),
    )
    unfreeze: str = option("all", "stage 2: how many of the base's last layers train: all, 20, 0 …")
    fine_tune_epochs: int = option(24, "stage 2: epochs; 0 leaves it out")
    fine_tune_learning_rate: float | None = option(
        None, "stage 2: highest learning rate (default: 1e-3 on bundled or random weights, 3e-4 on others)"
    )
    schedule: str = option(
        "cosine",
        "stage 2: cosine (rises for two epochs, then half a cosine to nothing), or plateau (halved when "
        "val_loss stalls, as the reference did)",
        choices=("cosine", "plateau"),
    )
    train_batch_norm: bool = option(False, "stage 2: let the base's batch statistics move too")
    head_momentum: float = option(0.9, "momentum of the head's batch statistics")
    seed: int = option(0, "of the split, the weights, the order, the augmentation and the phantom")
    strategy: str = option("none", "tf.distribute strategy", choices=("none", "mirrored", "multiworker"))
    replicas: int | None = option(None, "mirrored: cut the CPU into so many logical devices")
    mixed_precision: str = option(
        "auto", "half precision in the base (auto: where there is a GPU)", choices=("auto", "on", "off")
    )
    tensorboard: bool = option(False, "also write logs for TensorBoard")
    jobs: int | None = option(None, "processes that make the phantom (default: one a core)")

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            choices, value = field.metadata.get("choices"), getattr(self, field.name)
            if choices and value not in choices:
                raise ValueError(
                    f"--{flag(field.name)} expects one of {', '.join(choices)}, received {value!r}."
                )
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise ValueError(f"--{flag(name)} expects {least:,} to {most:,}, received {value}.")
        if self.unfreeze != "all" and not (self.unfreeze.isascii() and self.unfreeze.isdecimal()):
            raise ValueError(f"--unfreeze expects all or a number of layers, received {self.unfreeze!r}.")
        if not re.fullmatch(r"[1-9]\d?-[1-9]\d?", self.slices) or self.slice_range[0] > self.slice_range[1]:
            raise ValueError(f"--slices expects least-most, such as 4-8, received {self.slices!r}.")
        if self.replicas is not None and self.strategy != "mirrored":
            raise ValueError("--replicas belongs to --strategy mirrored.")
        if self.base_weights == "none" and not self.fine_tune_epochs:
            raise ValueError(
                "--weights none expects --fine-tune-epochs of at least 1: a random base is not trained in "
                "stage 1, nothing would be."
            )

    @property
    def slice_range(self) -> tuple[int, int]:
        """`slices` as two numbers."""
        least, _, most = self.slices.partition("-")
        return int(least), int(most)

    @property
    def side(self) -> int:
        """Pixels a side."""
        return self.size or (96 if self.data == "phantom" else 224)

    @property
    def base_weights(self) -> str:
        """`weights`, decided."""
        return (
            self.weights if self.weights != "auto" else ("bundled" if self.data == "phantom" else "imagenet")
        )

    @property
    def fine_tune_rate(self) -> float:
        """`fine_tune_learning_rate`, decided: what ImageNet's million pictures taught is worth smaller steps.

        At 1e-3 those weights are lost at once, at 3e-4 they learn (Cheng's set; README, "Real data").
        """
        return self.fine_tune_learning_rate or (1e-3 if self.base_weights in ("bundled", "none") else 3e-4)

    @property
    def layers(self) -> int | str:
        """How many layers of the base stage 2 lets train, as `fine_tune_model` takes it."""
        return "all" if self.unfreeze == "all" else int(self.unfreeze)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without the folder: a run can be moved."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "out"}
        return {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}

    def decided(self) -> dict[str, Any]:
        """`to_dict` with a value in the place of each that was left to be chosen."""
        chosen = {
            "size": self.side,
            "weights": self.base_weights,
            "fine_tune_learning_rate": self.fine_tune_rate,
        }
        return self.to_dict() | chosen

    @classmethod
    def read(cls, folder: Path) -> Settings:
        """The settings that a run's folder holds. ValueError if the file is damaged."""
        file = folder / "settings.json"
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            paths = {name: Path(values[name]) for name in ("path", "groups") if values.get(name)}
            return cls(out=folder, **(values | paths))
        except (ValueError, TypeError, AttributeError) as error:  # no JSON, no text, no such field or value
            raise ValueError(f"{file} is damaged ({error}): train into another folder.") from error

    def differences(self, other: Settings) -> list[str]:
        """What would make another run of this one: "seed: 0 before, 1 now", one line a field."""
        before, now = other.to_dict(), self.to_dict()
        names = [name for name in now if name not in CARRIED_OUT and before[name] != now[name]]
        return [f"{name}: {before[name]} before, {now[name]} now" for name in names]


def flag(name: str) -> str:
    """The option's spelling on the command line."""
    return name.replace("_", "-")
