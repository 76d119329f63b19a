"""Pictures for the source task: normal phantom anatomy, any contrast, and one made-up object in it.

The objects are ten shapes with relaxation times drawn at random; none of the six pathologies of the 17
classes is drawn. Shared with the target task, which makes this *near*-domain, are the anatomy, the scanner,
spin-echo physics, and `Growth`: lumpy outlines, and how anything that grows displaces the brain. Every number
here is a modelling choice.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from neuropath.phantom.acquisition import acquire
from neuropath.phantom.canvas import Array, Canvas, Frame, Pose, Window
from neuropath.phantom.cerebrum import Deep, paint_cerebrum
from neuropath.phantom.fossa import Base, paint_fossa
from neuropath.phantom.head import BASE, Head
from neuropath.phantom.lesions.growth import Growth, Scene
from neuropath.phantom.physics import SITES, Site, relaxation, signals, spin_echo, with_gadolinium
from neuropath.phantom.tissues import INDEX

__all__ = ["CELL", "CHANNELS", "HEADS", "KINDS", "Batch", "make_batch", "make_chunk"]

KINDS = ("disc", "ring", "arc", "target", "cluster", "bubbles", "star", "rod", "patch", "cap", "none")
SEQUENCES = ("T1", "T1C+", "T2", "random")
TRAITS = ("halo", "displaces", "texture", "beside the skull")
CHANNELS = ("object", "rim", "halo", "csf", "grey", "white")  # of the dense targets
GRID = 5  # places are cells of a GRID x GRID grid over the brain, and "nowhere"
LEVELS = 6
Rng = np.random.Generator
Organs = tuple[Head, Deep, Base]
# Classes of each head; "traits" are independent yes/no questions.
HEADS = {
    "kind": len(KINDS),
    "polarity": 4,  # darker, equal, brighter than its surroundings; no object
    "modality": len(SEQUENCES),
    "level": LEVELS,
    "place": GRID * GRID + 1,
    "traits": len(TRAITS),
}
CELL = 8  # a dense target has one value for a cell of 8 × 8 pixels: the resolution of block_5_add
CHUNK = 600  # pictures one process makes at a time
SLICES = 6  # of one head, each with its own level, contrast, scanner, pose and object


@dataclass(frozen=True)
class Batch:
    """N pictures and what is asked about them: `images` (N, S, S) uint8; `kind`, `polarity`, `modality`,
    `level`, `place` (N,) uint8; `traits` (N, 4) uint8; `dense` (N, S/8, S/8, 6) uint8, shares of 255.
    """

    images: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    polarity: NDArray[np.uint8]
    modality: NDArray[np.uint8]
    level: NDArray[np.uint8]
    place: NDArray[np.uint8]
    traits: NDArray[np.uint8]
    dense: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.images)


def make_batch(
    images: int, *, size: int, radii: tuple[float, float], seed: tuple[int, ...], pool: Executor
) -> list:
    """Futures of `make_chunk`, together `images` pictures; picture k depends on `seed` and k only."""
    counts = [min(CHUNK, images - start) for start in range(0, images, CHUNK)]
    return [pool.submit(make_chunk, n, size, radii, (*seed, i)) for i, n in enumerate(counts)]


def make_chunk(images: int, size: int, radii: tuple[float, float], seed: tuple[int, ...]) -> Batch:
    """`images` pictures of size × size; `radii`: range of the objects' radii in head units (≈ 11 cm)."""
    rows: list[dict] = []
    for number in range(-(-images // SLICES)):
        rng = np.random.default_rng((*seed, number))
        elderly = float(np.clip(rng.normal(0.2, 0.4), 0, 1))
        head = Head(rng, elderly=elderly, female=rng.random() < 0.5)
        organs = head, Deep(rng, head, wide=rng.uniform(0.8, 2.0)), Base(rng)
        rows += [_slice(organs, size, radii, rng) for _ in range(SLICES)]
    return Batch(**{f.name: np.stack([row[f.name] for row in rows[:images]]) for f in fields(Batch)})


@dataclass
class Contrast:
    """How one picture weighs PD, T1 and T2. `table` (tissues,) are the signals of the anatomy."""

    site: Site
    sequence: int
    tr: float
    te: float
    table: NDArray[np.float64] = field(init=False)

    def signal(self, pd: float, t1: float, t2: float, mM: float) -> float:
        """Signal of an object: its agent (mM) counts on T1C+ only."""
        if SEQUENCES[self.sequence] == "T1C+":
            t1 = float(with_gadolinium(t1, mM, field=self.site.field))
        return float(spin_echo(pd, t1, t2, tr=self.tr, te=self.te))


def _contrast(rng: Rng) -> Contrast:
    """A random scanner, and T1, T1C+, T2 with jittered times, or times and tissues drawn at random."""
    site = SITES[("A", "B")[rng.integers(2)]]
    jitter = rng.uniform(0.8, 1.25, 7)
    site = replace(
        site, noise=site.noise * rng.uniform(0.6, 1.8), bias=site.bias * jitter[4], psf=site.psf * jitter[5],
        gamma=rng.uniform(0.85, 1.15), t1=(site.t1[0] * jitter[0], site.t1[1] * jitter[1]),
        t2=(site.t2[0] * jitter[2], site.t2[1] * jitter[3]),
    )  # fmt: skip
    sequence = int(rng.choice(4, p=(0.27, 0.27, 0.27, 0.19)))
    if SEQUENCES[sequence] == "random":
        times = float(np.exp(rng.uniform(np.log(250), np.log(6000)))), float(rng.uniform(10, 140))
        contrast = Contrast(site, sequence, *times)
        pd, t1, t2 = relaxation(site, {}).T
        contrast.table = spin_echo(pd, t1, t2, tr=times[0], te=times[1]) * rng.lognormal(0, 0.35, len(pd))
        return contrast
    contrast = Contrast(site, sequence, *(site.t2 if SEQUENCES[sequence] == "T2" else site.t1))
    fat_sat = SEQUENCES[sequence] == "T1C+" and rng.random() < 0.3
    contrast.table = signals(site, SEQUENCES[sequence], fat_sat=fat_sat)
    contrast.table = contrast.table * rng.normal(1, 0.05, len(contrast.table))
    return contrast


def _slice(organs: Organs, size: int, radii: tuple[float, float], rng: Rng) -> dict:
    """One picture and its answers."""
    head, deep, base = organs
    z = float(rng.uniform(-0.05, 0.105) if rng.random() < 0.3 else rng.uniform(0.14, 0.8))
    contrast = _contrast(rng)
    pose = Pose(rng.normal(0, 0.07), tuple(rng.normal(0, 0.03, 2)), rng.uniform(0.98, 1.18))
    frame = Frame(size, pose)
    warp = np.float32(head.warp_size)
    canvas = Canvas(frame.warped(*(frame.field(w, z) * warp for w in head.warp)), contrast.table)
    depth, brain = paint_cerebrum(canvas, head, deep, z) if z >= BASE else paint_fossa(canvas, head, base, z)
    scene = Scene(canvas, z, depth, brain)
    answers = _Object(scene, contrast, radii, rng).paint()
    reference = float(signals(contrast.site, "T1")[INDEX["white"]])
    if SEQUENCES[contrast.sequence] == "random":
        reference *= rng.uniform(0.3, 1.0)
    image, _ = acquire(canvas.img, frame, contrast.site, rng, reference=reference)
    level = int(np.clip((z + 0.05) / 0.85 * LEVELS, 0, LEVELS - 1))
    return {"images": image, "modality": np.uint8(contrast.sequence), "level": np.uint8(level), **answers}


class _Object:
    """One made-up object: where, which shape, of which substances."""

    def __init__(self, scene: Scene, contrast: Contrast, radii: tuple[float, float], rng: Rng):
        self.scene, self.contrast, self.rng = scene, contrast, rng
        self.kind = KINDS[int(rng.choice(len(KINDS), p=[0.092] * 10 + [0.08]))]
        inside = np.argwhere(scene.depth > (0.02 if self.kind != "cap" else 0.0))
        self.radius = float(rng.uniform(*radii))
        if self.kind == "cap":
            inside = np.argwhere((scene.depth > 0) & (scene.depth < 0.45 * self.radius))
        if not len(inside):  # a slice without room
            self.kind, inside = "none", np.array([[scene.frame.size // 2] * 2])
        row, col = inside[rng.integers(len(inside))]
        self.u, self.v = float(scene.frame.U[row, col]), float(scene.frame.V[row, col])
        lumps = rng.uniform(0.0, 0.3) if self.kind not in ("rod", "star") else 0.05
        centre = (self.u, self.v, scene.z + rng.uniform(-0.5, 0.5) * self.radius)
        self.growth = Growth(rng, centre, self.radius, lumps=lumps, stretch=0.25)
        if self.kind == "rod":
            self.growth.stretch = rng.uniform(1.6, 2.2)
        self.section = self.growth.section(scene.z)
        self.weights = {name: np.zeros_like(scene.canvas.img) for name in CHANNELS[:3]}
        self.clip = scene.frame.soft(scene.depth)
        halo, moves, self.textured = (rng.random(3) < (0.4, 0.5, 0.4)) & (self.kind != "none")
        self.traits = np.array([halo, moves, self.textured, self.kind == "cap"], np.uint8)

    def paint(self) -> dict:
        """Draw it and say what was drawn."""
        before = self.scene.canvas.img.copy()
        if self.kind != "none":
            if self.traits[1]:
                self.growth.push(self.scene)
            if self.traits[0]:
                self._halo()
            self._body()
        place, polarity = GRID * GRID, 3
        if self.kind != "none":
            place, polarity = self._place(), self._polarity(before)
        return {
            "kind": np.uint8(KINDS.index(self.kind)),
            "polarity": np.uint8(polarity),
            "place": np.uint8(place),
            "traits": self.traits,
            "dense": self._dense(),
        }

    def _substance(self) -> float:
        """Signal of a random substance; long T1 goes with long T2, roughly, as in the body."""
        rng = self.rng
        t1 = float(np.exp(rng.uniform(np.log(420), np.log(3600))))
        t2 = float(np.clip(45 * (t1 / 900) ** 1.4 * np.exp(rng.normal(0.3, 0.4)), 25, 1200))
        mM = float(rng.lognormal(np.log(0.5), 0.6)) if rng.random() < 0.55 else 0.0
        return self.contrast.signal(rng.uniform(0.7, 1.0), t1, t2, mM)

    def _add(self, weight: Array, signal: float, window: Window, channel: str | None = "object") -> None:
        weight = (weight * self.clip[window]).astype(np.float32)
        img = self.scene.canvas.img[window]
        img += weight * (np.float32(signal) - img)
        if channel:
            np.maximum(self.weights[channel][window], weight, out=self.weights[channel][window])

    def _halo(self) -> None:
        """Water around the object, fading outwards, mostly in white matter."""
        extent = self.radius * self.rng.uniform(0.3, 1.0)
        distance, window = self.growth.distance(self.scene, 1.4, grow=extent)
        white = (self.scene.canvas.lab[window] == INDEX["white"]) * 0.7 + 0.25
        weight = np.clip((distance + extent) / (0.5 * extent), 0, 1) * white
        water = self.contrast.signal(0.88, self.rng.uniform(1200, 1700), self.rng.uniform(110, 180), 0.0)
        self._add(weight, water, window, "halo")

    def _body(self) -> None:
        distance, window = self.growth.distance(self.scene, 2.2 if self.kind == "rod" else 1.6)
        r, rng, frame = self.section[2], self.rng, self.scene.frame
        x, y = frame.U[window] - np.float32(self.section[0]), frame.V[window] - np.float32(self.section[1])
        angle = np.arctan2(y, x)
        if self.kind == "star":
            spikes = np.cos(rng.integers(4, 8) * angle + rng.uniform(0, 6))
            distance = distance - np.float32(0.3 * r) * (1 + spikes)
        if self.kind == "cluster":
            distance = self._cluster(x, y, r)
        core, other = self._substance(), self._substance()
        sharp = 0.25 if self.kind == "patch" else rng.uniform(0.5, 1.0)
        body = frame.soft(distance * np.float32(sharp))
        if self.kind == "patch":
            soft = np.clip(distance / np.float32(0.7 * r) + np.float32(0.2), 0, 1)
            body = soft * np.float32(rng.uniform(0.5, 0.9))
        self._add(body, core, window)
        if self.textured:
            texture = np.clip(frame.field(self.growth.fine, self.scene.z, window) * 0.4, 0, 0.7)
            self._add(body * texture, self._substance(), window, None)
        self._detail(distance, angle, body, other, window)

    def _detail(self, distance: Array, angle: Array, body: Array, other: float, window: Window) -> None:
        """The second substance: a rim, part of one, a heart, holes, or a cleft under a cap."""
        r, rng, soft = self.section[2], self.rng, self.scene.frame.soft
        rim = soft(np.float32(r * rng.uniform(0.18, 0.4)) - distance) * body
        if self.kind == "ring":
            self._add(rim, other, window, "rim")
        elif self.kind == "arc":
            part = np.clip(2.5 * (np.cos(angle - rng.uniform(0, 6.3)) + rng.uniform(-0.2, 0.5)), 0, 1)
            self._add(rim * part, other, window, "rim")
        elif self.kind == "target":
            self._add(soft(distance - np.float32(r * rng.uniform(0.4, 0.65))), other, window, None)
        elif self.kind == "bubbles":
            holes = self.scene.frame.field(self.growth.coarse, self.scene.z, window) - np.float32(0.4)
            self._add(np.clip(holes * 4, 0, 1) * body, other, window, None)
        elif self.kind == "cap":
            cleft = soft(np.float32(0.012) - np.abs(distance)) * np.float32(rng.random())
            self._add(cleft, float(self.contrast.table[INDEX["csf"]]), window, None)

    def _cluster(self, x: Array, y: Array, r: float) -> Array:
        """Signed distance to three to five small balls."""
        distance = np.full(x.shape, np.float32(-9))
        for _ in range(self.rng.integers(3, 6)):
            a, d = self.rng.uniform(0, 6.3), self.rng.uniform(0.4, 0.8) * r
            size = np.float32(r * self.rng.uniform(0.25, 0.42))
            apart = np.hypot(x - np.float32(d * np.cos(a)), y - np.float32(d * np.sin(a)))
            distance = np.maximum(distance, size - apart)
        return distance

    def _place(self) -> int:
        """The cell of the grid over |u| ≤ .6, |v| ≤ .75 in which its centre lies (or the nearest one)."""
        column = int(np.clip((self.u / 0.6 + 1) / 2 * GRID, 0, GRID - 1))
        row = int(np.clip((self.v / 0.75 + 1) / 2 * GRID, 0, GRID - 1))
        return row * GRID + column

    def _polarity(self, before: Array) -> int:
        """0 darker, 1 about equal, 2 brighter than what was there (within a tenth of the brightest tenth)."""
        body = self.weights["object"]
        if body.sum() == 0:
            return 1
        change = float(((self.scene.canvas.img - before) * body).sum() / body.sum())
        unit = 0.1 * float(np.quantile(before, 0.9))
        return 1 + int(change > unit) - int(change < -unit)

    def _dense(self) -> NDArray[np.uint8]:
        """(S/8, S/8, 6) shares of each cell, 255 for all of it."""
        lab, free = self.scene.canvas.lab, 1 - self.weights["object"]
        maps = [*self.weights.values(), *((lab == INDEX[t]) * free for t in CHANNELS[3:])]
        side = len(lab) // CELL
        cells = np.stack(maps, axis=-1).reshape(side, CELL, side, CELL, len(CHANNELS))
        return (cells.mean(axis=(1, 3)) * 255 + 0.5).astype(np.uint8)
