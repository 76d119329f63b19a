"""Who is scanned: patients one after another, and for each of them which images, until enough are planned.

The plan is sequential and greedy — the next patient gets the pathology, split and sequences that are furthest
behind their shares — so image k is the same whether 100 or 10,000 images are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .classes import CLASSES, LABELS, PATHOLOGIES, SEQUENCES

SLICES = (4, 8)  # images of one patient, least and most
SPLITS = {"train": 0.70, "val": 0.15, "test": 0.15}
# Modelling choices throughout, with these anchors: meningiomas twice as common in women and after the fifth
# decade (doi:10.1007/s13244-013-0302-4), neurocytomas in young adults (AJNR case collection).
AGES = {
    "glioma": (54, 15),
    "meningioma": (59, 12),
    "normal": (47, 18),
    "neurocytoma": (29, 8),
    "other": (44, 18),
    "schwannoma": (52, 13),
}
WOMEN = {"glioma": 0.43, "meningioma": 0.67, "neurocytoma": 0.5}
SUBTYPES = {
    "glioma": {
        "glioblastoma": 0.48,
        "astrocytoma": 0.22,
        "oligodendroglioma": 0.14,
        "ependymoma": 0.08,
        "ganglioglioma": 0.08,
    },
    "meningioma": {"convexity": 0.46, "falx": 0.20, "sphenoid wing": 0.16, "cerebellopontine": 0.18},
    "normal": {"normal": 1.0},
    "neurocytoma": {"central": 0.88, "extraventricular": 0.12},
    "other": {
        "abscess": 0.36,
        "arachnoid cyst": 0.18,
        "colloid cyst": 0.07,
        "cyst": 0.11,
        "encephalopathy": 0.28,
    },
    "schwannoma": {"vestibular": 0.86, "trigeminal": 0.14},
}
SHARES = np.array([c.support for c in CLASSES]) / sum(c.support for c in CLASSES)


@dataclass(frozen=True)
class Patient:
    """One simulated person. `key` seeds everything about them; `side` is +1 at the picture's right."""

    number: int
    key: tuple[int, ...]
    pathology: str
    subtype: str
    age: int
    sex: str
    side: int
    site: str
    split: str
    sequences: tuple[str, ...]

    @property
    def elderly(self) -> float:
        """0 below 50 years, rising to 1 at 85: how far sulci and ventricles have widened (a choice)."""
        return float(np.clip((self.age - 50) / 35, 0, 1))


@dataclass
class _Ledger:
    """What has been planned so far, to see who is furthest behind."""

    made: dict[tuple[str, str], int] = field(
        default_factory=lambda: {(s, c.short): 0 for s in SPLITS for c in CLASSES}
    )

    def pathology(self) -> str:
        total = sum(self.made.values()) + 1
        behind = {}
        for p in PATHOLOGIES:
            names = {c.short: SHARES[i] for i, c in enumerate(CLASSES) if c.pathology == p}
            made = sum(n for (_, short), n in self.made.items() if short in names)
            behind[p] = sum(names.values()) * total - made
        return max(PATHOLOGIES, key=behind.__getitem__)

    def split(self, pathology: str) -> str:
        shorts = {c.short for c in CLASSES if c.pathology == pathology}
        made = {s: sum(n for (t, c), n in self.made.items() if t == s and c in shorts) for s in SPLITS}
        return max(SPLITS, key=lambda s: SPLITS[s] * (sum(made.values()) + 1) - made[s])

    def sequence(self, pathology: str, split: str) -> str:
        options = [s for s in SEQUENCES if (pathology, s) in LABELS]
        share = {s: SHARES[LABELS[pathology, s]] for s in options}
        made = {s: self.made[split, CLASSES[LABELS[pathology, s]].short] for s in options}
        total, weight = sum(made.values()) + 1, sum(share.values())
        chosen = max(options, key=lambda s: share[s] / weight * total - made[s])
        self.made[split, CLASSES[LABELS[pathology, chosen]].short] += 1
        return chosen


def _choose(rng: np.random.Generator, shares: dict[str, float]) -> str:
    return str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))


def _patient(
    number: int, seed: int, sites: tuple[str, ...], ledger: _Ledger, slices: tuple[int, int]
) -> Patient:
    rng = np.random.default_rng((seed, number, 1))
    pathology = ledger.pathology()
    split = ledger.split(pathology)
    mean, deviation = AGES[pathology]
    subtype = _choose(rng, SUBTYPES[pathology])
    mean, deviation = {"ganglioglioma": (24, 9), "ependymoma": (32, 12), "astrocytoma": (41, 12)}.get(
        subtype, (mean, deviation)
    )
    sex = "F" if rng.random() < WOMEN.get(pathology, 0.5) else "M"
    return Patient(
        number=number,
        key=(seed, number),
        pathology=pathology,
        subtype=subtype,
        age=int(np.clip(rng.normal(mean, deviation), 16, 88)),
        sex=sex,
        side=int(rng.choice((-1, 1))),
        site=sites[int(rng.integers(len(sites)))],
        split=split,
        sequences=tuple(
            ledger.sequence(pathology, split) for _ in range(int(rng.integers(slices[0], slices[1] + 1)))
        ),
    )


def plan(
    images: int, *, seed: int, sites: tuple[str, ...], slices: tuple[int, int] = SLICES
) -> list[Patient]:
    """Patients with `slices` (least, most) images each, in order, until there are at least `images`."""
    patients: list[Patient] = []
    ledger, planned = _Ledger(), 0
    while planned < images:
        patients.append(_patient(len(patients), seed, sites, ledger, slices))
        planned += len(patients[-1].sequences)
    return patients
