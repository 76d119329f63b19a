"""Results: what they refuse, that files give back what was written, and names that stay in their folder."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from results_samples import graded, right, stopped, waiting, wrong

from neuropath.grading import results
from neuropath.grading.results import (
    STATES,
    Graded,
    Part,
    QuestionResult,
    ResultsError,
    clean,
    file_name,
    number,
)


def test_a_file_gives_back_what_was_written(tmp_path):
    one = graded("s1", right(), stopped(), waiting(), remarks=["two files"])
    results.write(tmp_path / "r.json", one)
    assert results.read(tmp_path / "r.json") == one
    assert [result.state for result in one.results] == ["graded", "crashed", "needs a person"]


def test_totals_count_what_is_decided_and_name_what_is_not():
    one = graded("s1", right(), wrong("other", points=1.0), waiting())
    assert (one.points, one.out_of, one.pending) == (4.0, 11.0, ("own-derive",))
    assert [result.full for result in one.results] == [True, False, False]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "0"}, "graded, not attempted, crashed, timed out, needs a person"),
        ({"points": float("nan")}, "points to be a finite number"),
        ({"points": 3.5}, "points between 0 and 3"),
        ({"points": -1}, "points between 0 and 3"),
        ({"points": "3"}, "points to be a finite number"),
        ({"points": True}, "points to be a finite number"),
        ({"points": None}, "exactly when needs a person"),
        ({"state": "needs a person"}, "exactly when needs a person"),
        ({"state": "not attempted"}, "no points without an attempt"),
        ({"out_of": float("inf")}, "out_of to be a finite number"),
        ({"kind": "magic"}, "auto, manual"),
        ({"id": ""}, "an id"),
        ({"message": 3}, "expected text"),
        ({"seconds": float("nan")}, "seconds"),
        ({"parts": ({"text": "x"},)}, "Part objects"),
    ],
)
def test_what_cannot_be_is_refused(fields, said):
    with pytest.raises(ResultsError, match=said):
        replace(right(), **fields)


def test_a_hidden_test_has_no_message():
    with pytest.raises(ResultsError, match="no message of a hidden test"):
        Part("title", 1, 0, "expected 0.25 at [3, 1]", hidden=True)


def test_one_question_comes_once():
    with pytest.raises(ResultsError, match="each question once"):
        graded("s1", right(), wrong())


@pytest.mark.parametrize("state", STATES[1:4])
def test_no_attempt_and_no_end_have_their_own_state(state):
    assert QuestionResult("q", state, 0, 2).state == state


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda v: v.update(version=0), "version 1"),
        (lambda v: v.pop("version"), "version 1"),
        (lambda v: v.update(extra=1), "'extra'"),
        (lambda v: v.pop("student"), "student"),
        (lambda v: v.update(results={}), "results to be a list"),
        (lambda v: v["results"][0].update(points=99), "points between"),
        (lambda v: v["results"][0].update(grade=1), "'grade'"),
        (lambda v: v["results"].append(7), "a question's fields"),
    ],
)
def test_a_file_that_was_tampered_with_is_refused(tmp_path, change, said):
    values = graded("s1", right()).to_json()
    change(values)
    (tmp_path / "r.json").write_text(json.dumps(values))
    with pytest.raises(ResultsError, match=said) as caught:
        results.read(tmp_path / "r.json")
    assert "r.json" in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_another_file_is_refused(tmp_path, text):
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(ResultsError):
        results.read(tmp_path / "r.json")


@given(st.text(st.characters()))
def test_any_text_can_be_written(text):
    result = QuestionResult("q", "graded", 1, 1, text)
    assert Graded.from_json(json.loads(json.dumps(Graded("s", text, "f", (result,)).to_json()))).results == (
        result,
    )
    result.message.encode()  # no half of a surrogate pair
    assert clean(result.message) == result.message


def test_cleaning_cuts_and_keeps_lines():
    assert clean("a\r\nb\tc\x00\u202e") == "a\nb\tc\ufffd\ufffd"
    assert clean("half of a pair: \ud83d") == "half of a pair: \ufffd"
    assert len(clean("x" * 10_000)) == 2_000
    assert clean("x" * 10_000).endswith("(cut here)")


ODD = [
    "..",
    ".",
    "../key",
    "a/b",
    "a\\b",
    ".hidden",
    "a%2Fb",
    "con:",
    "a\x00",
    "x/lab1",
    "CON",
    "nul.x",
    "com1 .y",
    "aux.b/c",
]
ODD += [
    "a\nb",
    " a",
    "a ",
    "a.",
    "~",
    "a~1",
    "a-b~c14cddc033f6",
    "",
    "e\u0301",
    "a\u202eb",
    "*?",
    '"<|>"',
    "lpt9",
]
PLAIN = [
    "a b",
    "ann@uni.edu",
    "Zoë",
    "Bob B",
    "hw (1)",
    "a-",
    "_x",
    "日本",
    "v1.2",
    "a--b",
    "console",
    "a-b",
    "a, b",
]


def test_file_names_stay_in_their_folder():
    files = [file_name(name, ".html") for name in ODD + PLAIN]
    assert len({file.casefold() for file in files}) == len(files)
    assert not [file for file in files if re.search(r'[\x00-\x1f<>:"/\\|?*%\u202e]|^[. ]|[. ]\.html$', file)]
    assert not [file for file in files if re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d) *\.", file)]
    assert files[len(ODD) :] == [f"{name}.html" for name in PLAIN]  # as people would name them
    assert re.fullmatch(r"x-lab1~[0-9a-f]{12}\.html", file_name("x/lab1", ".html"))
    with pytest.raises(ResultsError, match="too long"):
        file_name("x" * 300)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_two_students_share_a_file(one, other):
    assert (file_name(one) == file_name(other)) == (one == other)
    assert file_name(file_name(one)) != file_name(one) or "~" not in file_name(one)
    assert re.fullmatch(r"[\w@+., ()-]+(~[0-9a-f]{12})?", file_name(one))


def test_points_are_written_as_people_do():
    assert [number(x) for x in (3.0, 2.5, 1 / 3, 0.0, 10.0, 0.001)] == ["3", "2.5", "0.33", "0", "10", "0"]
