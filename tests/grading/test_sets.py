"""The ready sets are whole: real questions, three hours, a mixture, NumPy only, numbers that differ."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import set_alone
import yaml

from neuropath.grading import draw, spec
from neuropath.lessons.check import WRONG, run_check
from neuropath.publish import exercises

ROOT = Path(__file__).parents[2]
SETS = sorted((ROOT / "code/neuropath/grading/sets").glob("*.yml"))
LINE = re.compile(
    r"^  - \{id: (?P<id>[\w-]+), points: (?P<points>\d+)\} +# (?P<kind>\w+), (?P<minutes>\d+) min$"
)
HEAD = re.compile(r"# .*: (?P<minutes>\d+) minutes by the estimates below, (?P<points>\d+) points\.")
KINDS = {"numeric", "coding", "bug", "pencil", "judgement"}
BY_HAND = {"pencil", "judgement"}
SESSION_01 = 34  # its coding and numeric exercises when a third of them had to vary

every_set = pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)


@dataclass(frozen=True)
class Line:
    """A question as the file announces it."""

    id: str
    kind: str
    points: int
    minutes: int


def announced(path: Path) -> list[Line]:
    """The questions with their kinds and minutes: comments, which the reader of specs does not see."""
    matches = [LINE.match(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Line(m["id"], m["kind"], int(m["points"]), int(m["minutes"])) for m in matches if m is not None]


@cache
def loaded(path: Path):
    """(problem set, id → exercise)."""
    wanted, bank = spec.load(path, ROOT)
    return wanted, bank.exercises


@cache
def session_01() -> dict:
    """The coding and numeric exercises of Session 01."""
    found = loaded(SETS[0])[1]
    return {id: one for id, one in found.items() if id.startswith("s01") and one.check}


def varied() -> list[str]:
    return [id for id, one in session_01().items() if one.merged().get("variant")]


def numeric(exercise) -> bool:
    return not any("def " in cell.code for cell in exercise.of_kind("starter"))


def values() -> list[str]:
    """Those that vary and ask for a value; a function is right for all numbers, whoever asks."""
    return [id for id in varied() if numeric(session_01()[id])]


def test_every_session_has_a_set():
    sessions = {folder.name[:9] for folder in (ROOT / "book").glob("session[0-9][0-9]_*")}
    assert {path.stem for path in SETS} == sessions


@every_set
def test_a_set_reads(path):
    wanted, _ = loaded(path)
    assert wanted.id == path.stem
    assert wanted.title
    assert len(wanted.instructions.split()) > 60
    assert (wanted.due, wanted.pages, wanted.needs) == ("", (), "numpy")
    assert "limits" not in yaml.safe_load(path.read_text(encoding="utf-8")), "the usual limits are enough"


@every_set
def test_every_question_tells_its_kind_and_minutes(path):
    wanted, _ = loaded(path)
    assert [(q.id, q.points) for q in wanted.questions] == [
        (line.id, line.points) for line in announced(path)
    ]


@every_set
def test_a_set_takes_about_three_hours(path):
    lines = announced(path)
    total = sum(line.minutes for line in lines)
    assert 165 <= total <= 195
    assert all(5 <= line.minutes <= 30 for line in lines)
    head = HEAD.match(path.read_text(encoding="utf-8"))
    assert (int(head["minutes"]), int(head["points"])) == (total, sum(line.points for line in lines))


@every_set
def test_a_set_is_a_mixture(path):
    _, found = loaded(path)
    lines = announced(path)
    assert {line.kind for line in lines} == KINDS
    assert {line.id[3] for line in lines} == set("abcdef"), "every part of the session is asked about"
    assert {line.id[:3] for line in lines} == {f"s{path.stem[-2:]}"}
    for line in lines:
        exercise = found[line.id]
        assert (line.kind in BY_HAND) == bool(exercise.of_kind("manual")), line.id
        assert (line.kind == "bug") == ("bug" in exercise.title.lower()), line.id
        if line.kind in ("numeric", "coding"):
            assert (line.kind == "numeric") == numeric(exercise), line.id


@every_set
def test_points_are_those_of_the_page(path):
    """So that the rows of a rubric stay whole numbers, and the page says what a question is worth."""
    _, found = loaded(path)
    for line in announced(path):
        whole = found[line.id].merged()
        rubric = whole.get("rubric", [])
        assert line.points == (sum(row["points"] for row in rubric) or whole.get("points")), line.id
        assert bool(rubric) == (line.kind in BY_HAND), line.id


@every_set
def test_no_question_needs_its_page_or_keras(path):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", set_alone.__file__, str(path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        env={"MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize(
    ("id", "complaint"),
    [
        ("s01d-loop", "a Generator goes through it"),
        ("s02b-unmask", "a function goes through it"),
        ("s01c-he-std", "the page has bound mean_square_after"),
    ],
)
def test_a_question_that_would_not_do_is_noticed(id, complaint):
    found = set_alone.complaints_about(loaded(SETS[0])[1][id])
    assert any(complaint in text for text in found)


@every_set
def test_students_get_different_numbers(path):
    _, found = loaded(path)
    sets = set()
    for student in range(20):
        drawn = [
            draw.draw(f"student{student}", line.id, found[line.id].merged().get("variant", {}))
            for line in announced(path)
        ]
        sets.add(json.dumps(drawn))
    assert len(sets) >= 10


def test_a_third_of_session_01_varies():
    assert len(session_01()) >= SESSION_01
    assert 3 * len(varied()) >= len(session_01())
    for id in varied():
        choices = session_01()[id].merged()["variant"]
        assert np.prod([len(values) for values in choices.values()]) >= 5, f"{id}: neighbours share {choices}"
        for values in choices.values():
            assert len(set(values)) == len(values), f"{id}: a choice stands twice in {values}"


@pytest.mark.parametrize("id", values())
def test_a_number_that_decides_the_answer_is_told(id):
    """Every variant of a value stands in the question's text and, marked, in starter and solution."""
    exercise = session_01()[id]
    lines = exercise.page.text.splitlines()
    first = min(block.line for block in exercise.solutions)
    text = "\n".join(lines[exercise.line : first])
    for name, choices in exercise.merged()["variant"].items():
        assert f"{{variant}}`{name}`" in text
        for kind in ("starter", "solution"):
            assert any(f"{name} = {choices[0]}  # yours" in cell.code for cell in exercise.of_kind(kind))


@pytest.mark.parametrize("id", values())
def test_another_students_value_is_wrong(id):
    exercise = session_01()[id]
    entry = exercises.compiled([exercise])[id]
    chosen = list(set_alone.combinations(entry["variant"]))
    answers = [set_alone.answered(exercise, "solution", one, []) for one in chosen]
    for (mine, answer), (theirs, other) in itertools.permutations(zip(chosen, answers, strict=True), 2):
        result = run_check(entry, other, variant=mine, id=id)
        assert result.outcome == WRONG, f"{other} of {theirs} passes for {mine}, whose answer is {answer}"


def test_a_students_own_constant_decides_inside_a_function():
    exercise = session_01()["s01c-adam-epsilon"]
    entry = exercises.compiled([exercise])[exercise.id]
    chosen = list(set_alone.combinations(entry["variant"]))
    for one in chosen:
        answer = set_alone.answered(exercise, "solution", one, [])
        for other in chosen:
            result = run_check(entry, answer, variant=other, id=exercise.id)
            assert (result.outcome == WRONG) == (one != other)
