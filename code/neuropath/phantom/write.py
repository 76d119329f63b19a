"""`neuropath phantom`: a tree of PNG files as the reference's data set has it, with everything that is true
beside it.

    OUT/images/<class folder>/p00012_3.png     the picture
    OUT/masks/<class folder>/p00012_3.png      0 background, 128 oedema, 255 lesion
    OUT/patients.csv                           one line an image: patient, split, age, site, T1, T2 ...
    OUT/datasheet.md                           what this is, how it was made, what it is not for

The tree appears whole or not at all: it is built in a folder beside OUT and renamed at the end.
"""

from __future__ import annotations

import csv
import errno
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .classes import CLASSES
from .datasheet import datasheet
from .generate import check, stream
from .scan import Slice

BYTES_PER_PIXEL = 1.2  # of a picture and its mask as PNG, measured with a margin


def write_tree(
    out: str | PathLike[str],
    images: int,
    *,
    size: int = 224,
    seed: int = 0,
    sites: Sequence[str] = ("A", "B"),
    jobs: int | None = None,
    progress: bool = True,
) -> Counter[str]:
    """Generate into the folder `out` and return the number of images by short class name.

    Raises ValueError as `generate` does, and for an `out` that is a file or a folder with something in it, or
    where there is no room; nothing is left behind then.
    """
    check(images, size=size, seed=seed, sites=sites, jobs=jobs)
    target = _target(Path(out), images, size)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    made = stream(images, size=size, seed=seed, sites=sites, jobs=jobs, progress=progress)
    try:
        rows = [_write_slice(work, one) for one in made]
        text = datasheet(rows, size=size, seed=seed, sites=sites)
        _finish(work, target, rows, text)
    except OSError as error:
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):  # Windows has no quota
            raise ValueError(_no_room(target, images, size)) from error
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Counter(row["class"] for row in rows)


def _finish(work: Path, target: Path, rows: list[dict[str, Any]], text: str) -> None:
    _write_table(work / "patients.csv", rows)
    (work / "datasheet.md").write_text(text, encoding="utf-8")
    work.chmod(0o755)  # a temporary folder is its owner's alone
    if target.exists():
        target.rmdir()  # empty: it was checked
    os.replace(work, target)


def _target(out: Path, images: int, size: int) -> Path:
    """`out`, once it is sure that it may be written."""
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise ValueError(
            f"phantom expects OUT to be a new or empty folder, received {str(out)!r}, which holds something: "
            "name another, or remove it first."
        )
    out = out.absolute()
    if not out.parent.is_dir():
        raise ValueError(f"phantom expects the folder {str(out.parent)!r} to exist: make it first.")
    if not os.access(out.parent, os.W_OK):
        raise ValueError(
            f"phantom expects to write into {str(out.parent)!r} and may not: choose another OUT."
        )
    if shutil.disk_usage(out.parent).free < images * size * size * BYTES_PER_PIXEL:
        raise ValueError(_no_room(out, images, size))
    return out


def _no_room(target: Path, images: int, size: int) -> str:
    need = images * size * size * BYTES_PER_PIXEL / 1e6
    free = shutil.disk_usage(target.parent).free / 1e6
    place = str(target.parent)
    return (
        f"phantom expects about {need:.0f} MB for {images} images of {size} pixels; {place!r} has {free:.0f} "
        "MB free. Make room, or ask for fewer or smaller images."
    )


def _write_slice(folder: Path, one: Slice) -> dict[str, Any]:
    """Write picture and mask; return the line of patients.csv."""
    kind = CLASSES[one.label]
    name = f"{kind.folder}/p{one.facts['patient']:05d}_{one.facts['image']}.png"
    mask = np.where(one.lesion, 255, np.where(one.oedema, 128, 0)).astype(np.uint8)
    for top, pixels in (("images", one.image), ("masks", mask)):
        path = folder / top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_png(path, pixels)
    return {"file": name, "class": kind.short, "label": one.label, **one.facts}


def _write_png(path: Path, pixels: NDArray[np.uint8]) -> None:
    from PIL import Image

    Image.fromarray(pixels).save(path, format="PNG", compress_level=4)


def _write_table(path: Path, rows: list[dict[str, Any]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
