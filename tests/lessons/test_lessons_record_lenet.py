"""The recorded runs of LeNet-5 hold what Session 02 D says of them, and the function makes such a record."""

import numpy as np
import pytest

from neuropath.lessons import record, record_lenet
from neuropath.lessons.datasets import Dataset

RUNS = {"mnist-lenet": "max", "mnist-lenet-1998": "average"}


def bars(n=120) -> Dataset:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, n)
    X = rng.random((n, 12, 12), dtype="float32") * 0.1
    X[np.arange(n), 4 * y] += 0.9  # row 4 k is bright for class k
    parts = (X[:80], y[:80], X[80:100], y[80:100], X[100:], y[100:])
    return Dataset(*parts, class_names=("a", "b", "c"), name="bars", source="", licence="", cached="")


@pytest.mark.parametrize(("name", "pooling"), RUNS.items())
def test_the_recorded_run_is_that_of_the_page(name, pooling):
    result = record.recorded(name)
    assert result["settings"]["pooling"] == pooling
    assert result["parameters"] == 61_706
    assert result["sizes"] == [[28, 28], [14, 14, 6], [5, 5, 16], [120], [84], [10]]
    assert len(result["wrong"]) == round(10_000 * (1 - result["test"]["accuracy"]))
    assert all(truth != answer and 0.1 < p <= 1 for _, truth, answer, p in result["wrong"])
    assert np.shape(result["filters"]) == (6, 5, 5)
    assert result["test"]["accuracy"] >= (0.985 if name == "mnist-lenet" else 0.98)


@pytest.mark.parametrize("make", [record_lenet.mnist_lenet, record_lenet.mnist_lenet_1998])
def test_it_learns_and_names_its_figures(make, capsys):
    result = make(bars(), epochs=6)
    assert result["epochs"][-1]["loss"] < result["epochs"][0]["loss"]
    assert result["sizes"][0] == [12, 12]
    assert result["test"]["accuracy"] > 0.6
    assert "epoch 6" in capsys.readouterr().out
