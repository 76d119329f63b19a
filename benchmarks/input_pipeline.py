"""How much the fast input pipeline saves: images a second, side by side, as ratios. Not a timed test.

    python benchmarks/input_pipeline.py [--images 600] [--size 224] [--rounds 5]

The same JPEG files and the same amounts of augmentation (the reference's) go through (a) `DataGenerator`:
opened, decoded and augmented one at a time by Keras' layers, eagerly, in every epoch, as most projects do;
(p) the same loop with Pillow in the place of the layers: the best that one at a time can be; (b) tf.data over
cached uint8, Keras' layers on batches, all cores; (c) `CachedGenerator` on one core, (C) on all cores, and
(d) on one core with our own default amounts. What the cached ones pay once, decoding, is printed too. Rounds
alternate, so that a busy machine slows all alike; medians are compared.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its log lines; oneDNN stays on

import keras
import numpy as np
import PIL
import tensorflow as tf
from PIL import Image, ImageFilter
from threadpoolctl import threadpool_info

from neuropath.project.augment import ANATOMICAL, REFERENCE
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


def measure(epochs: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """Median images a second of each, after one warm-up, the rounds alternating."""
    speeds: dict[str, list[float]] = {name: [] for name in epochs}
    for number in range(rounds + 1):
        for name, epoch in epochs.items():
            start = time.perf_counter()
            images = epoch()
            if number:
                speeds[name].append(images / (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in speeds.items()}


def machine() -> str:
    blas = next((i.get("architecture", "?") for i in threadpool_info() if i["user_api"] == "blas"), "?")
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, BLAS core type {blas}, "
        f"oneDNN {'off' if os.environ.get('TF_ENABLE_ONEDNN_OPTS') == '0' else 'on'}; "
        f"Python {platform.python_version()}, NumPy {np.__version__}, Pillow {PIL.__version__}, "
        f"Keras {keras.__version__}, TensorFlow {tf.__version__}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, default in (("images", 600), ("size", 224), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args()
    labels = np.arange(args.images) % 17
    with tempfile.TemporaryDirectory() as folder:
        paths = write_images(Path(folder), args.images, args.size)
        start = time.perf_counter()
        images = decode_files(paths, Reading(args.size)).pixels
        decoding = time.perf_counter() - start
        files = DataGenerator(paths, labels, seed=0, size=args.size, batch_size=BATCH)
        pillow = PillowGenerator(paths, labels, seed=0, size=args.size, batch_size=BATCH, augment=False)
        layers = keras_layers_on_batches(images, labels)
        same = CachedGenerator(images, labels, seed=0, batch_size=BATCH, how=REFERENCE)
        ours = CachedGenerator(images, labels, seed=0, batch_size=BATCH, how=ANATOMICAL)
        epochs = {
            "(a) files one by one, Keras layers eagerly": lambda: in_order(files),
            "(p) files one by one, Pillow": lambda: in_order(pillow),
            "(b) cached, tf.data, Keras layers, all cores": lambda: consume(layers),
            "(c) cached, NumPy batches, one core": lambda: in_order(same),
            "(C) cached, NumPy batches, all cores": lambda: on_all_cores(same),
            "(d) as (c), our default amounts": lambda: in_order(ours),
        }
        speeds = measure(epochs, args.rounds)
    print(machine())
    print(f"{args.images} images of {args.size}×{args.size}, batches of {BATCH}, {args.rounds} rounds")
    against = list(speeds.values())[:3]
    for name, speed in speeds.items():
        ratios = "".join(f"{speed / other:9.1f}× ({key})" for key, other in zip("apb", against, strict=True))
        print(f"{name:<46}{speed:8,.0f} images/s{ratios}")
    print(f"decoding once into the cache: {args.images / decoding:,.0f} images/s")


if __name__ == "__main__":
    main()
