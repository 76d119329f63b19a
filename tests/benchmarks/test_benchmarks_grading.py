"""`python -m benchmarks.grading`: a small run, what it refuses, and that the page's runs stay theirs."""

import json
import random
import shutil
import sys
from pathlib import Path

import pytest
from benchmarks import grading

from neuropath.grading import sandbox
from neuropath.publish import benchmarks, benchmarks_grading

ROOT = Path(__file__).resolve().parents[2]
RUN = {
    "median": {"ours": 0.2, "nbgrader": 4.0},
    "submissions": {"ours": 200, "nbgrader": 12},
    "ratio": [18.0, 20.0, 22.0],
    "target": 5.0,
    "processor": "Some processor",
    "cores": 2,
    "isolation": "root and namespaces",
    "load": [0.1, 2.0],
}


def test_the_page_shows_what_was_recorded_and_refuses_less(tmp_path):
    run = RUN | {"recorded": "2026-01-01 10:00 UTC", "versions": {"nbgrader": "0.9.9"}}
    (tmp_path / "grading.json").write_text(json.dumps(run))
    text = benchmarks_grading.grading_table(tmp_path)
    assert "| `neuropath grade` | 200 | 0.200 s | |" in text
    assert "| `nbgrader autograde` 0.9.9 | 12 | 4.00 s | 20 (18–22) |" in text
    assert "Some processor, 2 cores" in text
    (tmp_path / "grading.json").write_text(json.dumps(RUN))
    with pytest.raises(ValueError, match="without recorded, versions"):
        benchmarks_grading.grading_table(tmp_path)
    with pytest.raises(ValueError, match=r"python -m benchmarks\.grading"):
        benchmarks_grading.grading_table(tmp_path / "nowhere")


def test_what_is_recorded_shows_what_is_claimed():
    """200 submissions of Session 01's set in one run on two cores, five times as fast in each round."""
    run = json.loads((ROOT / "benchmarks" / "recorded" / "grading.json").read_text())
    assert (run["what"], run["cores"]) == ("seconds a submission, Session 01's ready set", 2)
    assert run["submissions"]["ours"] == 200
    rounds = zip(run["seconds"]["ours"], run["seconds"]["nbgrader"], strict=True)
    ratios = sorted(theirs / ours for ours, theirs in rounds)
    assert len(ratios) == run["rounds"] == 3
    assert ratios[0] >= run["target"] == 5
    assert ratios[1] == pytest.approx(run["ratio"][1])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    return folder, grading.prepare(folder, count=12, beside=5)


def test_a_small_run_is_written_where_it_is_asked_for(tmp_path, capsys):
    if sandbox.describe().level == sandbox.NONE:
        pytest.skip("submissions cannot be shut in here")
    before = sorted((ROOT / "benchmarks" / "recorded").glob("*"))
    grading.main(["--count", "3", "--rounds", "1", "--out", str(tmp_path / "run.json")])
    run = json.loads((tmp_path / "run.json").read_text())
    assert (run["submissions"], run["ratio"]) == ({"ours": 3, "nbgrader": 0}, None)
    assert 0 < run["median"]["ours"] < 60
    assert "s a submission, 3 of them" in capsys.readouterr().out
    assert sorted((ROOT / "benchmarks" / "recorded").glob("*")) == before


def test_both_sides_get_the_same_files(prepared):
    folder, key = prepared
    names = sorted(path.stem for path in (folder / "in").iterdir())
    assert names == [f"student{number:03}" for number in range(12)]
    theirs = sorted(folder.glob(f"course*/submitted/*/{key.set.id}/{key.set.id}.ipynb"))
    assert len(theirs) == 5
    for path in theirs:
        assert path.read_bytes() == (folder / "in" / f"{path.parts[-3]}.ipynb").read_bytes()
    assert len({path.read_bytes() for path in (folder / "in").iterdir()}) == 12


def test_answers_are_right_wrong_or_missing(prepared):
    _, key = prepared
    question = next(one for one in key.questions if one.id == "s01d-memory")
    text = f"{question.starter}\n### BEGIN SOLUTION\nn_bytes = 42\n### END SOLUTION"
    right, wrong, missing = (grading.answered(text, question, chance) for chance in (0.5, 0.85, 0.95))
    assert right.endswith("n_bytes = 42\n")
    assert missing.strip() == question.starter.strip()
    assert wrong.startswith(question.starter)
    assert wrong != missing
    chances = [random.Random(student).random() for student in range(40)]
    assert min(chances) < grading.RIGHT < grading.RIGHT + grading.WRONG < max(chances)


@pytest.mark.parametrize(
    ("mine", "other", "said"),
    [
        ({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 3.0}, "the same points"),
        ({"a": 1.0}, {}, "the same points"),
        ({"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 1.0}, "proves nothing"),
    ],
)
def test_sides_that_disagree_are_not_compared(mine, other, said):
    with pytest.raises(SystemExit, match=said):
        grading.agree(mine, other)
    grading.agree({"a": 1.0, "b": 2.0, "c": 9.0}, {"a": 1.0, "b": 2.0})


def test_what_cannot_be_measured_is_refused(capsys):
    with pytest.raises(SystemExit, match="cannot import nbgrader"):
        grading.version_of(sys.executable)
    with pytest.raises(SystemExit):
        grading.main(["--rounds", "0"])
    assert "expect 1 or more" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="failed:\nno\n"):
        grading.seconds([[sys.executable, "-c", "print('no'); exit(3)"]], [ROOT], {})


def test_a_ratio_is_told_with_what_was_aimed_at():
    assert "ratio 20 (18–22), aimed at ≥ 5: reached" in grading.told(RUN)
    assert ": MISSED" in grading.told(RUN | {"ratio": [2.0, 3.0, 4.0]})
    alone = RUN | {"median": {"ours": 0.2}, "ratio": None}
    assert "nbgrader" not in grading.told(alone)


def test_a_recorded_run_of_grading_is_no_run_of_the_page(tmp_path):
    folder = benchmarks.recorded_folder(tmp_path)
    shutil.copytree(benchmarks.recorded_folder(ROOT), folder)
    (folder / grading.RECORDED.name).write_text(json.dumps(RUN))
    assert len(benchmarks.recorded(tmp_path)) == len(benchmarks.recorded(ROOT))
