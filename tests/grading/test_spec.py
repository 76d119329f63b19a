"""A spec is read strictly, and all that is wrong with it is said at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from set_samples import ALL, OWN, OWN_SETUP, cell, loaded, mini, written

from neuropath.grading import spec
from neuropath.grading.limits import WITH_KERAS
from neuropath.grading.spec import SpecError

GOOD = "due: 2026-10-09T18:00:00+02:00\npages: [own.md]\nlimits: {cell_seconds: 3}\nneeds: keras\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return mini(tmp_path_factory.mktemp("book"))


def wrong(tmp_path, root, questions="[mini-square]", more="", **how) -> str:
    with pytest.raises(SpecError) as caught:
        spec.read(written(tmp_path, questions, more=more, **how), root)
    return str(caught.value)


def test_a_sound_spec(tmp_path):
    problems, bank = loaded(tmp_path, more=GOOD)
    assert (problems.id, problems.title, problems.due) == ("trial", "A trial", "2026-10-09T18:00:00+02:00")
    assert [one.id for one in problems.questions][:2] == ["mini-square", "mini-count"]
    assert (problems.questions[3].points, problems.questions[3].hidden_points) == (5, 2)
    assert problems.limits == replace(WITH_KERAS, cell_seconds=3)
    assert bank.own == {"own-rms"}
    assert bank.exercises["mini-why"].of_kind("manual")


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        ("[mini-sqare]", "no exercise `mini-sqare`. Did you mean `mini-square`, "),
        ("[ex-mini-why]", "`ex-mini-why` is its label: write `mini-why`"),
        ("[mini-zzzzzzzz]", "There are mini-count, "),
        ("[mini-square, mini-why, mini-square]", "names `mini-square` 2 times"),
        ("[{id: mini-why, points: -1}]", "question 1 (mini-why): `points` should be a number, 0 or more"),
        ("[{id: mini-why, points: .nan}]", "`points` should be a number"),
        ("[{id: mini-why, points: yes}]", "`points` should be a number"),
        ("[{id: mini-why, point: 1}]", "unknown entry `point`. Did you mean points?"),
        ("[{id: mini-square, hidden_points: 1}]", "`mini-square` has no hidden test"),
        ("[3]", "question 1 should be an id"),
        ("[]", "`questions` should be a list"),
        ("mini-square", "`questions` should be a list"),
    ],
)
def test_slips_in_the_questions(tmp_path, root, questions, words):
    assert words in wrong(tmp_path, root, questions)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("dew: 2026\n", "no entry `dew`. Did you mean due?"),
        ("due: 2026-10-09\n", "a date and a time with its offset"),
        ("due: 2026-10-09T18:00:00\n", "such as 2026-10-09T18:00:00+02:00, received"),
        ("due: soon\n", "received soon"),
        ("needs: torch\n", "`needs` is one of numpy, keras"),
        ("limits: {cell_second: 3}\n", "`limits` has no entry `cell_second`. Did you mean cell_seconds?"),
        ("limits: {cell_seconds: -3}\n", "cell_seconds should be a number above 0"),
        ("limits: {warm: [os]}\n", "`limits` has no entry `warm`"),
        ("limits: 3\n", "`limits` should be pairs"),
        ("pages: [gone.md]\n", "there is no page gone.md"),
        ("pages: own.md\n", "`pages` should be a list"),
        ("instructions: [a]\n", "`instructions` should be a text"),
        ("title: again\n", "line 4: `title` stands here a second time"),
        ("x: [\n", "not valid YAML"),
    ],
)
def test_slips_elsewhere(tmp_path, root, more, words):
    assert words in wrong(tmp_path, root, more=more)


def test_an_id_names_files(tmp_path, root):
    path = written(tmp_path, "[mini-square]")
    path.write_text(path.read_text().replace("id: trial", "id: ../trial"))
    with pytest.raises(SpecError, match="letters, digits"):
        spec.read(path, root)


def test_all_slips_are_told_in_one_go(tmp_path, root):
    said = wrong(tmp_path, root, "[mini-sqare, {id: mini-why, points: -1}]", "due: soon\nneeds: torch\n")
    assert len(said.splitlines()) == 4
    assert all(line.startswith(str(tmp_path / "set.yml")) for line in said.splitlines())


def test_a_missing_spec(tmp_path, root):
    with pytest.raises(FileNotFoundError, match="there is no spec"):
        spec.read(tmp_path / "none.yml", root)


HIDDEN = "{id: own-rms, kind: hidden}"


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (OWN_SETUP + OWN.replace("own-rms", "mini-square"), "own.md:8: label `ex-mini-square` is taken"),
        (OWN_SETUP + OWN.replace("id: own-rms", "id: mini-square"), "exercise id `mini-square` is taken"),
        (
            OWN_SETUP + OWN.replace("Text", "{nonsense}`x`").replace("variant: {n", "variant: {m"),
            "parameters",
        ),
        (OWN_SETUP + OWN.replace("n = 3  # yours", "n = 4  # yours"), "it has its default, 3, received 4"),
        (OWN_SETUP + OWN.replace("n = 3  # yours", "k = 3  # yours"), "`k` is marked `# yours`"),
        (OWN_SETUP + OWN.replace("return np.sqrt", "check('own-rms', 1); return np.sqrt"), "calls check(…)"),
        (OWN_SETUP + OWN.replace("def check_of_zeros", "x = 1\ndef check_of_zeros"), "one function `check_…"),
        (OWN_SETUP + "```{nonsense}\n```\n", "unknown directive {nonsense}"),
        (OWN, "a page needs a title"),
    ],
)
def test_slips_of_an_own_page(tmp_path, root, own, words):
    assert words in wrong(tmp_path, root, "[mini-square]", "pages: [own.md]\n", own=own)


@pytest.mark.parametrize(
    ("own", "fault"),
    [
        (OWN_SETUP + OWN.replace("```{exercise-end}", "", 1), "own.md:8: {exercise-start} is still open"),
        (OWN_SETUP + OWN.replace("    expect_close", "    assert np.allclose", 1), "uses `assert`"),
        (OWN_SETUP + OWN + "\udcff", "own.md is not UTF-8 text"),
    ],
)
def test_the_questions_of_a_page_with_a_fault_are_told_once(tmp_path, root, own, fault):
    path = written(tmp_path, "[mini-sqare, own-rms]", more="pages: [own.md]\n")
    (tmp_path / "own.md").write_text(own, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(SpecError) as caught:
        spec.read(path, root)
    first, other, last = caught.value.errors
    assert fault in first
    assert other.startswith("there is no exercise `mini-sqare`. Did you mean `mini-square`, ")
    assert last == "nothing on own.md could be used, for the fault told above: `own-rms`."


def test_a_question_with_nothing_but_a_hidden_test(tmp_path, root):
    start, rest = OWN.split(
        "```{code-cell} ipython3\n:tags: [remove-cell]\n:exercise: {id: own-rms, kind: check", 1
    )
    bare = start.replace("{variant}`n`", "n") + "```" + rest.split("\n```", 1)[1].removeprefix("\n```")
    bare = bare.replace("(rms, rng, n)", "(rms, rng)").replace("np.zeros(n)", "np.zeros(3)")
    own = OWN_SETUP + bare.replace("n = 3  # yours", "n = 3").replace("``````{code", "```{code")
    problems = spec.read(written(tmp_path, "[own-rms]", more="pages: [own.md]\n", own=own), root)
    assert problems.questions[0].id == "own-rms"
    none = own.replace(", kind: hidden", ", kind: solution")
    assert "kind check or hidden" in wrong(tmp_path, root, "[own-rms]", "pages: [own.md]\n", own=none)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("points: 2, hidden_points: 3", "`own-rms`: 3 hidden points are more than its 2 points"),
        ("hidden_points: 3", "`own-rms`: 3 hidden points are more than its 2 points"),
    ],
)
def test_more_hidden_points_than_points(tmp_path, root, points, words):
    assert words in wrong(tmp_path, root, f"[{{id: own-rms, {points}}}]", "pages: [own.md]\n")


def test_hidden_tests_that_are_worth_too_much(tmp_path, root):
    own = OWN_SETUP + OWN.replace(HIDDEN, "{id: own-rms, kind: hidden, points: 3}")
    said = wrong(tmp_path, root, "[own-rms]", "pages: [own.md]\n", own=own)
    assert "`own-rms`: its hidden tests have 3 points of their own, the question 2" in said


def test_hidden_tests_belong_to_own_pages(tmp_path):
    public = mini(tmp_path / "root", cell("x = 1"), OWN.replace("own-", "pub-"))
    with pytest.raises(SpecError, match="never stands on a public page"):
        spec.read(written(tmp_path / "spec", "[mini-square]"), public)


def test_what_all_of_it_is(tmp_path):
    assert len(loaded(tmp_path, ALL)[0].questions) == 5
