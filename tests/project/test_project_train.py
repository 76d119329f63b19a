"""Training runs, whole: what they leave, that they can be repeated, and what a folder lets be done in it."""

import json
import os

import numpy as np
import pytest
from project_models import weights_of
from project_runs import options, outcome, spawn

from neuropath.cli import main
from neuropath.project.callbacks import read_history
from neuropath.project.classes import SHORT_NAMES
from neuropath.project.runs import Run, find

LEFT = {
    "settings.json",
    "classes.json",
    "history.csv",
    "model.keras",
    "metrics.json",
    "confusion_matrix.png",
    "training_curves.png",
    "calibration.png",
    "grad_cam.png",
    "model_card.md",
}


def metrics(folder):
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


def same_weights(one, other):
    pairs = zip(weights_of(Run.open(one).model.model), weights_of(Run.open(other).model.model), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def test_a_run_leaves_what_it_promises(finished):
    assert set(os.listdir(finished)) == LEFT
    found = metrics(finished)
    assert {"accuracy", "macro_f1", "per_class", "confusion_matrix", "split", "seed"} <= found.keys()
    assert set(found["per_class"]) == set(SHORT_NAMES)
    assert np.sum(found["confusion_matrix"]) == found["images"] > 0
    assert found["accuracy"] == np.trace(found["confusion_matrix"]) / found["images"]
    assert (found["split"], found["seed"]) == ("by patient, the phantom's own 70/15/15", 0)
    assert found["settings"]["epochs"] == 2
    assert 0 < found["grad_cam"]["chance"] < 0.3
    assert found["split"] in Run.open(finished).card


def test_both_stages_are_in_the_history(finished):
    rows = read_history(finished / "history.csv")
    assert [(row["epoch"], row["stage"]) for row in rows] == [
        (0, "frozen"),
        (1, "frozen"),
        (2, "fine-tuned"),
        (3, "fine-tuned"),
    ]
    peak = Run.open(finished).settings.fine_tune_rate  # rises to it in two epochs
    assert [row["learning_rate"] for row in rows] == pytest.approx([1e-3, 1e-3, peak / 3, 2 * peak / 3])
    best = max(rows, key=lambda row: row["val_accuracy"])
    assert metrics(finished)["best"]["epoch"] == best["epoch"]


def test_the_same_seed_gives_the_same_run_and_another_does_not(finished, tiny, tiny_weights, tmp_path):
    assert main(options(tmp_path / "again", tiny_weights)) == 0
    assert same_weights(finished, tmp_path / "again")
    assert metrics(finished) == metrics(tmp_path / "again")
    only_head = {"seed": 1, "fine_tune_epochs": 0, "epochs": 1}
    assert main(options(tmp_path / "other", tiny_weights, **only_head)) == 0
    assert not same_weights(finished, tmp_path / "other")
    assert {row["stage"] for row in read_history(tmp_path / "other" / "history.csv")} == {"frozen"}
    assert "Stage 2 was left out" in Run.open(tmp_path / "other").card
    assert find(tmp_path) == [tmp_path / "other", tmp_path / "again"]


def test_the_command_as_it_is(keras, tmp_path):
    """MobileNetV2 with the bundled weights, in a process of its own; stage 1 only, to be quick."""
    words = options(tmp_path / "run", None, epochs=1, fine_tune_epochs=0, images=120)
    status, out, err = outcome(spawn(words, tiny=False))
    assert status == 0, err
    assert "stage 1: 1 epochs of the head" in out
    assert set(os.listdir(tmp_path / "run")) == LEFT
    run = Run.open(tmp_path / "run")
    assert run.settings.base_weights == "bundled"
    assert len(run.model.base.layers) == 154
    assert "weights: bundled" in run.card


def test_a_random_base_is_trained_whole_and_in_half_precision(keras, tiny, tmp_path):
    folder = tmp_path / "run"
    assert main(options(folder, "none", fine_tune_epochs=1, mixed_precision="on")) == 0
    assert [row["stage"] for row in read_history(folder / "history.csv")] == ["fine-tuned"]
    run = Run.open(folder)
    assert "Stage 1 was left out" in run.card
    assert np.abs(np.array(run.model.base.get_layer("Conv1_bn").moving_mean.value)).max() > 0  # it moved
    for layer in (run.model.model.get_layer("fc1"), run.model.base.get_layer("Conv1")):
        assert (layer.compute_dtype, layer.variable_dtype) == ("float16", "float32")
    probabilities = run.model.predict(np.zeros((2, 64, 64), np.uint8))
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    assert keras.config.dtype_policy().name == "float32"  # for the next model of this process


class TestFolder:
    """What lies in --out decides what may be done there."""

    def refused(self, capsys, *arguments, **changes):
        assert main(options(*arguments, **changes)) == 1
        return capsys.readouterr().err

    def test_a_finished_run_is_left_alone(self, finished, tiny_weights, capsys):
        before = {file.name: file.stat().st_mtime_ns for file in finished.iterdir()}
        said = self.refused(capsys, finished, tiny_weights)
        assert "holds a finished run" in said
        assert "neuropath evaluate" in said
        assert "--out" in said
        assert {file.name: file.stat().st_mtime_ns for file in finished.iterdir()} == before

    def test_other_settings_are_named(self, finished, tiny_weights, capsys):
        said = self.refused(capsys, finished, tiny_weights, seed=3, learning_rate=0.5, jobs=2)
        assert "learning_rate: 0.001 before, 0.5 now; seed: 0 before, 3 now" in said
        assert "jobs" not in said  # may change: it does not change what comes out

    @pytest.mark.parametrize("name", ["holiday.jpg", ".hidden", "model.keras"])
    def test_what_is_no_run_is_not_touched(self, tiny_weights, tmp_path, capsys, name):
        (tmp_path / name).write_text("mine")
        assert "other files lie" in self.refused(capsys, tmp_path, tiny_weights)
        assert os.listdir(tmp_path) == [name]

    def test_a_file_is_no_folder(self, tiny_weights, tmp_path, capsys):
        (tmp_path / "run").write_text("mine")
        assert "which is a file" in self.refused(capsys, tmp_path / "run", tiny_weights)

    def test_damaged_settings_are_named(self, tiny_weights, tmp_path, capsys):
        (tmp_path / "settings.json").write_text('{"seed": ')
        (tmp_path / "history.csv").write_text("epoch,stage\n")
        assert "settings.json is damaged" in self.refused(capsys, tmp_path, tiny_weights)
