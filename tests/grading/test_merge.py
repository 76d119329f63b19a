"""Points are merged for the answer and the rubric that they were given for, whatever a spreadsheet did."""

import pytest
from results_samples import RUBRIC, graded, rows_of, waiting

from neuropath.grading import marks, tables
from neuropath.grading.merging import MergeError, merge


@pytest.fixture
def one():
    return [graded("007", waiting())]


def filled(path, everyone, points=("3", "2"), encoding="utf-8", change=lambda row: None, first=None):
    """needs_person.csv of `everyone` with points, saved anew; `first` are changes of the first row alone."""
    marks.write_needs_person(path, everyone)
    rows = rows_of(path)
    for row, value in zip(rows, points, strict=True):
        row["points"] = value
        change(row)
    rows[0] |= first or {}
    table = [list(marks.HEADER), *(list(row.values()) for row in rows)]
    tables.store(path, tables.Table(table, encoding=encoding))
    return path


@pytest.mark.parametrize(("column", "value"), [("answer", "Another"), ("answer", ""), ("rubric", RUBRIC[1])])
def test_points_for_another_answer_or_rubric_are_refused(tmp_path, one, column, value):
    with pytest.raises(MergeError) as caught:
        merge(one, filled(tmp_path / "n.csv", one, first={column: value}))
    assert f"row 2: 007, own-derive: the {column} is not the one in the results now" in str(caught.value)
    assert f"remove the column `{column}`" in str(caught.value)
    assert "row 3" not in str(caught.value)


def test_where_nothing_is_lost_every_character_counts(tmp_path):
    marks.write_needs_person(tmp_path / "n.csv", [graded("s", waiting(answer="a → b"))])
    text = (tmp_path / "n.csv").read_text(encoding="utf-8").replace(",3,,", ",3,1,")
    (tmp_path / "n.csv").write_text(text, encoding="utf-8")
    with pytest.raises(MergeError, match="the answer is not the one"):
        merge([graded("s", waiting(answer="a ≤ b"))], tmp_path / "n.csv")


def test_a_row_without_points_or_comment_is_not_compared(tmp_path, one):
    path = filled(tmp_path / "n.csv", one, ("", "2"), first={"answer": "Another"})
    assert merge(one, path)[0].results[0].parts[1].points == 2
    with pytest.raises(MergeError, match="row 2: 007, own-derive: the answer"):
        merge(one, filled(path, one, ("", "2"), first={"answer": "Another", "comment": "see me"}))


def test_without_the_columns_nothing_is_compared(tmp_path, one):
    (tmp_path / "x.csv").write_text("student,question,part,points\n007,own-derive,1,3\n007,own-derive,2,1\n")
    assert merge(one, tmp_path / "x.csv")[0].results[0].points == 4
    (tmp_path / "x.csv").write_text("student,question,part,points,rubric\n007,own-derive,1,3,\n")
    assert merge(one, tmp_path / "x.csv")[0].results[0].parts[0].points == 3


ANSWERS = {
    "formula": "=1+1\nand so on  \n\n- a list\n- of ; =two",
    "quote": "'quoted', as it begins",
    "number": "0.50",
    "long": "long\n= " * 9_000,
    "signs": "π → ∞ 😀",
}
SAVED = {
    "as written": lambda answer: answer,
    "no apostrophe": lambda answer: answer.removeprefix("'"),
    "windows": lambda answer: answer.replace("\n", "\r\n"),
    "numbers": lambda answer: "0.5" if answer == "0.50" else answer,
    "old encoding": lambda answer: answer.encode("cp1252", "replace").decode("cp1252"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("saved", SAVED)
def test_an_answer_is_known_again_whatever_a_spreadsheet_did(tmp_path, answer, saved):
    def change(row):
        row["answer"] = SAVED[saved](row["answer"])

    everyone = [graded("s", waiting(answer=answer))]
    encoding = "cp1252" if saved == "old encoding" else "utf-8"
    path = filled(tmp_path / "n.csv", everyone, encoding=encoding, change=change)
    assert merge(everyone, path)[0].points == 5
    with pytest.raises(MergeError, match="the answer is not the one"):
        merge([graded("s", waiting(answer="1" + answer))], path)
