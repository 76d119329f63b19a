"""The tables of marks, and the way back from a spreadsheet."""

import csv

import pytest
from results_samples import RUBRIC, graded, right, rows_of, stopped, waiting, wrong

from neuropath.grading import marks, tables
from neuropath.grading.merging import MergeError, merge
from neuropath.grading.results import QuestionResult
from neuropath.grading.tables import TableError, neutral


@pytest.fixture
def two():
    return [
        graded("007", right(), waiting(), remarks=["late"]),
        graded("ann", wrong(points=1.5), stopped("timed out", "own-derive"), name="Ann, B."),
    ]


@pytest.fixture
def sheet(tmp_path, two):
    """A function that writes needs_person.csv for `two`, changed as a person would and saved again."""
    path = tmp_path / "needs_person.csv"

    def save(change=lambda rows: None, delimiter=",", encoding="utf-8-sig"):
        marks.write_needs_person(path, two)
        rows = rows_of(path)
        change(rows)
        with open(path, "w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, marks.HEADER, delimiter=delimiter, lineterminator="\r\n")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return save


def give(*points, comments=("", "")):
    def change(rows):
        for row, value, comment in zip(rows, points, comments, strict=True):
            row["points"], row["comment"] = value, comment

    return change


def test_marks_leave_what_is_pending_blank(tmp_path, two):
    marks.write(tmp_path / "marks.csv", two, {"007": "Ada", "zoe": "Zoë"})
    first, second, third = rows_of(tmp_path / "marks.csv")
    assert (first["student"], first["points"], first["points_so_far"], first["out_of"]) == (
        "007",
        "",
        "3",
        "8",
    )
    assert first["status"] == "needs a person: own-derive"
    assert (first["own-derive"], first["own-derive state"]) == ("", "needs a person")
    assert (second["points"], second["status"], second["own-derive"]) == ("1.5", "complete", "0")
    assert (second["own-derive state"], second["name"]) == ("timed out", "Ann, B.")
    assert (third["student"], third["name"], third["points"]) == ("zoe", "Zoë", "")
    assert (third["status"], third["s01c-softmax state"]) == ("no submission", "")


def test_a_person_gets_a_row_for_each_rubric_part(tmp_path, two):
    assert marks.write_needs_person(tmp_path / "n.csv", two) == 2
    rows = rows_of(tmp_path / "n.csv")
    assert [(row["part"], row["rubric"], row["out_of"]) for row in rows] == [
        ("1", RUBRIC[0], "3"),
        ("2", RUBRIC[1], "2"),
    ]
    assert {(row["student"], row["points"], row["comment"], row["answer"]) for row in rows} == {
        ("007", "", "", "Since p = softmax(z), …")
    }


def test_answers_to_one_question_stand_together(tmp_path):
    everyone = [graded(s, waiting("q1"), waiting("q2")) for s in "abc"]
    marks.write_needs_person(tmp_path / "n.csv", everyone)
    seen = [(row["question"], row["student"]) for row in rows_of(tmp_path / "n.csv")]
    assert seen == [(q, s) for q in ("q1", "q2") for s in "abc" for _ in RUBRIC]


@pytest.mark.parametrize(
    ("delimiter", "encoding", "half"),
    [(",", "utf-8-sig", "1.5"), (";", "latin-1", "1,5"), ("\t", "utf-16", "1.5"), (",", "utf-8", "1.50")],
)
def test_points_come_back_from_any_spreadsheet(sheet, two, delimiter, encoding, half):
    def change(rows):
        give("3", half, comments=("", "schön"))(rows)
        for row in rows:  # … is not in Latin-1
            row["answer"] = row["answer"].encode(encoding, "replace").decode(encoding)

    ada, ann = merge(two, sheet(change, delimiter, encoding))
    result = ada.results[1]
    assert (result.state, result.points, ada.pending) == ("graded", 4.5, ())
    assert [(part.points, part.message) for part in result.parts] == [(3, ""), (1.5, "schön")]
    assert ann == two[1]


def test_an_untouched_table_changes_nothing(sheet, two):
    assert merge(two, sheet()) == two


def test_half_a_rubric_stays_with_the_person(sheet, two, tmp_path):
    once = merge(two, sheet(give("", "2", comments=("see me", ""))))
    assert once[0].pending == ("own-derive",)
    marks.write_needs_person(tmp_path / "again.csv", once)
    again = rows_of(tmp_path / "again.csv")
    assert [(row["points"], row["comment"]) for row in again] == [("", "see me"), ("2", "")]


def test_what_was_merged_can_be_corrected(sheet, two):
    once = merge(two, sheet(give("3", "2")))
    assert merge(once, sheet(give("1", "2")))[0].results[1].points == 3


def test_a_spreadsheet_that_ate_leading_zeros_is_understood(sheet, two):
    def change(rows):
        give("3", "2")(rows)
        for row in rows:
            row["student"] = "7"

    assert merge(two, sheet(change))[0].results[1].points == 5


def spoil(index, column, value):
    def change(rows):
        give("1", "1")(rows)
        rows[index][column] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (spoil(0, "points", "3.5"), "row 2: points '3.5': expected a number from 0 to 3, a blank or `open`"),
        (spoil(1, "points", "-1"), "row 3: points '-1': expected a number from 0 to 2"),
        (spoil(1, "points", "nan"), "row 3: points 'nan'"),
        (spoil(1, "points", "full"), "row 3: points 'full'"),
        (spoil(0, "student", "070"), "row 2: no submission of student '070'; the nearest are 007"),
        (spoil(0, "student", ""), "row 2: no submission of student ''"),
        (spoil(0, "question", "own-deriv"), "row 2: no question 'own-deriv'; the nearest are own-derive"),
        (
            spoil(0, "question", "s01c-softmax"),
            "row 2: s01c-softmax of '007' needs no person: it is 'graded'",
        ),
        (spoil(0, "student", "ann"), "row 2: own-derive of 'ann' needs no person: it is 'timed out'"),
        (spoil(0, "part", "3"), "row 2: part '3' of own-derive: expected a number from 1 to 2"),
        (spoil(0, "part", "one"), "row 2: part 'one'"),
        (lambda rows: rows.append(dict(rows[0])), "row 4: the same student, question and part as in row 2"),
    ],
)
def test_a_row_that_does_not_fit_is_named_and_nothing_merged(sheet, two, change, said):
    with pytest.raises(MergeError) as caught:
        merge(two, sheet(change))
    assert said in str(caught.value)
    assert "nothing was merged" in str(caught.value)


def test_all_wrong_rows_are_named_at_once(sheet, two):
    with pytest.raises(MergeError, match=r"(?s)row 2: .*\nrow 3: "):
        merge(two, sheet(give("9", "9")))


@pytest.mark.parametrize("part", ["", "2", "one"])
def test_a_question_of_one_part_says_which(tmp_path, part):
    result = QuestionResult("q", "needs a person", None, 4, "the check itself stopped", title="Q")
    (tmp_path / "x.csv").write_text(f"student,question,part,points\ns,q,{part},1\n")
    with pytest.raises(MergeError, match=f"row 2: part {part!r} of q: expected 1, as it has one part only"):
        merge([graded("s", result)], tmp_path / "x.csv")


def test_open_takes_points_back(sheet, two):
    once = merge(two, sheet(give("3", "2", comments=("good", ""))))
    (ada, _) = merge(once, sheet(give("Open ", "open")))
    assert ada.pending == ("own-derive",)
    assert [(part.points, part.message) for part in ada.results[1].parts] == [(None, "good"), (None, "")]


def test_open_is_for_the_line_of_the_rubric_that_is_there(sheet, two):
    def change(rows):
        give("open", "")(rows)
        rows[0]["rubric"] = "Another"

    path = sheet(change)
    with pytest.raises(MergeError, match="the rubric is not the one"):
        merge(two, path)


def test_a_table_without_its_columns_is_refused(tmp_path, two):
    (tmp_path / "x.csv").write_text("who,points\n007,3\n")
    with pytest.raises(MergeError, match="no column student, question, part; found who, points"):
        merge(two, tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("data", "said"), [(b"PK\x03\x04..", "workbook"), (b"", "empty"), (b"\n\n", "empty")]
)
def test_what_is_no_table_is_refused(tmp_path, two, data, said):
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(TableError, match=said):
        merge(two, tmp_path / "x.csv")


def test_a_missing_table_is_refused(tmp_path, two):
    with pytest.raises(TableError, match="give the path of a CSV file"):
        merge(two, tmp_path / "none.csv")


def test_a_question_without_rubric_is_one_row(tmp_path):
    result = QuestionResult("q", "needs a person", None, 4, "the check itself stopped", title="Q")
    marks.write_needs_person(tmp_path / "n.csv", [graded("s", result)])
    (row,) = rows_of(tmp_path / "n.csv")
    assert (row["rubric"], row["out_of"], row["answer"]) == (
        "the whole question",
        "4",
        "the check itself stopped",
    )
    row["points"] = "2.5"
    tables.write(tmp_path / "n.csv", marks.HEADER, [list(row.values())])
    (one,) = merge([graded("s", result)], tmp_path / "n.csv")
    assert (one.results[0].state, one.results[0].points, one.results[0].message) == ("graded", 2.5, "")
    assert merge([one], tmp_path / "n.csv", [graded("s", result)]) == [one]  # again, its message gone


ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "＝1",
    "\ufeff=1",
    "text;=cmd",
    "text\n=cmd",
    'a";\t@x',
    'x;"=cmd()"',
]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_cell_is_a_formula(tmp_path, text):
    results = [waiting(answer=text), QuestionResult("=q", "graded", 0, 1, title=text)]
    everyone = [graded("=id" + text, *results, name=text, remarks=[text])]
    marks.write(tmp_path / "marks.csv", everyone, {text: text})
    marks.write_needs_person(tmp_path / "n.csv", everyone)
    for name in ("marks.csv", "n.csv"):
        for delimiter in ",;\t":  # as spreadsheets of other locales split it
            with open(tmp_path / name, encoding="utf-8-sig", newline="") as file:
                cells = [cell for row in csv.reader(file, delimiter=delimiter) for cell in row]
            assert not [cell for cell in cells if cell.strip().startswith(("=", "+", "-", "@", "＝"))]


@pytest.mark.parametrize("text", ["plain", "a = b", "x - 1", "3.5", "ann@uni.edu", "q-1"])
def test_a_plain_cell_is_left_alone(text):
    assert neutral(text) == text


def test_a_student_whose_id_looks_like_a_formula_is_found_again(tmp_path):
    everyone = [graded("=cmd()", waiting())]
    marks.write_needs_person(tmp_path / "n.csv", everyone)
    rows = rows_of(tmp_path / "n.csv")
    assert rows[0]["student"] == "'=cmd()"
    give("3", "2")(rows)
    tables.store(
        tmp_path / "n.csv", tables.Table([list(marks.HEADER), *(list(row.values()) for row in rows)])
    )
    assert merge(everyone, tmp_path / "n.csv")[0].points == 5
