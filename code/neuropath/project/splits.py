"""Train, validation and test: by patient, by slice, or by folds that somebody published.

Slices of one patient look alike. When they fall on both sides of a split, a model is praised for recognising
patients: 94.5 % instead of 70.1 % for a nearest neighbour on Cheng's set. Hence patients are the default
here, and a split by slice exists because the reference project used one and the course shows what it costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .report import Report

__all__ = ["FRACTIONS", "PARTS", "Split", "by_fold", "by_group", "by_slice", "missing"]

PARTS = ("train", "val", "test")
FRACTIONS = (0.70, 0.15, 0.15)  # the reference's
FIRST = np.array([[3.0], [1.0], [2.0]])  # above any lack (at most 1)


@dataclass(frozen=True, eq=False)
class Split:
    """Indices (int64, sorted) of each part; how: one line for the model card."""

    train: np.ndarray
    val: np.ndarray
    test: np.ndarray
    how: str

    def __post_init__(self) -> None:
        for part in PARTS:
            object.__setattr__(self, part, np.sort(np.asarray(getattr(self, part), np.int64)))
        together = np.concatenate([self.train, self.val, self.test])
        if len(np.unique(together)) != len(together):
            raise ValueError("expected parts without common images; some image is in two of them")

    def __getitem__(self, part: str) -> np.ndarray:
        if part not in PARTS:
            raise KeyError(f"expected a part among {PARTS}, received {part!r}")
        return getattr(self, part)


def by_slice(
    labels: np.ndarray,
    *,
    seed: int = 42,
    fractions: Sequence[float] = FRACTIONS,
) -> Split:
    """The reference's split: stratified by class, 70/15/15, seed 42, blind to patients. labels (N,) integers.

    Every class gives at least one image to validation and to test; one with fewer than three keeps all of
    them for training (`missing` tells).
    """
    labels, rng = np.asarray(labels), np.random.default_rng(seed)
    _check_fractions(fractions)
    parts: tuple[list[np.ndarray], ...] = ([], [], [])
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        held = [max(f > 0, round(f * len(members))) if len(members) >= 3 else 0 for f in fractions[1:]]
        pieces = np.split(members, [held[1], held[0] + held[1]])
        for part, piece in zip(parts, pieces[::-1], strict=True):
            part.append(piece)
    train, val, test = (np.concatenate(part) if part else np.empty(0, np.int64) for part in parts)
    return Split(train, val, test, f"by slice, stratified, {_percent(fractions)}, seed {seed}")


def by_group(
    labels: np.ndarray,
    groups: np.ndarray,
    *,
    seed: int = 42,
    fractions: Sequence[float] = FRACTIONS,
) -> Split:
    """No group (patient) in two parts, and each class near 70/15/15. labels, groups (N,).

    Greedy: groups, largest first and shuffled among equals, go to the part that lacks most of what they
    bring; a class is brought into train first, then into test, then into validation. Classes
    with fewer than 3 groups cannot be everywhere: `missing` tells which part goes without.
    """
    labels, groups = np.asarray(labels), np.asarray(groups)
    _check_fractions(fractions)
    if labels.shape != groups.shape:
        raise ValueError(f"expected one group per image, received {groups.shape} for labels {labels.shape}")
    names, member = np.unique(groups, return_inverse=True)
    table = np.zeros((len(names), int(labels.max(initial=0)) + 1))  # images of each class in each group
    np.add.at(table, (member, labels), 1)
    share = table / np.maximum(table.sum(axis=0), 1)  # of its class; every class sums to 1
    place = _place(share, fractions, seed)
    train, val, test = (np.flatnonzero(place[member] == part) for part in range(3))
    how = f"by patient ({len(names):,} groups), {_percent(fractions)}, seed {seed}"
    return Split(train, val, test, how)


def _place(share: np.ndarray, fractions: Sequence[float], seed: int) -> np.ndarray:
    """The part (0, 1, 2) of each group, greedily; share (groups, classes) sums to 1 over groups."""
    lacks = np.tile(np.reshape(fractions, (3, 1)), share.shape[1])  # (3, classes)
    first = np.where(lacks > 0, FIRST, 0)  # what a part gains by its first group of a class
    place = np.empty(len(share), np.int64)
    shuffled = np.random.default_rng(seed).permutation(len(share))
    for group in shuffled[np.argsort(-share[shuffled].max(axis=1), kind="stable")]:
        place[group] = np.argmax((lacks + first) @ share[group])
        lacks[place[group]] -= share[group]
        first[place[group], share[group] > 0] = 0
    return place


def by_fold(folds: np.ndarray, *, test: int, val: int | None) -> Split:
    """Published folds: `test` and `val` (None: no validation part) held out, the others for training."""
    folds = np.asarray(folds)
    known = np.unique(folds).tolist()
    wrong = [fold for fold in (test, val) if fold is not None and fold not in known]
    if wrong or test == val:
        raise ValueError(f"expected two different folds among {known}, received test={test}, val={val}")
    is_test, is_val = folds == test, folds == val
    how = f"official folds: test {test}, validation {val if val is not None else 'none'}"
    train, held_val, held_test = (np.flatnonzero(m) for m in (~is_test & ~is_val, is_val, is_test))
    return Split(train, held_val, held_test, how)


def _check_fractions(fractions: Sequence[float]) -> None:
    if len(fractions) != 3 or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9 or fractions[0] <= 0:
        raise ValueError(
            f"expected three fractions (train, val, test) that sum to 1, received {tuple(fractions)}"
        )


def _percent(fractions: Sequence[float]) -> str:
    return "/".join(f"{100 * f:.0f}" for f in fractions)


def missing(split: Split, labels: np.ndarray, class_names: Sequence[str], report: Report) -> None:
    """Report parts without images, and classes that a part lacks: their scores will be missing."""
    for part in PARTS:
        if not len(split[part]):
            weight = "note" if part == "val" else "fatal"
            report.add(weight, f"no image in {part}", detail="more patients, or other fractions, are needed")
    for label, name in enumerate(class_names):
        absent = [part for part in PARTS if len(split[part]) and label not in labels[split[part]]]
        if "train" in absent:
            report.add("fatal", "class without images in train", name)
        elif absent:
            report.add("note", "class missing from a part", name, "none in " + " and ".join(absent))
