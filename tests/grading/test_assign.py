"""`neuropath assign`: what it writes, what it refuses, and that it then writes nothing."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from set_samples import ALL, CANARIES, OWN, OWN_SETUP, compile_checks, mini, written

from neuropath import cli
from neuropath.grading import handout, keys, roster, spec
from neuropath.grading.assemble import Paper
from neuropath.grading.roster import RosterError

ROOT = Path(__file__).parents[2]
CLASS = 'id,name,mail\nanna,Anna Ø,a@example.org\n ben ,"Ben, the second",\n\n'


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A checkout in small as the current folder, and a spec with every sort of question."""
    root = mini(tmp_path / "root")
    path = written(tmp_path / "desk", ALL, more="pages: [own.md]\n")
    compile_checks(monkeypatch, Paper(*spec.load(path, root)).questions)
    monkeypatch.chdir(root)
    return tmp_path / "desk"


def assign(desk, *more) -> int:
    return cli.main(["assign", str(desk / "set.yml"), "--out", str(desk / "out"), *map(str, more)])


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_one_notebook_for_all(desk, capsys):
    assert assign(desk) == 0
    assert files(desk / "out") == ["trial.ipynb"]
    assert files(desk / "out-key") == ["instructor.ipynb", "key.json"]
    said = capsys.readouterr().out
    assert "A trial: 5 questions, 14 points" in said
    assert f"keep       {desk / 'out-key'} (" in said


def test_without_an_address_the_first_cell_is_said_not_to_work_in_colab(desk, capsys):
    assert assign(desk) == 0
    said = capsys.readouterr().out
    assert "warning    repository.url in _config.yml is empty" in said
    assert "make publish-url" in said
    assert "NEUROPATH_REPOSITORY" in said
    assert keys.read(desk / "out-key").address == ""
    before = keys.read(desk / "out-key").digest
    Path("_config.yml").write_text('repository: {url: "https://github.com/Some/where", branch: main}\n')
    assert assign(desk) == 0
    assert "warning" not in capsys.readouterr().out
    key = keys.read(desk / "out-key")
    assert key.address == "https://some.github.io/where/"
    assert key.digest == before, "what was graded stays graded"
    assert "https://github.com/Some/where" in (desk / "out" / "trial.ipynb").read_text()


@pytest.mark.parametrize(
    ("out", "key"),
    [
        ("set1", "set1-key"),
        ("a/set1/", "a/set1-key"),
        (".", "here-key"),
        ("..", "{}-key"),
        ("a/..", "here-key"),
    ],
)
def test_the_key_is_put_beside_what_is_handed_out(tmp_path, monkeypatch, out, key):
    (tmp_path / "here" / "a").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    found = handout.beside(Path(out)).resolve()
    beside = {"..": tmp_path.parent, ".": tmp_path, "a/..": tmp_path}.get(out, tmp_path / "here")
    assert found == beside / key.format(tmp_path.name)
    handout._apart(Path(out), found)


def test_one_notebook_a_student(desk, tmp_path, capsys):
    (desk / "roster.csv").write_text(CLASS, encoding="utf-8")
    assert assign(desk, "--roster", desk / "roster.csv", "--key", tmp_path / "safe", "--nbgrader") == 0
    assert files(desk / "out") == ["students/anna.ipynb", "students/ben.ipynb"]
    assert files(tmp_path / "safe") == [
        "instructor.ipynb",
        "key.json",
        "nbgrader/nbgrader_config.py",
        "nbgrader/source/trial/trial.ipynb",
    ]
    said = capsys.readouterr().out
    assert (
        f"nbgrader   {tmp_path / 'safe/nbgrader/source/trial/trial.ipynb'} (with solutions and tests;" in said
    )
    assert f"`nbgrader generate_assignment trial` in {tmp_path / 'safe/nbgrader'})" in said
    notebook = json.loads((desk / "out" / "students" / "ben.ipynb").read_text())
    assert notebook["metadata"]["neuropath"] == {"set": "trial", "student": "ben"}
    assert "Ben, the second (ben)" in "".join(notebook["cells"][0]["source"])
    assert keys.read(tmp_path / "safe").students == {"anna": "Anna Ø", "ben": "Ben, the second"}


def test_no_secret_outside_the_key(desk):
    (desk / "roster.csv").write_text(CLASS, encoding="utf-8")
    assert assign(desk, "--roster", desk / "roster.csv", "--nbgrader") == 0
    for name in ("instructor.ipynb", "key.json"):
        assert stat.S_IMODE((desk / "out-key" / name).stat().st_mode) & 0o077 == 0
    for name in files(desk / "out"):
        text = (desk / "out" / name).read_text()
        assert [kind for kind, canary in CANARIES.items() if canary in text] == [], name
    inside = (desk / "out-key" / "instructor.ipynb").read_text()
    assert CANARIES["hidden"] in inside


def test_again_is_the_same(desk):
    assert assign(desk) == 0
    before = {path: (desk / path).read_bytes() for path in files(desk)}
    assert assign(desk) == 0
    assert {path: (desk / path).read_bytes() for path in files(desk)} == before
    assert {"out/trial.ipynb", "out-key/key.json"} <= set(before)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda text: text.replace("np.sqrt((x**2).mean())  #", "x.mean()  #"),
            "does not pass its check “Title”",
        ),
        (lambda text: text.replace("np.zeros(n)), 0.0", "np.zeros(n)), 1.0"), "its hidden test “of zeros”"),
        (lambda text: text.replace("    return ...", "    return 0.0"), "should be “not attempted”"),
    ],
)
def test_a_set_that_cannot_be_graded_is_not_handed_out(desk, capsys, spoil, words):
    before = OWN_SETUP + OWN
    assert spoil(before) != before
    (desk / "own.md").write_text(spoil(before))
    assert assign(desk) == 1
    assert words in capsys.readouterr().err
    assert not (desk / "out").exists()


def test_the_key_is_not_put_among_what_is_handed_out(desk, capsys):
    for place in ("out", "out/key", "out/students", "out/students/deep", "."):
        assert assign(desk, "--key", desk / place) == 1
        assert "would lie among what is handed out" in capsys.readouterr().err
    assert not (desk / "out").exists()


def test_slips_end_in_a_line_each(desk, capsys):
    (desk / "set.yml").write_text("id: a b\ntitle: A\nquestions: [mini-sqare]\n")
    assert assign(desk) == 1
    said = capsys.readouterr().err
    assert "`id` names files" in said
    assert "no exercise `mini-sqare`" in said


def test_questions_of_two_sessions(tmp_path, monkeypatch):
    """From the course's own pages: their notebook holds none of their solutions, and their key judges."""
    path = written(tmp_path / "desk", "[s01c-nan, s02a-count, s02c-bias, own-rms]", more="pages: [own.md]\n")
    paper = Paper(*spec.load(path, ROOT))
    compile_checks(monkeypatch, paper.questions)
    monkeypatch.chdir(ROOT)
    assert assign(tmp_path / "desk") == 0
    text = "\n".join(
        "".join(cell["source"])
        for cell in json.loads((tmp_path / "desk/out/trial.ipynb").read_text())["cells"]
    )
    for asked in paper.asked():
        for cell in asked.exercise.of_kind("solution"):
            assert not [line for line in cell.code.split("\n") if line.startswith("    ") and line in text]
    assert 'check("s02a-count", layer_parameters)' in text
    key = keys.read(tmp_path / "desk/out-key")
    assert [question.id for question in key.questions] == ["s01c-nan", "s02a-count", "s02c-bias", "own-rms"]


# -- the roster ---------------------------------------------------------------------------------------------


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return roster.read(path)


@pytest.mark.parametrize(
    "text",
    [
        "id,name,mail\na1,Ann,x@y\nb2,Bo,\n",
        "\ufeffid,name,mail\r\na1,Ann,x@y\r\nb2,Bo,\r\n",
        "name;mail;id\nAnn;x@y;a1\nBo;;b2\n;;\n",
        " id , name , mail\n a1 , Ann , x@y\nb2,Bo\n",
        "Name,ID,mail\nAnn,a1,x@y\nBo,b2\n",
        "id\tNAME\tmail\na1\tAnn\tx@y\nb2\tBo\t\n",
        'id,name,mail,\na1,"Ann",x@y,,,\nb2,Bo,,, ,\n',
    ],
)
def test_rosters_as_they_come(tmp_path, text):
    rows = read(tmp_path, text)
    assert [(row["id"], row["name"], row["mail"]) for row in rows] == [("a1", "Ann", "x@y"), ("b2", "Bo", "")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "columns id and name; id is missing in: nothing"),
        ("student,name\na,A\n", "id is missing in: student, name"),
        ("id,name\n", "it names nobody"),
        ("id,name\na1,Ann\nA1,Bo\n", "line 3: the id A1 is that of line 2"),
        (
            'id,name\na1,Ann\nb2,"Po, Bo"\nc3,O\'Brien, Sinéad\n',
            "line 4 has 3 fields, the first line has 2: put a name with a comma in quotes, such as",
        ),
        ("id;name\na1;Ann;Lee\n", "line 2 has 3 fields"),
        ("id,ID,name\na,a,Ann\n", "names the column id twice"),
        ("id,name\na1," + "x" * 200_000 + "\n", "line 2 is no CSV: field larger"),
        ("id,name\n,Ann\nb2,\n", "line 2: the id is empty"),
        ("id,name\n,Ann\nb2,\n", "line 3: the name is empty"),
        ("id,name\n" + "x" * 300 + ",Ann\n", "too long to name a file"),
    ],
)
def test_rosters_that_cannot_be_used(tmp_path, text, words):
    with pytest.raises(RosterError, match=r"roster\.csv") as caught:
        read(tmp_path, text)
    assert words in str(caught.value)


def test_a_roster_of_another_encoding(tmp_path):
    with pytest.raises(RosterError, match="save it as “CSV UTF-8”"):
        read(tmp_path, "id,name\na,Ø\n", "latin-1")


def test_a_name_over_two_lines(tmp_path):
    assert read(tmp_path, 'id,name\na1,"Ann\n Lee"\n')[0]["name"] == "Ann Lee"


def test_a_roster_that_is_not_there(desk, capsys):
    assert assign(desk, "--roster", desk / "none.csv") == 1
    said = capsys.readouterr().err
    assert f"there is no roster {desk / 'none.csv'}: name a CSV file whose first line is id,name" in said
    assert not (desk / "out").exists()
