"""The tree on disk: whole or not at all."""

import csv
import errno
import shutil
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from neuropath import cli
from neuropath.phantom import generate, write
from neuropath.phantom.classes import FOLDER_NAMES


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    out = tmp_path_factory.mktemp("phantom") / "set"
    assert (
        cli.main(["phantom", str(out), "--images", "90", "--size", "64", "--seed", "2", "--jobs", "1"]) == 0
    )
    return out


def rows(tree):
    with open(tree / "patients.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tree_holds_what_generate_makes(tree):
    data, lines = generate(90, size=64, seed=2, progress=False), rows(tree)
    assert len(lines) == 90
    for i in (0, 17, 89):
        assert np.array_equal(np.array(Image.open(tree / "images" / lines[i]["file"])), data.images[i])
        mask = np.array(Image.open(tree / "masks" / lines[i]["file"]))
        assert np.array_equal(mask == 255, data.lesion[i])
        assert np.array_equal(mask == 128, data.oedema[i])
        assert int(lines[i]["label"]) == data.labels[i]
        assert lines[i]["split"] == data.split[i]


def test_folders_are_the_references(tree):
    assert {p.name for p in (tree / "images").iterdir()} <= set(FOLDER_NAMES)
    counts = Counter(line["class"] for line in rows(tree))
    for folder in (tree / "images").iterdir():
        assert len(list(folder.iterdir())) == len(list((tree / "masks" / folder.name).iterdir()))
    assert sum(counts.values()) == len(list((tree / "images").rglob("*.png"))) == 90


def test_the_datasheet_says_what_it_is(tree):
    text = (tree / "datasheet.md").read_text(encoding="utf-8")
    for words in (
        "90 pictures",
        "64 × 64",
        "--seed 2",
        "no diagnostic device",
        "| white |",
        "stanisz",
        "| A |",
    ):
        assert words in text, words
    assert "{" not in text


def refused(capsys, *arguments):
    assert cli.main(["phantom", *map(str, arguments)]) == 1
    return capsys.readouterr().err


def test_bad_input_is_refused_and_leaves_nothing(tree, tmp_path, capsys):
    before = sorted(tree.rglob("*"))
    assert "new or empty folder" in refused(capsys, tree, "--images", 3)
    assert sorted(tree.rglob("*")) == before
    file = tmp_path / "file"
    file.write_text("x")
    assert "new or empty folder" in refused(capsys, file, "--images", 3)
    assert "64 to 256" in refused(capsys, tmp_path / "new", "--size", 300)
    assert "make it first" in refused(capsys, tmp_path / "no" / "new", "--images", 3)
    assert "sites out of" in refused(capsys, tmp_path / "new", "--images", 3, "--sites", "Z")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    write.write_tree(tmp_path / "empty", 2, size=64, progress=False)
    assert sorted(p.name for p in (tmp_path / "empty").iterdir()) == [
        "datasheet.md",
        "images",
        "masks",
        "patients.csv",
    ]


def test_too_little_room_is_seen_before_the_work(tmp_path, monkeypatch, capsys):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert "Make room" in refused(capsys, tmp_path / "new", "--images", 3)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_in_the_middle_leaves_nothing(tmp_path, monkeypatch, failure):
    written = []

    def full(path, pixels):
        written.append(path)
        if len(written) > 3:
            raise failure

    monkeypatch.setattr(write, "_write_png", full)
    with pytest.raises((ValueError, KeyboardInterrupt)) as caught:
        write.write_tree(tmp_path / "new", 5, size=64, progress=False)
    assert isinstance(caught.value, KeyboardInterrupt) or "Make room" in str(caught.value)
    assert not list(tmp_path.iterdir())
