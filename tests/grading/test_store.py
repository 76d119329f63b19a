"""Results are kept whole, privately, and never found by another notebook, key or grader."""

import json
import multiprocessing
import stat

import pytest
from small_set import key

from neuropath.grading import store
from neuropath.grading.results import GRADED, Graded, QuestionResult
from neuropath.grading.store import Store


def made(points=1.0, student="ada"):
    return Graded(student, "Ada Test", "ada.ipynb", (QuestionResult("q", GRADED, points, 2),), ("odd",))


def prepared(tmp_path, digest="d"):
    kept = Store(tmp_path / "out", digest)
    kept.prepare()
    return kept


def test_a_result_comes_back_as_it_was_and_only_to_its_owner(tmp_path):
    kept = prepared(tmp_path)
    kept.save("sha", made())
    assert kept.load("sha", "ada") == made()
    assert kept.load("sha", "bob") is None
    assert kept.load("other", "ada") is None
    assert prepared(tmp_path, "another key").load("sha", "ada") is None
    for folder in (tmp_path / "out", tmp_path / "out" / "results", tmp_path / "out" / "given"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_mended_grader_grades_again(tmp_path, monkeypatch):
    kept = prepared(tmp_path)
    kept.save("sha", made())
    monkeypatch.setattr(store, "grader_version", lambda: "mended")
    assert prepared(tmp_path).load("sha", "ada") is None
    assert kept.load("sha", "ada") == made()  # a run that has begun goes on as it was


def test_a_damaged_result_counts_as_none(tmp_path):
    kept = prepared(tmp_path)
    kept.save("sha", made())
    path = tmp_path / "out" / "results" / f"{kept.name('sha', 'ada')}.json"
    path.write_text(path.read_text()[:40])
    assert kept.load("sha", "ada") is None


def test_what_a_killed_run_was_writing_is_cleared_away(tmp_path):
    kept = prepared(tmp_path)
    left = tmp_path / "out" / "results" / ".abc.json.4711.tmp.json"
    left.write_text("{")
    kept.prepare()
    assert not left.exists()


def test_two_runs_do_not_write_into_one_folder(tmp_path):
    kept = prepared(tmp_path)
    with kept.locked(), pytest.raises(ValueError, match="another run is grading"), kept.locked():
        pass
    with kept.locked():
        pass


def _write_many(out, name):
    kept = Store(out, "d")
    for number in range(200):
        kept.log(who=name, number=number, text="x" * 300)


def test_lines_of_the_log_stay_whole_when_several_write(tmp_path):
    prepared(tmp_path)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write_many, args=(tmp_path / "out", name)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    lines = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert sorted((line["who"], line["number"]) for line in lines) == [
        (w, n) for w in "ab" for n in range(200)
    ]


def test_the_name_tells_nothing_and_differs_for_each(tmp_path):
    kept = prepared(tmp_path, key().digest)
    names = {kept.name(sha, student) for sha in "ab" for student in ("ada", "bob", "a\0da")}
    assert len(names) == 6
    assert all(len(name) == 40 and name.isalnum() for name in names)


def test_a_result_takes_today_s_name_and_file():
    found = store.identified(made(), name="Ada T.", file="late/ada.ipynb", remarks=("two files",))
    assert (found.name, found.file, found.remarks) == ("Ada T.", "late/ada.ipynb", ("two files", "odd"))
