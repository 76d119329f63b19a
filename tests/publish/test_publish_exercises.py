"""Exercises: gathered, judged against the whole schema, compiled."""

from __future__ import annotations

import ast
import copy

import pytest
import yaml
from publish_fixtures import FILE, ROOT, book_with, read

from neuropath.publish import exercises
from neuropath.publish.errors import BookError

CHECK = {
    "id": "case-a",
    "kind": "check",
    "hints": ["first", "second"],
    "variant": {"n": [3, 17]},
    "tolerance": {"rtol": 1.0e-7},
    "misconceptions": {"twice": {"code": "def my_f(x):\n    return 2 * x\n", "message": "that is twice"}},
}
STARTER = {"id": "case-a", "kind": "starter", "answer": "my_f", "points": 2}
MANUAL = {
    "id": "case-b",
    "kind": "manual",
    "points": 3,
    "rubric": [{"points": 1, "text": "names it"}, {"points": 2, "text": "shows it"}],
}


def cell(meta, code):
    block = yaml.safe_dump({"tags": ["remove-cell"], "exercise": meta}, sort_keys=False, allow_unicode=True)
    return f"```{{code-cell}} ipython3\n---\n{block}---\n{code}\n```\n"


def coding(
    starter=STARTER,
    check=CHECK,
    *,
    code="def my_f(x):\n    return ...",
    judge="def check_f(my_f, rng, n):\n    expect(my_f(n) == n, 'no')",
    call='check("case-a", my_f)',
    solution="def my_f(x):\n    return x",
    solved="ex-case-a",
):
    starters = cell(starter, code) if starter else ""
    checks = cell(check, judge) if check else ""
    return (
        "```{exercise-start} A\n:label: ex-case-a\n```\n"
        f"{starters}```{{code-cell}} ipython3\n{call}\n```\n{checks}"
        "```{exercise-end}\n```\n"
        f"```{{solution-start}} {solved}\n```\nText.\n\n"
        f"{cell({'id': 'case-a', 'kind': 'solution'}, solution)}"
        "```{solution-end}\n```\n"
    )


def manual(meta=MANUAL, solution=True):
    end = "```{solution-start} ex-case-b\n```\nText.\n```{solution-end}\n```\n" if solution else ""
    return (
        "```{exercise-start} B\n:label: ex-case-b\n```\nWhy?\n\n"
        + cell(meta, "")
        + "```{exercise-end}\n```\n"
        + end
    )


def without(meta, *keys):
    return {key: value for key, value in meta.items() if key not in keys}


def test_exercises_are_gathered_with_their_cells_and_solutions():
    found = exercises.collect(read(coding() + manual()))
    assert [(e.id, e.label, [c.kind for c in e.cells], len(e.solutions)) for e in found] == [
        ("case-a", "ex-case-a", ["starter", "check", "solution"], 1),
        ("case-b", "ex-case-b", ["manual"], 1),
    ]
    whole = found[0].merged()
    assert whole["points"] == 2
    assert whole["variant"] == {"n": [3, 17]}
    assert found[1].merged()["rubric"] == MANUAL["rubric"]


def test_a_check_is_compiled_with_all_that_the_self_check_needs():
    found = exercises.compiled(exercises.collect(read(coding() + manual())))
    assert list(found) == ["case-a"]
    entry = found["case-a"]
    assert entry["function"] == "check_f"
    assert ast.parse(entry["source"])
    assert entry["answer"] == "my_f"
    assert entry["hints"] == ["first", "second"]
    assert entry["misconceptions"]["twice"] == {
        "code": "def my_f(x):\n    return 2 * x",
        "message": "that is twice",
    }
    assert entry["variant"] == {"n": [3, 17]}
    assert entry["tolerance"] == {"rtol": 1e-7}
    assert entry["points"] == 2
    assert "solution" not in str(entry)


def changed(meta, **entries):
    return copy.deepcopy(meta) | entries


BAD = {
    "no solution": (manual(solution=False), "has no solution: add {solution-start} ex-case-b"),
    "solution of nothing": (coding(solved="ex-case-z"), "names `ex-case-z`, no exercise above it"),
    "no starter": (coding(starter=None), "one cell of kind starter, received 0"),
    "no check": (coding(check=None), "one cell of kind check, received 0"),
    "unknown entry": (coding(changed(STARTER, anwser="x")), "Did you mean answer?"),
    "no id": (coding(without(STARTER, "id")), "needs `id:`"),
    "no kind": (coding(without(STARTER, "kind")), "needs `kind:`"),
    "unknown kind": (coding(changed(STARTER, kind="stater")), "`kind` is one of starter"),
    "hidden": (coding(changed(STARTER, kind="hidden")), "never stands on a public page"),
    "points as text": (
        coding(changed(STARTER, points="two")),
        "`points` of exercise case-a should be a number",
    ),
    "points as a truth": (coding(changed(STARTER, points=True)), "should be a number"),
    "no answer": (coding(without(STARTER, "answer")), "needs `answer:`"),
    "two ids": (coding(changed(STARTER, id="case-x")), "share one id, received ['case-a', 'case-x']"),
    "starter defines another name": (coding(code="other = ..."), "does not define `my_f`; leave it as `...`"),
    "starter is no Python": (coding(code="def my_f(x:"), "this cell is not valid Python"),
    "no call of the check": (coding(call="print(1)"), 'calls check("case-a", my_f)'),
    "solution defines another name": (coding(solution="g = 1"), "the solution does not define `my_f`"),
    "one hint": (coding(check=changed(CHECK, hints=["one"])), "at least 2 `hints:`"),
    "hint that is no text": (
        coding(check=changed(CHECK, hints=["one", {"a": 1}])),
        "each of `hints` is a text",
    ),
    "no misconception": (
        coding(check=changed(CHECK, misconceptions={})),
        "at least 1 entry in `misconceptions:`",
    ),
    "misconception without message": (
        coding(check=changed(CHECK, misconceptions={"a": {"code": "my_f = 1"}})),
        "misconception `a` is {code: …, message: …}",
    ),
    "misconception that is no Python": (
        coding(check=changed(CHECK, misconceptions={"a": {"code": "def", "message": "m"}})),
        "misconception `a` is not valid Python",
    ),
    "misconception of another name": (
        coding(check=changed(CHECK, misconceptions={"a": {"code": "g = 1", "message": "m"}})),
        "misconception `a` does not define `my_f`",
    ),
    "variant without choices": (coding(check=changed(CHECK, variant={"n": 3})), "is a list of choices"),
    "variant that the check lacks": (
        coding(check=changed(CHECK, variant={"n": [3], "m": [1]})),
        "parameters should be (answer, rng, n, m), received (my_f, rng, n)",
    ),
    "tolerance that YAML reads as text": (
        coding(check=changed(CHECK, tolerance={"rtol": "1e-7"})),
        "write 1.0e-7",
    ),
    "check with two functions": (coding(judge="def check_f(a, rng, n): ...\nx = 1"), "one function `check_…"),
    "rubric that does not add up": (
        manual(changed(MANUAL, points=4)),
        "differs from the sum of the rubric, 3",
    ),
    "no rubric": (manual(without(MANUAL, "rubric")), "needs `rubric:"),
    "rubric of another shape": (manual(changed(MANUAL, rubric=["names it"])), "each line of `rubric`"),
    "neither starter nor manual": (
        "```{exercise-start} C\n:label: ex-case-c\n```\nWhy?\n```{exercise-end}\n```\n"
        "```{solution-start} ex-case-c\n```\nSo.\n```{solution-end}\n```\n",
        "neither a starter nor a cell of kind manual",
    ),
    "outside": (cell(STARTER, "my_f = ..."), "stands inside exercise-start"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_an_exercise_is_said_with_its_line(name):
    body, words = BAD[name]
    with pytest.raises(BookError) as caught:
        exercises.collect(read(body))
    assert words in str(caught.value)
    assert all(error.file == FILE and error.line > 1 for error in caught.value.errors)


def test_an_exercise_without_cells_may_be_written_ungated():
    body = "```{exercise} P\n:label: ex-p\nShow it.\n```\n\n```{solution} ex-p\nShown.\n```\n"
    assert [e.label for e in exercises.collect(read(body))] == ["ex-p"]


def test_ids_are_unique_in_the_book():
    twice = coding() + coding(solved="ex-case-b").replace("ex-case-a", "ex-case-b")
    messages = [str(error) for error in exercises.duplicates(book_with(twice))]
    assert len(messages) == 1
    assert f"exercise id `case-a` is taken: {FILE}:" in messages[0]


def test_the_fixture_book_has_none():
    assert list(exercises.duplicates(book_with("x", root=ROOT))) == []
