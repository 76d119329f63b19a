"""Tables that were filled and not merged: nothing is lost, and nobody believes that it was taken over."""

import os
import shlex

import pytest
from results_samples import graded, right, rows_of, waiting

from neuropath.grading import filled, given, marks, merging, tables
from neuropath.grading.results import QuestionResult

SHAS = {"ann": "one"}
COMMAND = ["neuropath", "grade", "my in", "--key", "k"]


def everyone(answer="Because."):
    return [graded("ann", right(), waiting(answer=answer))]


def table(path, now, *points):
    """`needs_person.csv` for `now`, with these points."""
    marks.write_needs_person(path, now)
    rows = [row | {"points": value} for row, value in zip(rows_of(path), points, strict=True)]
    tables.store(path, tables.Table([list(marks.HEADER), *(list(row.values()) for row in rows)]))
    return path


def merged(out, path, bare):
    """The results after a merge, which is kept."""
    before = given.carried(bare, SHAS, given.read_all(out))
    given.keep(out, bare, before, merging.merge(before, path, bare), SHAS)
    return given.carried(bare, SHAS, given.read_all(out))


def test_points_that_were_not_taken_over_are_told_with_the_command_that_does(tmp_path):
    path = table(tmp_path / "out it" / "needs_person.csv", everyone(), "1", "")
    said = filled.rescued(path, everyone(), everyone(), COMMAND)
    (copy,) = (tmp_path / "out it" / "filled").iterdir()
    assert "1 row" in said[0]
    assert "NOT been taken over" in said[0]
    assert shlex.split(said[1]) == [*COMMAND, "--merge", str(copy)]
    assert copy.read_bytes() == path.read_bytes()
    assert merging.merge(everyone(), copy)[0].results[1].parts[0].points == 1


@pytest.mark.parametrize("points", [("", ""), ("1", "2"), ("1", "")])
def test_of_points_that_are_kept_nothing_is_told(tmp_path, points):
    path = table(tmp_path / "needs_person.csv", everyone(), *points)
    now = merged(tmp_path, path, everyone())
    assert filled.rescued(path, now, everyone(), COMMAND) == []
    marks.write_needs_person(path, now)  # with the points of half a rubric in it
    assert filled.rescued(path, now, everyone(), COMMAND) == []
    # Nor where the answer is another one now: they are set aside.
    changed = everyone("Another.")
    assert filled.rescued(path, changed, changed, COMMAND) == []
    assert not (tmp_path / "filled").exists()


def test_the_same_points_for_another_answer_are_other_points(tmp_path):
    merged(tmp_path, table(tmp_path / "needs_person.csv", everyone(), "1", "2"), everyone())
    now = everyone("Another.")
    path = table(tmp_path / "needs_person.csv", now, "1", "2")
    assert "2 rows" in filled.rescued(path, now, now, COMMAND)[0]


@pytest.mark.parametrize("change", [{"points": "2"}, {"comment": "well said"}, {"points": "open"}])
def test_what_differs_from_what_is_kept_is_told(tmp_path, change):
    path = table(tmp_path / "needs_person.csv", everyone(), "1", "2")
    now = merged(tmp_path, path, everyone())
    rows = [rows_of(path)[0] | change]
    tables.store(path, tables.Table([list(marks.HEADER), *(list(row.values()) for row in rows)]))
    assert "1 row " in filled.rescued(path, now, everyone(), COMMAND)[0]


def test_a_table_that_cannot_be_read_is_kept_too(tmp_path):
    path = tmp_path / "needs_person.csv"
    for data, said in ((b"PK\x03\x04..", "workbook"), (b"a,b\n1,2\n", "no column student")):
        path.write_bytes(data)
        (told,) = filled.rescued(path, everyone(), everyone(), COMMAND)
        assert said in told
        assert "nothing was taken over" in told
    assert len(list((tmp_path / "filled").iterdir())) == 2


def test_a_merge_of_blanks_says_so_and_names_the_newest_table_with_points(tmp_path):
    now = everyone()
    blank = table(tmp_path / "needs_person.csv", now, "", "")
    assert len(filled.why_nothing(blank, tmp_path, now, now, COMMAND)) == 1
    copies = []
    for index, points in enumerate((("1", "2"), ("1", "1"), ("", ""))):
        copies.append(filled.copy(table(tmp_path / f"t{index}.csv", now, *points), tmp_path))
        os.utime(copies[-1], (index, index))
    (tmp_path / "filled" / "broken.csv").write_bytes(b"PK\x03\x04")
    said = filled.why_nothing(blank, tmp_path, now, now, COMMAND)
    assert "a blank changes nothing" in said[0]
    assert "`open`" in said[0]
    assert shlex.split(said[-1])[-1] == str(copies[1])
    after = merged(tmp_path, copies[1], now)
    assert len(filled.why_nothing(blank, tmp_path, after, now, COMMAND)) == 1
    (said,) = filled.why_nothing(copies[1], tmp_path, after, now, COMMAND)
    assert said.endswith("its points and comments are in the results already")


def test_points_rounded_by_the_table_are_the_same_points(tmp_path):
    third = QuestionResult("q", "needs a person", None, 1, title="Q", answer="a")
    now = [graded("ann", third)]
    path = tmp_path / "needs_person.csv"
    path.write_text("student,question,part,points,answer\nann,q,1,0.33333333333,a\n")
    after = merged(tmp_path, path, now)
    path.write_text("student,question,part,points,answer\nann,q,1,0.333333,a\n")
    assert filled.rescued(path, after, now, COMMAND) == []


def test_a_copy_of_the_same_bytes_becomes_the_newest_again(tmp_path):
    path = table(tmp_path / "t.csv", everyone(), "1", "")
    first = filled.copy(path, tmp_path)
    os.utime(first, (1, 1))
    assert filled.copy(path, tmp_path) == first
    assert first.stat().st_mtime > 1
