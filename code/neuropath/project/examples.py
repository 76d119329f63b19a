"""Simulated images for people who have none at hand: one slice of a patient that no run was trained on."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image

from neuropath.phantom.classes import CLASSES
from neuropath.phantom.cohort import Patient, plan
from neuropath.phantom.generate import SIZES
from neuropath.phantom.physics import SITES
from neuropath.phantom.scan import Body, scan

from .one_image import Picture, read_picture

if TYPE_CHECKING:
    from .runs import Run

__all__ = ["PATIENTS", "SITES", "example"]

PATIENTS = 9  # of each class; the rarest in a plan of PLANNED images has more
PLANNED = 1800
APART = 1_000_000  # added to the run's seed: other people than those of any data set with a usual seed


def example(run: Run, label: int, number: int = 1, site: str = "A") -> Picture:
    """A slice of patient `number` (1 to PATIENTS) with class `label` (0–16) on a scanner (A, B or C).

    Made at the network's own size where the phantom can. Truth and lesion mask are known. ValueError for what
    there is not.
    """
    if not (0 <= label < len(CLASSES) and 1 <= number <= PATIENTS and site in SITES):
        raise ValueError(
            f"example expects a label 0–{len(CLASSES) - 1}, a patient 1–{PATIENTS} and a scanner out of "
            f"{', '.join(SITES)}, received {label}, {number}, {site!r}."
        )
    kind = CLASSES[label]
    patients = _patients(run.settings.seed + APART, site)
    mine = [p for p in patients if p.pathology == kind.pathology and kind.sequence in p.sequences]
    patient = mine[number - 1]
    size = min(max(run.model.input_shape[0], SIZES[0]), SIZES[1])
    made = scan(Body(patient, size), patient.sequences.index(kind.sequence))
    picture = read_picture(run, _png(made.image))  # the same way as an upload
    return Picture(picture.pixels, picture.shown, picture.notes, kind.short, made.lesion)


@lru_cache(maxsize=6)
def _patients(seed: int, site: str) -> tuple[Patient, ...]:
    return tuple(plan(PLANNED, seed=seed, sites=(site,)))


def _png(image) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "PNG")
    return stream.getvalue()
