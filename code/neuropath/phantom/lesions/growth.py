"""What lesions share: a lumpy outline, the push on the brain around them, oedema."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from ..canvas import Array, Canvas, Frame, Waves, Window
from ..tissues import INDEX


@dataclass
class Scene:
    """A slice while its lesion is painted. `depth` is the distance inside the skull, `brain` the brain's
    weight.

    `lesion` and `oedema` (size, size) collect how much of each pixel they take: the masks are where that is
    at least a half.
    """

    canvas: Canvas
    z: float
    depth: Array
    brain: Array
    lesion: Array = field(init=False)
    oedema: Array = field(init=False)

    def __post_init__(self) -> None:
        self.lesion = np.zeros_like(self.canvas.img)
        self.oedema = np.zeros_like(self.canvas.img)

    @property
    def frame(self) -> Frame:
        return self.canvas.frame

    def add(self, weight: Array, tissue: str, window: Window) -> None:
        """Paint a part of the lesion and count it in its mask."""
        self.canvas.paint(weight, tissue, window)
        np.maximum(self.lesion[window], weight, out=self.lesion[window])

    def mix(self, weight: Array, tissue: str, window: Window) -> None:
        """Paint texture inside the lesion: its mask stays as it is."""
        self.canvas.paint(weight, tissue, window)


class Growth:
    """One lesion: centre (u, v, z), radius, and the random fields that give it an outline and a texture."""

    def __init__(
        self,
        rng: np.random.Generator,
        centre: tuple[float, float, float],
        radius: float,
        *,
        lumps: float = 0.2,
        stretch: float = 0.15,
    ):
        self.centre, self.radius, self.lumps = centre, radius, lumps
        self.outline = Waves(rng, n=12, k=2.6 / radius, kz=1.2 / radius, spread=0.5)
        self.coarse = Waves(rng, n=14, k=5.0 / radius, kz=3.0 / radius)
        self.fine = Waves(rng, n=28, k=float(np.clip(11 / radius, 35, 75)), kz=12.0)
        self.axis, self.stretch = rng.uniform(0, np.pi), 1 + rng.uniform(0, stretch)
        self.mass = rng.uniform(0.45, 0.85)
        self.ramble = rng.uniform(-1, 1, 2) * 0.25  # the centre wanders a little from slice to slice

    def section(self, z: float) -> tuple[float, float, float]:
        """(u, v, radius) of the lesion at level z: a ball cut off its middle is smaller."""
        u, v, middle = self.centre
        off = np.clip((z - middle) / self.radius, -0.88, 0.88)
        return (
            u + self.ramble[0] * (z - middle),
            v + self.ramble[1] * (z - middle),
            self.radius * float(np.sqrt(1 - off**2)),
        )

    def distance(self, scene: Scene, reach: float = 1.6, *, grow: float = 0.0) -> tuple[Array, Window]:
        """Signed distance to the outline (positive inside) in a window `reach` radii wide."""
        u, v, r = self.section(scene.z)
        window = scene.frame.window(u, v, reach * (r + grow))
        x, y = scene.frame.U[window] - np.float32(u), scene.frame.V[window] - np.float32(v)
        c, s = np.float32(np.cos(self.axis)), np.float32(np.sin(self.axis))
        x, y = (c * x + s * y) * np.float32(self.stretch), (c * y - s * x) / np.float32(self.stretch)
        d = np.float32(r) - np.sqrt(x * x + y * y)
        return d + scene.frame.field(self.outline, scene.z, window) * np.float32(self.lumps * r), window

    def push(self, scene: Scene, *, share: float | None = None, span: float = 1.3) -> None:
        """Move the brain around the lesion outwards, folds and ventricles with it; it packs against the
        skull.

        In the plane an area `share` of the section is pushed away: ρ_old² = ρ² − share r² e^(−(ρ−r)/(span
        r)).
        """
        u, v, r = self.section(scene.z)
        share = self.mass if share is None else share
        frame, window = scene.frame, scene.frame.window(u, v, r * (1 + 2.6 * span))
        x, y = frame.U[window] - np.float32(u), frame.V[window] - np.float32(v)
        rho2 = x * x + y * y
        rho = np.sqrt(rho2) + np.float32(1e-4)
        old2 = rho2 - np.float32(share * r * r) * np.exp(-np.maximum(rho - r, 0) * np.float32(1 / (span * r)))
        move = 1 - np.sqrt(np.maximum(old2, 0.01 * rho2)) / rho
        move *= np.clip(scene.depth[window] * np.float32(9), 0, 1)
        deform(scene, window, x * move, y * move)


def deform(scene: Scene, window: Window, du: Array, dv: Array) -> None:
    """Replace what is seen at (u, v) by what was at (u − du, v − dv), within `window`."""
    frame, p = scene.frame, scene.frame.pose
    per = np.float32(frame.size / 2 * p.zoom)
    c, s = np.float32(frame.c), np.float32(frame.s)
    cols = np.arange(du.shape[1], dtype=np.float32)[None, :] - (c * du - s * dv) * per
    rows = np.arange(du.shape[0], dtype=np.float32)[:, None] + (s * du + c * dv) * per
    inside = scene.depth[window] > 0
    at = np.stack([rows[inside], cols[inside]])
    for image in (scene.canvas.img, scene.brain):
        image[window][inside] = ndimage.map_coordinates(image[window], at, order=1, mode="nearest")
    near = np.rint(at).astype(np.int32)
    rows_, cols_ = np.clip(near[0], 0, du.shape[0] - 1), np.clip(near[1], 0, du.shape[1] - 1)
    scene.canvas.lab[window][inside] = scene.canvas.lab[window][rows_, cols_]


def swell(scene: Scene, growth: Growth, extent: float, *, strength: float = 0.9) -> None:
    """Vasogenic oedema: water in the white matter around the lesion, in fingers between the folds.

    It spares the cortex and stops at the ventricles, as its name (white-matter oedema) says.
    """
    distance, window = growth.distance(scene, 1.35, grow=extent)
    lab = scene.canvas.lab[window]
    white = ((lab == INDEX["white"]) * np.float32(1) + (lab == INDEX["deep"]) * np.float32(0.45)).astype(
        np.float32
    )
    white = ndimage.uniform_filter(white, 3)
    front = (
        distance
        + np.float32(extent)
        + scene.frame.field(growth.coarse, scene.z, window) * np.float32(0.30 * extent)
    )
    weight = np.clip(front * np.float32(1 / (0.35 * extent + 0.01)), 0, 1) * white * np.float32(strength)
    scene.canvas.paint(weight, "oedema", window)
    np.maximum(scene.oedema[window], weight, out=scene.oedema[window])
