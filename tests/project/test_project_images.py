"""One file to one array, whatever the file holds; and the cache of what was decoded."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from project_trees import encoded, picture

from neuropath.project import cache as cache_module
from neuropath.project import images
from neuropath.project.cache import Reading, decode_files
from neuropath.project.images import ImageProblem, read_image


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose header promises width × height pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def animated(kind: str) -> bytes:
    frames = [picture(i) for i in range(3)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


BROKEN = {
    "zero bytes": (b"", "empty file"),
    "text": (b"patient, label\n1, glioma\n" * 9, "not an image"),
    "html": (b"<html>404</html>" * 9, "not an image"),
    "zeros": (bytes(5000), "not an image"),
    "dicom": (bytes(128) + b"DICM" + bytes(300), "not an image"),
    "zip": (b"PK\x03\x04" + bytes(300), "not an image"),
    "cut png": (encoded(picture(1, 200))[:9000], "corrupt image"),
    "cut jpeg": (encoded(picture(1, 200), "JPEG")[:3000], "corrupt image"),
    "flipped bits": (
        bytes(b ^ (0xFF if 500 < i < 900 else 0) for i, b in enumerate(encoded(picture(1, 64)))),
        "",
    ),
    "bomb": (bomb(30_000, 30_000), "too many pixels"),
    "small bomb": (bomb(10_000, 10_000), "too many pixels"),
    "bomb just above": (bomb(8_000, 8_000), "too many pixels"),
    "speck": (encoded(picture(1, 4)), "too small"),
    "gif": (animated("GIF"), "more than one frame"),
    "apng": (animated("PNG"), "more than one frame"),
    "tiff stack": (animated("TIFF"), "more than one frame"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
}


@pytest.mark.parametrize(("data", "kind"), BROKEN.values(), ids=BROKEN)
def test_what_holds_no_single_sane_image_is_refused_in_words(data, kind):
    with pytest.raises(ImageProblem) as caught:
        read_image(data, 32)
    assert kind in caught.value.kind
    assert str(caught.value)


def test_a_bomb_is_refused_before_decoding(monkeypatch):
    def decoded(*args):
        raise AssertionError("pixels were decoded")

    monkeypatch.setattr(Image.Image, "load", decoded)
    monkeypatch.setattr(images, "_decode", decoded)
    with pytest.raises(ImageProblem, match="too many pixels"):
        read_image(bomb(30_000, 30_000), 32)


def test_a_file_that_is_not_there_or_a_folder(tmp_path):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "dangling.png").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe.png")
    for name in ("folder.png", "dangling.png", "absent.png", "pipe.png"):
        with pytest.raises(ImageProblem, match="unreadable file"):
            read_image(tmp_path / name, 32)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1"])
def test_ordinary_modes_give_the_same_grey(mode):
    got = read_image(encoded(picture(3).convert("RGB").convert(mode)), 24)
    assert got.pixels.shape == (24, 24)
    assert got.pixels.dtype == np.uint8
    assert got.notes == ()
    if mode not in ("P", "1"):
        np.testing.assert_allclose(got.pixels, np.asarray(picture(3)), atol=1)


def test_cmyk_is_converted_and_said():
    got = read_image(encoded(picture(3).convert("RGB").convert("CMYK"), "JPEG", quality=95), 24)
    assert "CMYK" in got.notes[0]
    assert np.corrcoef(got.pixels.ravel(), np.asarray(picture(3)).ravel())[0, 1] > 0.9


def test_sixteen_bits_are_rescaled_not_clipped():
    deep = np.asarray(picture(3)).astype(np.uint16) * 16 + 700  # 12 bits, as scanners write
    got = read_image(encoded(Image.fromarray(deep)), 24)
    assert "8 bits" in got.notes[0]
    assert (got.pixels.min(), got.pixels.max()) == (0, 255)
    assert np.corrcoef(got.pixels.ravel(), deep.ravel())[0, 1] > 0.999


def test_floats_that_are_no_numbers_are_refused():
    values = np.full((16, 16), np.nan, np.float32)
    with pytest.raises(ImageProblem, match="finite"):
        read_image(encoded(Image.fromarray(values), "TIFF"), 24)


def test_pad_keeps_proportions_and_stretch_does_not():
    wide = Image.new("L", (80, 40), 255)
    padded, stretched = (read_image(encoded(wide), 40, fit=fit).pixels for fit in ("pad", "stretch"))
    assert padded[0].max() == 0
    assert padded[20].min() > 250
    assert stretched.min() == 255


def test_colour_on_request():
    red = Image.new("RGB", (20, 20), (200, 0, 0))
    assert read_image(encoded(red), 20, color_mode="rgb").pixels[5, 5].tolist() == [200, 0, 0]


@pytest.fixture
def files(tmp_path):
    for i in range(4):
        (tmp_path / f"{i}.png").write_bytes(encoded(picture(i)))
    (tmp_path / "4.png").write_bytes(b"")
    return [tmp_path / f"{i}.png" for i in range(5)]


def test_the_cache_gives_the_same_and_opens_nothing(files, tmp_path, monkeypatch):
    first = decode_files(files, Reading(16, cache=tmp_path / "cache"))
    monkeypatch.setattr(cache_module, "decode", lambda *a, **k: pytest.fail("decoded again"))
    second = decode_files(files, Reading(16, cache=tmp_path / "cache"))
    assert first.cached == second.cached
    np.testing.assert_array_equal(first.pixels, second.pixels)
    assert second.good.tolist() == [0, 1, 2, 3]
    assert second.outcomes == first.outcomes == ((4, "skipped", "empty file", "0 bytes"),)


def test_the_cache_goes_by_content(files, tmp_path):
    folder = tmp_path / "cache"
    first = decode_files(files, Reading(16, cache=folder))
    files[0].touch()
    assert decode_files(files, Reading(16, cache=folder)).cached == first.cached
    assert decode_files(files, Reading(20, cache=folder)).cached != first.cached
    for other in (Reading(16, "rgb", cache=folder), Reading(16, fit="stretch", cache=folder)):
        assert decode_files(files, other).cached != first.cached
    files[0].write_bytes(encoded(picture(99)))
    changed = decode_files(files, Reading(16, cache=folder))
    assert changed.cached != first.cached
    assert not np.array_equal(changed.pixels[0], first.pixels[0])


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut", b"no archive at all"])
def test_a_damaged_cache_is_made_anew(files, tmp_path, damage):
    first = decode_files(files, Reading(16, cache=tmp_path / "cache"))
    first.cached.write_bytes(damage)
    again = decode_files(files, Reading(16, cache=tmp_path / "cache"))
    np.testing.assert_array_equal(again.pixels, first.pixels)
    assert again.cached.stat().st_size > len(damage)


def test_a_full_disk_costs_the_cache_only(files, tmp_path, monkeypatch):
    def full(stream: io.BytesIO, **arrays):
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.warns(UserWarning, match="No space left"):
        got = decode_files(files, Reading(16, cache=tmp_path / "cache"))
    assert len(got.pixels) == 4
    assert got.cached is None
    assert list(Path(tmp_path / "cache").iterdir()) == []
