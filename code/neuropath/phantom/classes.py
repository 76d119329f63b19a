"""The 17 classes: short English names, the reference project's literal folder names, and how often each
occurs.

The order is the reference's: glioma, meningioma, normal, neurocytoma, other lesions, schwannoma, each as T1,
T1C+ and T2 (a normal brain has no T1C+). `project.classes` adds descriptions to these.
"""

from __future__ import annotations

from dataclasses import dataclass

SEQUENCES = ("T1", "T1C+", "T2")
PATHOLOGIES = ("glioma", "meningioma", "normal", "neurocytoma", "other", "schwannoma")
_FOLDERS = {
    "glioma": "Glioma (Astrocitoma, Ganglioglioma, Glioblastoma, Oligodendroglioma, Ependimoma)",
    "meningioma": "Meningioma (de Baixo Grau, Atípico, Anaplásico, Transicional)",
    "normal": "NORMAL",
    "neurocytoma": "Neurocitoma (Central - Intraventricular, Extraventricular)",
    "other": "Outros Tipos de Lesões (Abscessos, Cistos, Encefalopatias Diversas)",
    "schwannoma": "Schwannoma (Acustico, Vestibular - Trigeminal)",
}
_SHORT = {"other": "Other lesions"}
# Images of each class among the reference's 663 test images: the imbalance that the phantom repeats.
SUPPORTS = (65, 76, 52, 52, 94, 49, 41, 44, 25, 39, 17, 23, 7, 9, 23, 29, 18)


@dataclass(frozen=True)
class BrainClass:
    """One of the 17: its index is its label."""

    short: str
    folder: str
    pathology: str
    sequence: str
    support: int


def _classes() -> tuple[BrainClass, ...]:
    kinds = [(p, s) for p in PATHOLOGIES for s in SEQUENCES if (p, s) != ("normal", "T1C+")]
    return tuple(
        BrainClass(f"{_SHORT.get(p, p.capitalize())} {s}", f"{_FOLDERS[p]} {s}", p, s, n)
        for (p, s), n in zip(kinds, SUPPORTS, strict=True)
    )


CLASSES = _classes()
LABELS = {(c.pathology, c.sequence): label for label, c in enumerate(CLASSES)}
SHORT_NAMES = tuple(c.short for c in CLASSES)
FOLDER_NAMES = tuple(c.folder for c in CLASSES)
