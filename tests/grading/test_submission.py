"""Whatever lies in a file that should be a notebook, reading it gives sources or a sentence."""

import json
import os
import time
from dataclasses import replace

import pytest
from small_set import cells, code, key, notebook, text, write

from neuropath.grading import answers, submission
from neuropath.grading.submission import Source, SubmissionError

WHY = next(question for question in key().questions if question.id == "q-why")


def parsed(made):
    return submission.parse(json.dumps(notebook(made)).encode())


def words(*made):
    return answers.words(parsed(list(made)).sources, key(), WHY)


def test_sources_come_in_order_and_outputs_are_left_behind(tmp_path):
    made = [text(["a\n", "b"]), code("x = 1"), {"cell_type": "raw", "source": "raw", "metadata": {}}]
    made[1]["outputs"] = [{"output_type": "stream", "text": "z" * 10_000}]
    found = submission.read(write(tmp_path / "a.ipynb", made, student="ada"))
    assert found.sources == (Source("text", "a\nb"), Source("code", "x = 1"), Source("text", "raw"))
    assert (found.cells, found.texts, found.made_for) == (["x = 1"], ["a\nb", "raw"], "ada")
    assert found.sha == submission.file_sha(tmp_path / "a.ipynb")
    assert found.size == (tmp_path / "a.ipynb").stat().st_size


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"PK\x03\x04rest", "zip archive or an office document"),
        (b"%PDF-1.7", "a PDF"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"import numpy as np", r"not a notebook.*\(line 1\)"),
        (b'{"nbformat": 4, "cells": [', "only a part of one"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b"[1, 2]", "no `nbformat`"),
        (b"{}", "no `nbformat`"),
        (b'{"nbformat": 3, "worksheets": []}', "format 4 was expected, this is one of 3"),
        (b'{"nbformat": 4}', "format 4 was expected"),
        (b'{"nbformat": 4, "cells": [7]}', "cell 1 is no cell"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": {"a": 1}}]}', "cell 1 is no cell"),
        (b"[" * 200_000, "nested"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(data, said):
    with pytest.raises(SubmissionError, match=said):
        submission.parse(data)


def test_a_large_notebook_is_read_for_its_outputs_do_not_count(tmp_path):
    made = [code("x = 1")]
    made[0]["outputs"] = [{"data": {"image/png": "A" * (60 << 20)}, "output_type": "display_data"}]
    path = write(tmp_path / "large.ipynb", made)
    assert submission.read(path).cells == ["x = 1"]
    with pytest.raises(SubmissionError, match=r"has 60 MB; at most 20 MB .* without outputs"):
        submission.read(path, limit_mb=20)


def test_too_much_text_and_too_many_cells_are_refused():
    with pytest.raises(SubmissionError, match=r"3\.0 MB of code and text; at most 2 MB"):
        parsed([code("#" * (96 << 10))] * 32)
    with pytest.raises(SubmissionError, match="cell 2 holds 101 kB of code; at most 100 kB"):
        parsed([code("x = 1"), code("#" * (101 << 10))])
    with pytest.raises(SubmissionError, match="5001 cells; at most 5000"):
        parsed([code("")] * 5001)


def test_a_link_a_pipe_and_a_folder_are_no_submission(tmp_path):
    target = write(tmp_path / "other" / "bob.ipynb", cells())
    (tmp_path / "ada.ipynb").symlink_to(target)
    with pytest.raises(SubmissionError, match="a link, not a file"):
        submission.read(tmp_path / "ada.ipynb")
    os.mkfifo(tmp_path / "pipe.ipynb")
    with pytest.raises(SubmissionError, match="no file"):
        submission.read(tmp_path / "pipe.ipynb")
    with pytest.raises(SubmissionError, match=r"no file|cannot be read"):
        submission.read(tmp_path / "other")
    with pytest.raises(SubmissionError, match="cannot be read"):
        submission.read(tmp_path / "nothing.ipynb")


def test_halves_of_surrogate_pairs_and_a_mark_at_the_start_do_no_harm():
    data = b"\xef\xbb\xbf" + json.dumps(notebook([code("x = '\ud800'")])).encode()
    assert submission.parse(data).cells == ["x = '?'"]


def test_a_manual_answer_is_what_stands_below_its_line():
    assert words(*cells()) == answers.Words(True, "")
    assert words(*cells(why="Because.\n\nSo.")) == answers.Words(True, "Because.\n\nSo.")
    assert words(*cells(why="*Write here.*\n\nBecause.")).text == "Because."
    assert words(text("**Answer to q-why:** Because.")).text == "Because."
    assert words(text("> answer to Q-WHY : Because.")).text == "Because."


def test_a_manual_answer_goes_on_to_the_next_question_and_takes_code_along():
    made = [*cells(why="First."), text("Second."), code("print(1)")]
    after = [text("## Question 5 · Next\n\nNot mine."), text("Nor this.")]
    assert words(*made, *after).text == "First.\n\nSecond.\n\n```python\nprint(1)\n```"
    assert words(text("Answer to q-why:\n\nMine.\n\nAnswer to q-softmax:\n\nNot.")).text == "Mine."
    assert words(text("Answer to q-why:\nThe answer to this: it grows.")).text.endswith("it grows.")


def test_two_answers_to_one_question_are_both_read():
    assert words(text("Answer to q-why:\n\nA"), text("Answer to q-why:\n\nB")).text == "A\n\nB"


def test_an_answer_in_a_cell_that_became_code_is_found():
    assert words(code("Answer to q-why:\n\nBecause.")) == answers.Words(True, "Because.")


def test_references_below_a_question_are_no_answer():
    made = [*cells(), text("**References**\n\n- Somebody, 1958.")]
    assert words(*made) == answers.Words(True, "")


def test_without_its_line_all_below_the_heading_is_kept_for_a_person():
    made = [*cells()[:-1], text("My reason.")]
    found = words(*made)
    assert not found.found
    assert found.text.endswith("My reason.")
    assert words(text("nothing of the set")) == answers.Words(False, "")


def test_without_its_line_the_question_itself_is_no_answer():
    given = (
        "## Question 4 · Why (4 points)\n\nSay why.\n\n- a list",
        "<details>\n<summary>Hint</summary>\n</details>",
    )
    asked = replace(WHY, given=given)
    whole = key(asked=(*key().questions[:3], asked))

    def found(*below):
        made = [*cells()[:-2], text(given[0]), text(given[1]), *map(text, below)]
        return answers.words(parsed(made).sources, whole, asked)

    assert found("My reason.\n\nSay why: so.") == answers.Words(False, "My reason.\n\nSay why: so.")
    assert found() == answers.Words(False, "")
    assert found("*Write here.*") == answers.Words(False, "")


def test_pictures_are_not_read_aloud():
    pasted = "![](data:image/png;base64," + "A" * 5000 + ")"
    assert words(*cells(why=f"See {pasted}.")).text == "See ![](picture: see the notebook)."


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (["f = 1", "g = 2", "def f(): pass"], [0, 2]),
        (["from math import sin as f"], [0]),
        (["for f in range(3): pass"], [0]),
        (["def g():\n    f = 1", "print(f)"], []),
        (["def f(:\n    pass"], [0]),
        (["x = f(:"], []),
        (["%matplotlib inline\nf = 1"], [0]),
    ],
)
def test_cells_that_define_a_name(made, expected):
    assert answers.Code(made).definers("f") == expected


def test_code_that_takes_too_much_to_read_is_known_by_its_text(monkeypatch):
    quick = answers.bounds.bounded
    monkeypatch.setattr(answers.bounds, "bounded", lambda: quick(0.2))
    heavy = "x = [" + "[1, 2, 3]," * 150_000 + "]"
    found = answers.Code([heavy] * 4 + ["f = 1"])
    assert found.definers("f") == [4]


@pytest.mark.parametrize(
    "cell", ["-" * 100_000 + "1", "(" * 5_000, "x = '\\d'", "\0", " " * 300_000 + "f = 1"]
)
def test_code_that_no_compiler_likes_does_no_harm(cell):
    assert answers.Code([cell, "f = 1"]).definers("f")[-1] == 1


def test_long_lines_that_almost_are_an_answer_s_line_are_read_in_time():
    started = time.monotonic()
    assert words(text("Answer to " + "_" * 500_000)).text == ""
    assert words(text("# " * 200_000 + "answer")).text == ""
    assert time.monotonic() - started < 5


STARTER = "def f(x):\n    return ..."


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([STARTER], True),
        (["x = 1", "# a thought\ndef f(x):\n\n    return ...  # later"], True),
        ([STARTER, "def f(x):\n    return x"], False),
        (["def f(x):\n    return x", STARTER], True),
        ([STARTER, "f.table = {}"], False),
        (["def f(x):\n    return x"], False),
        (["x = 1"], False),
        ([STARTER, "def f(:"], True),
        ([], False),
    ],
)
def test_a_starter_that_was_not_touched(made, expected):
    assert answers.Code(made).unmodified(STARTER) is expected
