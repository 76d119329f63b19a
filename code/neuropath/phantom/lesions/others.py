"""Neurocytoma, and the reference's "other lesions": abscess, cysts, encephalopathy. Choices after the
descriptions.

Neurocytoma: at the foramen of Monro, bubbly on T2, moderate uneven enhancement, wide ventricles (AJNR case
collection). Abscess: smooth thin wall, dark on T2 and strongly enhancing, oedema (doi:10.12809/hkjr2117070).
Cysts follow fluid and do not enhance. Encephalopathy: on both sides, no mass.
"""

from __future__ import annotations

import numpy as np

from ..canvas import Waves
from ..head import Head
from ..tissues import INDEX
from .glioma import _hemisphere
from .growth import Growth, Scene, swell


class Neurocytoma:
    """One patient's neurocytoma."""

    def __init__(self, rng: np.random.Generator, subtype: str, side: int, head: Head):
        radius = rng.uniform(0.14, 0.27)
        centre = (side * rng.uniform(0.01, 0.09), rng.uniform(0.06, 0.22), rng.uniform(0.38, 0.46))
        if subtype == "extraventricular":
            centre = _hemisphere(rng, side, head)
        self.growth = Growth(rng, centre, radius, lumps=0.12, stretch=0.25)
        self.bubbles = Waves(rng, n=22, k=rng.uniform(36, 50), kz=25.0, spread=0.15)
        self.level, self.calcified = rng.uniform(0.25, 0.8), rng.random() < 0.5
        self.extent = (0.24, 0.62)
        self.hydrocephalus = rng.uniform(1.35, 2.1) if subtype == "central" else 1.0

    def paint(self, scene: Scene) -> None:
        g, frame = self.growth, scene.frame
        g.push(scene, share=0.55)
        d, w = g.distance(scene)
        keep = np.clip(scene.depth[w] * 60 - np.float32(1), 0, 1)
        whole = frame.soft(d) * keep
        scene.add(whole, "neurocytoma", w)
        bubbles, fine = frame.field(self.bubbles, scene.z, w), frame.field(g.fine, scene.z, w)
        coarse = frame.field(g.coarse, scene.z, w)
        scene.mix(whole * np.clip(0.3 * coarse + 0.2 * fine, 0, 0.7), "glioma", w)
        holes = np.clip((bubbles - np.float32(self.level) - 0.25 * coarse) * np.float32(3.5), 0, 1)
        scene.mix(whole * holes * np.clip(d * 40, 0, 1), "cyst", w)
        scene.mix(whole * np.clip((-bubbles - 1.6) * 2, 0, 0.8), "vessel", w)
        if self.calcified:
            scene.mix(whole * np.clip((fine - 1.5) * 2, 0, 0.8), "calcium", w)


class Abscess:
    """A ring thinner, smoother and more even than a glioblastoma's, with pus in it; sometimes a daughter."""

    def __init__(self, rng: np.random.Generator, subtype: str, side: int, head: Head):
        self.growth = Growth(
            rng, _hemisphere(rng, side, head), rng.uniform(0.12, 0.23), lumps=0.035, stretch=0.15
        )
        self.growth.mass = rng.uniform(0.4, 0.7)
        self.wall, self.oedema = rng.uniform(0.015, 0.024), rng.uniform(0.12, 0.24)
        self.daughter = rng.uniform(0, 2 * np.pi) if rng.random() < 0.5 else None
        self.extent, self.hydrocephalus = (0.14, 0.80), 1.0

    def paint(self, scene: Scene) -> None:
        g, frame = self.growth, scene.frame
        g.push(scene)
        swell(scene, g, self.oedema)
        d, w = g.distance(scene, 2.0)
        if self.daughter is not None:
            u, v, r = g.section(scene.z)
            x = frame.U[w] - np.float32(u + 1.1 * r * np.cos(self.daughter))
            y = frame.V[w] - np.float32(v + 1.1 * r * np.sin(self.daughter))
            d = np.maximum(d, np.float32(0.42 * r) - np.hypot(x, y))
        keep = np.clip(scene.depth[w] * 60 - np.float32(0.5), 0, 1)
        scene.add(frame.soft(d) * keep, "abscess wall", w)
        core = frame.soft(d - np.float32(self.wall)) * keep
        scene.mix(core, "pus", w)
        scene.mix(core * np.clip(frame.field(g.coarse, scene.z, w) * 0.15, 0, 0.3), "necrosis", w)


class Cyst:
    """Arachnoid (outside the brain), colloid (foramen of Monro, bright on T1) or within the brain."""

    def __init__(self, rng: np.random.Generator, subtype: str, side: int, head: Head):
        self.kind = subtype
        radius, centre, self.extent = rng.uniform(0.12, 0.26), _hemisphere(rng, side, head), (0.14, 0.80)
        self.hydrocephalus = 1.0
        if subtype == "colloid cyst":
            radius, centre, self.extent = rng.uniform(0.055, 0.095), (0.0, 0.13, 0.38), (0.33, 0.43)
            self.hydrocephalus = rng.uniform(1.3, 1.9)
        elif subtype == "arachnoid cyst":
            if rng.random() < 0.6:  # the middle fossa is the commonest place
                centre, self.extent = (side * 0.46, 0.24, rng.uniform(0.16, 0.22)), (0.13, 0.34)
            else:
                z = rng.uniform(0.4, 0.68)
                a, b = head.half * head.scale(z) * 0.72
                angle = rng.uniform(-0.9, 1.0)
                centre = (side * a * np.cos(angle), b * np.sin(angle), z)
        self.growth = Growth(rng, centre, radius, lumps=0.05, stretch=0.3)

    def paint(self, scene: Scene) -> None:
        g, frame = self.growth, scene.frame
        g.push(scene, share=0.85 if self.kind != "cyst" else 0.6, span=0.9)
        d, w = g.distance(scene, 1.8)
        keep = frame.soft(scene.depth[w] - np.float32(0.003))
        whole = frame.soft(d) * keep
        scene.add(whole, "colloid" if self.kind == "colloid cyst" else "cyst", w)
        if self.kind == "cyst":
            scene.mix(frame.soft(np.minimum(d, np.float32(0.012) - d)) * keep * np.float32(0.5), "grey", w)


class Encephalopathy:
    """Swelling without a mass, on both sides: posterior (as in PRES), deep grey, or periventricular."""

    def __init__(self, rng: np.random.Generator, subtype: str, side: int, head: Head):
        self.pattern = str(rng.choice(("posterior", "deep", "periventricular"), p=(0.45, 0.25, 0.30)))
        self.patches = Waves(rng, n=16, k=rng.uniform(8, 13))
        self.level, self.uneven = (
            rng.uniform(-0.5, 0.3),
            side * rng.uniform(0.6, 1.0),
        )  # the weaker side's share
        middle = rng.uniform(0.30, 0.36) if self.pattern == "deep" else rng.uniform(0.40, 0.56)
        self.growth = Growth(rng, (0, 0, middle), 0.20)
        self.extent = (0.24, 0.40) if self.pattern == "deep" else (0.28, 0.66)
        self.hydrocephalus = 0.8 if self.pattern != "periventricular" else 1.15

    def paint(self, scene: Scene) -> None:
        frame, lab = scene.frame, scene.canvas.lab
        U, V = np.abs(frame.U), frame.V
        tissue = np.isin(lab, [INDEX["white"], INDEX["grey"], INDEX["deep"]]).astype(np.float32)
        f = frame.field(self.patches, scene.z)
        if self.pattern == "posterior":
            place = np.clip((np.float32(-0.18) - V) * 5, 0, 1) * np.clip((U - np.float32(0.05)) * 12, 0, 1)
            weight = np.clip((f - np.float32(self.level) + 0.5) * 1.6, 0, 1) * place
        elif self.pattern == "periventricular":
            ring = np.abs(
                np.hypot((U - np.float32(0.05)) * np.float32(1.9), V * np.float32(0.85)) - np.float32(0.26)
            )
            tissue = (lab == INDEX["white"]).astype(np.float32)
            weight = np.clip((np.float32(0.11) - ring + np.float32(0.035) * f) * 18, 0, 1)
        else:
            putamen = np.hypot(
                (U - np.float32(0.245)) * np.float32(16), (V - np.float32(0.08)) * np.float32(6.6)
            )
            thalamus = np.hypot(
                (U - np.float32(0.095)) * np.float32(13), (V + np.float32(0.085)) * np.float32(8)
            )
            weight = np.clip((1.15 - np.minimum(putamen, thalamus) + 0.12 * f) * 4, 0, 1)
        window = (slice(None), slice(None))
        weight = weight * np.where(frame.U * self.uneven > 0, 1, abs(self.uneven))
        scene.add((weight * tissue * np.float32(0.9)).astype(np.float32), "encephalopathy", window)
