"""Inside the hemispheres: ventricles, deep grey nuclei, corpus callosum, the midbrain and its cisterns."""

from __future__ import annotations

import numpy as np

from .canvas import ANGLE, ANGLES, Array, Canvas, Waves
from .head import Head, bell, midline, paint_cortex, paint_shells


class Deep:
    """Ventricles and nuclei of one patient; `wide` is how much the ventricles are enlarged."""

    def __init__(self, rng: np.random.Generator, head: Head, *, wide: float = 1.0):
        self.wide = wide * rng.uniform(0.85, 1.2) * (1 + 0.45 * head.elderly)
        self.lean = rng.normal(0, 0.05)  # one ventricle a little larger than the other
        self.spots = Waves(rng, n=16, k=16.0)
        self.age_spots = head.elderly * rng.uniform(0.2, 1.0)
        self.grain = Waves(rng, n=24, k=34.0, spread=0.8)


def paint_cerebrum(canvas: Canvas, head: Head, deep: Deep, z: float) -> tuple[Array, Array]:
    """Paint a slice at z ≥ .12. Returns (depth under the inner table, weight of the brain)."""
    frame = canvas.frame
    depth = paint_shells(canvas, head, z)
    fissure = midline(frame, head, z)
    falx = np.abs(fissure)
    if z < 0.62:
        falx = falx + _bridge(canvas, z)
    brain = paint_cortex(canvas, head, z, depth, falx)
    _nuclei(canvas, z)
    _white_matter(canvas, deep, z, brain)
    _ventricles(canvas, deep, z)
    if z < 0.26:
        _midbrain(canvas, head, z)
        _vermis(canvas, head, z)
    _falx(canvas, head, z, fissure, depth)
    _vessels(canvas, head, z, depth)
    return depth, brain


def _bridge(canvas: Canvas, z: float) -> Array:
    """Large where the hemispheres are joined (callosum, thalami), so that no fissure is drawn there."""
    v, half = (-0.03, 0.42) if z > 0.2 else (-0.03, 0.30)
    U, V = canvas.frame.U * np.float32(1 / 0.30), (canvas.frame.V - np.float32(v)) * np.float32(1 / half)
    return np.clip((1 - np.sqrt(U * U + V * V)) * np.float32(3), 0, 2)


def _nuclei(canvas: Canvas, z: float) -> None:
    ganglia = bell(z, 0.31, 0.17)
    if ganglia > 0.05:
        g = ganglia**0.5
        canvas.pair("deep", 0.262, 0.085, 0.055 * g, 0.155 * g, turn=0.30, blur=2)
        canvas.pair("deep", 0.195, 0.055, 0.045 * g, 0.080 * g, turn=0.42, strength=0.45, blur=2)
        canvas.pair("white", 0.226, 0.075, 0.006, 0.105 * g, turn=0.36, strength=0.5, blur=1.5)
    thalamus = bell(z, 0.33, 0.14)
    if thalamus > 0.05:
        t = thalamus**0.5
        canvas.pair("deep", 0.095, -0.085, 0.075 * t, 0.125 * t, turn=-0.42, blur=2.5)
    caudate = bell(z, 0.41, 0.20)
    if caudate > 0.05:
        c = caudate**0.5
        canvas.pair("deep", 0.135, 0.215, 0.042 * c, 0.085 * c, turn=0.22, blur=2)


def _white_matter(canvas: Canvas, deep: Deep, z: float, brain: Array) -> None:
    """Slow shading of the white matter and, with age, patches of long T2 around the ventricles."""
    frame = canvas.frame
    if z > 0.2 and deep.age_spots > 0.25:
        f = frame.field(deep.spots, z)
        near = np.abs(np.hypot(frame.U * np.float32(1.5), frame.V * np.float32(0.8)) - np.float32(0.28))
        w = np.clip(f - np.float32(2.5 - 1.3 * deep.age_spots) - near * 7, 0, 0.6)
        canvas.paint(w * brain, "oedema")
    canvas.img *= 1 + np.float32(0.022) * frame.field(deep.grain, z)
    if 0.36 < z < 0.62:
        canvas.ellipse("white", 0, 0.335, 0.12, 0.035, blur=2)
        canvas.ellipse("white", 0, -0.36, 0.13, 0.045, blur=2)


def _ventricles(canvas: Canvas, deep: Deep, z: float) -> None:
    w = deep.wide
    for side in (-1, 1):
        s = w * (1 + side * deep.lean)
        horn = bell(z, 0.38, 0.17) ** 0.5
        body = bell(z, 0.50, 0.115) ** 0.5
        atrium = bell(z, 0.38, 0.15) ** 0.5
        temporal = bell(z, 0.17, 0.08) ** 0.5
        canvas.ellipse(
            "csf", side * 0.075 * s**0.5, 0.245, 0.038 * s * horn, 0.115 * horn, turn=-side * -0.30
        )
        canvas.ellipse("csf", side * 0.085 * s**0.5, 0.02, 0.042 * s * body, 0.30 * body, turn=side * 0.07)
        canvas.ellipse("csf", side * 0.145, -0.25, 0.045 * s * body, 0.12 * body, turn=side * 0.55)
        canvas.ellipse("csf", side * 0.215, -0.295, 0.042 * s * atrium, 0.125 * atrium, turn=side * 0.45)
        canvas.ellipse("csf", side * 0.36, -0.07, 0.012 * s * temporal, 0.09 * temporal, turn=side * 0.3)
        if z > 0.26:
            canvas.ellipse("choroid", side * 0.195, -0.235, 0.020 * atrium, 0.045 * atrium, turn=side * 0.5)
    third = bell(z, 0.28, 0.11) ** 0.5
    canvas.ellipse("csf", 0, -0.04, 0.013 * w * third, 0.13 * third)
    if bell(z, 0.42, 0.10) > 0:  # septum pellucidum between the horns
        canvas.stroke("white", [(0, 0.30), (0, 0.08)], 0.006)


def _midbrain(canvas: Canvas, head: Head, z: float) -> None:
    """Suprasellar star, cerebral peduncles, tectum with the ambient and quadrigeminal cisterns."""
    show = bell(z, 0.15, 0.11) ** 0.5
    if show < 0.05:
        return
    e = 1 + 0.3 * head.elderly
    for side in (-1, 1):
        arc = [
            (side * u, v)
            for u, v in ((0.155, -0.01), (0.172, -0.10), (0.145, -0.19), (0.075, -0.245), (0, -0.262))
        ]
        canvas.stroke("csf", arc, 0.016 * show * e)
    canvas.ellipse("csf", 0, -0.25, 0.055 * show * e, 0.030 * show * e)
    canvas.ellipse("csf", 0, 0.10, 0.115 * show * e, 0.105 * show, blur=1.5)
    canvas.stroke("csf", [(0, 0.10), (0, 0.24)], 0.012 * show * e)
    for side in (-1, 1):
        canvas.stroke(
            "csf", [(side * 0.05, 0.12), (side * 0.22, 0.17), (side * 0.36, 0.15)], 0.011 * show * e
        )
        canvas.stroke("vessel", [(side * 0.08, 0.125), (side * 0.22, 0.168)], 0.0075)
        canvas.ellipse("white", side * 0.085, -0.045, 0.055 * show, 0.085 * show, turn=side * 0.6, blur=2)
    canvas.ellipse("white", 0, -0.13, 0.145 * show, 0.115 * show, blur=2)
    canvas.ellipse("deep", 0, -0.13, 0.10 * show, 0.08 * show, strength=0.4, blur=3)
    canvas.pair("deep", 0.055, -0.095, 0.03 * show, 0.035 * show, strength=0.8, blur=2)
    canvas.ellipse("csf", 0, -0.195, 0.010, 0.010)
    canvas.stroke("white", [(-0.07, 0.12), (0, 0.095), (0.07, 0.12)], 0.014 * show)
    canvas.ellipse("vessel", 0, 0.015, 0.014, 0.014)


def _vermis(canvas: Canvas, head: Head, z: float) -> None:
    """The top of the cerebellum behind the midbrain, under the tent."""
    top = (0.25 - z) / 0.13
    if top <= 0.22:
        return
    a, b = 0.46 * top**0.7, 0.21 * top**0.5
    canvas.ellipse("csf", 0, -0.31 - b * 0.75, a + 0.010, b + 0.010)
    canvas.ellipse("grey", 0, -0.31 - b * 0.75, a, b)
    canvas.pair(
        "white", 0.20 * top, -0.31 - b * 0.70, 0.20 * top, 0.075 * top, turn=-0.2, blur=6, strength=0.9
    )
    w = canvas.frame.window(0, -0.31 - b * 0.75, a)
    folia(canvas, w, top, centre=(0.0, -0.31 - b * 0.75), half=(a, b))


def folia(canvas: Canvas, window, strength: float, *, centre, half) -> None:
    """Thin lines of fluid between the leaves of the cerebellum: arcs from side to side, outside its core."""
    U, V = canvas.frame.U[window], canvas.frame.V[window]
    u, v = (
        (U - np.float32(centre[0])) / np.float32(half[0]),
        (V - np.float32(centre[1])) / np.float32(half[1]),
    )
    rho = np.sqrt(u * u + v * v)
    along = np.where(rho < 1, v * np.float32(half[1]) - np.float32(0.30) * u * u * np.float32(half[1]), 0)
    along += np.float32(0.012) * np.cos(U * 23 + V * 9)
    line = np.clip(np.cos(along * np.float32(2 * np.pi / 0.043)) - np.float32(0.25), 0, 1)
    w = line * np.clip((1 - rho) * 12, 0, 1) * np.clip((rho - np.float32(0.42)) * 2.5, 0, 1)
    canvas.paint((w * np.float32(0.60 * min(strength, 1))).astype(np.float32), "csf", window)


def _falx(canvas: Canvas, head: Head, z: float, fissure: Array, depth: Array) -> None:
    """The dural fold itself: a thin line in the fissure, in front and behind (throughout when high up)."""
    frame = canvas.frame
    w = frame.soft(np.float32(0.0045) - np.abs(fissure)) * np.clip(depth * 40, 0, 1)
    if z < 0.62:
        w = w * (1 - np.minimum(_bridge(canvas, z), 1))
    canvas.paint(w * np.float32(0.7), "dura")


def _veins(canvas: Canvas, head: Head, z: float) -> None:
    """Veins on the surface of the brain, cut across: dark dots, bright ones after gadolinium."""
    (radius, _), layers = head.rings(z)
    inner = layers[-1][1] + np.float32(0.6 * head.space + 0.004)
    for angle, size, drift in zip(*head.veins, strict=True):
        at = angle + drift * (z - 0.4)
        i = int((at + np.pi) / (2 * np.pi) * ANGLES) % ANGLES
        r = float(radius[i] - inner[i])
        canvas.ellipse(
            "vessel", r * np.cos(ANGLE[i]), r * np.sin(ANGLE[i]), size * 1.5, size, turn=at + np.pi / 2
        )


def _vessels(canvas: Canvas, head: Head, z: float, depth: Array) -> None:
    """Sagittal sinus behind (and in front when high up), anterior cerebral arteries, Galen's vein."""
    frame = canvas.frame
    _veins(canvas, head, z)
    column = np.abs(frame.U) < frame.pixel
    inside = frame.V[column & (depth > 0)]
    if not len(inside):
        return
    back, front = float(inside.min()), float(inside.max())
    canvas.ellipse("vessel", 0, back + 0.024, 0.034, 0.030, blur=1.3)
    if z > 0.45:
        canvas.ellipse("vessel", 0, front - 0.012, 0.015, 0.014, blur=1.3)
    if 0.24 < z < 0.5:
        canvas.pair("vessel", 0.008, 0.40, 0.007, 0.010)
        canvas.ellipse("vessel", 0, -0.40, 0.011, 0.022)
