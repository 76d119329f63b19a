"""One patient in the scanner: from a planned patient to pictures with their ground truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import lesions
from .acquisition import acquire
from .canvas import Canvas, Frame, Pose
from .cerebrum import Deep, paint_cerebrum
from .classes import LABELS
from .cohort import Patient
from .fossa import Base, paint_fossa
from .head import BASE, Head
from .physics import SITES, relaxation, signals
from .tissues import INDEX, LESION_TISSUES

VESSEL = INDEX["vessel"]
_MAIN = {
    "glioma": "glioma",
    "meningioma": "meningioma",
    "schwannoma": "schwannoma",
    "neurocytoma": "neurocytoma",
    "abscess": "pus",
    "encephalopathy": "encephalopathy",
    "colloid cyst": "colloid",
    "normal": "white",
}


@dataclass(frozen=True)
class Slice:
    """One image and what is true about it."""

    image: NDArray[np.uint8]
    lesion: NDArray[np.bool_]
    oedema: NDArray[np.bool_]
    tissue: NDArray[np.uint8]
    label: int
    facts: dict[str, Any]


class Body:
    """Everything about a patient that does not change from image to image."""

    def __init__(self, patient: Patient, size: int):
        rng = np.random.default_rng((*patient.key, 2))
        self.patient, self.site = patient, SITES[patient.site]
        self.head = Head(rng, elderly=patient.elderly, female=patient.sex == "F")
        self.lesion = lesions.make(patient.pathology, patient.subtype, patient.side, self.head, rng=rng)
        wide = self.lesion.hydrocephalus if self.lesion else 1.0
        self.deep, self.base = Deep(rng, self.head, wide=wide), Base(rng)
        pose = Pose(rng.normal(0, 0.05), tuple(rng.normal(0, 0.02, 2)), rng.uniform(1.02, 1.16))
        self.frame = Frame(size, pose)
        self.scales = {t: tuple(rng.uniform(0.86, 1.2, 2)) for t in LESION_TISSUES}
        self.uptake = float(rng.lognormal(0, 0.32))
        self.fat_sat = rng.random() < self.site.fat_sat
        self.levels = self._levels(rng)

    def _levels(self, rng: np.random.Generator) -> list[float]:
        """One level an image, spread over ±.6 radii of the lesion (or a band of a normal brain), shuffled."""
        n = len(self.patient.sequences)
        spread = (np.arange(n) + rng.uniform(0.1, 0.9, n)) / n * 2 - 1
        rng.shuffle(spread)
        if self.lesion is None:
            middle = rng.choice((rng.uniform(0.0, 0.06), rng.uniform(0.2, 0.66)), p=(0.2, 0.8))
            low, high = (-0.05, 0.105) if middle < BASE else (0.14, 0.80)
            reach = 0.05 if middle < BASE else 0.16
        else:
            middle, (low, high) = self.lesion.growth.centre[2], self.lesion.extent
            reach = 0.6 * self.lesion.growth.radius
        return [float(np.clip(middle + reach * s, low, high)) for s in spread]


def scan_patient(patient: Patient, size: int) -> list[Slice]:
    """All images of one patient."""
    body = Body(patient, size)
    return [scan(body, number) for number in range(len(patient.sequences))]


def scan(body: Body, number: int) -> Slice:
    """The patient's image `number`; its own random numbers, whatever else is scanned."""
    patient, site, z = body.patient, body.site, body.levels[number]
    sequence = patient.sequences[number]
    rng = np.random.default_rng((*patient.key, 3, number))
    fat_sat = body.fat_sat and sequence == "T1C+"
    signal = signals(site, sequence, scales=body.scales, uptake=body.uptake, fat_sat=fat_sat)
    signal = signal * rng.normal(1, 0.03, len(signal))
    scene = _anatomy(body, z, signal)
    if body.lesion is not None:
        body.lesion.paint(scene)
    reference = float(signals(site, "T1")[INDEX["white"]])
    image, artefact = acquire(scene.canvas.img, body.frame, site, rng, reference=reference)
    lesion = _mask(scene.lesion) if body.lesion is not None else scene.lesion > 1
    oedema = (scene.oedema >= 0.5) & ~lesion
    facts = _facts(body, number, sequence, z, fat_sat, artefact)
    return Slice(image, lesion, oedema, scene.canvas.lab, LABELS[patient.pathology, sequence], facts)


def _anatomy(body: Body, z: float, signal: NDArray[np.float64]) -> lesions.Scene:
    head, frame = body.head, body.frame
    size = np.float32(head.warp_size)
    bent = frame.warped(*(frame.field(w, z) * size for w in head.warp))
    canvas = Canvas(bent, signal)
    if z >= BASE:
        depth, brain = paint_cerebrum(canvas, head, body.deep, z)
    else:
        depth, brain = paint_fossa(canvas, head, body.base, z)
    return lesions.Scene(canvas, z, depth, brain)


def _mask(weight: NDArray[np.float32]) -> NDArray[np.bool_]:
    """At least half lesion; where no pixel is, the fullest ones: a lesion image has a lesion."""
    return weight >= min(0.5, 0.8 * float(weight.max()))


def _facts(body: Body, number: int, sequence: str, z: float, fat_sat: bool, artefact: str) -> dict[str, Any]:
    """One row of the table; T1, T2 (ms), PD are those of the lesion's main tissue (normal: white matter)."""
    p, site = body.patient, body.site
    main = _MAIN.get(p.pathology if p.pathology != "other" else p.subtype, "cyst")
    pd, t1, t2 = relaxation(site, body.scales)[INDEX[main]]
    tr, te = site.t2 if sequence == "T2" else site.t1
    return {
        "patient": p.number,
        "image": number,
        "split": p.split,
        "age": p.age,
        "sex": p.sex,
        "hand": "" if p.pathology == "normal" else "left" if p.side > 0 else "right",
        "site": p.site,
        "sequence": sequence,
        "level": round(z, 4),
        "pathology": p.pathology,
        "subtype": p.subtype,
        "field": site.field,
        "tr": tr,
        "te": te,
        "main_tissue": main,
        "pd": round(float(pd), 4),
        "t1": round(float(t1), 1),
        "t2": round(float(t2), 1),
        "fat_suppressed": fat_sat,
        "artefact": artefact,
    }
