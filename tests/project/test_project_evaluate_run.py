"""A run on its own test images again, and on others."""

import json
import shutil

import pytest
from project_trees import make_tree

from neuropath.cli import main
from neuropath.project.classes import FOLDERS
from neuropath.project.evaluate_run import evaluate_run
from neuropath.project.runs import Run


@pytest.fixture
def copy(finished, tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROPATH_CACHE", str(tmp_path / "cache"))
    return shutil.copytree(finished, tmp_path / "copy")


def test_its_own_test_images_give_its_own_scores(copy, capsys):
    files = sorted(file.name for file in copy.iterdir())
    again = evaluate_run(copy).to_dict()
    known = Run.open(copy).metrics
    assert json.loads(json.dumps(again)) == {name: known[name] for name in again}
    assert sorted(file.name for file in copy.iterdir()) == files
    assert main(["evaluate", str(copy)]) == 0
    out = capsys.readouterr().out
    assert f"accuracy  {known['accuracy']:.3f}" in out
    assert "the phantom's own 70/15/15" in out


def test_another_scanner_is_measured_beside_the_run(copy, capsys):
    before = (copy / "metrics.json").read_bytes()
    assert main(["evaluate", str(copy), "--sites", "C", "--images", "400"]) == 0
    found = json.loads((copy / "elsewhere-phantom-C-1.json").read_text())
    assert found["images"] == 400
    assert "sites C" in found["split"]
    assert "seed 1" in found["data"]["source"]
    assert {"accuracy", "macro_f1", "modality_accuracy"} <= found.keys()
    assert (copy / "metrics.json").read_bytes() == before
    assert "400 images" in capsys.readouterr().out


class TestRefused:
    def refused(self, capsys, folder, *words):
        before = sorted(file.name for file in folder.iterdir())
        assert main(["evaluate", str(folder), *map(str, words)]) == 1
        assert sorted(file.name for file in folder.iterdir()) == before
        return capsys.readouterr().err

    def test_its_own_seed(self, copy, capsys):
        for words in (["--seed", 0], ["--sites", "C", "--seed", 0]):
            assert "another seed than the run's (0)" in self.refused(capsys, copy, *words)

    def test_other_classes(self, copy, capsys, tmp_path):
        root = make_tree(tmp_path / "set", {"cat": 4, "dog": 4})
        said = self.refused(capsys, copy, "--data", root)
        assert "the run knows 17 classes, the data has 2" in said
        assert "only the run: Glioma T1, Glioma T1C+" in said
        assert "only the data: cat, dog)" in said

    def test_some_of_its_classes(self, copy, capsys, tmp_path):
        root = make_tree(tmp_path / "set", dict.fromkeys(FOLDERS[:5], 4))
        assert "the data has 5" in self.refused(capsys, copy, "--data", root)

    def test_its_own_folder(self, copy, capsys, tmp_path):
        root = make_tree(tmp_path / "set", {"a": 4, "b": 4})
        values = json.loads((copy / "settings.json").read_text())
        (copy / "settings.json").write_text(json.dumps(values | {"data": str(root)}))
        for words in (["--data", root], ["--data", root / ".." / "set"], ["--data", "any", "--path", root]):
            assert "most of which was trained on" in self.refused(capsys, copy, *words)

    def test_no_run(self, tmp_path, capsys):
        assert "make one with `neuropath train" in self.refused(capsys, tmp_path)

    def test_an_unfinished_run(self, copy, capsys):
        (copy / "metrics.json").unlink()
        assert "unfinished" in self.refused(capsys, copy)

    def test_data_that_has_changed(self, copy, capsys):
        values = json.loads((copy / "settings.json").read_text())
        (copy / "settings.json").write_text(json.dumps(values | {"images": 160}))
        assert "150 images then, 160 now" in self.refused(capsys, copy)
