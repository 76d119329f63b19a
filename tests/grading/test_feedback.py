"""The page a student gets: all that helps, nothing that is hidden, and nothing that runs."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from page_reader import NASTY, Reader
from results_samples import RUBRIC, SECRET_TITLE, graded, right, stopped, waiting, wrong
from small_set import key

from neuropath.grading import feedback, run
from neuropath.grading.feedback import Link, book_links, page
from neuropath.grading.identity import Handed
from neuropath.grading.pool import Lost
from neuropath.grading.results import NOT_GRADED, Part, QuestionResult
from neuropath.grading.submission import AGAIN, SMALLER

TITLE = "Session 01 & more"


def read(*results, links=None, **fields):
    return Reader(page(graded("s1", *results, **fields), title=TITLE, links=links))


def test_the_page_says_who_what_and_how_much():
    text = read(right(), wrong("w", points=1), remarks=["Handed in twice."]).text
    for words in (TITLE, "Ada Lovelace", "s1.ipynb", "4 of 6 points", "Handed in twice.", "3 / 3", "1 / 3"):
        assert words in text


def test_open_points_are_said_to_be_open():
    text = read(right(), waiting()).text
    assert "3 of 8 points so far" in text
    assert "1 question waits for a person; 5 points are not decided yet" in text
    assert "open, of 5 points" in text


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (right(), ["graded: full points", "All of it is right."]),
        (
            wrong(points=1),
            ["graded: part of the points", "A common slip: rows should sum to 1; yours sum to 0.17"],
        ),
        (wrong(), ["✕ graded: no points", "z.sum()"]),
        (replace(wrong(), misconception=""), ["What was seen: rows should sum to 1"]),
        (
            stopped("crashed"),
            ["crashed", "<b>bad</b> shape in y = X @ W", "Call it yourself, in a cell below"],
        ),
        (
            replace(stopped("crashed"), message="the cell that defines `f` stopped: NameError: x"),
            ["crashed", "before anything could be called", "Restart the notebook and run all"],
        ),
        (stopped("timed out"), ["timed out", "ran longer than a question may", "loop that does not end"]),
        (
            QuestionResult("q", "not attempted", 0, 2),
            ["not attempted", "the very name the question asks for"],
        ),
        (
            QuestionResult("own-q", "not attempted", 0, 2, kind="manual"),
            ["not attempted", "cell that begins with Answer to own-q:"],
        ),
        (waiting(), ["needs a person", "A person reads this answer", "Since p = softmax(z)"]),
        (QuestionResult("q", "needs a person", None, 2), ["could not be decided automatically"]),
    ],
)
def test_each_state_says_what_was_seen_and_what_to_do(result, words):
    text = read(result).text
    assert [part for part in words if part not in text] == []


@pytest.mark.parametrize("state", ["needs a person", "not attempted"])
def test_a_rubric_that_nobody_has_filled_is_not_on_the_page(state):
    result = replace(waiting(), state=state, points=0 if state == "not attempted" else None)
    assert RUBRIC[0] in str(result.parts)
    assert RUBRIC[0] not in page(graded("s1", result), title=TITLE)


def test_nothing_is_yet_to_come_of_what_is_graded():
    assert "yet" not in read(wrong(), right("r")).text


def test_what_stopped_in_a_call_is_not_to_be_looked_for_by_running_all():
    assert "run all" not in read(stopped("crashed")).text


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (f"the file is a PDF, not a notebook: {AGAIN}", "not a notebook: hand in the .ipynb file (in Colab"),
        (f"the file has 300 MB. {SMALLER}", "the file has 300 MB. Hand it in without outputs"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_card(why, told):
    open_ = [QuestionResult(f"q{i}", "needs a person", None, 2, title=f"Title {i}") for i in range(5)]
    html = page(graded("s1", *open_, remarks=[f"{NOT_GRADED}{why}", "Handed in twice."]), title=TITLE)
    text = Reader(html).text
    assert html.count('<section class="question') == 1
    assert "open of 10 points" in text
    assert text.count(told) == 1
    assert "student" not in text
    assert "Title 3" not in text
    assert "Handed in twice." in text
    some = [replace(open_[0], state="graded", points=1), *open_[1:]]
    assert "Title 3" in page(graded("s1", *some, remarks=[f"{NOT_GRADED}{why}"]), title=TITLE)


@pytest.mark.parametrize(
    "why", [f"the file is a PDF, not a notebook: {AGAIN}", f"the file has 300 MB. {SMALLER}"]
)
def test_points_for_work_on_paper_ask_nobody_for_a_file(why):
    done = [QuestionResult(f"q{i}", "graded", 1, 2, title="Title") for i in range(2)]
    text = Reader(page(graded("s1", *done, remarks=[f"{NOT_GRADED}{why}"]), title=TITLE)).text
    assert f"not graded by the machine ({re.split('[:.]', why)[0]}): a person gave the points here" in text
    waits = [done[0], QuestionResult("q2", "needs a person", None, 2)]
    half = Reader(page(graded("s1", *waits, remarks=[f"{NOT_GRADED}{why}"]), title=TITLE)).text
    for said in (text, half):
        assert "ask the student" not in said
        assert "Ask for it" not in said
    assert re.search("[Hh]and (it )?in", half)
    assert not re.search("[Hh]and (it )?in", text)


def test_what_the_instructor_may_try_is_not_said_to_the_student():
    lost = run._unfinished(Handed("ann", "Ann", Path("a.ipynb"), "a.ipynb"), key(), Lost("the process ended"))
    assert "look into the notebook" in lost.remarks[0]
    some = lost.with_results([replace(lost.results[0], state="graded", points=1), *lost.results[1:]])
    for one in (lost, some):
        text = Reader(page(one, title=TITLE)).text
        assert "the process ended" in text
        assert "Grade again" not in text


def test_a_filled_rubric_is_shown_with_its_comments():
    parts = (Part(RUBRIC[0], 3, 1, "the case `i = j` is missing"), Part(RUBRIC[1], 2, 2))
    text = read(replace(waiting(), state="graded", points=3, parts=parts)).text
    for words in ("graded: part of the points", RUBRIC[0], "the case i = j is missing", "1 / 3", "2 / 2"):
        assert words in text


@pytest.mark.parametrize("result", [right(), wrong(), wrong(points=1), replace(wrong(), state="crashed")])
def test_nothing_of_a_hidden_test_is_on_the_page(result):
    html = page(graded("s1", result), title=TITLE)
    assert SECRET_TITLE not in html
    assert "A test that is not shown" in html
    assert "all-elements" not in html  # a misconception's name is the author's


def test_a_hidden_test_says_only_whether_it_passed():
    assert "A test that is not shown: passed" in read(right()).text
    assert "A test that is not shown: did not pass" in read(wrong()).text
    assert "not pass" not in read(replace(wrong(), state="timed out")).text


def test_no_text_becomes_markup():
    parts = (Part(NASTY, 1, 0, NASTY), Part(NASTY, 1, 0))
    results = [
        QuestionResult(NASTY, "crashed", 0, 2, NASTY, title=NASTY, parts=parts, answer=NASTY),
        replace(waiting(NASTY + "1"), title=NASTY, answer=NASTY),
        QuestionResult(NASTY + "2", "not attempted", 0, 2, kind="manual"),
    ]
    links = {NASTY: Link(NASTY, "javascript:alert(1)")}
    seen = read(*results, name=NASTY, remarks=[NASTY], links=links)
    assert {tag for tag, _ in seen.tags}.isdisjoint(
        {"script", "img", "link", "iframe", "object", "form", "base"}
    )
    assert not [name for _, attrs in seen.tags for name in attrs if name.startswith("on") or name == "src"]
    targets = [attrs["href"] for tag, attrs in seen.tags if tag == "a"]
    assert targets
    assert all(target.startswith("#q") for target in targets)
    assert "<img src=x onerror=alert(1)>" in seen.text  # shown as text


def test_nothing_is_loaded_from_elsewhere():
    html = page(graded("s1", right(), waiting()), title=TITLE)
    assert "default-src 'none'" in html
    assert not re.search(r"https?://|url\(|@import|src=", html)


def test_links_lead_back_where_points_were_lost():
    links = {
        "a": Link("Part C", "https://book.example/c.html#ex-a"),
        "b": Link("Part D"),
        "c": Link("Part E", "https://x"),
    }
    seen = read(wrong("a"), wrong("b"), right("c"), links=links)
    anchors = [attrs["href"] for tag, attrs in seen.tags if tag == "a" and attrs["href"][0] != "#"]
    assert anchors == ["https://book.example/c.html#ex-a"]
    assert "Look again at Part D." in seen.text
    assert "Part E" not in seen.text


def test_every_exercise_of_the_book_can_be_linked():
    links = book_links("https://book.example/base")
    assert len(links) > 50
    assert links["s01c-temperature"].url == (
        "https://book.example/base/book/session01_neural_networks/part_c_mathematical_derivations.html"
        "#ex-s01c-temperature"
    )
    assert links["s01c-temperature"].words.startswith("Session 01, Part C: exercise “")
    assert {link.url for link in book_links().values()} == {""}


def test_the_page_is_in_order_for_those_who_do_not_see_it():
    seen = read(right(), wrong("w"), stopped(), waiting())
    assert ("html", {"lang": "en"}) in seen.tags
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {attrs["href"][1:] for tag, attrs in seen.tags if tag == "a"}
    labels = {attrs["aria-labelledby"] for _, attrs in seen.tags if "aria-labelledby" in attrs}
    assert targets | labels <= set(ids)
    assert all("scope" in attrs for tag, attrs in seen.tags if tag == "th")
    levels = [int(tag[1]) for tag, _ in seen.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_each_student_gets_a_file_and_the_same_results_the_same_bytes(tmp_path):
    everyone = [graded("../a", right()), graded("b", wrong())]
    paths = feedback.write_all(tmp_path / "feedback", everyone, title=TITLE)
    assert [path.parent for path in paths] == [tmp_path / "feedback"] * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feedback"]
    first = [path.read_bytes() for path in paths]
    assert [
        path.read_bytes() for path in feedback.write_all(tmp_path / "feedback", everyone, title=TITLE)
    ] == first
    assert "Ada" in first[0].decode()
