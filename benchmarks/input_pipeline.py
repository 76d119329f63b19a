"""How much the fast input pipeline saves: images a second, side by side, as ratios. Not a timed test.

    python -m benchmarks.input_pipeline [--images 600] [--size 224] [--rounds 5]

The same JPEG files and the same amounts of augmentation (the reference's) go through `DataGenerator`: opened,
decoded and augmented one at a time by Keras' layers, eagerly, in every epoch, as most projects do; the same
loop with Pillow in the place of the layers: the best that one at a time can be; tf.data over cached uint8,
Keras' layers on batches, all cores; `CachedGenerator` on one core, on all cores, and on one core with our own
default amounts. What the cached ones pay once, decoding, is printed too. Rounds alternate, so that a busy
machine slows all alike.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its log lines; oneDNN stays on

import keras
import numpy as np
import tensorflow as tf
from PIL import Image, ImageFilter

from benchmarks.machine import machine
from benchmarks.measure import Agreement, Call, Work, agree, alternate, quartiles
from neuropath.project.augment import ANATOMICAL, NONE, REFERENCE
from neuropath.project.cache import Reading, decode_files
from neuropath.project.generator import CachedGenerator, DataGenerator, reference_layers
from neuropath.project.images import read_image

BATCH = 16


def write_images(folder: Path, number: int, size: int) -> list[Path]:
    """Smooth noise as JPEG files: they decode at the speed of pictures, not of a flat grey."""
    rng = np.random.default_rng(0)
    paths = [folder / f"{i:04}.jpg" for i in range(number)]
    for path in paths:
        noise = Image.fromarray(rng.integers(0, 256, (size, size), dtype=np.uint8))
        noise.filter(ImageFilter.GaussianBlur(2)).save(path, quality=90)
    return paths


def keras_layers_on_batches(images: np.ndarray, labels: np.ndarray) -> tf.data.Dataset:
    """What Keras' guide shows: cached arrays, batches, augmentation layers in the pipeline."""
    layers = reference_layers(0)

    def augment(X: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        X = tf.cast(X[..., None], tf.float32)
        for layer in layers:
            X = layer(X, training=True)
        return X, y

    data = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(len(labels)).batch(BATCH)
    return data.map(augment, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)


class PillowGenerator(DataGenerator):
    """One file at a time, but turned, zoomed and flipped by Pillow in one go, and shaded by NumPy."""

    def _image(self, path: str) -> np.ndarray:
        rng, how = self.rng, REFERENCE
        image = Image.fromarray(read_image(path, self.size).pixels)
        angle, scale = np.deg2rad(rng.uniform(-how.rotation, how.rotation)), rng.uniform(*how.zoom)
        cos, sin, c = scale * np.cos(angle), scale * np.sin(angle), (self.size - 1) / 2
        turn = (cos, sin, c - c * (cos + sin), -sin, cos, c - c * (cos - sin))
        image = image.transform(image.size, Image.Transform.AFFINE, turn, Image.Resampling.BILINEAR)
        pixels = np.asarray(image, np.float32)[:: rng.choice((-1, 1)), :: rng.choice((-1, 1)), None]
        mean, offset = pixels.mean(), 255 * rng.uniform(-how.brightness, how.brightness)
        return np.clip((pixels - mean) * rng.uniform(*how.contrast) + mean + offset, 0, 255)


def consume(batches: Iterable) -> int:
    return sum(len(y) for _, y in batches)


def in_order(generator: keras.utils.PyDataset) -> int:
    return consume(generator[i] for i in range(len(generator)))


def on_all_cores(generator: keras.utils.PyDataset) -> int:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return consume(pool.map(generator.__getitem__, range(len(generator))))


def agreement(paths: list[Path], images: np.ndarray, labels: np.ndarray, size: int) -> Agreement:
    """Without augmentation, whose random numbers are everyone's own, both generators give the same pixels."""
    options = {"seed": 0, "batch_size": BATCH, "shuffle": False}
    files = DataGenerator(paths, labels, size=size, augment=False, **options)[0][0]
    cached = CachedGenerator(images, labels, how=NONE, **options)[0][0]
    grey = np.repeat(cached, 3, axis=3)  # the files are given in three channels
    return agree("input, a batch without augmentation", grey, np.asarray(files), 1e-6)


def works(quick: bool = False, number: int = 240, size: int = 224) -> Iterator[Work]:
    """An epoch over the files, by everyone. The files are there until the next is asked for."""
    number, size = (64, 64) if quick else (number, size)
    labels = np.arange(number) % 17
    with tempfile.TemporaryDirectory() as folder:
        paths = write_images(Path(folder), number, size)
        images = decode_files(paths, Reading(size)).pixels
        files = DataGenerator(paths, labels, seed=0, size=size, batch_size=BATCH)
        pillow = PillowGenerator(paths, labels, seed=0, size=size, batch_size=BATCH, augment=False)
        layers = keras_layers_on_batches(images, labels)
        same = CachedGenerator(images, labels, seed=0, batch_size=BATCH, how=REFERENCE)
        own = CachedGenerator(images, labels, seed=0, batch_size=BATCH, how=ANATOMICAL)
        others: dict[str, Call | None] = {
            "files one by one, Keras layers eagerly": lambda: in_order(files),
            "files one by one, Pillow": lambda: in_order(pillow),
            "cached, tf.data, Keras layers, all cores": lambda: consume(layers),
        }
        ours: dict[str, Call] = {
            "cached batches": lambda: in_order(same),
            "cached batches, all cores": lambda: on_all_cores(same),
            "cached batches, our amounts": lambda: in_order(own),
        }
        found = [agreement(paths, images, labels, size)]
        title = f"input of one image, {size}², augmented, batch {BATCH}"
        aimed = ("cached batches", "cached batches, all cores")  # the same amounts of augmentation
        yield Work("input", title, ours, others, found, "input", aimed, number, "µs")


def decoding(number: int, size: int) -> float:
    """Images a second that are read into the cache, which is done once."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_images(Path(folder), number, size)
        start = time.perf_counter()
        decode_files(paths, Reading(size))
        return number / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, default in (("images", 600), ("size", 224), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args()
    for work in works(False, args.images, args.size):
        calls = {**work.others, **work.ours}
        found = alternate(calls, args.rounds)
        speeds = {name: work.per / quartiles(seconds)[1] for name, seconds in found.items()}
    print(machine())
    print(f"{args.images} images of {args.size}×{args.size}, batches of {BATCH}, {args.rounds} rounds")
    for name, speed in speeds.items():
        ratios = "".join(f"{speed / speeds[other]:9.1f}×" for other in work.others)
        print(f"{name:<44}{speed:8,.0f} images/s{ratios}")
    print(f"decoding once into the cache: {decoding(args.images, args.size):,.0f} images/s")


if __name__ == "__main__":
    main()
