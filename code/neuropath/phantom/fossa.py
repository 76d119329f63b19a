"""Below z = .12: pons, cerebellum, petrous bones with the auditory canals, temporal poles, orbits."""

from __future__ import annotations

import numpy as np

from .canvas import Array, Canvas, Waves
from .cerebrum import folia
from .head import Head, paint_cortex, paint_shells

PORUS = (0.215, -0.125)  # where the auditory canal opens into the cerebellopontine angle (right side)
FUNDUS = (0.345, -0.085)  # and where it ends in the petrous bone


class Base:
    """What varies from patient to patient at the skull base."""

    def __init__(self, rng: np.random.Generator):
        self.cells = Waves(rng, n=24, k=60.0)
        self.ethmoid = Waves(rng, n=16, k=34.0)
        self.pneumatised = rng.uniform(0.3, 1.0)
        self.eyes = rng.uniform(0.10, 0.118)
        self.pons = rng.uniform(0.95, 1.08)


def _ridge(canvas: Canvas) -> Array:
    """Signed distance to the petrous ridges, positive behind them (posterior fossa)."""
    frame = canvas.frame
    edge = np.float32(-0.005) - np.float32(0.50) * np.maximum(np.abs(frame.U) - np.float32(0.07), 0)
    return (edge - frame.V) * np.float32(0.9)


def paint_fossa(canvas: Canvas, head: Head, base: Base, z: float) -> tuple[Array, Array]:
    """Paint a slice at z < .12. Returns (depth inside the brain's compartments, weight of the brain)."""
    frame = canvas.frame
    inner = paint_shells(canvas, head, z)
    ridge = _ridge(canvas)
    lateral = np.abs(frame.U)
    wing = np.float32(0.36) - frame.V + np.float32(0.15) * (lateral - np.float32(0.3))
    temporal = np.minimum(np.minimum(-ridge - np.float32(0.10), wing), lateral - np.float32(0.165))
    temporal = np.minimum(temporal, inner)
    behind = np.minimum(ridge, inner)
    _skull_base(canvas, base, z, inner, np.maximum(temporal, behind))
    depth = np.maximum(temporal, behind)
    canvas.paint(frame.soft(depth), "csf")
    brain = paint_cortex(canvas, head, z, temporal, None)
    hind = _hindbrain(canvas, head, base, z, behind)
    _canals(canvas, frame.soft(inner))
    _front(canvas, base, z, inner)
    return depth, np.maximum(brain, hind)


def _hindbrain(canvas: Canvas, head: Head, base: Base, z: float, behind: Array) -> Array:
    """Cerebellum with folia, middle peduncles, pons and fourth ventricle; returns their weight."""
    frame = canvas.frame
    rho = np.hypot(frame.U * np.float32(1 / 0.50), (frame.V + np.float32(0.40)) * np.float32(1 / 0.30))
    cerebellum = np.minimum((1 - rho) * np.float32(0.32), behind - np.float32(0.016 + 0.01 * head.elderly))
    weight = frame.soft(cerebellum)
    canvas.paint(weight, "grey")
    canvas.pair("white", 0.22, -0.38, 0.185, 0.115, turn=-0.25, blur=7, clip=weight)
    window = frame.window(0, -0.40, 0.55)
    keep = canvas.img[window].copy()
    folia(canvas, window, 1.0, centre=(0.0, -0.38), half=(0.50, 0.31))
    canvas.img[window] += (keep - canvas.img[window]) * (1 - weight[window])
    canvas.pair("deep", 0.14, -0.40, 0.05, 0.03, turn=0.5, strength=0.7, blur=2)
    canvas.ellipse("csf", 0, -0.66, 0.03, 0.05, clip=weight)
    p = base.pons
    canvas.pair("white", 0.155, -0.245, 0.075, 0.10, turn=0.75, blur=2.5)
    canvas.ellipse("white", 0, -0.155, 0.145 * p, 0.115 * p, blur=2)
    canvas.ellipse("deep", 0, -0.165, 0.12 * p, 0.09 * p, strength=0.30, blur=5)
    canvas.ellipse("csf", 0, -0.295, 0.058 * (1 + 0.3 * head.elderly), 0.034, blur=1.2)
    canvas.ellipse("grey", 0, -0.43, 0.045, 0.10, strength=0.75, blur=3)
    canvas.ellipse("vessel", 0, -0.032, 0.016, 0.016)
    return np.maximum(weight, frame.soft(np.float32(0.15) - np.hypot(frame.U, frame.V + np.float32(0.17))))


def _skull_base(canvas: Canvas, base: Base, z: float, inner: Array, brain: Array) -> None:
    """Bone, marrow of the clivus and apex, air cells of the mastoid, everything that is not brain."""
    frame = canvas.frame
    inside = frame.soft(inner) * frame.soft(-brain)
    canvas.paint(inside, "bone")
    front = frame.soft(frame.V - np.float32(0.30)) * inside
    canvas.paint(front, "fat")
    canvas.ellipse("marrow", 0, 0.045, 0.135, 0.042, blur=2)
    canvas.pair("marrow", 0.155, -0.005, 0.05, 0.022, turn=-0.55, blur=2, strength=0.8)
    window = frame.window(0, -0.15, 0.75)
    cells = frame.field(base.cells, z, window)
    U, V = np.abs(frame.U[window]), frame.V[window]
    mastoid = np.clip((U - 0.40) * 14, 0, 1) * np.clip((0.02 - V) * 12, 0, 1) * np.clip((V + 0.42) * 12, 0, 1)
    mucosa = np.clip(cells - np.float32(0.9), 0, 1) * mastoid * inside[window]
    canvas.paint((mucosa * np.float32(1 - 0.5 * base.pneumatised)).astype(np.float32), "mucosa", window)


def _canals(canvas: Canvas, skull: Array) -> None:
    """Auditory canals with their nerves, cochleae, sigmoid sinuses, carotids."""
    for side in (-1, 1):
        canvas.stroke("csf", [(side * PORUS[0], PORUS[1]), (side * FUNDUS[0], FUNDUS[1])], 0.017)
        canvas.stroke("white", [(side * 0.15, -0.155), (side * FUNDUS[0], FUNDUS[1])], 0.005, strength=0.7)
        canvas.ellipse("csf", side * 0.385, -0.055, 0.020, 0.015)
        canvas.ellipse("csf", side * 0.42, -0.12, 0.014, 0.014, strength=0.8)
        canvas.ellipse("vessel", side * 0.135, 0.09, 0.024, 0.024)
        canvas.ellipse("vessel", side * 0.47, -0.36, 0.026, 0.050, turn=side * 0.5, clip=skull)


def _front(canvas: Canvas, base: Base, z: float, inner: Array) -> None:
    """Sphenoid and ethmoid sinuses, orbits with globe, lens, optic nerve and muscles."""
    skin = canvas.frame.soft(inner + np.float32(0.07))
    window = canvas.frame.window(0, 0.46, 0.24)
    canvas.ellipse("mucosa", 0, 0.20, 0.118, 0.095, strength=0.7)
    canvas.pair("air", 0.054, 0.20, 0.053, 0.085, turn=0.15)
    U, V = canvas.frame.U[window], canvas.frame.V[window]
    middle = canvas.frame.soft(np.float32(0.115) - np.abs(U)) * canvas.frame.soft(
        np.float32(0.17) - np.abs(V - np.float32(0.46))
    )
    canvas.paint(middle, "mucosa", window)
    cells = np.abs(canvas.frame.field(base.ethmoid, z, window)) - np.float32(0.32)
    canvas.paint(np.clip(cells * 6, 0, 1) * middle, "air", window)
    canvas.stroke("mucosa", [(0, 0.30), (0, 0.62)], 0.008)
    for side in (-1, 1):
        _orbit(canvas, base, z, side, skin)


def _orbit(canvas: Canvas, base: Base, z: float, side: int, skin: Array) -> None:
    """One eye socket; `skin` keeps it inside the head."""
    canvas.ellipse("muscle", side * 0.50, 0.26, 0.055, 0.13, turn=side * 0.35, blur=2, clip=skin)
    canvas.stroke("bone", [(side * 0.125, 0.30), (side * 0.14, 0.60)], 0.007)
    canvas.stroke("bone", [(side * 0.18, 0.335), (side * 0.43, 0.44)], 0.016)
    canvas.stroke("muscle", [(side * 0.155, 0.34), (side * 0.17, 0.52)], 0.014)
    canvas.stroke("muscle", [(side * 0.20, 0.36), (side * 0.375, 0.50)], 0.014)
    canvas.stroke("csf", [(side * 0.155, 0.30), (side * 0.265, 0.45)], 0.020, strength=0.8)
    canvas.stroke("white", [(side * 0.13, 0.27), (side * 0.265, 0.45)], 0.011)
    e = base.eyes * (0.55 + 0.45 * min(1.0, max(0.0, (0.16 - z) / 0.08)))
    canvas.ellipse("muscle", side * 0.27, 0.525, e + 0.012, e + 0.012, clip=skin)
    canvas.ellipse("globe", side * 0.27, 0.525, e, e, clip=skin)
    canvas.ellipse("muscle", side * 0.275, 0.525 + e * 0.70, e * 0.42, e * 0.24, clip=skin)
