"""`neuropath grade` as a whole: what it says, what it refuses, what lies in OUT afterwards."""

import dataclasses
import hashlib
import json
import stat
import sys

import pytest
from courses import grade
from results_samples import rows_of as table
from small_set import RIGHT, SECRET_TEXT, cells, key, write

from neuropath import cli
from neuropath.grading import gradebook, keys, sandbox
from neuropath.grading.grade import typed


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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--canvas-column", "Set 1"], "add --canvas export.csv"),
        (["--jobs", "0"], "expected a number from 1 on, received 0"),
        (["--jobs", "-3"], "expected a number from 1 on, received -3"),
    ],
)
def test_options_that_mean_nothing_are_refused(course, capsys, words, said):
    assert grade(course, *words) == 1
    assert said in capsys.readouterr().err
    assert not (course / "out").exists()


def test_who_stops_it_is_told_that_the_same_command_goes_on(course, monkeypatch, capsys):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(gradebook.run, "grade_all", stop)
    assert grade(course) == 130
    assert "What is finished is kept: the same command goes on" in capsys.readouterr().err


def test_the_command_that_goes_on_has_the_options_of_this_one(course, monkeypatch):
    words = ["grade", "my in", "--key", "k", "--out", "o", "--jobs", "2", "--i-trust-these-students"]
    words += ["--canvas", "e.csv", "--canvas-column", "Set 1"]
    args = cli.parser().parse_args([*words, "--merge", "m.csv"])
    monkeypatch.setattr(sys, "argv", ["pytest"])
    again = typed(args)
    assert again[0] == "neuropath"
    assert "--merge" not in again
    args.merge = None
    assert cli.parser().parse_args(again[1:]) == args
    monkeypatch.setattr(sys, "argv", [".venv/bin/neuropath"])
    assert typed(args)[0] == ".venv/bin/neuropath"


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
