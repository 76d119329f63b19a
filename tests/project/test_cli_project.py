"""Bad input through the command line: exit status 1, one clear report, and no folder left behind."""

import csv
import errno
import os
import pathlib
import shutil
import struct
import unicodedata
import zlib

import numpy as np
import pytest
from PIL import Image
from project_runs import full_disk, options
from project_trees import encoded, make_class, make_seventeen, make_tree, picture

from neuropath.cli import main
from neuropath.project import images as image_files
from neuropath.project.classes import FOLDERS
from neuropath.project.runs import Run

pytestmark = pytest.mark.usefixtures("keras")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROPATH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def refused(tmp_path, capsys):
    """Give `neuropath train` what it must refuse; returns what it says. The run's folder is not there."""

    def train(data="phantom", **changes):
        values = {"data": data, "images": None, "jobs": None, "split": "slice", "weights": "none"} | changes
        assert main(options(tmp_path / "run", values.pop("weights"), **values)) == 1
        said = capsys.readouterr().err
        assert said.startswith("neuropath: ")
        assert said.count("neuropath: ") == 1
        assert "Traceback" not in said
        assert not (tmp_path / "run").exists()
        return said

    return train


@pytest.fixture
def tree(tmp_path):
    """Two classes of 30 images each."""
    return make_tree(tmp_path / "set", {"a": 30, "b": 30})


def png(width, height):
    """A PNG of that size in a few kilobytes: all black, as a bomb is packed."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * min((width // 8 + 1) * height, 10**7), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


class TestFolders:
    def test_nothing_there(self, refused, tmp_path):
        assert "expected one of" in refused(tmp_path / "nowhere")

    def test_an_empty_folder(self, refused, tmp_path):
        (tmp_path / "set").mkdir()
        assert "0 usable classes" in refused(tmp_path / "set")

    def test_half_empty_folders_and_one_class_are_said_together(self, refused, tmp_path):
        root = make_tree(tmp_path / "set", {"a": 9, "two": 2})
        (root / "none").mkdir()
        said = refused(root)
        assert "none: 0 of 0 files" in said
        assert "two: 2 of 2 files" in said
        assert "1 usable class\n" in said
        assert "3 problems" in said

    def test_names_in_nfd_and_a_slip(self, refused, tmp_path):
        root = make_seventeen(tmp_path / "set")
        for folder in list(root.iterdir()):
            folder.rename(root / unicodedata.normalize("NFD", folder.name))
        (root / unicodedata.normalize("NFD", FOLDERS[15])).rename(root / "Shwannoma T1C+")
        said = refused("kaggle17", path=root)
        assert "Shwannoma T1C+: did you mean" in said
        assert "folder with none of the 17 names\n" in said  # only one: accents are no slip
        assert "class folder empty or missing\n" in said

    def test_unreadable_folder_and_file(self, refused, tree):
        if os.geteuid() == 0:
            pytest.skip("root reads everything")
        (tree / "a" / "000.png").chmod(0)
        (tree / "b").chmod(0)
        said = refused(tree)
        (tree / "b").chmod(0o755)
        assert "unreadable folder" in said
        assert "unreadable file" in said

    def test_a_file_that_the_system_does_not_give(self, refused, tree, monkeypatch):
        read = pathlib.Path.read_bytes

        def denied(path):
            if path.parent.name == "b":
                raise PermissionError(errno.EACCES, "Permission denied")
            return read(path)

        monkeypatch.setattr(image_files.Path, "read_bytes", denied)
        said = refused(tree)
        assert "[skipped] unreadable file (30)" in said
        assert "b/000.png: Permission denied" in said


def test_bad_images_are_counted_and_training_is_refused(refused, tree):
    (tree / "a" / "zero.png").write_bytes(b"")
    (tree / "a" / "cut.png").write_bytes(encoded(picture(5, 200))[:2000])
    (tree / "a" / "page.png").write_text("<html>404</html>")
    (tree / "a" / "bomb.png").write_bytes(png(30_000, 30_000))
    frames = [picture(k) for k in (70, 71)]
    (tree / "b" / "moving.gif").write_bytes(
        encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    )
    deep = Image.fromarray(np.asarray(picture(1)).astype(np.uint16) * 100)
    (tree / "b" / "deep.png").write_bytes(encoded(deep))
    (tree / "b" / "cmyk.jpg").write_bytes(encoded(picture(8).convert("RGB").convert("CMYK"), "JPEG"))
    (tree / "b" / "notes.docx").write_bytes(b"PK")
    (tree / "b" / "brain.png").write_bytes(b"PK\x03\x04")
    make_class(tree / "two", 2, seed=900)
    (tree / "empty").mkdir()
    said = refused(tree)
    for kind in (
        "[skipped] empty file\n    a/zero.png: 0 bytes",
        "[skipped] corrupt image\n    a/cut.png",
        "[skipped] not an image (2)\n    a/page.png: a web page",
        "[skipped] too many pixels\n    a/bomb.png: Image size (900000000 pixels)",
        "[skipped] more than one frame\n    b/moving.gif: 2 frames",
        "[skipped] not an image by its name\n    b/notes.docx",
        "[note] CMYK colours converted\n    b/cmyk.jpg",
        "[note] more than 8 bits a pixel",
        "[fatal] class with fewer than 3 readable images\n    two: 2 of 2",
        "[fatal] class folder empty or missing\n    empty",
        "leave such classes out with drop_small=True (--drop-small)",
    ):
        assert kind in said
    assert "2 problems" in said


def test_the_same_command_goes_on_when_the_data_is_mended(refused, tiny, tmp_path, tree, capsys):
    make_class(tree / "two", 2, seed=900)
    refused(tree)
    shutil.rmtree(tree / "two")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "settings.json").write_text("{")  # as a kill may have left it
    few = {"data": tree, "images": None, "jobs": None, "split": "slice", "size": 32, "fine_tune_epochs": 1}
    assert main(options(tmp_path / "run", "none", **few)) == 0
    assert "split by slice" in " ".join(capsys.readouterr().out.split()).replace("split: by", "split by")
    card = Run.open(tmp_path / "run").card
    assert "**The scores are not about new patients**" in card
    assert "The split is by slice" in card
    assert "simulated" not in card
    assert main(["evaluate", str(tmp_path / "run")]) == 0
    make_class(tree / "a", 31)
    assert main(["evaluate", str(tmp_path / "run")]) == 1
    assert "60 images then, 61 now" in capsys.readouterr().err


def test_small_classes_are_left_out_on_request_and_patients_come_from_a_table(tiny, tmp_path, tree):
    make_class(tree / "two", 2, seed=900)
    table = tmp_path / "who.csv"
    with open(table, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "patient"])
        writer.writerows((f"{c}/{i:03}.png", f"{c}{i // 3}") for c in "ab" for i in range(30))
    few = {"data": tree, "images": None, "jobs": None, "groups": table, "size": 32, "fine_tune_epochs": 1}
    folder = tmp_path / "run"
    assert main(options(folder, "none", drop_small=True, **few)) == 0
    run = Run.open(folder)
    assert run.class_names == ("a", "b")
    assert run.metrics["groups"] < run.metrics["images"]
    assert f"table {table}" in run.card
    assert "by patient (20 groups)" in run.card
    assert "Files left out: 1" in run.card


def test_without_patients_nothing_is_guessed(refused, tmp_path):
    root = make_seventeen(tmp_path / "set")
    said = refused("kaggle17", path=root, split=None)
    assert "no patient ids" in said
    assert "slice" in said
    assert "--groups FILE" in said
    assert "1 problem:" in said
    said = refused("kaggle17", path=root, split=None, groups=tmp_path / "absent.csv")
    assert "unreadable table of patients" in said


def test_an_option_that_cannot_be(refused, capsys, tmp_path):
    assert "--batch-size expects 2 to" in refused(batch_size=1)
    with pytest.raises(SystemExit) as stopped:
        main(options(tmp_path / "run", "none", strategy="all"))
    assert stopped.value.code == 2
    assert "invalid choice: 'all'" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_tensorboard_that_is_not_installed_is_told_first(refused, monkeypatch):
    from neuropath.project import train

    monkeypatch.setattr(train, "find_spec", lambda name: None)
    assert "--tensorboard expects the package tensorboard" in refused(tensorboard=True)


class TestWeights:
    def test_no_network(self, refused, tree, monkeypatch):
        def offline(*_, **__):
            raise Exception("URL fetch failure on https://host/weights.h5: None -- no route")

        self.download(monkeypatch, offline)
        said = refused(tree, weights="imagenet", size=32)
        assert "could not be downloaded" in said
        assert "--weights none" in said

    def test_an_interrupted_download(self, refused, tree, monkeypatch):
        def damaged(*_, **__):
            raise ValueError("Incomplete or corrupted file detected. The md5 file hash does not match")

        self.download(monkeypatch, damaged)
        assert "arrived damaged" in refused(tree, weights="imagenet", size=32)

    @staticmethod
    def download(monkeypatch, behaviour):
        from keras.src.applications import mobilenet_v2

        monkeypatch.setattr(mobilenet_v2.file_utils, "get_file", behaviour)

    def test_a_file_of_another_architecture(self, refused, tree, tiny_weights):
        said = refused(tree, weights=tiny_weights, size=32)  # the base is the real one here
        assert "weights expects the 260 arrays of mobilenet" in said
        assert "choose the base and alpha" in said

    def test_no_file(self, refused, tree, tmp_path):
        assert "which is no file" in refused(tree, weights=tmp_path / "absent.npz", size=32)


class TestDisk:
    def test_full_from_the_start(self, refused, monkeypatch):
        full_disk(monkeypatch, "settings.json")
        said = refused(split="patient")
        assert "the disk is full" in said
        assert "give the same command again" in said

    def test_a_place_where_nothing_can_be_made(self, tmp_path, capsys):
        (tmp_path / "file").write_text("mine")
        assert main(options(tmp_path / "file" / "run", "none")) == 1
        assert "Not a directory" in capsys.readouterr().err
