"""Folders of small images, made with Pillow: what the tests of the project's data side read."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from neuropath.project.classes import FOLDERS


def picture(seed: int, side: int = 24) -> Image.Image:
    """Noise that no other seed gives: files with the same bytes are a finding of their own."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (side, side), dtype=np.uint8))


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def make_class(folder: Path, images: int, seed: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(images):
        (folder / f"{i:03}.png").write_bytes(encoded(picture(seed + i)))
    return folder


def make_tree(root: Path, counts: dict[str, int]) -> Path:
    """A folder per class with that many images; every image in the tree differs from the others."""
    for k, (name, images) in enumerate(counts.items()):
        make_class(root / name, images, seed=1000 * k)
    return root


def make_seventeen(root: Path, images: int = 3) -> Path:
    return make_tree(root, dict.fromkeys(FOLDERS, images))


def write_cheng(file: Path, images: int = 30, **changes) -> Path:
    """An archive laid out as Cheng's, small; changes replace arrays, None leaves one out."""
    blobs = [encoded(picture(i), "JPEG") for i in range(images)]
    arrays = {
        "jpeg": np.frombuffer(b"".join(blobs), np.uint8),
        "offsets": np.cumsum([0, *map(len, blobs)]),
        "labels": np.arange(images, dtype=np.int16) % 3,
        "class_names": np.array(["glioma", "meningioma", "pituitary"]),
        "fold": (np.arange(images) // 3 % 5 + 1).astype(np.int8),
    }
    np.savez(file, **{k: v for k, v in (arrays | changes).items() if v is not None})
    return file
