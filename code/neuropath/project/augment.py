"""Augmentation of whole batches in NumPy, on uint8 images that stay in memory: the fast path for training.

What is drawn by default could have come out of a scanner: a head a little turned, moved, nearer, mirrored
left to right, a little brighter or flatter. Never upside down: an axial slice has its face at the top, and a
model that must also learn the impossible half learns the possible one worse. `REFERENCE` is what the
reference project drew, vertical flips and ±25° included, for the lesson that compares them. (Mirroring is a
modelling choice too: it assumes that the label does not depend on the side, which holds for these 17
classes.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = [
    "ANATOMICAL",
    "AUGMENTATIONS",
    "NONE",
    "REFERENCE",
    "Augmentation",
    "augment_batch",
    "batches",
    "tf_dataset",
]

SHARED = 8  # images that share one turn, zoom and shift: the map of pixels is worked out once for them


@dataclass(frozen=True)
class Augmentation:
    """How far images may be changed; every amount is drawn uniformly, flips with probability one half.

    rotation: degrees either way. zoom: (least, most) share of the side that stays visible; below 1 is nearer.
    shift: share of the side. brightness: share of the full range 255, added. contrast: factors about the
    mean.
    """

    horizontal_flip: bool = False
    vertical_flip: bool = False
    rotation: float = 0.0
    zoom: tuple[float, float] = (1.0, 1.0)
    shift: float = 0.0
    brightness: float = 0.0
    contrast: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        ranges = {"zoom": self.zoom, "contrast": self.contrast}
        if wrong := {name: r for name, r in ranges.items() if not 0 < r[0] <= r[1]}:
            raise ValueError(f"expected (least, most) with 0 < least <= most, received {wrong}")
        amounts = {"rotation": self.rotation, "shift": self.shift, "brightness": self.brightness}
        if wrong_amounts := {name: a for name, a in amounts.items() if a < 0}:
            raise ValueError(f"expected amounts of 0 or more, received {wrong_amounts}")

    @property
    def moves(self) -> bool:
        """Whether pixels change place other than by flips."""
        return self.rotation > 0 or self.shift > 0 or self.zoom != (1.0, 1.0)

    @property
    def shades(self) -> bool:
        """Whether grey levels change."""
        return self.brightness > 0 or self.contrast != (1.0, 1.0)


NONE = Augmentation()
ANATOMICAL = Augmentation(True, False, 10.0, (0.9, 1.05), 0.05, 0.1, (0.85, 1.15))
REFERENCE = Augmentation(True, True, 25.0, (0.75, 1.0), 0.0, 0.2, (0.8, 1.2))
AUGMENTATIONS = {"anatomical": ANATOMICAL, "reference": REFERENCE, "none": NONE}  # as the command calls them


def augment_batch(
    images: np.ndarray, how: Augmentation = ANATOMICAL, *, rng: np.random.Generator
) -> np.ndarray:
    """images (B, H, W) or (B, H, W, 3), uint8, changed within `how`: float32 of the same shape, in [0, 255].

    Flips and shades are drawn per image, turn, zoom and shift per `SHARED` neighbours: shuffle before. What
    comes in from outside the frame repeats the border, which in MRI is black.
    """
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise ValueError(
            f"expected uint8 images (B, H, W) or (B, H, W, 3), received {images.dtype} {images.shape}"
        )
    out = np.empty(images.shape, np.float32)
    for start in range(0, len(images), SHARED):
        some = _flip(images[start : start + SHARED], how, rng)
        if how.moves:
            _move(some, how, rng, out[start : start + SHARED])
        else:
            out[start : start + SHARED] = some
    if how.shades:
        _shade(out, how, rng)
    return out


def _flip(images: np.ndarray, how: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Each image mirrored left to right, or upside down, or both, or neither."""
    for wanted, step in ((how.horizontal_flip, np.s_[:, :, ::-1]), (how.vertical_flip, np.s_[:, ::-1])):
        if wanted:
            chosen = rng.random(len(images)) < 0.5
            images = images.copy()
            images[chosen] = images[chosen][step]
    return images


def _move(images: np.ndarray, how: Augmentation, rng: np.random.Generator, out: np.ndarray) -> None:
    """One turn, zoom and shift for all of `images`, bilinear, written to `out` (float32).

    Output pixel p shows the input around M (p − centre) + centre + shift: where that is, and with which
    weights its four neighbours count, is worked out once; each image is then one gather and one weighted sum.
    """
    height, width = images.shape[1:3]
    angle, scale = np.deg2rad(rng.uniform(-how.rotation, how.rotation)), rng.uniform(*how.zoom)
    cos, sin = np.float32(scale * np.cos(angle)), np.float32(scale * np.sin(angle))
    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    to = (middle + rng.uniform(-how.shift, how.shift, 2) * (height, width)).astype(np.float32)
    y = np.arange(height, dtype=np.float32)[:, None] - np.float32(middle[0])
    x = np.arange(width, dtype=np.float32) - np.float32(middle[1])
    rows = np.clip(cos * y - sin * x + to[0], 0, height - 1).ravel()
    columns = np.clip(sin * y + cos * x + to[1], 0, width - 1).ravel()
    top, left = (np.minimum(v.astype(np.intp), n - 2) for v, n in ((rows, height), (columns, width)))
    down, right = (rows - top).astype(np.float32), (columns - left).astype(np.float32)
    weights = np.stack([(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right])
    corners = top * width + left + np.array([[0], [1], [width], [width + 1]])  # (4, H W)
    for image, target in zip(images, out, strict=True):
        neighbours = image.reshape(height * width, -1).take(corners, axis=0)  # (4, H W, C)
        np.einsum("kpc,kp->pc", neighbours, weights, out=target.reshape(height * width, -1))


def _shade(images: np.ndarray, how: Augmentation, rng: np.random.Generator) -> None:
    """In place: contrast about each image's mean, then brightness, then back into [0, 255]."""
    factors = rng.uniform(*how.contrast, len(images)).astype(np.float32)
    offsets = (255 * rng.uniform(-how.brightness, how.brightness, len(images))).astype(np.float32)
    for image, factor, offset in zip(images, factors, offsets, strict=True):
        offset = offset + (1 - factor) * image.mean()
        image *= factor
        image += offset
        np.clip(image, 0, 255, out=image)


def batches(
    images: np.ndarray,
    labels: np.ndarray,
    *,
    rng: np.random.Generator,
    batch_size: int = 32,
    how: Augmentation = ANATOMICAL,
    shuffle: bool = True,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """One epoch of (images, labels), images float32 (B, H, W, C) in [0, 255], C = 1 for grey ones."""
    order = rng.permutation(len(images)) if shuffle else np.arange(len(images))
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        batch = augment_batch(images[rows], how, rng=rng)
        yield (batch[..., None] if batch.ndim == 3 else batch), labels[rows]


def tf_dataset(
    images: np.ndarray,
    labels: np.ndarray,
    *,
    seed: int,
    batch_size: int = 32,
    how: Augmentation = ANATOMICAL,
    shuffle: bool = True,
) -> Any:
    """The same as a tf.data.Dataset, a new order and new draws in each pass; TensorFlow is imported here
    only.

    For what wants a Dataset, such as tf.distribute. The augmentation is the same NumPy code, behind the
    pipeline's prefetching: one batch is prepared while the last is trained on.
    """
    import tensorflow as tf

    passes = np.random.default_rng(seed)

    def epoch() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return batches(images, labels, rng=passes, batch_size=batch_size, how=how, shuffle=shuffle)

    channels = images.shape[3] if images.ndim == 4 else 1
    signature = (
        tf.TensorSpec((None, *images.shape[1:3], channels), tf.float32),
        tf.TensorSpec((None,), labels.dtype),
    )
    made = tf.data.Dataset.from_generator(epoch, output_signature=signature)
    return made.apply(tf.data.experimental.assert_cardinality(-(-len(images) // batch_size))).prefetch(2)
