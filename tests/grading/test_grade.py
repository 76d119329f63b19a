"""`neuropath grade` as a whole: what it says, what it refuses, what lies in OUT afterwards."""

import csv
import dataclasses
import hashlib
import json
import os
import stat
from dataclasses import replace

import pytest
from results_samples import rows_of as table
from small_set import RIGHT, SECRET_TEXT, cells, key, write

from neuropath import cli
from neuropath.grading import gradebook, keys, marks, sandbox, store
from neuropath.grading.results import Graded, QuestionResult
from neuropath.grading.run import Run


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder of submissions, a key's folder (whose content is made by hand here), OUT."""
    monkeypatch.setattr(keys, "read", lambda folder: key())
    (tmp_path / "key").mkdir(mode=0o700)
    (tmp_path / "key" / "key.json").write_text("secret")
    write(tmp_path / "in" / "hw_ada.ipynb", cells(RIGHT, why="Because of that."))
    write(tmp_path / "in" / "hw_bob.ipynb", cells())
    yield tmp_path
    sandbox.close_all()


def grade(course, *more):
    words = ["grade", course / "in", "--key", course / "key", "--out", course / "out", "--jobs", "1", *more]
    return cli.main([str(word) for word in words])


def fill(course, points):
    """Fill OUT/needs_person.csv and leave it there; gives its path."""
    path = course / "out" / "needs_person.csv"
    rows = table(path)
    for row, given in zip(rows, points, strict=True):
        row["points"] = given
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_run_from_the_command_line(course, capsys):
    assert grade(course) == 0
    said = capsys.readouterr().out
    assert said.startswith("Isolation: ")
    assert "2 submissions, 2 graded now, 0 before" in said
    ada, bob = table(course / "out" / "marks.csv")
    assert (ada["student"], ada["points"], ada["points_so_far"]) == ("ada", "", "6")
    assert (bob["points"], bob["out_of"], bob["q-norm state"]) == ("0", "10", "not attempted")
    assert [row["answer"] for row in table(course / "out" / "needs_person.csv")] == ["Because of that."] * 2
    assert stat.S_IMODE((course / "out").stat().st_mode) == 0o700
    for name in ("feedback/ada.html", "feedback/bob.html", "overview.html"):
        page = (course / "out" / name).read_text(encoding="utf-8")
        assert SECRET_TEXT not in page
    assert (course / "key" / "key.json").read_text() == "secret"


def test_one_is_not_many(course, capsys):
    (course / "in" / "hw_bob.ipynb").unlink()
    grade(course)
    said = capsys.readouterr().out
    assert "1 submission, 1 graded now, 0 before" in said
    assert "1 of them waits for a person" in said


def test_feedback_leads_into_the_published_book(course, monkeypatch):
    address = "https://some.github.io/where/"
    monkeypatch.setattr(keys, "read", lambda folder: dataclasses.replace(key(), address=address))
    given = []
    monkeypatch.setattr(gradebook.feedback, "book_links", lambda where: given.append(where) or {})
    grade(course)
    assert given == [address]


def test_a_file_that_is_no_notebook_is_told_once_everywhere(course):
    (course / "in" / "hw_bob.ipynb").write_bytes(b"%PDF-1.7")
    grade(course)
    rows = [row for row in table(course / "out" / "needs_person.csv") if row["student"] == "bob"]
    assert [(row["question"], row["out_of"]) for row in rows] == [("(all)", "10")]
    assert "a PDF" in rows[0]["answer"]
    page = (course / "out" / "feedback" / "bob.html").read_text(encoding="utf-8")
    assert page.count('<section class="question') == 1
    overview = (course / "out" / "overview.html").read_text(encoding="utf-8")
    assert "could not be graded at all: 1 submission" in overview


def test_grading_twice_gives_the_same_bytes(course):
    digests = []
    for name in ("marks.csv", "needs_person.csv") * 2:
        grade(course)
        digests.append(hashlib.sha256((course / "out" / name).read_bytes()).hexdigest())
        if len(digests) == 2:
            for path in (course / "out").rglob("*.json"):
                path.unlink()
    assert digests[:2] == digests[2:]


def test_a_person_s_points_are_merged_and_stay(course, capsys):
    grade(course)
    grade(course, "--merge", fill(course, ["1", "2.5"]))
    ada = table(course / "out" / "marks.csv")[0]
    assert (ada["points"], ada["q-why"], ada["q-why state"]) == ("9.5", "3.5", "graded")
    assert table(course / "out" / "needs_person.csv") == []
    grade(course)
    assert table(course / "out" / "marks.csv")[0]["points"] == "9.5"
    write(course / "in" / "hw_ada.ipynb", cells(RIGHT, why="Another reason."))
    grade(course)
    assert table(course / "out" / "marks.csv")[0]["q-why state"] == "needs a person"


def test_a_filled_table_is_never_overwritten_without_a_copy(course, capsys):
    grade(course)
    before = fill(course, ["1", ""]).read_bytes()
    grade(course)
    copies = list((course / "out" / "filled").iterdir())
    assert [path.read_bytes() for path in copies] == [before]
    assert "had been filled in" in capsys.readouterr().out
    grade(course)
    assert list((course / "out" / "filled").iterdir()) == copies


def test_a_slip_in_the_table_merges_nothing(course, capsys):
    grade(course)
    assert grade(course, "--merge", fill(course, ["1", "99"])) == 1
    assert "nothing was merged" in capsys.readouterr().err
    assert table(course / "out" / "marks.csv")[0]["q-why state"] == "needs a person"
    assert not list((course / "out" / "given").iterdir())


def test_points_stay_where_answer_and_rubric_stay(course, monkeypatch, capsys):
    """Whatever else changes: the rest of the notebook, the key, the grader."""
    grade(course)
    grade(course, "--merge", fill(course, ["1", "2.5"]))
    write(course / "in" / "hw_ada.ipynb", cells(why="Because of that."))
    grade(course)
    assert [table(course / "out" / "marks.csv")[0][name] for name in ("points", "q-why")] == ["3.5", "3.5"]
    monkeypatch.setattr(keys, "read", lambda folder: replace(key(), digest="mended"))
    monkeypatch.setattr(store, "grader_version", lambda: "mended")
    capsys.readouterr()
    grade(course)
    said = capsys.readouterr().out
    assert "2 submissions, 2 graded now" in said
    assert "set aside" not in said
    assert table(course / "out" / "marks.csv")[0]["q-why"] == "3.5"
    page = (course / "out" / "feedback" / "ada.html").read_text(encoding="utf-8")
    assert "2.5 / 3" in page


def test_points_are_set_aside_where_the_answer_changed_and_come_back_with_it(course, capsys):
    grade(course)
    grade(course, "--merge", fill(course, ["1", "2.5"]))
    write(course / "in" / "hw_ada.ipynb", cells(RIGHT, why="Another reason."))
    capsys.readouterr()
    grade(course)
    aside = course / "out" / "set_aside.csv"
    said = "points that a person gave for 1 answer are set aside, because the answer or the rubric changed"
    assert f"{said}: they are kept in {aside}" in capsys.readouterr().out
    assert table(course / "out" / "marks.csv")[0]["q-why state"] == "needs a person"
    rows = table(aside)
    assert [(row["student"], row["question"], row["part"], row["points"]) for row in rows] == [
        ("ada", "q-why", "1", "1"),
        ("ada", "q-why", "2", "2.5"),
    ]
    assert {(row["why"], row["answer"]) for row in rows} == {("the answer changed", "Because of that.")}
    assert len({row["answer_hash"] for row in rows}) == len(list((course / "out" / "given").iterdir())) == 1
    assert grade(course, "--merge", aside) == 1
    assert "ada, q-why: the answer is not the one in the results now" in capsys.readouterr().err
    write(course / "in" / "hw_ada.ipynb", cells(RIGHT, why="Because of that."))
    grade(course)
    assert table(course / "out" / "marks.csv")[0]["q-why"] == "3.5"
    assert not aside.exists()


def test_a_merged_table_is_copied_wherever_it_lies(course, capsys):
    grade(course)
    path = fill(course, ["1", "2.5"]).rename(course / "my marks.csv")
    before = path.read_bytes()
    grade(course, "--merge", path)
    (copy,) = (course / "out" / "filled").iterdir()
    assert copy.read_bytes() == before
    assert f"a copy is {copy}" in capsys.readouterr().out
    grade(course, "--merge", copy)  # it is one already
    assert list((course / "out" / "filled").iterdir()) == [copy]


def test_a_table_can_be_merged_once_more(tmp_path):
    """Also where a machine's words, gone with the first merge, stand in the column of the answers."""
    asked = QuestionResult("q", "needs a person", None, 4, "the check itself stopped", title="Q")
    path = tmp_path / "n.csv"
    for points in ("1", "3"):
        done = Run([Graded("ada", "", "ada.ipynb", (asked,))], {"ada": "sha"})
        marks.write_needs_person(path, done.graded)
        text = path.read_text(encoding="utf-8-sig").replace(",4,,", f",4,{points},")
        path.write_text(text, encoding="utf-8")
        assert gradebook._with_points_given(done, tmp_path, path) == []
        assert done.graded[0].points == float(points)


def test_the_page_of_a_student_who_is_gone_is_removed(course, capsys):
    grade(course)
    pages = course / "out" / "feedback"
    (pages / "mine.html").write_text("my own")
    (course / "in" / "hw_bob.ipynb").rename(course / "in" / "hw_eve.ipynb")
    capsys.readouterr()
    grade(course)
    assert {path.name for path in pages.iterdir()} == {"ada.html", "hw_eve.html", "mine.html"}
    said = capsys.readouterr().out
    assert f"{pages / 'bob.html'} is removed" in said
    assert f"{pages / 'mine.html'} is left alone" in said
    last = json.loads((course / "out" / "log.jsonl").read_text().splitlines()[-1])
    assert (last["removed"], bool(last["time"])) == ("feedback/bob.html", True)


def test_canvas_is_filled_for_those_in_the_roster(course, capsys):
    write(course / "in" / "carla.ipynb", cells(RIGHT))  # named as the login of somebody else
    export = course / "export.csv"
    export.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,A small set (17)\n"
        "    Points Possible,,,,,10\n"
        '"Test, Ada",1,ada,ada,One,\n"Test, Bob",2,bob,bob,One,\n"Test, C",3,carla,carla,One,\n'
    )
    assert grade(course, "--canvas", export) == 0
    rows = {row["SIS User ID"]: row["A small set (17)"] for row in table(course / "out" / "canvas.csv")}
    assert (rows["ada"], rows["bob"], rows["carla"]) == ("", "0.00", "")
    assert "ada" in capsys.readouterr().out


def test_it_refuses_to_run_what_it_cannot_shut_in(course, monkeypatch, capsys):
    monkeypatch.setattr(sandbox, "describe", lambda: sandbox.at(sandbox.NONE))
    assert grade(course) == 1
    said = capsys.readouterr()
    assert "Isolation: none" in said.out
    assert "--i-trust-these-students" in said.err
    assert not (course / "out" / "marks.csv").exists()
    assert grade(course, "--i-trust-these-students") == 0
    assert "submissions run as you" in capsys.readouterr().out
    assert table(course / "out" / "marks.csv")[0]["points_so_far"] == "6"


def test_what_a_submission_could_read_is_refused(course, monkeypatch, capsys):
    monkeypatch.setattr(sandbox, "describe", lambda: sandbox.at(sandbox.ROOT))
    monkeypatch.setattr(sandbox, "exposed", lambda secrets, isolation: [str(path) for path in secrets][:1])
    assert grade(course) == 1
    assert "below a folder of libraries" in capsys.readouterr().err


def test_folders_that_cannot_be_are_told(course, capsys):
    (course / "mine").mkdir(mode=0o755)
    (course / "mine" / "letter.txt").write_text("dear")
    for out in (course / "mine", course / "in", course / "key"):
        assert cli.main(["grade", str(course / "in"), "--key", str(course / "key"), "--out", str(out)]) == 1
    assert "holds other things" in capsys.readouterr().err
    assert stat.S_IMODE((course / "mine").stat().st_mode) == 0o755
    (course / "empty").mkdir()
    words = ["grade", course / "empty", "--key", course / "key", "--out", course / "out"]
    assert cli.main([str(word) for word in words]) == 1
    assert "there is no .ipynb" in capsys.readouterr().err
    assert grade(course, "--merge", course / "nothing.csv") == 1
    assert "there is no file" in capsys.readouterr().err


def test_what_was_lost_is_told_by_the_exit_status(course, monkeypatch, capsys):
    real = gradebook.run.grade_all

    def one_lost(*args, **kwargs):
        done = real(*args, **kwargs)
        done.lost = 1
        return done

    monkeypatch.setattr(gradebook.run, "grade_all", one_lost)
    assert grade(course) == 1
    assert "1 could not be graded" in capsys.readouterr().out


def test_the_log_has_a_line_for_each_submission(course):
    grade(course)
    lines = [json.loads(line) for line in (course / "out" / "log.jsonl").read_text().splitlines()]
    assert {line["student"]: line["states"] for line in lines} == {
        "ada": {"graded": 3, "needs a person": 1},
        "bob": {"not attempted": 4},
    }
    assert all(line["seconds"] > 0 for line in lines)


def test_cores_are_those_that_may_be_used():
    assert 1 <= gradebook.cores() <= (os.cpu_count() or 1)
