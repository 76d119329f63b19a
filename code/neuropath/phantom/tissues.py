"""Every tissue of the phantom: proton density, T1, T2 at 1.5 T and 3 T, gadolinium uptake — and where from.

Sources (keys used below):
  oros    Oros-Peusquens et al. 2019, Front Neurol 10:1333, doi:10.3389/fneur.2019.01333: water content
          69.1 % (white), 83.7 % (grey).
  wright  Wright et al. 2008, MAGMA 21:121, doi:10.1007/s10334-008-0104-8: in-vivo T1, 646/838 ms white and
          1197/1607 ms grey at 1.5/3 T.
  stanisz Stanisz et al. 2005, Magn Reson Med 54:507, doi:10.1002/mrm.20605: T2 72/69 ms white, 95/99 ms grey.
  rooney  Rooney et al. 2007, Magn Reson Med 57:308, doi:10.1002/mrm.21122: T1 of CSF 4300 ms at every field.
  spij    Spijkerman et al. 2018, MAGMA 31:415, doi:10.1007/s10334-017-0659-3: T2 of CSF about 2030 ms at 3 T.
  gold    Gold et al. 2004, AJR 183:343, doi:10.2214/ajr.183.2.1830343: fat T2 165/133 ms.
  bazel   de Bazelaire et al. 2004, Radiology 230:652, doi:10.1148/radiol.2303021331: T1/T2 of fat 343/58 and
          382/68, of vertebral marrow 549/49 and 586/49, of muscle 856/27 and 898/29 ms (1.5 and 3 T).
  zhang   Zhang et al. 2013, Magn Reson Med 70:1082, doi:10.1002/mrm.24550: blood T1 1480/1650 ms.
  kino    Glioma relaxometry against PET and biopsies at 3 T: tumour cells at T1 1850–3200 ms, T2 115–225 ms
          (abstract; Neuro-Oncology supplement, "Comparison of magnetic resonance relaxometry and ADC ...").
  choice  a modelling choice: set so that the *order* of brightness is the one described for the entity — e.g.
          meningioma near grey matter (doi:10.1007/s13244-013-0302-4), neurocytoma near grey matter on T1 and
          bubbly on T2 (AJNR case collection), abscess wall dark on T2 and enhancing, smooth and thin
          (Chan & Siu 2021, doi:10.12809/hkjr2117070). Uptakes in mM are all choices.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tissue:
    """`t1`, `t2` in ms at (1.5 T, 3 T); `gadolinium` in mM on T1C+, where `pd_contrast` replaces PD."""

    name: str
    pd: float
    t1: tuple[float, float]
    t2: tuple[float, float]
    gadolinium: float
    source: str
    lesion: bool = False
    pd_contrast: float = 0.0


def _lesion(
    name: str, pd: float, t1: tuple[float, float], t2: tuple[float, float], mM: float, source: str
) -> Tissue:
    return Tissue(name, pd, t1, t2, mM, source, lesion=True)


TISSUES = (
    Tissue("air", 0.0, (1000, 1000), (50, 50), 0.0, "no protons"),
    Tissue("skin", 0.70, (900, 1000), (35, 32), 0.05, "choice, near muscle"),
    Tissue("fat", 0.90, (343, 382), (165, 133), 0.0, "T1 bazel, T2 gold; PD choice"),
    Tissue("muscle", 0.78, (856, 898), (27, 29), 0.08, "bazel; PD and uptake choice"),
    Tissue("bone", 0.08, (900, 1000), (10, 8), 0.0, "choice: cortical bone is dark"),
    Tissue("marrow", 0.70, (549, 586), (49, 49), 0.03, "bazel; PD choice"),
    Tissue("csf", 1.0, (4300, 4300), (2030, 2030), 0.0, "rooney; spij (3 T, taken for 1.5 T too)"),
    Tissue("grey", 0.837, (1197, 1607), (95, 99), 0.015, "oros, wright, stanisz; uptake choice"),
    Tissue("white", 0.691, (646, 838), (72, 69), 0.008, "oros, wright, stanisz; uptake choice"),
    Tissue("deep", 0.80, (950, 1250), (82, 74), 0.012, "choice: between white and grey; iron shortens T2"),
    Tissue("dura", 0.45, (800, 900), (30, 26), 0.30, "choice: fibrous, thin, enhances a little"),
    Tissue(
        "vessel", 0.06, (1480, 1650), (60, 45), 3.5, "T1 zhang; flow void and its refill choice", False, 0.75
    ),
    Tissue("choroid", 0.90, (1200, 1500), (150, 130), 0.8, "choice"),
    Tissue("mucosa", 0.88, (1200, 1400), (110, 100), 0.22, "choice"),
    Tissue("globe", 1.0, (3600, 3700), (900, 800), 0.0, "choice: vitreous, near CSF"),
    _lesion("glioma", 0.87, (1420, 1850), (145, 135), 0.05, "kino's lower edge; 1.5 T scaled by (1/2)^0.38"),
    _lesion("glioma rim", 0.86, (1300, 1700), (122, 115), 0.62, "choice within kino"),
    _lesion("necrosis", 0.96, (2300, 2700), (320, 280), 0.03, "choice: towards fluid"),
    _lesion("oedema", 0.88, (1250, 1600), (150, 135), 0.0, "choice: water added to white matter"),
    _lesion("blood product", 0.80, (420, 480), (60, 45), 0.0, "choice: subacute, short T1"),
    _lesion("calcium", 0.22, (900, 1000), (25, 18), 0.0, "choice: dark on all"),
    _lesion("meningioma", 0.84, (1090, 1450), (103, 96), 0.85, "choice, near grey matter"),
    _lesion("schwannoma", 0.88, (1300, 1700), (140, 128), 0.78, "choice, brighter on T2"),
    _lesion("neurocytoma", 0.85, (1120, 1480), (112, 104), 0.24, "choice, near grey matter"),
    _lesion("cyst", 1.0, (3500, 3700), (900, 800), 0.0, "choice, near CSF"),
    _lesion("colloid", 0.85, (450, 520), (70, 60), 0.0, "choice: protein shortens T1"),
    _lesion("pus", 0.93, (1750, 2050), (210, 190), 0.0, "choice: fluid thick with protein"),
    _lesion("abscess wall", 0.80, (780, 980), (60, 52), 1.2, "choice, after Chan & Siu 2021"),
    _lesion(
        "encephalopathy", 0.86, (1230, 1560), (160, 142), 0.02, "choice: swollen cortex and white matter"
    ),
)
INDEX = {t.name: i for i, t in enumerate(TISSUES)}
LESION_TISSUES = tuple(t.name for t in TISSUES if t.lesion)
