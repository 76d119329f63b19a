"""A person's points stay with the answer and the rubric that they were given for, and are never lost."""

import csv
import json
import re
from dataclasses import replace

import pytest
from results_samples import RUBRIC, graded, right, rows_of, waiting

from neuropath.grading import given, marks, merging, tables
from neuropath.grading.given import GivenError
from neuropath.grading.results import NOT_GRADED, UNREAD, Part, QuestionResult

CUT = "x" * 60_000  # is cut when it is read
PARTS = (Part(RUBRIC[0], 3, 2, "well said"), Part(RUBRIC[1], 2, 1.5))


def bare(*results, student="ann"):
    return [graded(student, *(results or (right(), waiting())))]


def give(out, before, sha="one", parts=PARTS):
    """Keep `parts` as what a person gave for the last question."""
    one = before[0]
    after = [one.with_results([*one.results[:-1], merging.decided(one.results[-1], parts)])]
    assert given.keep(out, before, before, after, {one.student: sha}) == 1
    return after


def carried(out, before, sha="one"):
    return given.carried(before, {one.student: sha for one in before}, given.read_all(out))


def aside(out, before, sha="one", name=given.ASIDE):
    """(what is told, the rows of the table)."""
    said = given.write_aside(out, before, {one.student: sha for one in before}, given.read_all(out))
    path = out / name
    if not path.exists():
        return said, []
    with open(path, encoding="utf-8-sig", newline="") as file:
        return said, list(csv.DictReader(file))


def test_points_and_comments_come_back_for_another_notebook(tmp_path):
    after = give(tmp_path, bare())
    assert carried(tmp_path, bare(), sha="two") == after
    assert after[0].results[1].points == 3.5
    assert aside(tmp_path, bare(), sha="two") == ([], [])


def test_half_a_rubric_comes_back_too(tmp_path):
    after = give(tmp_path, bare(), parts=(Part(RUBRIC[0], 3), Part(RUBRIC[1], 2, 1, "why?")))
    assert carried(tmp_path, bare()) == after
    assert after[0].pending == ("own-derive",)


def test_points_that_were_corrected_replace_those_before(tmp_path):
    first = give(tmp_path, bare())
    zero = merging.decided(waiting(), (PARTS[0], replace(PARTS[1], points=0)))
    last = [first[0].with_results([right(), zero])]
    given.keep(tmp_path, bare(), first, last, {"ann": "one"})
    assert carried(tmp_path, bare()) == last
    assert len(given.read_all(tmp_path)) == 1


RENAMED = replace(waiting(), parts=(Part("Another line", 3), Part(RUBRIC[1], 2)))
WORTH = replace(waiting(), out_of=6, parts=(Part(RUBRIC[0], 4), Part(RUBRIC[1], 2)))
SWAPPED = replace(waiting(), parts=(Part(RUBRIC[1], 2), Part(RUBRIC[0], 3)))
FEWER = replace(waiting(), parts=(Part(RUBRIC[0], 3),))


@pytest.mark.parametrize(
    ("changed", "why", "name"),
    [
        (waiting(answer="Since p = softmax(z), ...."), "the answer changed", "set_aside.csv"),
        (RENAMED, "the rubric changed", "rubric_changed.csv"),
        (WORTH, "the rubric changed", "rubric_changed.csv"),
        (SWAPPED, "the rubric changed", "rubric_changed.csv"),
        (FEWER, "the rubric changed", "rubric_changed.csv"),
    ],
)
def test_points_for_another_answer_or_rubric_are_set_aside(tmp_path, changed, why, name):
    give(tmp_path, bare())
    now = bare(right(), changed)
    assert carried(tmp_path, now) == now
    (said,), rows = aside(tmp_path, now, name=name)
    kept = f"because {why}: they are kept in {tmp_path / name}"
    assert said.startswith(f"points that a person gave for 1 answer are set aside, {kept}")
    assert [(row["points"], row["comment"], row["rubric"]) for row in rows] == [
        ("2", "well said", RUBRIC[0]),
        ("1.5", "", RUBRIC[1]),
    ]
    assert {(row["student"], row["question"], row["why"]) for row in rows} == {("ann", "own-derive", why)}
    assert {len(row["answer_hash"]) for row in rows} == {64}
    assert carried(tmp_path, bare())[0].results[1].points == 3.5  # and with the old answer they are back


def test_points_for_a_mended_rubric_are_apart_from_those_for_older_answers(tmp_path):
    """What can be merged without its column `rubric` lies alone in its table, each line once."""
    give(tmp_path, bare(right(), waiting(answer="An older answer")))
    give(tmp_path, bare(right(), FEWER), parts=(Part(RUBRIC[0], 3, 0),))
    path = next(path for path in (tmp_path / given.FOLDER).iterdir() if "1.5" not in path.read_text())
    path.write_text(re.sub('"when": "[^"]*"', '"when": "2020"', path.read_text()))
    give(tmp_path, bare())
    now = bare(right(), RENAMED)
    said, older = aside(tmp_path, now)
    assert sorted({row["why"] for row in older}) == ["the answer changed", "the rubric changed"]
    path = tmp_path / given.OTHER_RUBRIC
    assert [(row["part"], row["points"]) for row in rows_of(path)] == [("1", "2"), ("2", "1.5")]
    assert "for 1 answer are set aside, because the rubric changed" in said[0]
    assert "remove the column `rubric`" in said[0]
    with pytest.raises(merging.MergeError, match="the rubric is not the one"):
        merging.merge(now, path)
    table = tables.read(path)
    column = table.rows[0].index("rubric")
    tables.store(path, tables.Table([row[:column] + row[column + 1 :] for row in table.rows]))
    merged = merging.merge(now, path)
    assert merged[0].results[1].points == 3.5
    given.keep(tmp_path, now, now, merged, {"ann": "one"})
    assert aside(tmp_path, now) == ([], [])
    assert not path.exists()


def test_points_taken_back_stay_so_and_are_not_told_as_set_aside(tmp_path):
    give(tmp_path, bare())
    (tmp_path / "x.csv").write_text(
        "student,question,part,points,comment\nann,own-derive,1,open,look again\nann,own-derive,2,Open,\n"
    )
    before = carried(tmp_path, bare())
    after = merging.merge(before, tmp_path / "x.csv", bare())
    assert given.keep(tmp_path, bare(), before, after, {"ann": "one"}) == 1
    now = carried(tmp_path, bare())
    assert now[0].pending == ("own-derive",)
    assert [(part.points, part.message) for part in now[0].results[1].parts] == [
        (None, "look again"),
        (None, ""),
    ]
    assert merging.merge(now, tmp_path / "x.csv", bare()) == now
    (tmp_path / "x.csv").write_text(
        "student,question,part,points\nann,own-derive,1,open\nann,own-derive,2,\n"
    )
    give(tmp_path, bare())
    half = merging.merge(carried(tmp_path, bare()), tmp_path / "x.csv", bare())
    assert [part.points for part in half[0].results[1].parts] == [None, 1.5]
    assert [part.points for part in merging.merge(half, tmp_path / "x.csv")[0].results[1].parts] == [
        None,
        1.5,
    ]
    (tmp_path / "x.csv").write_text(
        "student,question,part,points\nann,own-derive,1,open\nann,own-derive,2,open\n"
    )
    plain = give(tmp_path, bare(), parts=(Part(RUBRIC[0], 3, 1), Part(RUBRIC[1], 2, 1)))
    given.keep(tmp_path, bare(), plain, merging.merge(plain, tmp_path / "x.csv", bare()), {"ann": "one"})
    assert carried(tmp_path, bare()) == bare()
    assert aside(tmp_path, bare(right(), waiting(answer="Another"))) == ([], [])


def test_a_question_of_the_machine_s_is_reopened_as_it_was(tmp_path):
    unsure = bare(QuestionResult("q", "needs a person", None, 4, "the check stopped", title="Q"))
    give(tmp_path, unsure, parts=(Part(marks.WHOLE, 4, 2),))
    (tmp_path / "x.csv").write_text("student,question,part,points\nann,q,1,open\n")
    before = carried(tmp_path, unsure)
    given.keep(tmp_path, unsure, before, merging.merge(before, tmp_path / "x.csv", unsure), {"ann": "one"})
    assert carried(tmp_path, unsure) == unsure


def test_another_student_s_same_answer_gets_nothing(tmp_path):
    give(tmp_path, bare())
    other = bare(student="bob")
    assert carried(tmp_path, other) == other
    (said,), rows = aside(tmp_path, other)
    assert "are not used, because no submission now" in said
    assert {row["student"] for row in rows} == {"ann"}


def test_the_same_answer_to_another_question_gets_nothing(tmp_path):
    give(tmp_path, bare())
    other = bare(right(), waiting("own-other"))
    assert carried(tmp_path, other) == other
    assert "no such question now" in aside(tmp_path, other)[0][0]


def test_points_for_the_new_answer_end_the_matter(tmp_path):
    give(tmp_path, bare())
    now = bare(right(), waiting(answer="Another"))
    assert len(aside(tmp_path, now)[1]) == 2
    give(tmp_path, now)
    assert aside(tmp_path, now) == ([], [])
    assert len(given.read_all(tmp_path)) == 2


@pytest.mark.parametrize("answer", ["", UNREAD, CUT, "![photo](attachment:derivation.png)"])
def test_where_the_text_is_not_all_of_the_answer_the_notebook_counts(tmp_path, answer):
    now = bare(right(), waiting(answer=answer))
    after = give(tmp_path, now, sha="one")
    assert carried(tmp_path, now, sha="one") == after
    assert carried(tmp_path, now, sha="two") == now


def test_what_a_machine_decides_now_is_its_own(tmp_path):
    unsure = QuestionResult("q", "needs a person", None, 4, "the check stopped", title="Q")
    give(tmp_path, bare(unsure), parts=(Part(marks.WHOLE, 4, 2),))
    assert carried(tmp_path, bare(unsure))[0].results[0].points == 2
    sure = bare(replace(unsure, state="graded", points=4, message=""))
    assert carried(tmp_path, sure) == sure
    assert "it is decided without a person now" in aside(tmp_path, sure)[0][0]


def test_a_file_that_cannot_be_graded_now_is_no_other_answer(tmp_path):
    give(tmp_path, bare())
    lost = [replace(bare(waiting(answer=""))[0], remarks=(f"{NOT_GRADED}it took too long",))]
    (said,), _ = aside(tmp_path, lost)
    assert "because the file is not graded now" in said


@pytest.mark.parametrize("spoil", [lambda text: text[:50], lambda text: "[]", lambda text: "{}"])
def test_a_damaged_file_is_named_not_passed_over(tmp_path, spoil):
    give(tmp_path, bare())
    (path,) = (tmp_path / given.FOLDER).iterdir()
    path.write_text(spoil(path.read_text()))
    with pytest.raises(GivenError, match=f"{path.name}.*cannot be read.*`filled`"):
        given.read_all(tmp_path)


def test_what_is_kept_says_whose_it_is(tmp_path):
    give(tmp_path, bare())
    (path,) = (tmp_path / given.FOLDER).iterdir()
    plain = json.loads(path.read_text())
    assert (plain["student"], plain["question"], len(plain["answer_hash"])) == ("ann", "own-derive", 64)
    assert plain["when"].endswith("Z")
    assert plain["parts"][0]["message"] == "well said"
