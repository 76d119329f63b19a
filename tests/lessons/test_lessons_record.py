"""Recorded results say how they were made, hold what the pages promise, and bad ones are refused."""

import json

import numpy as np
import pytest

from neuropath.lessons import record
from neuropath.lessons.datasets import Dataset

KEYS = {"schema", "name", "command", "recorded", "versions", "machine", "data"}


def tiny_images() -> Dataset:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, 300)
    X = rng.random((300, 28, 28), dtype="float32") * 0.1
    X[np.arange(300), y] += 0.9  # row k is bright for class k
    parts = (X[:200], y[:200], X[200:250], y[200:250], X[250:], y[250:])
    return Dataset(*parts, class_names=tuple("0123456789"), name="bars", source="", licence="", cached="")


@pytest.mark.parametrize("name", record.RUNS)
def test_a_recorded_result_says_how_it_was_made(name):
    result = record.recorded(name)
    assert result.keys() >= KEYS
    assert result["command"].endswith(name)


@pytest.mark.parametrize("name", record.MNIST)
def test_a_run_on_mnist_holds_what_the_pages_promise(name):
    result = record.recorded(name)
    assert result.keys() >= {"sizes", "parameters", "seed"}
    assert result["data"]["name"] == "mnist"
    assert result["data"]["test"] == 10_000
    assert len(result["epochs"]) == 10
    assert result["test"]["accuracy"] >= 0.97


def test_every_run_on_mnist_is_held_to_it():
    assert tuple(name for name in record.RUNS if name.startswith("mnist-")) == record.MNIST
    assert len(record.MNIST) == 4


def test_the_sizes_are_the_page_s():
    numpy_run, torch_run = record.recorded("mnist-numpy"), record.recorded("mnist-torch")
    assert (numpy_run["sizes"], numpy_run["parameters"]) == ([784, 128, 64, 10], 109_386)
    assert (torch_run["sizes"], torch_run["parameters"]) == ([784, 256, 128, 10], 235_146)


def test_an_unknown_name_and_another_schema_are_refused(tmp_path, monkeypatch):
    with pytest.raises(LookupError, match="mnist-numpy, mnist-torch"):
        record.recorded("mnist-jax")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "mnist-numpy.json").write_text('{"schema": 99}', encoding="utf-8")
    monkeypatch.setattr(record.resources, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match="expected schema 1, received 99"):
        record.recorded("mnist-numpy")


def test_the_numpy_run_learns_and_names_its_figures(capsys):
    result = record.mnist_numpy(tiny_images(), epochs=6)
    assert result["parameters"] == 109_386
    assert result["epochs"][-1]["loss"] < result["epochs"][0]["loss"]
    assert set(result["epochs"][0]) >= {"epoch", "seconds", "loss", "accuracy", "val_loss", "val_accuracy"}


def test_the_torch_run_does_the_same(capsys):
    pytest.importorskip("torch", reason="PyTorch is not installed: the optional section is not run")
    result = record.mnist_torch(tiny_images(), epochs=3)
    assert result["parameters"] == 235_146
    assert result["epochs"][-1]["loss"] < result["epochs"][0]["loss"]


def test_writing_is_whole_or_not_at_all(tmp_path):
    path = tmp_path / "results" / "x.json"
    record.write({"a": 0.123456789, "b": [1, {"c": 2.0}]}, path)
    assert json.loads(path.read_text(encoding="utf-8")) == {"a": 0.123457, "b": [1, {"c": 2.0}]}
    with pytest.raises(TypeError):
        record.write({"a": object()}, path)
    assert json.loads(path.read_text(encoding="utf-8"))["a"] == 0.123457
    assert [file.name for file in path.parent.iterdir()] == ["x.json"]


def test_circumstances_name_no_folder():
    said = json.dumps(record.circumstances("mnist-numpy"))
    assert "/home" not in said
    assert "/tmp" not in said
