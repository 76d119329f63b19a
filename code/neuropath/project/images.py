"""One image file to one array, or the reason why not. Nothing is decoded before its size is known to be sane.

`read_image` serves the loader, the page's DataGenerator and the app's uploads alike: whatever a file holds,
it gives a uint8 array or raises `ImageProblem` with a sentence that a reader understands.
"""

from __future__ import annotations

import io
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

__all__ = ["Decoded", "ImageProblem", "decode", "looks_like_image", "read_image"]

# Formats that hold pictures and nothing that runs: no EPS (Ghostscript), no PDF.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
SUFFIXES = {
    ".png",
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".bmp",
    ".gif",
    ".tif",
    ".tiff",
    ".webp",
    ".pgm",
    ".ppm",
}
MAX_PIXELS = 40_000_000  # 6,300 × 6,300: beyond any MRI slice, 120 MB as RGB; refused from the header alone
MAX_BYTES = 200_000_000
MIN_SIDE = 8
DEEP = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")  # Pillow's modes of more than 8 bits a pixel
COLOR_MODES = {"grayscale": "L", "rgb": "RGB"}  # Keras' names to Pillow's
FITS = ("pad", "stretch")


class ImageProblem(ValueError):
    """Why a file gives no image: `kind` is short and countable, `detail` says what this file holds."""

    def __init__(self, kind: str, detail: str = ""):
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind, self.detail = kind, detail


@dataclass(frozen=True)
class Decoded:
    """pixels (size, size) or (size, size, 3), uint8; notes: what had to be changed to get there."""

    pixels: np.ndarray
    notes: tuple[str, ...] = ()


def looks_like_image(path: Path) -> bool:
    """By its name: whether a reader who put it there meant it as an image."""
    return path.suffix.lower() in SUFFIXES


def read_image(
    source: str | Path | bytes, size: int, *, color_mode: str = "grayscale", fit: str = "pad"
) -> Decoded:
    """The image in a file (or in its bytes), `size` × `size`; raises ImageProblem, never anything else of the
    file's.

    fit: "pad" keeps the proportions of the head and fills with black, "stretch" does not (as the reference).
    """
    data = source if isinstance(source, bytes) else read_bytes(Path(source))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata; sizes are checked in decode
        return decode(data, size, color_mode=color_mode, fit=fit)


def read_bytes(path: Path) -> bytes:
    """The file's bytes, or ImageProblem if it cannot be opened or is beyond MAX_BYTES."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):  # reading a pipe would wait for ever
            raise ImageProblem("unreadable file", "a folder, pipe or device, not a regular file")
        length = facts.st_size
        if length > MAX_BYTES:
            raise ImageProblem("file too large", f"{length / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB")
        return path.read_bytes()
    except OSError as error:
        raise ImageProblem("unreadable file", error.strerror or type(error).__name__) from None


def decode(data: bytes, size: int, *, color_mode: str = "grayscale", fit: str = "pad") -> Decoded:
    """As read_image, from bytes; leaves the process' warning filters alone, so threads may call it."""
    if color_mode not in COLOR_MODES or fit not in FITS:
        raise ValueError(
            f"expected color_mode in {tuple(COLOR_MODES)} and fit in {FITS}, received {color_mode!r}, {fit!r}"
        )
    if not data:
        raise ImageProblem("empty file", "0 bytes")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_header(image)
            return _decode(image, size, COLOR_MODES[color_mode], fit)
    except ImageProblem:
        raise
    except Image.UnidentifiedImageError:
        raise ImageProblem("not an image", _kind_of(data)) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageProblem("too many pixels", str(error).split(",")[0]) from None
    except Exception as error:  # a hostile file may raise anything inside a parser that is not ours
        reason = f"{type(error).__name__}: {error}".split("\n")[0][:120]
        raise ImageProblem("corrupt image", reason) from None


def _check_header(image: Image.Image) -> None:
    """Refuse by what the header says: bombs, specks, sequences of frames."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageProblem("too many pixels", f"{width:,} × {height:,}; at most {MAX_PIXELS:,} in all")
    if min(width, height) < MIN_SIDE:
        raise ImageProblem("too small", f"{width} × {height} pixels; at least {MIN_SIDE} a side")
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        raise ImageProblem("more than one frame", f"{frames} frames: save the slice that is meant by itself")


def _decode(image: Image.Image, size: int, mode: str, fit: str) -> Decoded:
    notes: list[str] = []
    if image.mode == "CMYK":
        notes.append("CMYK colours converted")
    elif image.mode in DEEP:
        notes.append("more than 8 bits a pixel: rescaled from the image's own range to 0–255")
    elif image.format == "JPEG":
        image.draft(
            mode, (size, size)
        )  # let the decoder shrink by 2, 4 or 8 where that is still large enough
    flat = _to_8_bits(image) if image.mode in DEEP else ImageOps.exif_transpose(image)
    flat = flat.convert(mode)
    resized = ImageOps.pad(flat, (size, size)) if fit == "pad" else flat.resize((size, size))
    return Decoded(np.asarray(resized, dtype=np.uint8).copy(), tuple(notes))


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Pillow's own conversion would clip at 255 and leave a white picture: rescale from the image's range."""
    values = np.asarray(image, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ImageProblem("corrupt image", "it holds values that are no finite numbers")
    low, high = values.min(), values.max()
    scaled = (values - low) * (255 / (high - low)) if high > low else np.zeros_like(values)
    return Image.fromarray(np.rint(scaled).astype(np.uint8))


def _kind_of(data: bytes) -> str:
    """What a file is that Pillow does not know, as far as its first bytes tell."""
    if data[128:132] == b"DICM":
        return "a DICOM file: export the slice as PNG (and see that no patient data travels with it)"
    if data[:2] == b"\x1f\x8b" or data[:2] == b"PK":
        return "an archive (zip or gzip): unpack it first"
    if data.lstrip()[:1] == b"<":
        return "a web page or SVG: a download that met an error page looks like this"
    if not any(data[:64]):
        return "zeros only: an interrupted download looks like this"
    return "its first bytes match no format among " + ", ".join(FORMATS)
