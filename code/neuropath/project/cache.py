"""Decode many image files once: in parallel, and remembered on disk by what the files hold.

The key is a hash over the bytes of every file and over how they are decoded. A file that is edited, added or
removed gives another key; files that are moved or touched do not. A cache file appears complete or not at
all.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import PIL

from .images import Decoded, ImageProblem, decode, read_bytes

__all__ = ["DecodedFiles", "Reading", "decode_files", "default_cache"]

VERSION = 1  # raise it when images.decode changes what it gives
FEW = 200  # files; below it no progress bar
Outcome = tuple[int, str, str, str]
Kept = tuple[np.ndarray, np.ndarray, tuple[Outcome, ...]]  # pixels, good, outcomes
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class DecodedFiles:
    """What became of a list of files.

    pixels (M, S, S) or (M, S, S, 3) uint8 of the M good ones; good (M,) their places in the list; digests:
    SHA-256 of each file's bytes ("" if unreadable); outcomes: (place, "skipped" | "note", kind, detail);
    cached: where from.
    """

    pixels: np.ndarray
    good: np.ndarray
    digests: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    cached: Path | None


def default_cache() -> Path:
    """The folder for decoded images: NEUROPATH_CACHE, or the user's cache folder."""
    if folder := os.environ.get("NEUROPATH_CACHE"):
        return Path(folder)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "neuropath"


@dataclass(frozen=True)
class Reading:
    """How files become arrays: pixels a side, Keras' color_mode, "pad" or "stretch", the folder for the
    cache.

    drop_small: leave out classes with too few images instead of refusing the set (see gather).
    """

    size: int
    color_mode: str = "grayscale"
    fit: str = "pad"
    cache: Path | None = None
    progress: bool = False
    drop_small: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one image."""
        return (self.size, self.size) if self.color_mode == "grayscale" else (self.size, self.size, 3)


def decode_files(items: Sequence[Path | bytes], how: Reading) -> DecodedFiles:
    """Decode every file (a path, or its bytes) that can be; the second time from one cached file."""
    digests = tuple(_map(_digest, items, "reading" if how.progress else ""))
    recipe = (VERSION, PIL.__version__, how.size, how.color_mode, how.fit)
    key = hashlib.sha256(repr((recipe, digests)).encode()).hexdigest()[:24]
    file = how.cache / f"decoded-{how.size}-{key}.npz" if how.cache is not None else None
    if file is not None and (kept := _load(file)) is not None:
        return DecodedFiles(kept[0], kept[1], digests, kept[2], file)

    def attempt(item: Path | bytes) -> Decoded | ImageProblem:
        try:
            return decode(_bytes(item), how.size, color_mode=how.color_mode, fit=how.fit)
        except ImageProblem as problem:
            return problem

    fresh = _collect(_map(attempt, items, "decoding" if how.progress else ""), how.shape)
    saved = file is not None and _save(file, *fresh)
    return DecodedFiles(fresh[0], fresh[1], digests, fresh[2], file if saved else None)


def _map(work: Callable[[T], R], items: Sequence[T], label: str) -> list[R]:
    """work(item) for all, in order, by threads: Pillow and hashlib release Python's lock."""
    with warnings.catch_warnings(), ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata
        results: Iterable[R] = pool.map(work, items)
        if label and len(items) > FEW:
            from tqdm import tqdm

            results = tqdm(results, desc=label, total=len(items), unit="image")
        return list(results)


def _bytes(item: Path | bytes) -> bytes:
    return item if isinstance(item, bytes) else read_bytes(item)


def _digest(item: Path | bytes) -> str:
    try:
        return hashlib.sha256(_bytes(item)).hexdigest()
    except ImageProblem:
        return ""


def _collect(results: Sequence[Decoded | ImageProblem], shape: tuple[int, ...]) -> Kept:
    good: list[int] = []
    outcomes: list[Outcome] = []
    pixels = np.empty((sum(isinstance(result, Decoded) for result in results), *shape), np.uint8)
    for i, result in enumerate(results):
        if isinstance(result, ImageProblem):
            outcomes.append((i, "skipped", result.kind, result.detail))
        else:
            pixels[len(good)] = result.pixels
            good.append(i)
            outcomes += [(i, "note", note, "") for note in result.notes]
    return pixels, np.array(good, np.int64), tuple(outcomes)


def _save(file: Path, pixels: np.ndarray, good: np.ndarray, outcomes: tuple[Outcome, ...]) -> bool:
    """Write beside the place, then move there in one step; a full disk costs the cache, not the run."""
    scratch = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, scratch = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-", suffix=".part")
        with os.fdopen(descriptor, "wb") as stream:
            np.savez(stream, pixels=pixels, good=good, outcomes=np.array(json.dumps(outcomes)))
        os.replace(scratch, file)
    except OSError as error:
        if scratch is not None:
            Path(scratch).unlink(missing_ok=True)
        warnings.warn(f"decoded images were not cached in {file.parent}: {error}", stacklevel=3)
        return False
    return True


def _load(file: Path) -> Kept | None:
    """The cached arrays, or None if there are none or they cannot be trusted (then they are made anew)."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            pixels, good = archive["pixels"], archive["good"]
            outcomes = tuple((int(i), w, k, d) for i, w, k, d in json.loads(str(archive["outcomes"])))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error):
        return None
    return (pixels, good, outcomes) if len(pixels) == len(good) else None
