"""`generate`: as many images as asked for, in parallel, the same for the same seed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .classes import FOLDER_NAMES, SHORT_NAMES
from .cohort import SLICES, Patient, plan
from .physics import SITES
from .scan import Slice, scan_patient
from .workers import in_parallel

SIZES = (64, 256)


@dataclass(frozen=True)
class PhantomSet:
    """N images and their ground truth, in the order of generation.

    `images` (N, S, S) uint8; `labels` (N,) int64, indices of `class_names`; `lesion`, `oedema` (N, S, S)
    bool; `tissue` (N, S, S) uint8, indices of `tissues.TISSUES`; `patient` (N,) int64; `split` (N,) "train",
    "val" or "test"; `table` columns (N,) by name (age, sex, hand, site, sequence, level, subtype, T1 ...).
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    lesion: NDArray[np.bool_]
    oedema: NDArray[np.bool_]
    tissue: NDArray[np.uint8]
    patient: NDArray[np.int64]
    split: NDArray[np.str_]
    table: dict[str, NDArray]
    seed: int
    class_names: tuple[str, ...] = SHORT_NAMES
    folder_names: tuple[str, ...] = FOLDER_NAMES

    def __len__(self) -> int:
        return len(self.images)


def generate(
    images: int,
    *,
    size: int = 96,
    seed: int = 0,
    sites: Sequence[str] = ("A", "B"),
    slices: tuple[int, int] = SLICES,
    jobs: int | None = None,
    progress: bool = True,
) -> PhantomSet:
    """Make `images` pictures of `size` × `size` pixels with `jobs` processes (default: one a core).

    slices: (least, most) images of a patient. Image k depends on the seed, size, sites and slices only.
    Raises ValueError for a size outside 64 to 256, a number of images, slices or jobs below 1, a negative
    seed or an unknown site.
    """
    check(images, size=size, seed=seed, sites=sites, jobs=jobs, slices=slices)
    how: dict[str, Any] = {"size": size, "seed": seed, "sites": sites, "jobs": jobs, "slices": slices}
    made = list(stream(images, **how, progress=progress))
    columns = {name: np.array([s.facts[name] for s in made]) for name in made[0].facts}
    return PhantomSet(
        images=np.stack([s.image for s in made]),
        labels=np.array([s.label for s in made], np.int64),
        lesion=np.stack([s.lesion for s in made]),
        oedema=np.stack([s.oedema for s in made]),
        tissue=np.stack([s.tissue for s in made]),
        patient=columns["patient"].astype(np.int64),
        split=columns["split"],
        table=columns,
        seed=seed,
    )


def check(
    images: int,
    *,
    size: int,
    seed: int,
    sites: Sequence[str],
    jobs: int | None,
    slices: tuple[int, int] = SLICES,
) -> None:
    """Raise ValueError for anything that cannot be generated, saying what was expected."""
    if images < 1:
        raise ValueError(f"generate expects at least 1 image, received {images}.")
    if not SIZES[0] <= size <= SIZES[1]:
        raise ValueError(f"generate expects a size from {SIZES[0]} to {SIZES[1]} pixels, received {size}.")
    if seed < 0:
        raise ValueError(f"generate expects a seed of 0 or more, received {seed}.")
    if isinstance(sites, str) or not sites or not set(sites) <= SITES.keys():
        raise ValueError(f"generate expects a list of sites out of {sorted(SITES)}, received {sites!r}.")
    if len(slices) != 2 or not 1 <= slices[0] <= slices[1]:
        raise ValueError(
            f"generate expects slices as (least, most) with 1 ≤ least ≤ most, received {slices}."
        )
    if jobs is not None and jobs < 1:
        raise ValueError(f"generate expects at least 1 job (or None: one a core), received {jobs}.")


def stream(
    images: int,
    *,
    size: int,
    seed: int,
    sites: Sequence[str],
    slices: tuple[int, int] = SLICES,
    jobs: int | None = None,
    progress: bool = True,
) -> Iterator[Slice]:
    """The slices one by one, in order, as they are made; arguments as `generate`."""
    patients = plan(images, seed=seed, sites=tuple(sites), slices=slices)
    jobs = min(jobs or _cores(), len(patients))
    made = 0
    for some in _bar(_groups(patients, size, jobs), images, progress):
        yield from some[: images - made]
        made += len(some)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _groups(patients: list[Patient], size: int, jobs: int) -> Iterator[list[Slice]]:
    if jobs == 1 or len(patients) < 24:  # starting processes takes longer than a few patients
        yield from (scan_patient(p, size) for p in patients)
    else:
        yield from in_parallel(patients, size, jobs)


def _bar(groups: Iterable[list[Slice]], total: int, progress: bool) -> Iterator[list[Slice]]:
    if not progress:
        yield from groups
        return
    from tqdm import tqdm

    with tqdm(total=total, unit="image", desc="phantom") as bar:
        for slices in groups:
            bar.update(min(len(slices), total - bar.n))
            yield slices
