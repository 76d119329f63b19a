"""Opening what training left: finished runs only, and words for everything else."""

import json
import os
import shutil

import numpy as np
import pytest

from neuropath.project.classes import SHORT_NAMES
from neuropath.project.dataset import MRIData
from neuropath.project.report import DataError
from neuropath.project.runs import (
    CARD,
    CLASSES,
    METRICS,
    MODEL,
    Run,
    find,
    fingerprint,
    same_data,
    write_classes,
)
from neuropath.project.splits import Split


@pytest.fixture
def copy(finished, tmp_path):
    """A copy of a finished run, to be spoilt."""
    return shutil.copytree(finished, tmp_path / "copy")


def test_a_finished_run_opens(finished):
    run = Run.open(str(finished))
    assert run.folder == finished
    assert run.class_names == SHORT_NAMES
    assert run.settings.images == 150
    assert run.metrics["images"] > 0
    assert run.card.startswith("# Model card")
    assert run.model is run.model  # loaded once
    assert run.layer == run.metrics["grad_cam"]["layer"]
    assert run.model.predict(np.zeros((1, 64, 64), np.uint8)).shape == (1, 17)


def test_a_run_that_was_moved_opens(copy):
    assert Run.open(copy).settings.out == copy


def test_without_a_measured_layer_there_is_the_default(copy):
    values = json.loads((copy / METRICS).read_text())
    del values["grad_cam"]
    (copy / METRICS).write_text(json.dumps(values))
    assert Run.open(copy).layer in {"Conv1_relu", "middle_relu", "last_relu"}


@pytest.mark.parametrize("name", [MODEL, CLASSES, METRICS, CARD])
def test_what_is_missing_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(ValueError, match=rf"unfinished \({name} missing\): the same `neuropath train`"):
        Run.open(copy)
    assert find(copy.parent) == []


@pytest.mark.parametrize("name", [CLASSES, METRICS])
@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_damaged_files_are_named(copy, name, text):
    (copy / name).write_text(text)
    with pytest.raises(ValueError, match=f"{name} is damaged"):
        Run.open(copy)


def test_no_run_at_all(tmp_path):
    with pytest.raises(FileNotFoundError, match="make one with `neuropath train"):
        Run.open(tmp_path)
    with pytest.raises(FileNotFoundError, match="holds no settings"):
        Run.open(tmp_path / "absent")


def test_a_model_of_another_run_is_told(copy):
    (copy / CLASSES).write_text(json.dumps({"class_names": ["a", "b"]}))
    with pytest.raises(
        ValueError, match=r"17 classes, classes\.json names 2: the files are of different runs"
    ):
        _ = Run.open(copy).model


def test_a_damaged_model_is_told(copy):
    os.truncate(copy / MODEL, 1000)
    with pytest.raises(ValueError, match=r"model.keras, which is damaged or something else"):
        _ = Run.open(copy).model


def test_runs_are_found_newest_first(copy, finished):
    other = shutil.copytree(finished, copy.parent / "older")
    os.utime(other / METRICS, (1, 1))
    (copy.parent / "empty").mkdir()
    assert find(copy.parent) == [copy, other]
    assert find(copy) == [copy]
    assert find(copy.parent / "absent") == []


def data(labels=(0, 1, 0, 1, 0, 1), train=(0, 1), files=("a", "b", "c", "d", "e", "f"), names=("x", "y")):
    rest = [i for i in range(6) if i not in train]
    split = Split(np.array(train), np.array(rest[:2]), np.array(rest[2:]), "by hand")
    pixels = np.zeros((6, 4, 4), np.uint8)
    return MRIData(
        "name", pixels, np.array(labels), tuple(names), "here", "none", files=tuple(files), split=split
    )


@pytest.mark.parametrize(
    "change",
    [
        {"labels": (1, 1, 0, 1, 0, 1)},
        {"train": (0, 2)},
        {"files": ("a", "b", "c", "d", "e", "g")},
        {"names": ("x", "z")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_data_is_told_from_the_runs_own(tmp_path, change):
    write_classes(tmp_path, data())
    same_data(tmp_path, data())
    assert fingerprint(data()) != fingerprint(data(**change))
    with pytest.raises(DataError, match=r"not what the run .* was trained on"):
        same_data(tmp_path, data(**change))


def test_a_run_that_does_not_say_is_believed(tmp_path):
    (tmp_path / CLASSES).write_text('{"class_names": ["x", "y"]}')
    same_data(tmp_path, data())
