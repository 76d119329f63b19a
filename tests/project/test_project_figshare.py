"""Cheng's set: an archive of JPEG bytes, official folds, and every way in which the archive can be wrong."""

import os
from pathlib import Path

import numpy as np
import pytest
from project_trees import write_cheng

from neuropath.project.data_loader import DataError, MRIDataLoader


def load(source, **options):
    return MRIDataLoader(
        source, **{"size": 16, "cache": None, "progress": False, "split": "slice"} | options
    ).load()


def refused(source, **options) -> str:
    with pytest.raises(DataError) as caught:
        load(source, **options)
    return str(caught.value)


def test_cheng_comes_in_its_own_folds(tmp_path):
    data = load("figshare", path=write_cheng(tmp_path / "set.npz"), split="patient")
    assert data.counts == {"glioma": 10, "meningioma": 10, "pituitary": 10}
    assert set(data.folds[data.rows("test")]) == {5}
    assert set(data.folds[data.rows("val")]) == {1}
    assert "official folds" in data.split.how
    other = load(tmp_path / "set.npz", split="fold", fold=2, val_fold=None)
    assert set(other.folds[other.rows("test")]) == {2}
    assert len(other.rows("train")) == 24
    with pytest.raises(ValueError, match="two different folds among"):
        load("figshare", path=tmp_path / "set.npz", split="fold", fold=9)


def test_cheng_with_bad_images_inside(tmp_path):
    file = write_cheng(tmp_path / "set.npz")
    arrays = dict(np.load(file))
    jpeg = arrays["jpeg"].copy()
    jpeg[arrays["offsets"][4] : arrays["offsets"][5]] = 0
    data = load(write_cheng(file, jpeg=jpeg))
    assert len(data.labels) == 29
    assert data.report.count("skipped", "not an image") == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"jpeg": None, "fold": None}, ("missing array", "jpeg", "fold")),
        ({"offsets": np.arange(7)}, ("array of the wrong shape", "(7,)")),
        ({"offsets": np.arange(31) * 10**6}, ("offsets that do not fit",)),
        ({"labels": np.full(30, 3)}, ("labels outside the classes", "0–2")),
        ({"labels": np.array([["a"]], object)}, ("truncated or of another kind",)),
    ],
)
def test_an_archive_that_is_not_cheng_s(tmp_path, changes, words):
    said = refused("figshare", path=write_cheng(tmp_path / "set.npz", **changes))
    assert all(word in said for word in words), said


def test_a_cut_archive(tmp_path):
    file = write_cheng(tmp_path / "set.npz")
    file.write_bytes(file.read_bytes()[:2000])
    assert "truncated" in refused("figshare", path=file)
    assert "found no file" in refused("figshare", path=tmp_path / "absent.npz")


def test_the_real_archive_where_it_is_at_hand():
    """3,064 slices, counts as published; skipped without the file, which is not part of the project."""
    place = Path(os.environ.get("NEUROPATH_DATA") or Path(__file__).parents[3] / "shared" / "data")
    if not (place / "cheng_figshare_3064_224.npz").is_file():
        pytest.skip("no copy of Cheng's set beside the project or in NEUROPATH_DATA")
    data = load("figshare", path=place, split="fold", fold=1)
    assert data.counts == {"glioma": 1426, "meningioma": 708, "pituitary": 930}
    assert [int((data.folds == fold).sum()) for fold in range(1, 6)] == [570, 655, 562, 613, 664]
    assert data.report.count("skipped") == 0
