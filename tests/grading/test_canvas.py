"""Filling the gradebook that Canvas exported: one column changes, and nothing else."""

import csv

import pytest
from results_samples import graded, right, waiting, wrong

from neuropath.grading.canvas import CanvasError, fill

TITLE = "Session 01"
EXPORT = """\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Warm-up (811),Session 01 (812),Work Final Score,Final Grade
,,,,,,,Manual Posting,,
    Points Possible,,,,,,10,8.00,(read only),(read only)
"Lovelace, Ada",101,007,ada@uni.edu,"Mo, Tu",likes loops,9.50,,95.00,A
"Hopper, Grace",102,S-102,ghopper,Mo,,7,3.25,70.00,B
"Châtelet, Émilie du",103,,emilie,Mo,,,,,
"Noether, Emmy",104,S-104,enoether,Mo,,EX,EX,,
"Kovalevskaya, Sofya",105,S-105,sofya,Mo,,N/A,N/A,,
"Test, Pilot",106,S-106,pilot,Mo,,1,,,
"Student, Test",900,,1f2e3d,Mo,,,,,
"""


@pytest.fixture
def export(tmp_path):
    def write(text=EXPORT, encoding="utf-8"):
        (tmp_path / "export.csv").write_bytes(text.encode(encoding))
        return tmp_path / "export.csv"

    return write


@pytest.fixture
def out(tmp_path):
    return tmp_path / "canvas.csv"


def cells(path, delimiter=",", encoding="utf-8"):
    with open(path, encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def changed(before, after):
    """{(row's name, column): (before, after)} of the cells that differ; the shapes agree."""
    assert [len(row) for row in before] == [len(row) for row in after]
    pairs = [(r, c) for r, row in enumerate(before) for c, cell in enumerate(row) if after[r][c] != cell]
    return {(before[r][0], before[0][c]): (before[r][c], after[r][c]) for r, c in pairs}


def full(student, name="", points=3.0):
    return graded(student, right(), wrong("other", 5.0, points - 3.0), name=name)


def test_one_column_is_filled_and_nothing_else(export, out):
    path = export()
    report = fill(path, [full("007", points=5.5), full("S-102", points=4)], out, title=TITLE)
    assert changed(cells(path), cells(out)) == {
        ("Lovelace, Ada", "Session 01 (812)"): ("", "5.50"),
        ("Hopper, Grace", "Session 01 (812)"): ("3.25", "4.00"),
    }
    assert (report.column, report.created, report.filled) == ("Session 01 (812)", False, ["007", "S-102"])
    assert report.remarks == ["S-102: 4.00 replaces Canvas' 3.25"]
    assert report.without == ["Châtelet, Émilie du", "Noether, Emmy", "Kovalevskaya, Sofya", "Test, Pilot"]


@pytest.mark.parametrize(
    ("student", "name"),
    [
        ("S-106", ""),
        ("s-106", ""),
        ("pilot", ""),
        ("PILOT", "somebody else"),
        ("file-3", "Pilot Test"),
        ("file-3", "Test,  pilot"),
    ],
)
def test_a_row_is_found_by_id_login_or_name(export, out, student, name):
    fill(export(), [full(student, name)], out, title=TITLE)
    assert [row[7] for row in cells(out) if row[0] == "Test, Pilot"] == ["3.00"]


def test_the_name_before_the_at_of_a_login_is_enough(export, out):
    assert fill(export(), [full("ada")], out, title=TITLE).filled == ["ada"]


def test_names_with_accents_are_found(export, out):
    decomposed = "E\u0301milie du Cha\u0302telet"
    assert fill(export(), [full("x", decomposed)], out, title=TITLE).filled == ["x"]


def test_what_is_pending_stays_as_canvas_had_it(export, out):
    path = export()
    everyone = [graded(s, right(), waiting()) for s in ("007", "S-102")]
    report = fill(path, everyone, out, title=TITLE)
    assert changed(cells(path), cells(out)) == {}
    assert report.pending == ["007", "S-102"]
    assert report.remarks == ["S-102: Canvas' 3.25 stays until a person has decided"]


def test_excused_and_unassigned_students_stay_so(export, out):
    path = export()
    report = fill(path, [full("S-104"), full("S-105")], out, title=TITLE)
    assert changed(cells(path), cells(out)) == {}
    assert report.filled == []
    assert "excused" in report.remarks[0]
    assert "not been given" in report.remarks[1]


def test_who_is_not_found_is_reported(export, out):
    path = export()
    report = fill(path, [full("ghost", "Ada Byron"), full("x", "Test Student")], out, title=TITLE)
    assert changed(cells(path), cells(out)) == {}
    assert [student for student, _ in report.unmatched] == ["ghost", "x"]
    assert "not found in the export: ghost (no SIS id, login or name is the same)" in str(report)


def test_the_stronger_claim_to_a_row_wins(export, out):
    report = fill(export(), [full("file", "Ada Lovelace"), full("007", points=5)], out, title=TITLE)
    assert [row[7] for row in cells(out) if row[0] == "Lovelace, Ada"] == ["5.00"]
    assert report.unmatched == [("file", "the row with the same name is 007's")]


def test_two_equal_claims_to_a_row_are_both_refused(export, out):
    path = export()
    report = fill(path, [full("f1", "Ada Lovelace"), full("f2", "Lovelace, Ada")], out, title=TITLE)
    assert changed(cells(path), cells(out)) == {}
    assert {why for _, why in report.unmatched} == {"2 submissions have the name of one row"}


def test_two_rows_of_one_name_are_not_guessed_between(export, out):
    path = export(EXPORT + '"Lovelace, Ada",107,S-107,ada2,Mo,,,,,\n')
    report = fill(path, [full("x", "Ada Lovelace")], out, title=TITLE)
    assert report.unmatched == [("x", "2 rows have the same name")]


def semicolons(text):
    rows = [
        [cell.replace(".", ",") if cell[:1].isdigit() else cell for cell in row]
        for row in csv.reader(text.splitlines())
    ]
    return "".join(";".join(row) + "\r\n" for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "latin-1"])
def test_semicolons_decimal_commas_and_the_byte_order_mark_are_kept(export, out, encoding):
    path = export(semicolons(EXPORT), encoding)
    fill(path, [full("S-102", points=5.5)], out, title=TITLE)
    before, after = (cells(p, ";", encoding) for p in (path, out))
    assert changed(before, after) == {("Hopper, Grace", "Session 01 (812)"): ("3,25", "5,50")}
    assert out.read_bytes().startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    assert out.read_bytes() == path.read_bytes().replace(b";3,25;", b";5,50;")


def test_first_and_last_names_in_columns_of_their_own(export, out):
    text = (
        "LastName,FirstName,ID,SIS Login ID,Section,Session 01 (812)\n    Points Possible,,,,,8\n"
        "Lovelace,Ada,1,x1,Mo,\nStudent,Test,2,x2,Mo,\n"
    )
    report = fill(export(text), [full("s", "Ada Lovelace"), full("t", "Test Student")], out, title=TITLE)
    assert (report.filled, [row[5] for row in cells(out)[2:]]) == (["s"], ["3.00", ""])


def test_a_new_column_is_made_where_assignments_stand(export, out):
    path = export()
    report = fill(path, [full("007")], out, title=TITLE, column="Problem set 1")
    after = cells(out)
    assert report.created
    assert after[0][7:10] == ["Session 01 (812)", "Problem set 1", "Work Final Score"]
    assert [row[8] for row in after[1:5]] == ["", "8.00", "3.00", ""]
    assert changed(cells(path), [row[:8] + row[9:] for row in after]) == {}


@pytest.mark.parametrize("column", ["Warm-up (811)", "Warm-up", "warm-up"])
def test_a_column_is_chosen_by_name(export, out, column):
    report = fill(export(), [full("007")], out, title=TITLE, column=column)
    assert (report.column, report.created) == ("Warm-up (811)", False)
    assert "the set has 8 points, the assignment in Canvas 10" in str(report)


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        (
            EXPORT.replace("Session 01 (", "Session 1 ("),
            None,
            r"no assignment .*'Session 01'; it has: .*--canvas",
        ),
        (EXPORT, "Final Grade", "no name for a new assignment"),
        (EXPORT, "Warm-up (999)", "no name for a new assignment"),
        (EXPORT, " ", "no name for a new assignment"),
        (EXPORT.replace("Warm-up (", "Session 01 ("), None, "2 columns are called"),
        (EXPORT.replace("8.00,", "(read only),"), None, "Canvas ignores column"),
        (EXPORT.replace("    Points Possible", "Points"), None, "no row 'Points Possible'"),
        ("student,mark\nada,3\n", None, "expected a gradebook that Canvas exported"),
        (EXPORT.replace("ghopper,Mo,,", "ghopper,Mo,,,,"), None, "row 5: 12 cells where the header has 10"),
    ],
)
def test_an_export_that_cannot_be_filled_is_refused(export, out, text, column, said):
    with pytest.raises(CanvasError, match=said):
        fill(export(text), [full("007")], out, title=TITLE, column=column)
    assert not out.exists()


def test_the_export_is_never_overwritten(export):
    path = export()
    with pytest.raises(CanvasError, match="would overwrite"):
        fill(path, [full("007")], path, title=TITLE)
    assert path.read_text(encoding="utf-8") == EXPORT


def test_a_course_column_of_the_same_name_is_no_assignment(export, out):
    path = export(EXPORT.replace("Section,Notes", "Section,Session 01"))
    assert fill(path, [full("007")], out, title=TITLE).column == "Session 01 (812)"
