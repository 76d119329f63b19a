"""The loader on trees the tests make: what comes back, what is reported, what is refused in which words."""

import os
import sys
import types
import unicodedata
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image
from project_trees import encoded, make_class, make_seventeen, make_tree, picture

from neuropath.project import folders
from neuropath.project.classes import FOLDERS, SHORT_NAMES
from neuropath.project.data_loader import DataError, MRIDataLoader

QUICK = {"size": 16, "cache": None, "progress": False}


def load(source, **options):
    return MRIDataLoader(source, **QUICK | {"split": "slice"} | options).load()


def refused(source, **options) -> str:
    with pytest.raises(DataError) as caught:
        load(source, **options)
    return str(caught.value)


def test_a_folder_per_class(tmp_path):
    data = load(make_tree(tmp_path, {"b": 20, "a": 40}))
    assert data.class_names == ("a", "b")
    assert data.counts == {"a": 40, "b": 20}
    assert data.images.shape == (60, 16, 16)
    assert data.images.dtype == np.uint8
    assert data.groups is None
    assert [len(data.rows(part)) for part in ("train", "val", "test")] == [42, 9, 9]
    assert data.files[0] == "a/000.png"
    assert data.part("test")[0].shape == (9, 16, 16)
    assert "seed 42" in str(data)
    assert data.provenance()["counts"] == data.counts


def test_the_same_folder_gives_the_same_data(tmp_path):
    root = make_tree(tmp_path / "set", {"a": 9, "b": 9})
    first, second = (load(root, cache=tmp_path / "cache") for _ in range(2))
    np.testing.assert_array_equal(first.images, second.images)
    np.testing.assert_array_equal(first.split.train, second.split.train)
    assert second.cached.startswith(str(tmp_path / "cache"))


def test_colour(tmp_path):
    assert load(make_tree(tmp_path, {"a": 4, "b": 4}), color_mode="rgb").images.shape == (8, 16, 16, 3)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_seventeen_folders_in_either_form_of_their_accents(tmp_path, form):
    root = make_seventeen(tmp_path / "Kaggle" / "brain-17")
    for folder in list(root.iterdir()):
        folder.rename(root / unicodedata.normalize(form, folder.name))
    for source, path in ((tmp_path, None), ("kaggle17", tmp_path / "Kaggle")):
        data = load(source, path=path)
        assert data.class_names == SHORT_NAMES
        assert list(data.counts.values()) == [3] * 17
        assert all(name == unicodedata.normalize("NFC", name) for name in data.files)
    assert "Feltrin" in data.source


def test_one_class_in_two_spellings_is_joined_and_said(tmp_path):
    root = make_seventeen(tmp_path)
    make_class(root / unicodedata.normalize("NFD", FOLDERS[3]), 2, seed=77_000)
    data = load("kaggle17", path=root)
    assert data.counts["Meningioma T1"] == 5
    assert data.report.count("note", "one class in several folders, joined") == 1


def test_a_slip_in_a_name_is_named_with_what_was_meant(tmp_path):
    root = make_seventeen(tmp_path)
    (root / FOLDERS[15]).rename(root / "Shwannoma (Acustico, Vestibular - Trigeminal) T1C+")
    make_class(root / "pituitary", 3, seed=50_000)
    said = refused("kaggle17", path=root)
    assert f"did you mean “{FOLDERS[15]}”?" in said
    assert "pituitary: rename it" in said
    assert "class folder empty or missing\n    Schwannoma T1C+: 0 of 0" in said
    assert "3 problems" in said


def test_some_of_the_seventeen_are_a_set_of_their_own(tmp_path):
    data = load(make_tree(tmp_path, {FOLDERS[9]: 4, FOLDERS[0]: 4, "Normal T1": 3}))
    assert data.class_names == ("Glioma T1", "Normal T1", "Neurocytoma T1C+")
    assert "class folder empty or missing (14)" in refused("kaggle17", path=tmp_path)


def test_bad_files_are_left_out_and_reported_together(tmp_path):
    root = make_tree(tmp_path, {"a": 30, "b": 30})
    (root / "a" / "zero.png").write_bytes(b"")
    (root / "a" / "cut.jpg").write_bytes(encoded(picture(5, 200), "JPEG")[:2000])
    (root / "a" / "text.png").write_text("no image")
    (root / "b" / "notes.txt").write_text("scanned on a Tuesday")
    (root / "b" / ".DS_Store").write_bytes(b"\0")
    (root / "b" / "inner").mkdir()
    (root / "b" / "cmyk.jpg").write_bytes(encoded(picture(8).convert("RGB").convert("CMYK"), "JPEG"))
    (root / "b" / "copy.png").write_bytes((root / "b" / "000.png").read_bytes())
    (root / "b" / "other.png").write_bytes((root / "a" / "000.png").read_bytes())
    (root / "stray.png").write_bytes(encoded(picture(9)))
    data = load(root)
    assert data.counts == {"a": 30, "b": 33}
    kinds = {(finding.weight, finding.kind) for finding in data.report.findings}
    assert {("skipped", k) for k in ("empty file", "corrupt image", "not an image")} <= kinds
    assert {("skipped", "not an image by its name"), ("skipped", "folder inside a class folder")} <= kinds
    assert {("note", "the same file twice"), ("note", "the same file in two classes")} <= kinds
    assert ("note", "CMYK colours converted") in kinds
    assert ("skipped", "image outside any class folder") in kinds
    for where in ("a/zero.png: 0 bytes", "a/text.png", "b/other.png: as a/000.png"):
        assert where in str(data)


def test_unreadable_files_are_reported(tmp_path, monkeypatch):
    root = make_tree(tmp_path, {"a": 5, "b": 5})
    (root / "a" / "gone.png").symlink_to(root / "nowhere.png")
    data = load(root)
    assert data.counts == {"a": 5, "b": 5}
    assert "a/gone.png: No such file" in str(data.report)
    monkeypatch.setattr(folders.os, "listdir", lambda _: (_ for _ in ()).throw(PermissionError(13, "Denied")))
    assert "unreadable folder" in refused(root)


def test_everything_fatal_is_said_at_once(tmp_path):
    root = make_tree(tmp_path, {"a": 9, "two": 2})
    (root / "empty").mkdir()
    said = refused(root, split="patient")
    assert "class folder empty or missing" in said
    assert "class with fewer than 3 readable images\n    two: 2 of 2 files" in said
    assert "1 usable class" in said
    assert "no patient ids" in said
    assert "4 problems" in said


def test_small_classes_are_left_out_on_request(tmp_path):
    root = make_tree(tmp_path, {"a": 9, "b": 4, "two": 2})
    (root / "empty").mkdir()
    data = load(root, drop_small=True)
    assert data.counts == {"a": 9, "b": 4}
    assert data.report.count("skipped") == 2
    assert "drop_small" in refused(root)


def test_names_that_are_no_utf_8_can_be_printed(tmp_path):
    root = make_tree(tmp_path, {"a": 4, "b": 4})
    (root / "a").rename(os.fsdecode(os.fsencode(root) + b"/At\xa1pico"))
    data = load(root)
    assert data.class_names == ("At?pico", "b")
    assert str(data).encode("utf-8")


def test_one_class_only(tmp_path):
    assert "at least 2 classes" in refused(make_tree(tmp_path, {"only": 9}))


def test_an_interrupted_download_is_recognised(tmp_path):
    root = make_tree(tmp_path, {"a": 20, "b": 20})
    for i in range(12):
        (root / "b" / f"{i:03}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (root / "set.zip.part").write_bytes(b"PK")
    said = refused(root)
    assert "too many files without an image\n    12 of 40: an interrupted download looks like this" in said
    assert "class of which most files are unreadable" in said
    assert "set.zip.part" in said


def test_half_of_the_published_images_is_noted(tmp_path):
    data = load("kaggle17", path=make_seventeen(tmp_path))
    assert data.report.count("note", "fewer than half of the published images") == 17


@pytest.mark.parametrize("what", ["absent", "file", "empty"])
def test_no_data_at_all(tmp_path, what):
    place = tmp_path / what
    if what == "file":
        place.write_text("x")
    if what == "empty":
        place.mkdir()
    said = refused(place)
    assert "expected" in said or "0 usable classes" in said


@pytest.mark.parametrize(
    "options", [{"split": "random"}, {"size": 8}, {"color_mode": "lab"}, {"fit": "crop"}], ids=str
)
def test_wrong_options_are_refused_before_anything_is_read(options):
    with pytest.raises(ValueError, match="expected"):
        MRIDataLoader("nowhere", **options)


def test_kagglehub_is_asked_and_its_failure_explained(tmp_path, monkeypatch):
    hub = types.ModuleType("kagglehub")
    hub.dataset_download = lambda handle: str(make_seventeen(tmp_path / handle.replace("/", "-")))
    monkeypatch.setitem(sys.modules, "kagglehub", hub)
    assert len(load("kaggle17").labels) == 51
    hub.dataset_download = lambda handle: (_ for _ in ()).throw(ConnectionError("no route"))
    assert "ConnectionError: no route" in refused("kaggle17")
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    assert "Install kagglehub" in refused("kaggle17")


@dataclass
class FakePhantom:
    """As much of PhantomSet as the loader reads."""

    images: np.ndarray
    labels: np.ndarray
    lesion: np.ndarray
    oedema: np.ndarray
    tissue: np.ndarray
    patient: np.ndarray
    split: np.ndarray
    table: dict
    class_names: tuple


def fake_generate(images, *, size=96, seed=0, sites=("A", "B"), slices=(4, 8), jobs=None, progress=True):
    rng = np.random.default_rng(seed)
    patient = np.arange(images) // 5
    shape = (images, size, size)
    return FakePhantom(
        images=rng.integers(0, 256, shape, dtype=np.uint8),
        labels=patient % 17,
        lesion=np.zeros(shape, bool),
        oedema=np.zeros(shape, bool),
        tissue=np.zeros(shape, np.uint8),
        patient=patient,
        split=np.array(["train", "train", "val", "test"])[patient % 4],
        table={"age": patient + 20},
        class_names=SHORT_NAMES,
    )


def test_the_phantom_comes_with_patients_masks_and_its_own_split(monkeypatch):
    phantom = types.ModuleType("neuropath.phantom")
    phantom.generate = fake_generate
    monkeypatch.setitem(sys.modules, "neuropath.phantom", phantom)
    data = load("phantom", images=340, split="patient")
    assert data.class_names == SHORT_NAMES
    assert data.extras["lesion"].shape == (340, 16, 16)
    assert data.extras["age"][5] == 21
    parts = [set(data.groups[data.rows(p)]) for p in ("train", "val", "test")]
    assert len(parts[0] | parts[1] | parts[2]) == sum(map(len, parts))
    np.testing.assert_array_equal(data.rows("val"), np.flatnonzero(data.extras["split"] == "val"))
    leaky = load("phantom", images=340)
    assert set(leaky.groups[leaky.rows("train")]) & set(leaky.groups[leaky.rows("test")])


def test_16_bit_images_are_used_and_noted(tmp_path):
    root = make_tree(tmp_path, {"a": 3, "b": 3})
    deep = np.asarray(picture(1)).astype(np.uint16) * 100
    (root / "a" / "deep.png").write_bytes(encoded(Image.fromarray(deep)))
    data = load(root)
    assert data.counts["a"] == 4
    assert "a/deep.png" in str(data.report)
