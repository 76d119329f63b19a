"""kill -9 at the worst moments, then the same command again: the run ends as if nothing had been."""

import json
import os
import signal

import numpy as np
import pytest
from project_models import weights_of
from project_runs import full_disk, options, outcome, spawn

from neuropath.cli import main
from neuropath.project.callbacks import read_history, stopped
from neuropath.project.files import atomic, leftovers
from neuropath.project.runs import Run, claimed, find
from neuropath.project.settings import Settings


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


def kill(moment, folder, weights):
    """Run the command; it sends itself SIGKILL at the moment. What it was writing is cut in half."""
    status, out, err = outcome(spawn(options(folder, weights), DIE_AT=moment))
    assert status == -signal.SIGKILL, err
    for file in leftovers(folder):
        os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(ValueError, match="unfinished"):
        Run.open(folder)
    assert find(folder) == []
    return out


def test_a_run_killed_four_times_ends_as_one_that_was_not(finished, tiny, tiny_weights, folder, capsys):
    kill("before:history.csv", folder, tiny_weights)  # in stage 1
    assert {file.name for file in folder.iterdir()} - {file.name for file in leftovers(folder)} == {
        "settings.json",
        "classes.json",
    }

    kill("before:best.keras", folder, tiny_weights)  # when stage 1 is over and its network not yet written
    assert len(read_history(folder / "history.csv")) == 2

    kill("before:last.0004.keras", folder, tiny_weights)  # in stage 2, when an epoch of it was kept
    assert len(leftovers(folder)) == 1
    assert (folder / "last.0003.keras").is_file()

    said = kill("before:metrics.json", folder, tiny_weights)  # when all but the scores was written
    assert "going on with the run" in said
    assert "stage 1:" not in said
    assert "stage 2: epochs 2 to 2" in said
    assert (folder / "model.keras").is_file()

    assert main(options(folder, tiny_weights)) == 0
    assert "stage 2" not in capsys.readouterr().out
    assert set(os.listdir(folder)) == set(os.listdir(finished))
    ours, theirs = Run.open(folder), Run.open(finished)
    assert read_history(folder / "history.csv") == read_history(finished / "history.csv")
    assert ours.metrics == theirs.metrics
    for a, b in zip(weights_of(ours.model.model), weights_of(theirs.model.model), strict=True):
        np.testing.assert_array_equal(a, b)


class Died(BaseException):
    """A kill that is quick to test; unlike SIGKILL it lets files be tidied up."""


def dying(monkeypatch, name, times=1):
    """Let os.replace die after it made the named file, so many times."""
    replace, left = os.replace, [times]

    def deadly(source, target, **more):
        replace(source, target, **more)
        if os.path.basename(target) == name and left[0]:
            left[0] -= 1
            raise Died

    monkeypatch.setattr(os, "replace", deadly)


def test_a_full_disk_and_a_kill_between_the_last_epoch_and_the_end(
    finished, tiny, tiny_weights, folder, monkeypatch, capsys
):
    with monkeypatch.context() as patch:
        full_disk(patch, "last.0003.keras")
        assert main(options(folder, tiny_weights)) == 1
    assert "the disk is full" in capsys.readouterr().err
    assert leftovers(folder) == []
    dying(monkeypatch, "last.0004.keras")
    with pytest.raises(Died):
        main(options(folder, tiny_weights))
    assert not (folder / "model.keras").exists()
    assert main(options(folder, tiny_weights)) == 0
    assert Run.open(folder).metrics == Run.open(finished).metrics


def test_other_data_is_not_gone_on_with(tiny, tiny_weights, folder, monkeypatch, capsys):
    """A split of other images would deal images that were trained on into the test part."""
    dying(monkeypatch, "stage1.keras")
    with pytest.raises(Died):
        main(options(folder, tiny_weights, epochs=1))
    settings = json.loads((folder / "settings.json").read_text())
    (folder / "settings.json").write_text(json.dumps(settings | {"images": 160}))
    assert main(options(folder, tiny_weights, epochs=1, images=160)) == 1
    said = capsys.readouterr().err
    assert "not what the run" in said
    assert "150 images then, 160 now" in said
    assert (folder / "stage1.keras").is_file()


def test_early_stopping_is_not_gone_on_with():
    rows = [
        {"epoch": k, "stage": "fine-tuned", "val_loss": float(loss)}
        for k, loss in enumerate([3, 1, *[2] * 10])
    ]
    assert stopped(rows)
    assert not stopped(rows[:-1])
    assert not stopped([])


def test_leftovers_are_what_atomic_leaves_and_nothing_else(tmp_path):
    names = []
    for name in ("model.keras", "settings.json", "base.weights.h5", "README"):
        writing = atomic(tmp_path / name)
        writing.temporary.write_text("half")
        names.append(writing.temporary.name)
    for name in (".hidden", ".model.keras", "model.12.tmp.keras", ".a.tmp"):
        (tmp_path / name).write_text("mine")
    assert sorted(file.name for file in leftovers(tmp_path)) == sorted(names)


class TestFailuresBeforeAnythingWasLearned:
    """Bad data, no weights, a stop by hand: the folder is as free as it was."""

    @staticmethod
    def begin(settings, error=RuntimeError, learned=""):
        """Training that ends with an error."""
        with claimed(settings) as folder:
            assert (folder / "settings.json").is_file()
            if learned:
                (folder / learned).write_text("epoch,stage\n0,frozen\n")
            raise error

    @pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
    def test_a_new_folder_is_gone_again(self, folder, error):
        with pytest.raises(error):
            self.begin(Settings(out=folder / "deep"), error)
        assert not (folder / "deep").exists()

    def test_an_empty_folder_is_empty_again(self, tmp_path):
        with pytest.raises(RuntimeError):
            self.begin(Settings(out=tmp_path))
        assert list(tmp_path.iterdir()) == []

    def test_what_was_learned_stays(self, folder):
        with pytest.raises(RuntimeError):
            self.begin(Settings(out=folder), learned="history.csv")
        assert set(os.listdir(folder)) == {"settings.json", "history.csv"}
        with pytest.raises(ValueError, match="seed: 0 before, 1 now"):
            self.begin(Settings(out=folder, seed=1))

    def test_killed_before_anything_was_learned_another_command_may_begin(self, folder):
        folder.mkdir()
        (folder / "settings.json").write_text(json.dumps(Settings(out=folder).to_dict()))
        (folder / "classes.json").write_text("{}")
        (folder / ".best.keras.77.tmp.keras").write_text("half")
        with claimed(Settings(out=folder, seed=1)):
            assert Settings.read(folder).seed == 1
            assert leftovers(folder) == []

    def test_a_worker_only_looks(self, folder):
        with claimed(Settings(out=folder), chief=False):
            assert not folder.exists()
