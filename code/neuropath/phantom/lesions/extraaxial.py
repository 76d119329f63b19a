"""Tumours outside the brain's substance: meningioma and schwannoma. Positions and shares are modelling
choices.

Meningioma: broad base on the dura, near grey matter on T1 and T2, even enhancement, dural tail, a cleft of
fluid against the brain (doi:10.1007/s13244-013-0302-4). Schwannoma: at the cerebellopontine angle with a
cone into the auditory canal, brighter on T2, cysts when large. A fifth of the meningiomas sit at the same
angle: a deliberate confuser, as in the clinic.
"""

from __future__ import annotations

import numpy as np

from ..canvas import distance_to_segment
from ..fossa import FUNDUS, PORUS
from ..head import Head
from .growth import Growth, Scene, swell


class Meningioma:
    """One patient's meningioma."""

    def __init__(self, rng: np.random.Generator, subtype: str, side: int, head: Head):
        self.kind, self.side = subtype, side
        low, high = (0.12, 0.21) if subtype == "cerebellopontine" else (0.14, 0.30)
        self.growth = Growth(
            rng, _place(rng, subtype, side, head), rng.uniform(low, high), lumps=0.085, stretch=0.3
        )
        self.tail, self.cleft = rng.random() < 0.75, rng.uniform(0.3, 0.9)
        self.oedema = rng.uniform(0.05, 0.17) if rng.random() < 0.45 else 0.0
        self.calcified, self.texture = rng.random() < 0.2, rng.uniform(0.2, 0.6)
        self.necrotic = rng.random() < 0.12  # an atypical one may be uneven
        self.extent = {
            "cerebellopontine": (-0.06, 0.10),
            "sphenoid wing": (0.14, 0.40),
            "falx": (0.52, 0.84),
        }.get(subtype, (0.14, 0.84))
        self.hydrocephalus = 1.0

    def paint(self, scene: Scene) -> None:
        g, frame = self.growth, scene.frame
        g.push(scene, share=0.9, span=1.0)
        if self.oedema:
            swell(scene, g, self.oedema)
        d, w = g.distance(scene, 1.9)
        inside = frame.soft(scene.depth[w] - np.float32(0.004))
        if self.kind == "falx":
            d = np.minimum(d, (frame.U[w] * np.float32(self.side)) + np.float32(0.02))
        rim = np.float32(0.013)
        fine, coarse = frame.field(g.fine, scene.z, w), frame.field(g.coarse, scene.z, w)
        d = d + np.float32(0.004) * fine
        cleft = np.clip(np.float32(self.cleft) + 0.5 * coarse, 0, 1)
        scene.canvas.paint(frame.soft(d + rim * cleft) * inside * cleft, "csf", w)
        whole = frame.soft(d * np.float32(0.8)) * inside
        scene.add(whole, "meningioma", w)
        scene.mix(
            whole * np.clip(fine * 0.22 + coarse * 0.12, 0, 1) * np.float32(self.texture), "schwannoma", w
        )
        scene.mix(whole * np.clip(-fine * 0.18, 0, 0.5) * np.float32(self.texture), "grey", w)
        if self.necrotic:
            scene.mix(whole * np.clip((coarse - 0.9) * 2, 0, 0.9), "necrosis", w)
        if self.calcified:
            scene.mix(whole * np.clip((fine - 1.2) * 1.6, 0, 0.8), "calcium", w)
        if self.tail:
            self._tail(scene, w, d)

    def _tail(self, scene: Scene, w, d) -> None:
        """Enhancing dura that thins out along the skull (or falx) on both sides of the base."""
        _, _, r = self.growth.section(scene.z)
        along = scene.depth[w] if self.kind != "falx" else np.abs(scene.frame.U[w]) + np.float32(0.002)
        thick = np.float32(0.020) * np.clip(1 + d / np.float32(0.75 * r), 0, 1)
        line = scene.frame.soft(np.minimum(thick - along, along + np.float32(0.006))) * (thick > 0.002)
        scene.mix(line * scene.frame.soft(scene.depth[w] + np.float32(0.006)), "meningioma", w)


def _place(rng: np.random.Generator, kind: str, side: int, head: Head) -> tuple[float, float, float]:
    if kind == "cerebellopontine":
        return side * rng.uniform(0.25, 0.32), rng.uniform(-0.26, -0.20), rng.uniform(-0.01, 0.05)
    if kind == "sphenoid wing":
        return side * rng.uniform(0.33, 0.44), rng.uniform(0.26, 0.36), rng.uniform(0.18, 0.26)
    z = rng.uniform(0.34, 0.72)
    a, b = head.half * head.scale(z) * rng.uniform(0.64, 0.76)
    if kind == "falx":
        return side * rng.uniform(0.07, 0.13), b * rng.choice((-0.72, 0.55, 0.75)), max(z, 0.60)
    angle = rng.uniform(-1.1, 1.15)
    return side * a * np.cos(angle), b * np.sin(angle), z


class Schwannoma:
    """One patient's schwannoma: vestibular with its cone, or trigeminal at the tip of the petrous bone."""

    def __init__(self, rng: np.random.Generator, subtype: str, side: int, head: Head):
        self.kind, self.side = subtype, side
        radius = rng.uniform(0.075, 0.20)
        if subtype == "trigeminal":
            radius = rng.uniform(0.08, 0.15)
            centre = (side * (0.14 + 0.35 * radius), -0.10 - 0.3 * radius, rng.uniform(0.02, 0.06))
        else:
            centre = (side * (PORUS[0] - 0.25 * radius), PORUS[1] - 0.75 * radius, rng.uniform(-0.01, 0.05))
        self.growth = Growth(rng, centre, radius, lumps=0.06, stretch=0.2)
        self.cystic = rng.uniform(0.2, 1.1) if radius > 0.12 and rng.random() < 0.55 else 3.0
        self.texture = rng.uniform(0.4, 0.9)
        self.extent = (-0.06, 0.105)
        self.hydrocephalus = 1.0 + (0.3 if radius > 0.17 else 0.0)

    def paint(self, scene: Scene) -> None:
        g, frame = self.growth, scene.frame
        g.push(scene, share=0.95, span=1.0)
        d, w = g.distance(scene, 2.2, grow=0.06)
        cone = self._cone(scene, w)
        d = np.minimum(d, scene.depth[w] + np.float32(0.035))
        scene.canvas.paint(frame.soft(d + np.float32(0.011)) * np.float32(0.6), "csf", w)
        whole = np.maximum(frame.soft(d), cone)
        scene.add(whole, "schwannoma", w)
        fine, coarse = frame.field(g.fine, scene.z, w), frame.field(g.coarse, scene.z, w)
        scene.mix(
            whole * np.clip(0.30 * fine + 0.2 * coarse, 0, 0.8) * np.float32(self.texture), "necrosis", w
        )
        scene.mix(whole * np.clip(-0.30 * fine, 0, 0.7) * np.float32(self.texture), "meningioma", w)
        _, _, r = g.section(scene.z)
        inner = np.clip((d - np.float32(0.12 * r)) * 60, 0, 1)
        scene.mix(inner * np.clip((coarse - np.float32(self.cystic)) * 4, 0, 1), "cyst", w)

    def _cone(self, scene: Scene, w) -> np.ndarray:
        """The part in the canal, tapering towards its end; seen only near the canal's own level."""
        near = float(np.clip(1.4 - abs(scene.z - self.growth.centre[2]) / 0.05, 0, 1))
        if self.kind == "trigeminal":
            p, q = (self.side * 0.16, -0.09), (self.side * 0.19, 0.03)
        else:
            p, q = ((self.side * a, b) for a, b in (PORUS, FUNDUS))
        d = distance_to_segment(scene.frame.U[w], scene.frame.V[w], p, q)
        along = np.hypot(scene.frame.U[w] - np.float32(p[0]), scene.frame.V[w] - np.float32(p[1]))
        width = np.float32(0.042) - np.float32(0.13) * along
        return scene.frame.soft(np.maximum(width, np.float32(0.014)) - d) * np.float32(near)
