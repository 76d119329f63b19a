"""The 17 classes in words: what each pathology is and what it often looks like in T1, T1C+ and T2, with
sources.

For people who read a prediction, so that they can argue with it. None of it is a diagnosis or a rule to reach
one: appearances overlap, the same tumour looks different in two people, and the type and grade of a tumour
are settled by tissue and molecular tests (Louis et al. 2021), not by one slice. Names and their order come
from `neuropath.phantom.classes`; the sentences summarise the cited works and any error in doing so is ours.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from neuropath.phantom.classes import CLASSES, PATHOLOGIES, SEQUENCES

from .references import REFERENCES

__all__ = [
    "CLASSES",
    "DESCRIPTIONS",
    "DISCLAIMER",
    "FINDINGS",
    "FOLDERS",
    "PATHOLOGIES",
    "SEQUENCES",
    "SHORT_NAMES",
    "SUPPORTS",
    "About",
    "about",
    "label_of",
]

FOLDERS = tuple(c.folder for c in CLASSES)
SHORT_NAMES = tuple(c.short for c in CLASSES)
SUPPORTS = tuple(c.support for c in CLASSES)  # images of each class in the reference's test set; 663 in all
DISCLAIMER = (
    "Made for teaching. Not a medical device: it gives no diagnosis, has not been validated on patients, "
    "and must not guide care. One slice is never enough; a radiologist reads the whole examination."
)

# pathology -> (what it is, keys into REFERENCES)
DESCRIPTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "glioma": (
        "Tumours of the glial lineage, from slow-growing to aggressive. The folder puts together "
        "astrocytoma, oligodendroglioma, glioblastoma, ependymoma and ganglioglioma; the WHO classification "
        "of 2021 keeps these apart (ganglioglioma as glioneuronal, ependymoma among ependymal tumours) and "
        "asks for molecular markers before it names the diffuse gliomas of adults.",
        ("louis2021",),
    ),
    "meningioma": (
        "A tumour of the coverings of the brain, outside the brain itself, mostly slow-growing. The WHO "
        "classification of 2021 treats it as one type with many subtypes and three grades; the folder's "
        "names (low-grade, atypical, anaplastic, transitional) mix grade and subtype. Routine MRI does not "
        "reliably tell benign from malignant ones.",
        ("louis2021", "watts2014"),
    ),
    "normal": (
        "Slices that the data set's authors labelled as without a lesion. A slice can be free of one while "
        "another slice of the same brain is not.",
        ("parmar2010",),
    ),
    "neurocytoma": (
        "A rare neuronal tumour, typically of young adults. The central form grows in a lateral ventricle, "
        "often near the foramen of Monro, where it may block the flow of cerebrospinal fluid; the "
        "extraventricular form lies in brain tissue and has no appearance of its own.",
        ("louis2021", "ramsahye2013", "huang2022"),
    ),
    "other": (
        "Not one disease: abscesses (walled-off infections), cysts (fluid-filled, mostly harmless) and "
        "encephalopathies of many causes (often on both sides) share one folder. A model asked for this "
        "class learns a list of looks, not a disease.",
        ("feraco2020", "arachnoid1989", "oliveira2019"),
    ),
    "schwannoma": (
        "A benign tumour of a nerve's sheath. Most inside the skull arise from the vestibular nerve, in the "
        "internal auditory canal and the cerebellopontine angle; those of the trigeminal nerve are far "
        "rarer. The main look-alike in that place is a meningioma.",
        ("louis2021", "lin2017"),
    ),
}

# (pathology, sequence) -> (what is often seen, keys into REFERENCES)
FINDINGS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("glioma", "T1"): (
        "Often darker than or similar to grey matter, with blurred borders; bleeding may add bright spots, "
        "dead tissue dark ones. Midline and ventricles may be pushed aside.",
        ("martucci2023",),
    ),
    ("glioma", "T1C+"): (
        "Aggressive forms often take up contrast in an irregular rim around a dark centre; slow-growing "
        "ones often take up little. Neither is dependable: about a third of non-enhancing gliomas in one "
        "population were malignant.",
        ("martucci2023", "scott2002"),
    ),
    ("glioma", "T2"): (
        "Usually brighter than grey matter; around aggressive forms a wide bright zone in which oedema and "
        "infiltrating tumour cannot be told apart by eye.",
        ("martucci2023",),
    ),
    ("meningioma", "T1"): (
        "Commonly similar to or slightly darker than grey matter, so easily missed without contrast; broad "
        "contact with the dura and a cleft of fluid towards the brain speak for a place outside it.",
        ("watts2014", "padmaja2024"),
    ),
    ("meningioma", "T1C+"): (
        "Mostly strong and even enhancement, sometimes with a tail along the dura; the tail is suggestive "
        "but also seen beside other masses.",
        ("watts2014", "padmaja2024"),
    ),
    ("meningioma", "T2"): (
        "From similar to brighter than grey matter, calcified parts dark; some have bright oedema in the "
        "neighbouring brain.",
        ("watts2014", "padmaja2024"),
    ),
    ("normal", "T1"): (
        "White matter brighter than grey matter, cerebrospinal fluid dark, fat bright; both halves alike.",
        ("parmar2010",),
    ),
    ("normal", "T2"): (
        "Cerebrospinal fluid bright, grey matter brighter than white matter; both halves much alike.",
        ("parmar2010",),
    ),
    ("neurocytoma", "T1"): (
        "Solid parts mostly similar to or somewhat darker than grey matter, with dark cysts; wide "
        "ventricles are common.",
        ("donoho2015", "ramsahye2013"),
    ),
    ("neurocytoma", "T1C+"): (
        "Moderate, uneven enhancement is usual, the cysts staying dark.",
        ("ramsahye2013", "huang2022"),
    ),
    ("neurocytoma", "T2"): (
        "A bubbly look is common: clusters of bright cysts between solid parts that are similar to or "
        "brighter than grey matter.",
        ("donoho2015", "ramsahye2013"),
    ),
    ("other", "T1"): (
        "Abscess: dark centre, the wall often slightly brighter. Arachnoid cyst: as dark as cerebrospinal "
        "fluid, sharply bounded. Encephalopathy: often little to see.",
        ("feraco2020", "arachnoid1989", "oliveira2019"),
    ),
    ("other", "T1C+"): (
        "Abscess: often a ring, commonly thinner and smoother than a glioblastoma's, yet the two are "
        "confused, and diffusion imaging (not in this data) helps. Simple cyst: no enhancement. "
        "Encephalopathy: usually little or none.",
        ("feraco2020", "toh2012", "arachnoid1989"),
    ),
    ("other", "T2"): (
        "Abscess: bright centre, often a dark rim (seen in glioblastoma too), bright oedema. Cyst: as "
        "bright as cerebrospinal fluid. Toxic and metabolic encephalopathies: often bright, on both sides, "
        "in deep grey matter, cortex or white matter around the ventricles.",
        ("feraco2020", "toh2012", "oliveira2019"),
    ),
    ("schwannoma", "T1"): (
        "Typically similar to the neighbouring brain; bleeding inside may be bright.",
        ("lin2017",),
    ),
    ("schwannoma", "T1C+"): (
        "Strong enhancement, even in small tumours and often patchy in large ones with cysts; a cone into "
        "the internal auditory canal is typical of the vestibular form.",
        ("lin2017",),
    ),
    ("schwannoma", "T2"): (
        "Variable: often moderately bright, patchy where cysts have formed; small ones show as a gap in the "
        "bright fluid of the canal.",
        ("lin2017", "curtin2008"),
    ),
}


@dataclass(frozen=True)
class About:
    """One class in words; `sources` are full references, `disclaimer` belongs wherever the rest is shown."""

    name: str
    folder: str
    description: str
    findings: str
    sources: tuple[str, ...]
    disclaimer: str = DISCLAIMER


def about(label: int | str) -> About:
    """The words for a class, given its label (0–16) or any of its names. KeyError if it is none of the 17."""
    index = label_of(label) if isinstance(label, str) else label
    if index is None or not 0 <= index < len(CLASSES):
        raise KeyError(
            f"expected a label 0–{len(CLASSES) - 1} or the name of one of the 17, received {label!r}"
        )
    it = CLASSES[index]
    description, first = DESCRIPTIONS[it.pathology]
    findings, second = FINDINGS[it.pathology, it.sequence]
    sources = tuple(REFERENCES[key] for key in dict.fromkeys(first + second))
    return About(it.short, it.folder, description, findings, sources)


def canonical(name: str) -> str:
    """A name without what file systems and keyboards change: accents and how they are coded, case, spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


_LABELS = {canonical(name): i for names in (FOLDERS, SHORT_NAMES) for i, name in enumerate(names)}


def label_of(name: str) -> int | None:
    """The label of a folder name or short name, however its accents are encoded; None if it is none of the
    17.
    """
    return _LABELS.get(canonical(name))
