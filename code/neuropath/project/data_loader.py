"""`MRIDataLoader`: one call from a name or a folder to images, labels, patients and an honest split.

    data = MRIDataLoader("phantom", size=96, images=4449).load()
    print(data)                       # source, licence, counts per class and part, what was skipped and why
    images, labels = data.part("train")

`DataGenerator`, which reads files batch by batch as most tutorials do, lives in `generator`; `augment` holds
the fast path over the arrays that this loader returns.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import sources
from .cache import Reading, default_cache
from .dataset import MRIData
from .groups import NAME, read_groups
from .images import COLOR_MODES, FITS
from .report import DataError, Report
from .splits import FRACTIONS, PARTS, Split, by_fold, by_group, by_slice, missing

__all__ = ["DataError", "MRIData", "MRIDataLoader", "Split"]

NAMED = ("phantom", "kaggle17", "figshare")
SPLITS = ("patient", "slice", "fold")
NO_PATIENTS = (
    "split='slice' (--split slice) splits it all the same: slices of one patient then lie on both sides, and "
    "the scores say little about new patients. groups=FILE (--groups FILE; CSV with the columns file and "
    "patient) makes an honest split possible."
)


@dataclass
class MRIDataLoader:
    """Loads one source and splits it.

    source: "phantom", "kaggle17", "figshare", or a path: a folder with one folder per class, or Cheng's .npz.
    path: where the named set lies, if not where it is looked for. size: pixels a side of the result.
    color_mode: "grayscale" (N, H, W) or "rgb" (N, H, W, 3). fit: "pad" keeps proportions, "stretch" does not.
    split: "patient" (by groups, published folds or the phantom's own parts), "slice" (the reference's, blind
    to patients) or "fold". groups: CSV file with the patient of each image. fold, val_fold: published folds
    for test and validation ("next": the one after; None: no validation part). cache: a folder for decoded
    images, "auto" for the user's own, None for none. drop_small: leave classes with fewer than 3 images out
    instead of refusing. images, data_seed, sites, slices (of one patient: least, most), jobs: of the phantom.
    seed: of the split. Raises ValueError for options that make no sense, DataError for data that cannot be
    used.
    """

    source: str | os.PathLike[str] = "phantom"
    _: KW_ONLY
    path: str | os.PathLike[str] | None = None
    size: int = 224
    color_mode: str = "grayscale"
    fit: str = "pad"
    split: str = "patient"
    groups: str | os.PathLike[str] | None = None
    seed: int = 42
    fractions: Sequence[float] = FRACTIONS
    fold: int = 5
    val_fold: int | str | None = "next"
    cache: str | os.PathLike[str] | None = "auto"
    drop_small: bool = False
    progress: bool = True
    images: int = 4449
    data_seed: int = 0
    sites: Sequence[str] = ("A", "B")
    slices: tuple[int, int] = (4, 8)
    jobs: int | None = None

    def __post_init__(self) -> None:
        choices = {"split": SPLITS, "color_mode": tuple(COLOR_MODES), "fit": FITS}
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"expected {name} in {allowed}, received {getattr(self, name)!r}")
        if not 16 <= self.size <= 1024:
            raise ValueError(f"expected a size of 16 to 1024 pixels, received {self.size}")

    def load(self) -> MRIData:
        """Read, check and split. DataError lists everything that is wrong at once; nothing is half done."""
        report = Report()
        data = self._read(report)
        if data is not None:
            table = self._table(data, report)
            if table is not None:
                data = dataclasses.replace(data, groups=read_groups(table, data.files, report))
            if table is None or data.groups is not None:
                data = dataclasses.replace(data, split=self._split(data, report))
        report.raise_if_fatal(f"the data set {self.source}")
        if data is None or data.split is None:
            raise DataError(f"the data set {self.source} holds no image that can be used:\n{report}", report)
        return data

    def _read(self, report: Report) -> MRIData | None:
        source = os.fspath(self.source)
        path = Path(self.path) if self.path is not None else None
        how = self._reading()
        if source == "phantom":
            how_made: dict[str, Any] = {"seed": self.data_seed, "slices": self.slices, "jobs": self.jobs}
            return sources.phantom(report, how, self.images, sites=tuple(self.sites), **how_made)
        if source == "kaggle17":
            return sources.kaggle17(report, how, path)
        if source == "figshare":
            return sources.figshare(report, how, path)
        place = path or Path(source)
        if not place.exists():
            raise DataError(f"expected one of {NAMED} or an existing folder, received {source!r}")
        return (sources.figshare if place.suffix.lower() == ".npz" else sources.folder)(report, how, place)

    def _reading(self) -> Reading:
        cache = (
            default_cache() if self.cache == "auto" else Path(self.cache) if self.cache is not None else None
        )
        return Reading(self.size, self.color_mode, self.fit, cache, self.progress, self.drop_small)

    def _table(self, data: MRIData, report: Report) -> Path | None:
        """The table of patients that was given, or the one that lies beside the class folders."""
        if self.groups is not None:
            return Path(self.groups)
        beside = Path(self.path or self.source) / NAME
        if data.groups is not None or not beside.is_file():
            return None
        report.add("note", f"patients taken from {NAME}, which lies in the data's folder", beside)
        return beside

    def _split(self, data: MRIData, report: Report) -> Split | None:
        split = self._parts(data, report)
        if split is not None:
            missing(split, data.labels, data.class_names, report)
        return split

    def _parts(self, data: MRIData, report: Report) -> Split | None:
        """The split that was asked for, or None and a fatal finding that says what it would need."""
        options: dict[str, Any] = {"seed": self.seed, "fractions": self.fractions}
        if self.split == "slice":
            return by_slice(data.labels, **options)
        if data.folds is not None and (self.split == "fold" or data.groups is None):
            return by_fold(data.folds, test=self.fold, val=self._val_fold(data.folds))
        if self.split == "fold":
            report.add(
                "fatal", "no published folds", self.source, "expected a source with folds, such as figshare"
            )
            return None
        if data.groups is None:
            report.add("fatal", "no patient ids", self.source, NO_PATIENTS)
            return None
        if "split" in data.extras and tuple(self.fractions) == FRACTIONS:
            train, val, test = (np.flatnonzero(data.extras["split"] == part) for part in PARTS)
            return Split(train, val, test, "by patient, the phantom's own 70/15/15")
        return by_group(data.labels, data.groups, **options)

    def _val_fold(self, folds: np.ndarray) -> int | None:
        """The fold for validation; "next" is the one after the test fold, the first after the last."""
        if self.val_fold != "next":
            return None if self.val_fold is None else int(self.val_fold)
        known = np.unique(folds).tolist()
        return known[(known.index(self.fold) + 1) % len(known)] if self.fold in known else None


def __getattr__(name: str) -> Any:
    """`DataGenerator` under the name that readers of the reference project know; Keras is imported only for
    it.
    """
    if name == "DataGenerator":
        from .generator import DataGenerator

        return DataGenerator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
