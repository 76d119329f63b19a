"""The lesions: each is made once a patient and painted on each of the patient's slices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from ..head import Head
from .extraaxial import Meningioma, Schwannoma
from .glioma import Glioma
from .growth import Growth, Scene
from .others import Abscess, Cyst, Encephalopathy, Neurocytoma


class Lesion(Protocol):
    """What a patient has; `extent` is the levels imaged, `hydrocephalus` widens the ventricles."""

    growth: Growth
    extent: tuple[float, float]
    hydrocephalus: float

    def paint(self, scene: Scene) -> None: ...


_KINDS: dict[str, Callable[[np.random.Generator, str, int, Head], Lesion]] = {
    "glioma": Glioma,
    "meningioma": Meningioma,
    "schwannoma": Schwannoma,
    "neurocytoma": Neurocytoma,
    "abscess": Abscess,
    "encephalopathy": Encephalopathy,
}


def make(pathology: str, subtype: str, side: int, head: Head, *, rng: np.random.Generator) -> Lesion | None:
    """The lesion of a patient, or None for a normal brain."""
    if pathology == "normal":
        return None
    return _KINDS.get(pathology if pathology != "other" else subtype, Cyst)(rng, subtype, side, head)


__all__ = ["Growth", "Lesion", "Scene", "make"]
