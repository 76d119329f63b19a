"""Gliomas, in the reference's five kinds. Appearance after the usual radiological descriptions; sizes are
choices.

Glioblastoma: thick irregular enhancing rim around necrosis, oedema, mass effect. Astrocytoma: long T1 and
T2, vague border, little or no enhancement. Oligodendroglioma: in the cortex, patchy, with calcium.
Ependymoma: in the fourth ventricle (here), mixed. Ganglioglioma: a cyst with an enhancing nodule, in the
temporal lobe of the young.
"""

from __future__ import annotations

import numpy as np

from ..canvas import Array, Window
from ..head import Head
from .growth import Growth, Scene, swell


class Glioma:
    """One patient's glioma; `extent` is (lowest, highest) level at which it may be imaged."""

    def __init__(self, rng: np.random.Generator, subtype: str, side: int, head: Head):
        self.kind = subtype
        self.style = (
            str(rng.choice(("ring", "ring", "ring", "patchy", "patchy"))) if subtype == "glioblastoma" else ""
        )
        self.rim, self.vague = rng.uniform(0.16, 0.36), rng.uniform(0.5, 1.0)
        self.faint, self.bleeding = rng.uniform(0.0, 0.5), rng.random() < 0.2
        self.oedema = rng.uniform(0.05, 0.20) if subtype == "glioblastoma" else rng.uniform(0, 0.05)
        radius = rng.uniform(*_RADII[subtype])
        centre = _PLACES[subtype](rng, side, head)
        lumps = {"glioblastoma": 0.17, "ganglioglioma": 0.07}.get(subtype, 0.18)
        self.growth = Growth(rng, centre, radius, lumps=lumps, stretch=0.22)
        self.nodule = rng.uniform(0, 2 * np.pi), rng.uniform(0.28, 0.42)
        self.extent = (-0.05, 0.10) if subtype == "ependymoma" else (0.14, 0.80)
        self.hydrocephalus = 1.35 if subtype == "ependymoma" else 1.0

    def paint(self, scene: Scene) -> None:
        self.growth.push(scene)
        if self.oedema > 0.02:
            swell(scene, self.growth, self.oedema)
        {"glioblastoma": self._glioblastoma, "ganglioglioma": self._ganglioglioma}.get(self.kind, self._low)(
            scene
        )

    def _within(self, scene: Scene, window: Window) -> Array:
        return np.clip(scene.depth[window] * np.float32(60) - np.float32(0.6), 0, 1)

    def _glioblastoma(self, scene: Scene) -> None:
        g, frame = self.growth, scene.frame
        d, w = g.distance(scene)
        _, _, r = g.section(scene.z)
        keep = self._within(scene, w)
        coarse, fine = frame.field(g.coarse, scene.z, w), frame.field(g.fine, scene.z, w)
        d += (0.075 * coarse + 0.03 * fine) * np.float32(r)
        whole = frame.soft(d * np.float32(0.45)) * keep
        scene.add(whole, "glioma", w)
        if self.style == "ring":
            thick = np.float32(self.rim * r) * np.clip(1 + 0.55 * coarse + 0.20 * fine, 0.18, 2.2)
            rim = np.clip(1.05 + 0.22 * fine + 0.2 * coarse, 0.35, 1)
            scene.mix(frame.soft(d * np.float32(0.45)) * rim * keep, "glioma rim", w)
            core = frame.soft((d - thick) * np.float32(0.5)) * keep
            scene.mix(core, "necrosis", w)
            scene.mix(core * np.clip(fine * 0.30 + coarse * 0.25, 0, 0.6), "glioma", w)
        else:
            patches = np.clip((coarse + 0.7 * fine - np.float32(0.1)) * 0.8, 0, 1)
            scene.mix(patches * whole, "glioma rim", w)
            scene.mix(np.clip(-coarse - 0.9, 0, 1) * whole, "necrosis", w)
        if self.bleeding:
            scene.mix(np.clip(fine + coarse - np.float32(2.2), 0, 0.6) * whole, "blood product", w)
        scene.mix(np.clip(-fine - np.float32(2.0), 0, 0.7) * whole, "vessel", w)

    def _low(self, scene: Scene) -> None:
        g, frame = self.growth, scene.frame
        d, w = g.distance(scene)
        keep = self._within(scene, w)
        coarse, fine = frame.field(g.coarse, scene.z, w), frame.field(g.fine, scene.z, w)
        edge = 0.020 + 0.060 * self.vague
        whole = np.clip(d * np.float32(1 / edge) + np.float32(0.5), 0, 1) * keep * np.float32(0.94)
        scene.add(whole, "glioma", w)
        scene.mix(whole * np.clip(0.12 * fine + 0.20 * coarse - 0.05, 0, 0.5), "necrosis", w)
        scene.mix(whole * np.clip(-0.10 * fine - 0.12 * coarse, 0, 0.35), "grey", w)
        if self.kind != "astrocytoma":
            scene.mix(whole * np.clip((coarse + 0.5 * fine - 0.4) * self.faint * 2, 0, 0.8), "glioma rim", w)
            scene.mix(whole * np.clip((fine - np.float32(1.55)) * 2, 0, 0.85), "calcium", w)
        if self.kind == "ependymoma":
            scene.mix(whole * np.clip((-coarse - 0.7) * 2, 0, 0.9), "necrosis", w)

    def _ganglioglioma(self, scene: Scene) -> None:
        g, frame = self.growth, scene.frame
        d, w = g.distance(scene)
        keep = self._within(scene, w)
        u, v, r = g.section(scene.z)
        angle, size = self.nodule
        at = u + 0.6 * r * np.cos(angle), v + 0.6 * r * np.sin(angle)
        scene.add(frame.soft(d) * keep, "necrosis", w)
        scene.mix(frame.soft(np.minimum(d, np.float32(0.014) - d)) * keep * np.float32(0.6), "glioma", w)
        x, y = frame.U[w] - np.float32(at[0]), frame.V[w] - np.float32(at[1])
        lump = frame.soft(np.float32(size * r) - np.hypot(x, y)) * keep
        scene.add(lump, "glioma rim", w)
        scene.mix(lump * np.clip(frame.field(g.fine, scene.z, w) * 0.35, 0, 0.6), "glioma", w)


def _hemisphere(rng: np.random.Generator, side: int, head: Head) -> tuple[float, float, float]:
    z = rng.uniform(0.24, 0.66)
    angle, share = rng.uniform(-1.15, 1.15), rng.uniform(0.32, 0.62)
    a, b = head.half * head.scale(z) * 0.84
    return side * max(0.14, share * a * np.cos(angle) * 1.1), share * b * np.sin(angle) * 1.15, z


def _cortical(rng: np.random.Generator, side: int, head: Head) -> tuple[float, float, float]:
    z = rng.uniform(0.30, 0.66)
    angle = rng.choice((-0.5, 0.9)) + rng.normal(0, 0.25)
    a, b = head.half * head.scale(z) * 0.60
    return side * max(0.16, a * np.cos(angle)), b * np.sin(angle), z


def _temporal(rng: np.random.Generator, side: int, head: Head) -> tuple[float, float, float]:
    return side * rng.uniform(0.33, 0.41), rng.uniform(-0.05, 0.12), rng.uniform(0.16, 0.26)


def _fourth(rng: np.random.Generator, side: int, head: Head) -> tuple[float, float, float]:
    return rng.normal(0, 0.03), rng.uniform(-0.36, -0.30), rng.uniform(0.0, 0.06)


_RADII = {
    "glioblastoma": (0.17, 0.34),
    "astrocytoma": (0.15, 0.30),
    "oligodendroglioma": (0.14, 0.27),
    "ependymoma": (0.12, 0.19),
    "ganglioglioma": (0.11, 0.18),
}
_PLACES = {
    "glioblastoma": _hemisphere,
    "astrocytoma": _hemisphere,
    "oligodendroglioma": _cortical,
    "ependymoma": _fourth,
    "ganglioglioma": _temporal,
}
