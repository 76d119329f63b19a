"""Where training runs: precision, who is the chief, and what a worker takes over from an earlier start."""

import json
import os
from pathlib import Path

import pytest

from neuropath.project import strategy
from neuropath.project.settings import Settings


def settings(**changes):
    return Settings(out=Path("nowhere"), **changes)


@pytest.mark.parametrize(
    ("asked", "gpu", "half"),
    [("auto", False, False), ("auto", True, True), ("on", False, True), ("off", True, False)],
)
def test_half_precision_where_there_is_a_gpu_or_where_it_is_asked_for(keras, monkeypatch, asked, gpu, half):
    monkeypatch.setattr(strategy, "has_gpu", lambda: gpu)
    before = keras.config.dtype_policy()
    with strategy.distributed(settings(mixed_precision=asked)) as here:
        assert (keras.config.dtype_policy().name == "mixed_float16") == half
        assert (here.chief, here.strategy) == (True, None)
    assert keras.config.dtype_policy() == before
    with pytest.raises(KeyError), strategy.distributed(settings(mixed_precision=asked)):
        raise KeyError
    assert keras.config.dtype_policy() == before


def config(task, **cluster):
    return json.dumps({"cluster": cluster, "task": dict(zip(("type", "index"), task, strict=True))})


@pytest.mark.parametrize(
    ("given", "chief"),
    [
        (config(("worker", 0), worker=["a:1", "b:1"]), True),
        (config(("worker", 1), worker=["a:1", "b:1"]), False),
        (config(("worker", "1"), worker=["a:1", "[::1]:2"]), False),
        (config(("chief", 0), chief=["a:1"], worker=["b:1"]), True),
        (config(("worker", 0), chief=["a:1"], worker=["b:1"]), False),
    ],
)
def test_the_chief_is_the_one_that_tensorflow_takes(monkeypatch, given, chief):
    monkeypatch.setenv("TF_CONFIG", given)
    assert strategy.is_chief(settings(strategy="multiworker")) is chief
    assert strategy.is_chief(settings())


def test_a_worker_takes_over_the_state_and_leaves_nothing(keras, tmp_path, monkeypatch):
    import tensorflow as tf

    names = {"stage1.keras", "last.0007.keras", "best.keras", "classes.json", "history.csv"}
    for name in (*names, "settings.json", ".last.0008.keras.9.tmp.keras"):
        (tmp_path / name).write_text(name)
    monkeypatch.setenv("TF_CONFIG", config(("worker", 1), worker=["a:1", "b:1"]))
    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", lambda: "strategy")
    with strategy.distributed(Settings(out=tmp_path, strategy="multiworker")) as here:
        assert not here.chief
        assert here.strategy == "strategy"
        assert here.folder != tmp_path
        assert set(os.listdir(here.folder)) == names
    assert not here.folder.exists()
