"""A person's points in `neuropath grade` as a whole: merged, kept, set aside, taken back, and never lost."""

import shlex
from dataclasses import replace

from courses import fill, grade
from results_samples import rows_of as table
from small_set import RIGHT, cells, key, write

from neuropath import cli
from neuropath.grading import gradebook, keys, marks, store
from neuropath.grading.results import Graded, QuestionResult
from neuropath.grading.run import Run


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
    said = capsys.readouterr().out
    assert "The points and comments of 1 row in it have NOT been taken over" in said
    (line,) = [line for line in said.splitlines() if "--merge" in line and str(copies[0]) in line]
    assert cli.main(shlex.split(line)[1:]) == 0
    assert "points of 1 submission taken over" in capsys.readouterr().out
    assert table(course / "out" / "needs_person.csv")[0]["points"] == "1"
    grade(course)
    assert "had been filled in" not in capsys.readouterr().out
    assert list((course / "out" / "filled").iterdir()) == copies


def test_a_merge_of_the_blank_table_names_the_copy_with_points(course, capsys):
    grade(course)
    path = fill(course, ["1", "2"])
    grade(course)
    capsys.readouterr()
    assert grade(course, "--merge", path) == 0
    said = capsys.readouterr().out
    assert "points of 0 submissions taken over (why is said below)" in said
    assert "a blank changes nothing" in said
    (copy,) = (course / "out" / "filled").iterdir()
    (line,) = [line for line in said.splitlines() if "--merge" in line and "neuropath" in line]
    assert shlex.split(line)[-1] == str(copy)
    assert cli.main(shlex.split(line)[1:]) == 0
    assert table(course / "out" / "marks.csv")[0]["q-why"] == "3"


def test_points_can_be_taken_back(course, capsys):
    grade(course)
    grade(course, "--merge", fill(course, ["1", "2.5"]))
    back = course / "back.csv"
    back.write_text("student,question,part,points\nada,q-why,1,open\nada,q-why,2,open\n")
    capsys.readouterr()
    grade(course, "--merge", back)
    assert "points of 1 submission taken over" in capsys.readouterr().out
    assert table(course / "out" / "marks.csv")[0]["q-why state"] == "needs a person"
    grade(course)
    rows = table(course / "out" / "needs_person.csv")
    assert [row["points"] for row in rows] == ["", ""]
    assert "2.5 / 3" not in (course / "out" / "feedback" / "ada.html").read_text(encoding="utf-8")


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
    said = "points that a person gave for 1 answer are set aside, because the answer changed"
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
