"""Spin-echo contrast: what signal a tissue gives at a site's field, TR and TE, with and without gadolinium.

S = PD (1 − e^(−TR/T1)) e^(−TE/T2), the spin echo after full crushing, TE ≪ TR (Bernstein, King & Zhou,
*Handbook of MRI Pulse Sequences*, 2004). An agent at C mM shortens T1: 1/T1' = 1/T1 + r1·C; its effect on T2
is left out (at TE ≤ 16 ms and C < 1 mM it is a few per cent). Where each number comes from stands in
`tissues.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .tissues import INDEX, TISSUES

# Relaxivity of gadopentetate in plasma at 37 °C, 1/(mM s), by field in tesla.
# Rohrer et al. 2005, Invest Radiol 40:715, doi:10.1097/01.rli.0000184756.66360.d3
RELAXIVITY = {1.5: 4.1, 3.0: 3.7}


@dataclass(frozen=True)
class Site:
    """One hospital's scanner. All numbers but the two field strengths are modelling choices.

    TR/TE in ms; `noise` is the standard deviation of each channel over the white matter's T1 signal; `bias`
    the log-amplitude of the receive field; `psf` the point spread in pixels of a 224-pixel image.
    """

    name: str
    field: float
    t1: tuple[float, float]
    t2: tuple[float, float]
    noise: float
    bias: float
    psf: float
    gamma: float
    fat_sat: float  # share of T1C+ images with fat suppression
    motion: float  # share of images with visible motion


# C is the shift that the course measures: an old scanner, noisy, blurred and shaded, with patients who move.
SITES = {
    "A": Site("A", 1.5, (500, 12), (4200, 100), 0.060, 0.12, 0.70, 1.00, 0.15, 0.10),
    "B": Site("B", 3.0, (650, 10), (5200, 85), 0.040, 0.28, 0.60, 1.00, 0.50, 0.07),
    "C": Site("C", 1.5, (420, 16), (3200, 115), 0.240, 0.30, 1.20, 0.75, 0.05, 0.35),
}


def spin_echo(pd: ArrayLike, t1: ArrayLike, t2: ArrayLike, *, tr: float, te: float) -> NDArray[np.float64]:
    """Signal of a spin echo; times in ms. Broadcasts. Raises ValueError for times that are not positive."""
    pd, t1, t2 = (np.asarray(a, float) for a in (pd, t1, t2))
    if min(t1.min(), t2.min(), tr, te) <= 0:
        raise ValueError(
            f"spin_echo expects positive times in ms, received T1 {t1}, T2 {t2}, TR {tr}, TE {te}."
        )
    return pd * (1 - np.exp(-tr / t1)) * np.exp(-te / t2)


def with_gadolinium(t1: ArrayLike, concentration: ArrayLike, *, field: float) -> NDArray[np.float64]:
    """T1 in ms after `concentration` mM of the agent, at `field` tesla (1.5 or 3)."""
    rate = 1 / np.asarray(t1, float) + RELAXIVITY[field] * np.asarray(concentration, float) / 1000
    return 1 / rate


def relaxation(site: Site, scales: Mapping[str, tuple[float, float]]) -> NDArray[np.float64]:
    """(tissues, 3): PD, T1, T2 at the site's field; `scales` maps a tissue to factors on its T1 and T2."""
    i = 0 if site.field < 2 else 1
    table = np.array([(t.pd, t.t1[i], t.t2[i]) for t in TISSUES])
    for name, (f1, f2) in scales.items():
        table[INDEX[name], 1:] *= (f1, f2)
    return table


def signals(
    site: Site,
    sequence: str,
    *,
    scales: Mapping[str, tuple[float, float]] | None = None,
    uptake: float = 1.0,
    fat_sat: bool = False,
) -> NDArray[np.float64]:
    """(tissues,) the signal of every tissue, in the order of TISSUES.

    `scales` varies lesions, `uptake` multiplies the gadolinium in them, `fat_sat` leaves an eighth of the
    fat. Raises ValueError for an unknown sequence.
    """
    if sequence not in ("T1", "T1C+", "T2"):
        raise ValueError(f"signals expects a sequence 'T1', 'T1C+' or 'T2', received {sequence!r}.")
    pd, t1, t2 = relaxation(site, scales or {}).T
    if sequence == "T1C+":
        dose = np.array([t.gadolinium * (uptake if t.lesion else 1.0) for t in TISSUES])
        t1 = with_gadolinium(t1, dose, field=site.field)
        pd = np.array([t.pd_contrast or p for t, p in zip(TISSUES, pd, strict=True)])
    if fat_sat:
        pd = pd * np.array(
            [0.12 if t.name == "fat" else 0.45 if t.name == "marrow" else 1.0 for t in TISSUES]
        )
    tr, te = site.t2 if sequence == "T2" else site.t1
    return spin_echo(pd, t1, t2, tr=tr, te=te)
