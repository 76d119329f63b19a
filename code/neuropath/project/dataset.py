"""What every source of images gives: one thing, that says what it is and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from .report import DataError, Report
from .splits import PARTS, Split

__all__ = ["MRIData"]


@dataclass(frozen=True, eq=False)
class MRIData:
    """Images with labels, patients where known, provenance, and a split once the loader has made one.

    images: uint8 (N, H, W) or (N, H, W, 3). labels: int64 (N,), positions in class_names. groups: (N,)
    patient ids, or None if the source has none. folds: (N,) published folds, or None. files: where each image
    came from ("" if generated). extras: further arrays of length N, such as the phantom's masks. report: what
    was found.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    source: str
    licence: str
    groups: np.ndarray | None = None
    folds: np.ndarray | None = None
    files: tuple[str, ...] = ()
    cached: str = "nowhere: made in memory"
    extras: Mapping[str, np.ndarray] = field(default_factory=lambda: MappingProxyType({}))
    report: Report = field(default_factory=Report)
    split: Split | None = None

    def __post_init__(self) -> None:
        n, shape = len(self.labels), self.images.shape
        if self.images.dtype != np.uint8 or len(shape) not in (3, 4) or shape[3:] not in ((), (3,)):
            raise DataError(
                f"expected uint8 images (N, H, W) or (N, H, W, 3), received {self.images.dtype} {shape}"
            )
        lengths = {"images": len(self.images), **{k: len(v) for k, v in self.extras.items()}}
        lengths |= {
            k: len(v) for k in ("groups", "folds", "files") if (v := getattr(self, k)) is not None and len(v)
        }
        if wrong := {k: v for k, v in lengths.items() if v != n}:
            raise DataError(f"expected one entry per label ({n}), received {wrong}")

    @property
    def counts(self) -> dict[str, int]:
        """Images per class name, in the order of the classes."""
        numbers = np.bincount(self.labels, minlength=len(self.class_names))
        return dict(zip(self.class_names, numbers.tolist(), strict=True))

    def part(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """(images, labels) of "train", "val" or "test"; copies."""
        rows = self.rows(name)
        return self.images[rows], self.labels[rows]

    def rows(self, name: str) -> np.ndarray:
        """Indices of "train", "val" or "test"."""
        if self.split is None:
            raise DataError("this data set has not been split: MRIDataLoader(…).load() splits it")
        return self.split[name]

    def provenance(self) -> dict[str, object]:
        """Plain values for metrics.json and the model card."""
        return {
            "name": self.name,
            "source": self.source,
            "licence": self.licence,
            "images": len(self.labels),
            "size": list(self.images.shape[1:]),
            "patients": None if self.groups is None else len(np.unique(self.groups)),
            "counts": self.counts,
            "split": self.split.how if self.split else None,
            "skipped": self.report.count("skipped"),
            "notes": self.report.count("note"),
        }

    def __str__(self) -> str:
        height, width = self.images.shape[1:3]
        kind = "grey" if self.images.ndim == 3 else "RGB"
        patients = "unknown" if self.groups is None else f"{len(np.unique(self.groups)):,}"
        lines = [
            f"{self.name}: {len(self.labels):,} {kind} images of {height}×{width}, uint8, "
            f"{self.images.nbytes / 1e6:.1f} MB; patients: {patients}",
            f"source: {self.source}",
            f"licence: {self.licence}",
            f"cached: {self.cached}",
            f"split: {self.split.how if self.split else 'none yet'}",
            *self._table(),
        ]
        return "\n".join(lines + ([f"found:\n{self.report}"] if self.report else []))

    def _table(self) -> list[str]:
        width = max(map(len, self.class_names)) + 2
        parts = PARTS if self.split else ()
        lines = ["class".ljust(width) + "".join(f"{part:>8}" for part in parts) + "   total"]
        columns = [np.bincount(self.labels[self.rows(p)], minlength=len(self.class_names)) for p in parts]
        for i, (name, total) in enumerate(self.counts.items()):
            lines.append(name.ljust(width) + "".join(f"{c[i]:8,}" for c in columns) + f"{total:8,}")
        return lines
