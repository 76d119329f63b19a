"""Where images come from: the phantom, the 17-class Kaggle set, Cheng's set on figshare, any folder per
class.

Every function returns an `MRIData` without a split and leaves what it found in `report`; the caller raises
once.
"""

from __future__ import annotations

import importlib
import os
import pickle
import zipfile
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from .cache import Reading
from .dataset import MRIData
from .folders import Tree, scan
from .gather import Listing, compare_with_published, gather
from .report import DataError, Report

__all__ = ["figshare", "folder", "kaggle17", "phantom"]

OFFLINE = 'MRIDataLoader("phantom") needs neither file nor network'
KAGGLE_HANDLE = "fernando2rad/brain-tumor-mri-images-17-classes"
KAGGLE_SOURCE = f"Feltrin (2022), Brain Tumor MRI Images 17 Classes, Kaggle, {KAGGLE_HANDLE}"
CHENG_SOURCE = (
    "Cheng (2017), brain tumor dataset, figshare, doi 10.6084/m9.figshare.1512427: 3,064 T1C+ slices of 233 "
    "patients, the author's five patient-wise folds; used in Cheng et al. (2015), doi "
    "10.1371/journal.pone.0140381"
)
CHENG_LICENCE = (
    "CC BY 4.0 as others cite it; the source page itself was not seen, check it before you publish"
)
CHENG_FILE = "cheng_figshare_3064_224.npz"
CHENG_KEYS = ("jpeg", "offsets", "labels", "class_names", "fold")


def phantom(
    report: Report, how: Reading, images: int, *, seed: int, sites: Sequence[str], **options: Any
) -> MRIData:
    """Synthetic patients, made here: images, patients, masks, table and the phantom's own 70/15/15."""
    from neuropath.phantom import generate

    made = generate(images, size=how.size, seed=seed, sites=sites, progress=how.progress, **options)
    extras = {name: getattr(made, name) for name in ("lesion", "oedema", "tissue", "split")}
    grey = how.color_mode == "grayscale"
    return MRIData(
        name="phantom",
        images=made.images if grey else np.repeat(made.images[..., None], 3, axis=-1),
        labels=made.labels,
        class_names=tuple(made.class_names),
        groups=made.patient,
        extras=extras | made.table,
        source=f"neuropath.phantom, {images:,} images, seed {seed}, sites {', '.join(sites)}: synthetic",
        licence="MIT, as the code that makes it",
        report=report,
    )


def kaggle17(report: Report, how: Reading, path: Path | None) -> MRIData | None:
    """The 17-class set from a folder-per-class tree, or through kagglehub where that is installed."""
    tree = scan(path if path is not None else _kagglehub(), report, all_seventeen=True)
    licence = "as on its Kaggle page, which was not seen: check it before you publish"
    data = gather(_listing(tree), how, report, name="kaggle17", source=KAGGLE_SOURCE, licence=licence)
    if data is not None:
        compare_with_published(data, report)
    return data


def folder(report: Report, how: Reading, path: Path) -> MRIData | None:
    """Any folder with one folder per class."""
    listing = _listing(scan(path, report))
    licence = "not stated: ask where you got the images"
    return gather(listing, how, report, name=path.name, source=f"folder {path.name}", licence=licence)


def _listing(tree: Tree) -> Listing:
    names = [tree.relative(i) for i in range(len(tree.files))]
    return Listing(tree.files, names, tree.labels, tree.class_names)


def _kagglehub() -> Path:
    try:
        hub = importlib.import_module("kagglehub")
        return Path(hub.dataset_download(KAGGLE_HANDLE))
    except Exception as error:  # not installed, no network, no account, no disk: one message for all
        reason = f"{type(error).__name__}: {error}".split("\n")[0]
        raise DataError(
            f"the Kaggle set could not be fetched ({reason}). Install kagglehub, or unpack "
            f"{KAGGLE_HANDLE} into a folder and name it: MRIDataLoader('kaggle17', path=…). {OFFLINE}."
        ) from None


def figshare(report: Report, how: Reading, path: Path | None) -> MRIData | None:
    """Cheng's set from an .npz: jpeg (all bytes), offsets (N + 1), labels (N,), class_names, fold (N,)."""
    file = _figshare_file(path)
    arrays = _arrays(file)
    _check_arrays(file, arrays)
    offsets, blob = arrays["offsets"], arrays["jpeg"].tobytes()
    images = [blob[start:end] for start, end in pairwise(offsets)]
    given = arrays.get("files", np.arange(len(images)))
    names = [str(name) for name in (given if len(given) == len(images) else range(len(images)))]
    listing = Listing(images, names, arrays["labels"], [str(name) for name in arrays["class_names"]])
    about = {"name": "figshare", "source": CHENG_SOURCE, "licence": CHENG_LICENCE}
    return gather(listing, how, report, folds=arrays["fold"].astype(np.int64), **about)


def _figshare_file(path: Path | None) -> Path:
    """The file itself, or the file in a folder; without a path, in the folder NEUROPATH_DATA names."""
    place = path if path is not None else Path(os.environ.get("NEUROPATH_DATA") or ".")
    file = place / CHENG_FILE if place.is_dir() else place
    if not file.is_file():
        raise DataError(
            f"expected Cheng's set at {file}, found no file there. Name it, "
            f"MRIDataLoader('figshare', path=…), or "
            f"put {CHENG_FILE} into the folder that NEUROPATH_DATA names. {OFFLINE}."
        )
    return file


def _arrays(file: Path) -> dict[str, np.ndarray]:
    """What the archive holds; DataError if it is no archive or an interrupted one. Pickles stay shut."""
    try:
        with file.open("rb") as stream:  # np.load leaves a file it cannot read open
            archive = np.load(stream, allow_pickle=False)
            if isinstance(archive, np.ndarray):
                raise ValueError("it is a single array")
            return {name: archive[name] for name in archive.files}
    except (
        OSError,
        EOFError,
        ValueError,
        AttributeError,
        zipfile.BadZipFile,
        zlib.error,
        pickle.PickleError,
    ) as error:
        raise DataError(
            f"expected an .npz archive with {', '.join(CHENG_KEYS)} at {file}, but it is truncated "
            f"or of another "
            f"kind ({error}). Fetch it anew; {OFFLINE}."
        ) from None


def _check_arrays(file: Path, arrays: dict[str, np.ndarray]) -> None:
    """Everything that is missing or does not fit together, in one message."""
    report = Report()
    for key in CHENG_KEYS:
        if key not in arrays:
            report.add(
                "fatal", "missing array", key, f"the archive holds {', '.join(sorted(arrays)) or 'nothing'}"
            )
    if not report:
        n = len(arrays["labels"])
        offsets = arrays["offsets"]
        for key, expected in (("offsets", n + 1), ("fold", n)):
            if arrays[key].shape != (expected,):
                report.add(
                    "fatal", "array of the wrong shape", key, f"{arrays[key].shape}, expected ({expected},)"
                )
        if (
            offsets.dtype.kind not in "iu"
            or np.any(np.diff(offsets) < 0)
            or offsets[-1] > len(arrays["jpeg"])
        ):
            report.add(
                "fatal", "offsets that do not fit", "offsets", f"into {len(arrays['jpeg']):,} bytes of jpeg"
            )
        labels, classes = arrays["labels"], len(arrays["class_names"])
        if labels.dtype.kind not in "iu" or n == 0 or labels.min() < 0 or labels.max() >= classes:
            report.add("fatal", "labels outside the classes", "labels", f"expected integers 0–{classes - 1}")
    report.raise_if_fatal(f"{file.name}", f"Fetch it anew; {OFFLINE}.")
