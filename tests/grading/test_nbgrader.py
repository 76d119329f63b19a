"""The export holds what nbgrader asks of a source assignment, and gives nothing away once it is released."""

from __future__ import annotations

import json
import re

import nbformat
import pytest
from set_samples import CANARIES, compile_checks, loaded

from neuropath.grading import nbgrader
from neuropath.grading.assemble import Paper

REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n.*?### END \1", re.S)


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    return Paper(*loaded(tmp_path_factory.mktemp("set")))


@pytest.fixture(scope="module")
def notebook(paper):
    return nbgrader.notebook(paper)


def marked(notebook):
    """(nbgrader's metadata, cell type, text) of each cell that it knows of."""
    return [
        (cell["metadata"]["nbgrader"], cell["cell_type"], "".join(cell["source"]))
        for cell in notebook["cells"]
        if "nbgrader" in cell["metadata"]
    ]


def test_cells_are_valid(notebook):
    nbformat.validate(nbformat.from_dict(notebook))
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)


def test_metadata_is_of_schema_version_3(notebook):
    found = marked(notebook)
    names = [meta["grade_id"] for meta, _, _ in found]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-zA-Z0-9_\-]+", name) for name in names)
    for meta, kind, _ in found:
        assert meta["schema_version"] == 3
        assert meta.keys() - {"points"} == {
            "schema_version",
            "grade_id",
            "grade",
            "solution",
            "locked",
            "task",
        }
        assert meta["grade"] == ("points" in meta)
        assert meta["locked"] != meta["solution"]
        assert kind == "code" or (meta["grade"] and meta["solution"]), "a graded text is an answer"


def test_points_are_those_of_the_set(notebook, paper):
    assert sum(meta.get("points", 0) for meta, _, _ in marked(notebook)) == 14
    own = [meta["points"] for meta, _, _ in marked(notebook) if meta["grade_id"].startswith("own-rms-test")]
    assert own == [3, 2]


def test_a_release_keeps_starters_and_gives_nothing_away(notebook):
    text = json.dumps([REGION.sub("", text) for _, _, text in marked(notebook)])
    text += json.dumps([cell for cell in notebook["cells"] if "nbgrader" not in cell["metadata"]])
    assert [name for name, canary in CANARIES.items() if canary in text] == []
    assert "def square(x):" in text
    assert "Answer to mini-why:" in text
    assert [name for name, canary in CANARIES.items() if canary not in json.dumps(notebook)] == []


def test_it_runs_with_its_solutions(notebook, paper, monkeypatch):
    compile_checks(monkeypatch, paper.questions)
    space = {"__name__": "__main__"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), "<cell>", "exec"), space)
    space["rms"] = lambda x: x.mean()
    tests = [text for meta, _, text in marked(notebook) if meta["grade_id"] == "own-rms-test-1"]
    with pytest.raises(AssertionError):
        exec(tests[0], space)


def test_a_test_follows_its_answer(notebook):
    order = [meta["grade_id"] for meta, _, _ in marked(notebook)]
    for id in ("mini-square", "mini-count", "mini-draws", "own-rms"):
        assert order.index(f"{id}-answer") < order.index(f"{id}-test-1")


def test_it_is_written_for_its_owner(tmp_path, paper):
    path = nbgrader.export(paper.set, paper.bank, tmp_path / "course")
    assert path == tmp_path / "course" / "source" / "trial" / "trial.ipynb"
    assert path.stat().st_mode & 0o077 == 0
    config = (tmp_path / "course" / "nbgrader_config.py").read_text()
    assert 'course_id = "trial"' in config
    compile(config, "nbgrader_config.py", "exec")
