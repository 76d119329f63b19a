"""The instructor's page: the numbers on it, against numbers worked out by hand."""

import re
from dataclasses import replace

import pytest
from page_reader import NASTY, Reader
from results_samples import SECRET_TITLE, graded, right, stopped, waiting, wrong

from neuropath.grading import overview, overview_questions
from neuropath.grading.overview import page
from neuropath.grading.overview_questions import full_points, outcomes, share
from neuropath.grading.results import NOT_GRADED, QuestionResult


@pytest.fixture
def everyone():
    return [
        graded("a", right(), stopped(), waiting(), name="Ada"),
        graded("b", wrong(), stopped("timed out"), waiting(), name="Bo"),
        graded("c", wrong(points=2), QuestionResult("s01d-train", "not attempted", 0, 4), name="Cy"),
    ]


def read(graded, **options):
    return Reader(page(graded, title="Session 01", **options))


def test_shares_are_of_what_is_decided():
    assert share([right(), wrong(points=1.5), wrong()]) == pytest.approx(4.5 / 9)
    assert share([right(), waiting()]) == 1
    assert share([waiting()]) is None
    assert share([QuestionResult("q", "graded", 0, 0)]) is None


def test_every_answer_is_counted_once_by_how_it_ended(everyone):
    softmax = [right(), right(), wrong(points=2), wrong(points=1.5), wrong(), stopped(id="s"), waiting("s")]
    found = outcomes(softmax)
    assert list(found.items()) == [
        ("full points", 2),
        ("more than half", 1),
        ("up to half", 1),
        ("no points", 1),
        ("crashed", 1),
        ("needs a person", 1),
    ]
    assert sum(found.values()) == len(softmax)


def test_the_most_missed_question_comes_first(everyone):
    seen = read(everyone).text
    table = seen[seen.index("Most missed first") : seen.index("Needs a person")]
    # s01d-train: 0 of 12; softmax: (3 + 0 + 2) of 9; own-derive: not decided yet
    assert re.findall(r"([123])\. (A loop|Softmax, row by row|Derive it) ?(\d+%|open)", table) == [
        ("2", "A loop", "0%"),
        ("1", "Softmax, row by row", "56%"),
        ("3", "Derive it", "open"),
    ]
    assert "1 of 3" in table


def test_the_totals_are_summed_up(everyone):
    seen = read(everyone, roster={"a": "Ada", "z": "Zoë"}, notes=["No network."])
    for words in (
        "3 submissions",
        "mean 24% of the points decided so far",
        "median 29%",
        "2 totals not final yet",
    ):
        assert words in seen.text
    assert "No submission of 1 student: Zoë (z)." in seen.text
    assert "No network." in seen.text
    (drawn,) = [a["aria-label"] for tag, a in seen.tags if tag == "svg" and "Submissions" in a["aria-label"]]
    assert drawn.endswith(
        "0 to 10 %: 1; 20 to 30 %: 1; 40 to 50 %: 1"
    )  # 0, 3 and 2 of the 7 that are decided
    assert "share of the points decided so far" in drawn


def test_a_full_total_is_in_the_last_bin():
    assert "90 to 100 %: 1" in page([graded("a", right())], title="T")


def test_misconceptions_are_counted(everyone):
    assert "2 × all-elements: rows should sum to 1" in read(everyone).text


def test_the_instructor_sees_which_hidden_test_was_missed(everyone):
    assert f"{SECRET_TITLE} (hidden)1 of 3 in full" in read(everyone).text


def test_who_needs_a_person_is_listed(everyone):
    text = read(everyone).text
    assert "own-derive: 2 answers whoseAda, Bo" in text
    assert "Needs a person" not in read([graded("a", right())]).text


def test_students_lead_to_their_pages(everyone):
    everyone.append(graded("é/../x", right()))
    targets = [a["href"] for tag, a in read(everyone).tags if tag == "a" and a["href"][0] != "#"]
    assert targets == [f"feedback/{name}.html" for name in ("a", "b", "c", "%C3%A9-..-x~75105101aa28")]
    assert not [a for tag, a in read(everyone, feedback="").tags if tag == "a" and a["href"][0] != "#"]


def test_no_text_becomes_markup():
    result = QuestionResult(NASTY, "graded", 0, 2, NASTY, NASTY, title=NASTY)
    seen = read(
        [graded(NASTY, result, name=NASTY, remarks=[NASTY])], notes=[NASTY], roster={NASTY + "2": NASTY}
    )
    assert {tag for tag, _ in seen.tags}.isdisjoint({"script", "img", "link", "iframe", "form", "base"})
    assert not [name for _, attrs in seen.tags for name in attrs if name.startswith("on") or name == "src"]


def test_every_drawing_is_said_in_words(everyone):
    drawings = [attrs for tag, attrs in read(everyone).tags if tag == "svg"]
    assert len(drawings) > 5
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in drawings)


def test_no_submission_is_no_crash(tmp_path):
    overview.write(tmp_path / "overview.html", [], title="T", roster={"a": "Ada"})
    text = Reader((tmp_path / "overview.html").read_text(encoding="utf-8")).text
    assert "0 submissions" in text
    assert "Ada (a)" in text


def test_the_page_is_the_same_each_time(everyone):
    assert page(everyone, title="T") == page(everyone, title="T")


def test_why_there_was_nothing_to_grade_is_counted():
    said = ["the starter is untouched", *["there is no `softmax` in the notebook"] * 2]
    said.append("there is no `softmax` in the notebook; did you rename it? There is `softmx`")
    results = [QuestionResult("s01c-softmax", "not attempted", 0, 3, message) for message in said]
    everyone = [graded(f"s{i}", one) for i, one in enumerate(results)] + [graded("z", right())]
    assert overview_questions.unnamed(results) == 3
    html = page(everyone, title="T")
    text = Reader(html).text
    assert "3 answers were not found by name" in text
    assert "Why there was nothing to grade (3 answers not found by name)" in text
    for words in (
        ">1 × the starter is untouched <details><summary>",
        ">2 × there is no <code>softmax</code> in the notebook <details open><summary>",
        "There is <code>softmx</code> <details open><summary>",
    ):
        assert words in html
    for words in (
        "the starter is untouched whoseAda Lovelace (s0.ipynb)",
        "(s1.ipynb), Ada Lovelace (s2.ipynb)",
    ):
        assert words in text
    assert "There is softmx whoseAda Lovelace (s3.ipynb)" in text
    assert "found by name" not in read([graded("z", right())]).text


def test_a_file_that_cannot_be_read_has_one_line():
    open_ = [QuestionResult(f"q{i}", "needs a person", None, 2) for i in range(5)]
    lost = graded("bo", *open_, name="Bo", remarks=[f"{NOT_GRADED}the file is a PDF"])
    text = read([graded("a", waiting(), name="Ada"), lost]).text
    assert "could not be graded at all: 1 submission whoseBo" in text
    assert "own-derive: 1 answer whoseAda" in text
    assert "q3" not in text
    assert "could not be gradednot graded: the file is a PDF" in text.replace("\n", "")
    assert "1 total not final yet" in text
    assert "1 submission could not be graded at all (below), and counts in no mean" in text
    assert "Bobo" + "open / 10could" in text.replace("\n", "")
    assert "could not be graded at all" in read([lost]).text
    assert "Nothing is decided yet" in read([lost]).text
    text = read([graded("a", right()), lost]).text
    assert "mean 3 of 3" in text
    assert "by share of all points. 90 to 100 %: 1" in page([graded("a", right()), lost], title="T")
    assert "not final" not in text


def test_before_reading_those_who_wrote_nothing_do_not_decide():
    """A question in words is not the most missed one because all of it that is decided was not attempted."""
    blank = QuestionResult("own-derive", "not attempted", 0, 5, "no text", title="Derive it", kind="manual")
    some = [blank, blank, *[waiting()] * 12]
    assert share(some) is None
    assert full_points(some) == ""
    everyone = [graded(f"s{i}", wrong(points=1), one) for i, one in enumerate(some)]
    seen = read(everyone).text
    table = seen[seen.index("Most missed first") : seen.index("Needs a person")]
    assert re.findall(r"([12])\. [\w ,]+?(\d+%|open)(\d+ of \d+)?(\d*) ", table) == [
        ("1", "33%", "0 of 14", ""),
        ("2", "open", "", "12"),
    ]
    done = replace(waiting(), state="graded", points=5)
    assert share([blank, waiting(), done]) == 1  # of those that were read
    assert share([blank, done]) == 0.5  # when all are
    assert full_points([blank, done]) == "1 of 2"


def test_a_machine_s_question_that_waits_for_one_answer_counts_the_others():
    unsure = QuestionResult("q", "needs a person", None, 4, "the check stopped")
    blank = QuestionResult("q", "not attempted", 0, 4)
    assert share([unsure, blank, replace(blank, state="graded", points=4)]) == 0.5
