"""A submission of which nothing could be graded: one card, one line, one row."""

import pytest
from results_samples import graded, right, rows_of, waiting

from neuropath.grading import marks
from neuropath.grading.merging import MergeError, merge
from neuropath.grading.results import NOT_GRADED, QuestionResult


def test_a_file_that_cannot_be_read_has_one_row_that_is_not_filled(tmp_path):
    open_ = [QuestionResult(f"q{i}", "needs a person", None, 2) for i in range(5)]
    everyone = [
        graded("007", right(), waiting()),
        graded("bo", *open_, remarks=[f"{NOT_GRADED}the file is a PDF"]),
    ]
    path = tmp_path / "needs_person.csv"
    assert marks.write_needs_person(path, everyone) == 3
    (row,) = [row for row in rows_of(path) if row["student"] == "bo"]
    assert (row["question"], row["out_of"], row["answer"]) == (
        marks.NO_QUESTION,
        "10",
        "not graded: the file is a PDF",
    )
    assert merge(everyone, path) == everyone
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace(",10,,", ",10,7,"), encoding="utf-8")
    with pytest.raises(MergeError, match="nothing of 'bo' could be graded, and points are given question by"):
        merge(everyone, path)
    path.write_text("student,question,part,points,comment\nbo,q1,1,1.5,on paper\n", encoding="utf-8")
    paper = merge(everyone, path)[1]
    assert (paper.results[1].points, paper.ungraded) == (1.5, "")
    assert marks.write_needs_person(path, [paper]) == 4
