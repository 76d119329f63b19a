"""The ground a slice is painted on: head coordinates, smooth random fields, and a brush with soft edges.

Painting mixes *signals*, img += w (s − img), so that a pixel half in one tissue shows half its signal:
partial volume, as in a scanner whose voxels hold two tissues.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .tissues import INDEX

Array = NDArray[np.float32]
Window = tuple[slice, slice]
ANGLES = 2048  # entries of a table over the angle around the head
ANGLE = np.linspace(-np.pi, np.pi, ANGLES, endpoint=False, dtype=np.float32)
COS, SIN = (f(np.arange(25)[:, None] * ANGLE) for f in (np.cos, np.sin))  # (25, ANGLES): harmonics


@dataclass(frozen=True)
class Pose:
    """How the head lies in the picture: rotation in radians, shift and zoom in units of half its width."""

    rotation: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0


class Waves:
    """A smooth random field of unit variance over (u, v, z): a sum of `n` plane waves of wave number about
    `k`.

    Neighbouring slices of a patient share it and so look alike: it decorrelates over 1/`kz` in z.
    """

    def __init__(
        self, rng: np.random.Generator, *, n: int, k: float, kz: float | None = None, spread: float = 0.25
    ):
        angle = rng.uniform(0, 2 * np.pi, n)
        length = k * rng.uniform(1 - spread, 1 + spread, n)
        self.k = np.stack([length * np.cos(angle), length * np.sin(angle)])
        self.kz = rng.normal(0, k * 0.5 if kz is None else kz, n)
        self.phase = rng.uniform(0, 2 * np.pi, n)
        self.amplitude = np.float32(np.sqrt(2 / n))


class Frame:
    """Coordinates of every pixel in the head: U to the right, V to the front, (size, size) float32."""

    def __init__(self, size: int, pose: Pose):
        self.size, self.pose = size, pose
        self.pixel = 2 / size / pose.zoom
        self.x = ((np.arange(size) + 0.5) * 2 / size - 1).astype(np.float32)
        self.y = -self.x
        self.c, self.s = float(np.cos(pose.rotation)), float(np.sin(pose.rotation))
        x = (self.x[None, :] - pose.shift[0]) / pose.zoom
        y = (self.y[:, None] - pose.shift[1]) / pose.zoom
        self.U = (self.c * x + self.s * y).astype(np.float32)
        self.V = (self.c * y - self.s * x).astype(np.float32)
        self.r = np.sqrt(self.U**2 + self.V**2)
        turn = np.arctan2(self.V, self.U) * (ANGLES / (2 * np.pi)) + ANGLES / 2
        self.angle = turn.astype(np.int32) % ANGLES

    def warped(self, du: Array, dv: Array) -> Frame:
        """The same frame with coordinates bent by (du, dv): nobody's brain is made of ellipses."""
        bent = object.__new__(Frame)
        bent.__dict__.update(self.__dict__)
        bent.U, bent.V = self.U + du, self.V + dv
        return bent

    def window(self, u: float, v: float, reach: float) -> Window:
        """The pixels within `reach` of the point (u, v), as two slices; empty where it lies outside."""
        p = self.pose
        x = p.zoom * (self.c * u - self.s * v) + p.shift[0]
        y = p.zoom * (self.s * u + self.c * v) + p.shift[1]
        col, row, half = (x + 1) * self.size / 2, (1 - y) * self.size / 2, reach / self.pixel + 2
        top, left = (int(min(max(q - half, 0), self.size)) for q in (row, col))
        bottom, right = (int(min(max(q + half + 1, 0), self.size)) for q in (row, col))
        return slice(top, bottom), slice(left, right)

    def field(self, waves: Waves, z: float, window: Window | None = None) -> Array:
        """The random field on the pixels of `window` (default: all). cos(a+b) splits it into one product."""
        rows, cols = window or (slice(None), slice(None))
        p, (ku, kv) = self.pose, waves.k
        a = (ku * self.c - kv * self.s) / p.zoom
        b = (ku * self.s + kv * self.c) / p.zoom
        A = np.multiply.outer(a, self.x[cols] - p.shift[0]) + (waves.phase + waves.kz * z)[:, None]
        B = np.multiply.outer(b, self.y[rows] - p.shift[1])
        A, B = A.astype(np.float32), B.astype(np.float32)
        left, right = np.concatenate([np.cos(B), -np.sin(B)]), np.concatenate([np.cos(A), np.sin(A)])
        return waves.amplitude * (left.T @ right)

    def soft(self, inside: Array) -> Array:
        """Weight in [0, 1] from a signed distance (positive inside), one pixel wide."""
        w = inside * np.float32(1 / self.pixel)
        w += np.float32(0.5)
        return np.clip(w, 0, 1, out=w)


class Canvas:
    """A slice being painted: `img` signals, `lab` tissue indices, both (size, size)."""

    def __init__(self, frame: Frame, signal: NDArray[np.float64]):
        self.frame, self.signal = frame, signal.astype(np.float32)
        self.img = np.zeros((frame.size, frame.size), np.float32)
        self.lab = np.zeros((frame.size, frame.size), np.uint8)

    def paint(self, weight: Array, tissue: str, window: Window | None = None) -> None:
        """Mix `tissue` in with `weight` (of the window's shape)."""
        window = window or (slice(None), slice(None))
        img = self.img[window]
        img += weight * (self.signal[INDEX[tissue]] - img)
        self.lab[window][weight > 0.5] = INDEX[tissue]

    def ellipse(
        self,
        tissue: str,
        u: float,
        v: float,
        a: float,
        b: float,
        *,
        turn: float = 0.0,
        strength: float = 1.0,
        blur: float = 1.0,
        clip: Array | None = None,
    ) -> None:
        """Paint an ellipse with half axes a, b, turned by `turn` radians; `clip` (size, size) limits it."""
        if min(a, b) <= 0:
            return
        window = self.frame.window(u, v, max(a, b) + blur * self.frame.pixel)
        x, y = self.frame.U[window] - np.float32(u), self.frame.V[window] - np.float32(v)
        if turn:
            c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
            x, y = c * x + s * y, c * y - s * x
        rho = np.sqrt((x * np.float32(1 / a)) ** 2 + (y * np.float32(1 / b)) ** 2)
        weight = self.frame.soft((1 - rho) * np.float32(min(a, b) / blur)) * np.float32(strength)
        self.paint(weight if clip is None else weight * clip[window], tissue, window)

    def pair(self, tissue: str, u: float, v: float, a: float, b: float, *, turn: float = 0.0, **more) -> None:
        """The same ellipse on the right and, mirrored, on the left."""
        self.ellipse(tissue, u, v, a, b, turn=turn, **more)
        self.ellipse(tissue, -u, v, a, b, turn=-turn, **more)

    def stroke(
        self, tissue: str, points: list[tuple[float, float]], width: float, *, strength: float = 1.0
    ) -> None:
        """Paint a polyline of the given half width."""
        for p, q in pairwise(points):
            centre, reach = np.add(p, q) / 2, float(np.hypot(*np.subtract(p, q))) / 2 + width
            window = self.frame.window(centre[0], centre[1], reach)
            d = distance_to_segment(self.frame.U[window], self.frame.V[window], p, q)
            self.paint(self.frame.soft(np.float32(width) - d) * np.float32(strength), tissue, window)


def distance_to_segment(U: Array, V: Array, p: tuple[float, float], q: tuple[float, float]) -> Array:
    """Distance of the points (U, V) to the segment from p to q."""
    du, dv = np.float32(q[0] - p[0]), np.float32(q[1] - p[1])
    x, y = U - np.float32(p[0]), V - np.float32(p[1])
    t = np.clip((x * du + y * dv) / (du * du + dv * dv + np.float32(1e-12)), 0, 1)
    return np.sqrt((x - t * du) ** 2 + (y - t * dv) ** 2)
