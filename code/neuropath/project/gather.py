"""From a list of files with labels to an `MRIData`: decode what can be, report the rest, judge it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .cache import DecodedFiles, Reading, decode_files
from .classes import SHORT_NAMES, SUPPORTS
from .dataset import MRIData
from .report import Report

__all__ = ["Listing", "compare_with_published", "gather"]

LEAST = 3  # images of a class: one each for training, validation and test
TEST_SHARE = 0.15  # SUPPORTS are counts of this share of the published set


class Listing:
    """What is to be read: items (paths or bytes), their names, labels (N,), names of classes."""

    def __init__(
        self,
        items: Sequence[Path | bytes],
        names: Sequence[str],
        labels: Sequence[int] | np.ndarray,
        classes: Sequence[str],
    ):
        self.items, self.names, self.classes = items, names, list(classes)
        self.labels = np.asarray(labels, np.int64)


def gather(
    what: Listing, how: Reading, report: Report, *, folds: np.ndarray | None = None, **about: Any
) -> MRIData | None:
    """The images that can be used, with every finding in `report`; None if there are none.

    Fatal findings are left for the caller to raise. folds (N,): published ones; about: name, source, licence.
    """
    decoded = decode_files(what.items, how)
    _report_outcomes(what, decoded, report)
    _report_copies(what, decoded, report)
    kept = _usable_classes(what, decoded, report, drop_small=how.drop_small)
    rows = np.flatnonzero(np.isin(what.labels[decoded.good], kept))
    if not len(rows):
        return None
    good = decoded.good[rows]
    return MRIData(
        images=decoded.pixels if len(rows) == len(decoded.good) else decoded.pixels[rows],
        labels=np.searchsorted(kept, what.labels[good]),
        class_names=tuple(what.classes[label] for label in kept),
        folds=None if folds is None else folds[good],
        files=tuple(what.names[i] for i in good),
        cached=str(decoded.cached or "nowhere"),
        report=report,
        **about,
    )


def _report_outcomes(what: Listing, decoded: DecodedFiles, report: Report) -> None:
    """What decoding found, by file; fatal if so many failed that the set cannot be what it should be."""
    for place, weight, kind, detail in decoded.outcomes:
        report.add(weight, kind, what.names[place], detail)
    lost, n = len(what.items) - len(decoded.good), len(what.items)
    if lost > max(LEAST, n // 10):
        detail = f"{lost:,} of {n:,}: an interrupted download looks like this; fetch the set anew"
        report.add("fatal", "too many files without an image", detail=detail)


def _report_copies(what: Listing, decoded: DecodedFiles, report: Report) -> None:
    """The same bytes twice: a contradiction between classes, leakage between parts of a split."""
    first: dict[str, int] = {}
    for i in decoded.good:
        j = first.setdefault(decoded.digests[i], i)
        if j != i:
            same = what.labels[i] == what.labels[j]
            kind = "the same file twice" if same else "the same file in two classes"
            report.add("note", kind, what.names[i], f"as {what.names[j]}")


def _usable_classes(what: Listing, decoded: DecodedFiles, report: Report, *, drop_small: bool) -> list[int]:
    """The labels that can be trained on; fewer than 3 images are fatal, or left out on request."""
    files = np.bincount(what.labels, minlength=len(what.classes))
    images = np.bincount(what.labels[decoded.good], minlength=len(what.classes))
    for label in np.flatnonzero(images < LEAST):
        few = f"class with fewer than {LEAST} readable images"
        kind = few if files[label] else "class folder empty or missing"
        advice = (
            "left out"
            if drop_small
            else "add images, or leave such classes out with drop_small=True (--drop-small)"
        )
        detail = f"{images[label]} of {files[label]} files; {advice}"
        report.add("skipped" if drop_small else "fatal", kind, what.classes[label], detail)
    for label in np.flatnonzero((images >= LEAST) & (2 * images < files)):
        detail = f"{images[label]} of {files[label]} readable"
        report.add("fatal", "class of which most files are unreadable", what.classes[label], detail)
    kept = np.flatnonzero(images >= LEAST).tolist()
    if len(kept) < 2:
        detail = f"at least 2 classes with {LEAST} or more images each are needed to tell anything apart"
        report.add("fatal", f"{len(kept)} usable class{'' if len(kept) == 1 else 'es'}", detail=detail)
    return kept


def compare_with_published(data: MRIData, report: Report) -> None:
    """Half-empty folders of the 17 classes: the published set's size follows from the reference's tests."""
    for name, support in zip(SHORT_NAMES, SUPPORTS, strict=True):
        have, expected = data.counts.get(name, 0), round(support / TEST_SHARE)
        if LEAST <= have < expected / 2:
            detail = f"{have} images, the published set has about {expected}"
            report.add("note", "fewer than half of the published images", name, detail)
