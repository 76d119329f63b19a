"""The head of one patient: outline, scalp, skull and the folded cortex at any level z.

Level z runs from the pons (0) over the basal ganglia (.3) and the bodies of the ventricles (.5) to the
vertex (.9); one unit is about 11 cm. Every measure here is a modelling choice, fitted by eye to axial slices.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .canvas import ANGLE, COS, SIN, Array, Canvas, Frame, Waves, distance_to_segment
from .tissues import INDEX

BASE = 0.12  # below: posterior fossa, orbits and skull base; above: the cerebral hemispheres


def bell(z: float, centre: float, width: float) -> float:
    """1 at the centre, 0 beyond `width` from it, smooth."""
    return float(max(0.0, 1 - ((z - centre) / width) ** 2))


class Head:
    """Shape parameters of one patient; `elderly` in [0, 1] widens the spaces filled with fluid."""

    def __init__(self, rng: np.random.Generator, *, elderly: float, female: bool):
        self.elderly = elderly
        self.half = np.array([rng.uniform(0.66, 0.715), rng.uniform(0.82, 0.875)]) * (0.97 if female else 1.0)
        self.narrow, self.power = rng.uniform(0.05, 0.14), rng.uniform(2.0, 2.35)
        self.lumps = rng.normal(0, 1, (2, 4)) * np.array([0.006, 0.004, 0.003, 0.002])
        self.fat, self.bone = rng.uniform(0.017, 0.042), rng.uniform(0.052, 0.072)
        self.space = rng.uniform(0.010, 0.018) + 0.014 * elderly
        self.sulcus = rng.uniform(0.0055, 0.0085) + 0.006 * elderly
        self.ribbon = rng.uniform(0.036, 0.043) - 0.004 * elderly
        self.depth = rng.uniform(0.20, 0.27)
        self.folds = Waves(rng, n=34, k=rng.uniform(19, 23), kz=9.0, spread=0.2)
        self.warp = Waves(rng, n=8, k=2.6), Waves(rng, n=8, k=2.6)
        self.warp_size = rng.uniform(0.010, 0.022)
        self.wobble = Waves(rng, n=5, k=6.0)
        self.radial = rng.normal(0, 1, (2, 14)), rng.integers(9, 24, 14), rng.normal(0, 5, 14)
        self.tilt = rng.normal(0, 0.015)
        self.veins = rng.uniform(-np.pi, np.pi, 18), rng.uniform(0.005, 0.009, 18), rng.normal(0, 1.2, 18)
        self._rings: tuple[float, tuple[Array, Array], list[tuple[str, Array]]] | None = None

    def scale(self, z: float) -> float:
        """Size of the head at this level: an ellipsoid, widest a little below the middle."""
        return float(np.sqrt(max(0.05, 1 - ((z - 0.36) / 0.84) ** 2)))

    def outline(self, z: float) -> tuple[Array, Array]:
        """Radius of the skin over the angle, and the factor that turns radial into perpendicular distance."""
        c, s = np.abs(np.cos(ANGLE)), np.sin(ANGLE)
        a, b = self.half * self.scale(z)
        a = a * (1 - self.narrow * np.clip(s, 0, 1) ** 2 * min(1.2, 0.3 + 6 * max(z, 0)))
        r = ((c / a) ** self.power + (np.abs(s) / b) ** self.power) ** (-1 / self.power)
        r = r * (1 + self.lumps[0] @ COS[1:5] + self.lumps[1] @ SIN[1:5])
        if z < 0.09:  # the bridge of the nose
            r = r + 0.07 * np.clip((0.09 - z) / 0.1, 0, 1) * np.exp(-(((ANGLE - np.pi / 2) / 0.13) ** 2))
        slope = np.gradient(r, ANGLE[1] - ANGLE[0]) / r
        return r.astype(np.float32), (1 / np.sqrt(1 + slope**2)).astype(np.float32)

    def rings(self, z: float) -> tuple[tuple[Array, Array], list[tuple[str, Array]]]:
        """`outline` and `layers` at this level, kept until another level is asked for."""
        if self._rings is None or self._rings[0] != z:
            self._rings = z, self.outline(z), self.layers(z)
        return self._rings[1:]

    def layers(self, z: float) -> list[tuple[str, Array]]:
        """(tissue, depth under the skin at which it begins) from the outside in, over the angle."""
        side = np.exp(-(((np.abs(np.cos(ANGLE)) - 0.95) / 0.28) ** 2)) * np.clip(
            (np.sin(ANGLE) + 0.55) * 3, 0, 1
        )
        muscle = 0.045 * side * np.clip((0.48 - z) / 0.2, 0, 1)
        neck = 0.05 * np.clip((0.14 - z) / 0.12, 0, 1) * np.exp(-(((ANGLE + np.pi / 2) / 0.7) ** 2))
        fat = self.fat * (
            0.8 + 0.45 * np.clip(-np.sin(ANGLE), 0, 1) ** 2 + 0.12 * np.cos(5 * ANGLE + self.tilt * 99)
        )
        bone = self.bone * (1 + 0.18 * np.cos(2 * ANGLE + 0.4)) * (1 - 0.35 * side)
        depth, result = 0 * ANGLE, []
        table = (("skin", 0.011), ("fat", fat), ("muscle", 0.006 + muscle + neck), ("bone", 0.3 * bone))
        for tissue, thickness in (*table, ("marrow", 0.42 * bone), ("bone", 0.28 * bone)):
            result.append((tissue, depth.astype(np.float32)))
            depth = depth + thickness
        return [*result, ("csf", depth.astype(np.float32))]


def paint_shells(canvas: Canvas, head: Head, z: float) -> Array:
    """Paint scalp and skull; return the depth under the inner table (positive inside the skull)."""
    frame = canvas.frame
    (radius, upright), layers = head.rings(z)
    depth = (radius[frame.angle] - frame.r) * upright[frame.angle]
    before, inner = np.float32(0), depth
    for tissue, begins in layers:
        inner = depth - begins[frame.angle]
        signal = canvas.signal[INDEX[tissue]]
        canvas.img += (signal - before) * frame.soft(inner)
        canvas.lab[inner > 0] = INDEX[tissue]
        before = signal
    return inner


def fold_field(frame: Frame, head: Head, z: float, depth: Array) -> Array:
    """Distance to the nearest sulcus: zero lines of a random field, running inwards from the surface."""
    phase, order, drift = head.radial
    c, s = np.cos(drift * z), np.sin(drift * z)  # the pattern turns slowly from slice to slice
    waves = (phase[0] * c + phase[1] * s) @ COS[order] + (phase[1] * c - phase[0] * s) @ SIN[order]
    radial = (waves / np.sqrt(len(order))).astype(np.float32)[frame.angle]
    f = frame.field(head.folds, z) * np.float32(0.85)
    f += radial * np.float32(1 if z > BASE else 0.3) * np.clip(1 - depth * np.float32(1 / 0.30), 0, 1)
    gy, gx = np.gradient(f, np.float32(frame.pixel))
    steep = np.sqrt(gx * gx + gy * gy)
    steep += np.float32(6)
    return np.abs(f) / steep


def _sylvian(frame: Frame, head: Head, z: float, distance: Array) -> None:
    """Lay the Sylvian fissure and the insula into `distance` (in place), and keep other sulci out."""
    open_ = bell(z, 0.27, 0.16)
    if not open_:
        return
    a, gape = 0.62 * head.scale(z), np.float32((0.002 + 0.005 * open_ + 0.008 * head.elderly) * open_**0.5)
    for side in (-1, 1):
        window = frame.window(side * 0.45, 0.05, 0.30)
        U, V = frame.U[window], frame.V[window]
        insula = [(0.405, 0.175), (0.440, 0.135), (0.455, 0.06), (0.446, -0.02), (0.415, -0.075)]
        lines = [
            *pairwise(insula),
            ((a, 0.0), (0.53, 0.055)),
            ((0.53, 0.055), (0.455, 0.07)),
        ]
        d = np.full(U.shape, np.float32(9))
        for p, q in lines:
            np.minimum(d, distance_to_segment(U, V, (side * p[0], p[1]), (side * q[0], q[1])), out=d)
        apart = distance[window] + np.maximum(np.float32(0.10) - d, 0) * np.float32(0.8)
        distance[window] = np.minimum(apart, np.maximum(d - gape, 0))


def midline(frame: Frame, head: Head, z: float) -> Array:
    """Signed distance to the falx."""
    bend = frame.field(head.wobble, z) * np.float32(0.006)
    return frame.U + bend + np.float32(head.tilt) * frame.V


def paint_cortex(canvas: Canvas, head: Head, z: float, depth: Array, fissure: Array | None) -> Array:
    """Paint white matter, the grey ribbon and the sulci where `depth` > 0; return the brain's weight.

    `fissure` is the (unsigned) distance to the interhemispheric fissure where there is one (large elsewhere).
    """
    frame = canvas.frame
    depth = depth - np.float32(head.space)
    brain = frame.soft(depth)
    shallow = np.maximum(depth, 0)
    sulci = fold_field(frame, head, z, shallow)
    surface = shallow
    if fissure is not None:
        surface = np.minimum(shallow, fissure * np.float32(1.3 + 4 * max(0.0, z - 0.5)))
    reach = head.depth * (0.9 - 0.2 * max(0.0, z - 0.5))
    sulci += np.maximum(surface - np.float32(reach), 0) * np.float32(1.6)
    if fissure is not None:
        medial = np.maximum(fissure - np.float32(0.003 + 0.005 * head.elderly), 0)
        sulci = np.minimum(sulci, medial)
    _sylvian(frame, head, z, sulci)
    thickness = np.float32(head.ribbon)
    cortex = np.minimum(sulci, shallow)
    canvas.paint(brain, "white")
    thick = np.float32(0.5)  # a slice is 5 mm thick: slanted borders blur
    canvas.paint(frame.soft((thickness + np.float32(head.sulcus) - cortex) * thick) * brain, "grey")
    gape = np.float32(head.sulcus) * (np.float32(1.35) - np.minimum(surface * np.float32(1 / reach), 1))
    canvas.paint(frame.soft((gape - sulci) * np.float32(0.75)) * brain, "csf")
    return brain
