"""The datasheet that lies beside a generated set, after Gebru et al. 2021 (doi:10.1145/3458723)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from .classes import CLASSES
from .cohort import SPLITS
from .physics import RELAXIVITY, SITES
from .tissues import TISSUES

_TEXT = """# Datasheet: synthetic brain MRI

{count} pictures of {people} simulated patients, {size} × {size} pixels, grey levels 0–255, in 17 classes.

**Why.** To teach deep learning for images without patients' data, with the truth known pixel by pixel.

**What it is not for.** No picture shows a person. The anatomy is drawn, the lesions follow textbook
descriptions: a network trained here has learnt the drawing. It is no diagnostic device and says nothing
about real accuracy.

**Made by.** `neuropath phantom OUT --images {count} --size {size} --seed {seed} --sites {sites}`. The same
command gives the same bytes on the same machine; across processors pixels may differ by one grey level.
Image k depends on seed, size and sites, not on how many are made.

**Images.** `images/<class>/` and, under the same name, `masks/<class>/`: 255 lesion, 128 oedema, 0 the rest.
`patients.csv` has a line an image: patient, split, age, sex, side, site, sequence, level, subtype, field,
TR, TE, the lesion's main tissue with its PD, T1 and T2, fat suppression, artefact. `hand` is the patient's
own side: as radiologists look at it, the picture's right is the patient's left. Every pathology image has a
lesion in its mask; a normal one has none.

**Splits.** By patient, {shares}: no patient is in two of them. A split by picture would let a network
recognise patients instead of lesions.

**Physics.** Spin echo, S = PD (1 − e^(−TR/T1)) e^(−TE/T2); gadolinium 1/T1' = 1/T1 + r1 C with r1
{relaxivity}. Lesions vary by patient (T1, T2 by −14 to +20 %, uptake log-normal, σ .32), signals by image (3
%).

{sites_table}

## Classes

{classes}

## Tissues

{tissues}

Sources are given in full in `neuropath/phantom/tissues.py`. "choice" marks a modelling choice, made so that
the order of brightness is the one described for that tissue; so are all shapes, sizes, frequencies, ages and
artefacts.
"""


def datasheet(rows: list[dict[str, Any]], *, size: int, seed: int, sites: Sequence[str]) -> str:
    """The datasheet as Markdown, for the lines of patients.csv in `rows`."""
    return _TEXT.format(
        count=len(rows),
        people=len({row["patient"] for row in rows}),
        size=size,
        seed=seed,
        sites="".join(sites),
        shares=", ".join(f"{name} {share:.0%}" for name, share in SPLITS.items()),
        relaxivity=" and ".join(f"{r} /mM/s at {field} T" for field, r in RELAXIVITY.items()),
        sites_table=_sites(sites),
        classes=_classes(rows),
        tissues=_tissues(),
    )


def _table(header: Sequence[str], lines: Sequence[Sequence[Any]]) -> str:
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)


def _sites(names: Sequence[str]) -> str:
    lines = [
        (s.name, s.field, f"{s.t1[0]}/{s.t1[1]}", f"{s.t2[0]}/{s.t2[1]}", s.noise, s.bias, s.psf)
        for s in map(SITES.__getitem__, names)
    ]
    return _table(("site", "field (T)", "T1 TR/TE (ms)", "T2 TR/TE (ms)", "noise", "bias", "PSF (px)"), lines)


def _classes(rows: list[dict[str, Any]]) -> str:
    count = Counter((row["class"], row["split"]) for row in rows)
    lines = [(c.short, *(count[c.short, split] for split in SPLITS)) for c in CLASSES]
    return _table(("class", *SPLITS), lines)


def _tissues() -> str:
    lines = [
        (t.name, t.pd, f"{t.t1[0]}/{t.t2[0]}", f"{t.t1[1]}/{t.t2[1]}", t.gadolinium, t.source)
        for t in TISSUES
    ]
    return _table(("tissue", "PD", "T1/T2 1.5 T (ms)", "T1/T2 3 T (ms)", "Gd (mM)", "source"), lines)
