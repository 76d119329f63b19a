"""`DataGenerator`, a `keras.utils.PyDataset` over files, and `CachedGenerator`, the same over arrays: slow
and fast.

Both feed `model.fit`. The first is what most projects do, and what the reference project did: every epoch
opens, decodes, resizes and augments every file again, one at a time. The second starts from uint8 arrays that
were decoded once and changes a batch at a time; `benchmarks/input_pipeline.py` prints how much that saves.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from .augment import ANATOMICAL, NONE, REFERENCE, Augmentation, augment_batch
from .images import read_image

__all__ = ["ArrayGenerator", "CachedGenerator", "DataGenerator", "reference_layers"]


class DataGenerator(keras.utils.PyDataset):
    """Batches read from files and augmented image by image, as the reference project did.

    paths: one file per image. labels: integers (N,). Gives float32 (B, size, size, 3) in [0, 255] and the
    labels; the model scales them itself. augment: flips both ways, ±25°, 75–100 % of the side, brightness
    ±0.2, contrast 0.8–1.2. A file that gives no image raises `ImageProblem`: MRIDataLoader is the one that
    copes with those.
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        labels: np.ndarray,
        *,
        seed: int,
        size: int = 224,
        batch_size: int = 16,
        augment: bool = True,
        shuffle: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        _check_lengths(len(paths), len(labels))
        self.paths, self.labels = [os.fspath(path) for path in paths], np.asarray(labels)
        self.size, self.batch_size, self.shuffle = size, batch_size, shuffle
        self.rng = np.random.default_rng(seed)
        self.order = np.arange(len(self.paths))
        self.layers = reference_layers(seed) if augment else []
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.paths) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return np.stack([self._image(self.paths[row]) for row in rows]), self.labels[rows]

    def on_epoch_end(self) -> None:
        """A new order for the next epoch."""
        if self.shuffle:
            self.order = self.rng.permutation(len(self.paths))

    def _image(self, path: str) -> np.ndarray:
        pixels = read_image(path, self.size, color_mode="rgb").pixels
        image = keras.ops.convert_to_tensor(pixels, dtype="float32")
        for layer in self.layers:
            image = layer(image, training=True)
        return keras.ops.convert_to_numpy(image)


def reference_layers(seed: int) -> list[keras.Layer]:
    """The reference's augmentation in Keras' own layers; see augment.REFERENCE for the same amounts."""
    amounts = REFERENCE
    full = (0, 255)
    return [
        keras.layers.RandomFlip("horizontal_and_vertical", seed=seed),
        keras.layers.RandomRotation(amounts.rotation / 360, fill_mode="nearest", seed=seed + 1),
        keras.layers.RandomZoom((amounts.zoom[0] - 1, 0.0), fill_mode="nearest", seed=seed + 2),
        keras.layers.RandomBrightness(amounts.brightness, value_range=full, seed=seed + 3),
        keras.layers.RandomContrast(1 - amounts.contrast[0], value_range=full, seed=seed + 4),
    ]


class ArrayGenerator(keras.utils.PyDataset):
    """Batches (x, y) of two arrays in an order that can be repeated: features of a frozen base, for example.

    x (N, …), y (N,). The order depends on seed and epoch alone, so several workers and a resumed run
    (epoch=…) give the same batches. Call fit(…, shuffle=False): what Keras would add, another order of the
    batches drawn from Python's global generator, cannot be repeated after a resumption.
    """

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        *,
        seed: int,
        batch_size: int = 32,
        shuffle: bool = True,
        epoch: int = 0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        _check_lengths(len(x), len(y))
        self.x, self.y, self.seed, self.epoch = x, np.asarray(y), seed, epoch
        self.batch_size, self.shuffle = batch_size, shuffle
        self._begun = not hasattr(keras.utils.PyDataset, "on_epoch_begin")  # an older Keras never says so

    def __len__(self) -> int:
        return -(-len(self.x) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        order = np.arange(len(self.x))
        if self.shuffle:
            order = np.random.default_rng((self.seed, self.epoch)).permutation(len(order))
        rows = order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.prepare(self.x[rows], index), self.y[rows]

    def prepare(self, batch: np.ndarray, index: int) -> np.ndarray:
        """What becomes of the inputs of batch `index`; here nothing."""
        return batch

    def on_epoch_begin(self) -> None:
        """An epoch is under way, as opposed to the first look that fit takes at a few batches."""
        self._begun = True

    def on_epoch_end(self) -> None:
        """Another order and other draws from now on; not yet after that first look."""
        self.epoch += self._begun


class CachedGenerator(ArrayGenerator):
    """Batches from uint8 images in memory, augmented: the fast path.

    images (N, H, W) or (N, H, W, 3) uint8, labels (N,). Gives float32 (B, H, W, C) in [0, 255]; channels: 1
    or 3 (grey repeated), by default as the images are. how: an `Augmentation`, `augment.NONE` for evaluation.
    Order and draws depend on seed, epoch and batch alone, as in `ArrayGenerator`.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        *,
        seed: int,
        how: Augmentation = ANATOMICAL,
        channels: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(images, labels, seed=seed, **kwargs)
        own = images.shape[3] if images.ndim == 4 else 1
        self.how, self.channels = how, channels or own
        if self.channels not in (own, 3):
            raise ValueError(f"expected channels {own} or 3 for images {images.shape}, received {channels}")

    def prepare(self, batch: np.ndarray, index: int) -> np.ndarray:
        """Augmented, float32 (B, H, W, C)."""
        rng = np.random.default_rng((self.seed, self.epoch, index))
        batch = augment_batch(batch, self.how, rng=rng)
        batch = batch[..., None] if batch.ndim == 3 else batch
        return batch if self.channels == batch.shape[-1] else np.repeat(batch, self.channels, axis=-1)

    @classmethod
    def plain(cls, images: np.ndarray, labels: np.ndarray, **kwargs: Any) -> CachedGenerator:
        """In order and unchanged: for validation, testing and features."""
        return cls(images, labels, seed=0, how=NONE, shuffle=False, **kwargs)


def _check_lengths(images: int, labels: int) -> None:
    if images != labels or not images:
        raise ValueError(f"expected as many labels as images, at least one, received {images} and {labels}")
