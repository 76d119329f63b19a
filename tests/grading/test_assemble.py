"""The notebooks of a set: what a student gets, what only the instructor gets, and what is refused."""

from __future__ import annotations

import json

import nbformat
import pytest
from set_samples import CANARIES, cell, compile_checks, exercise, loaded, written

from neuropath.grading import accept, assemble, spec
from neuropath.grading.assemble import Paper
from neuropath.grading.draw import draw
from neuropath.grading.problems import ANSWER_LINE, PLACEHOLDER
from neuropath.grading.spec import SpecError


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    return Paper(
        *loaded(folder, more="pages: [own.md]\ndue: 2026-10-09T18:00:00-03:30\ninstructions: Alone.\n")
    )


@pytest.fixture(autouse=True)
def _checks_of_the_small_book(monkeypatch, paper):
    compile_checks(monkeypatch, paper.questions)


def texts(notebook, kind=None):
    cells = notebook["cells"]
    return ["".join(cell["source"]) for cell in cells if kind in (None, cell["cell_type"])]


def of_question(notebook, number):
    """The cells' texts of one question."""
    all_texts = texts(notebook)
    starts = [i for i, text in enumerate(all_texts) if text.startswith("## Question ")] + [len(all_texts)]
    return all_texts[starts[number - 1] : starts[number]]


def test_both_notebooks_are_valid_and_the_same_each_time(paper):
    for make in (paper.student, paper.instructor):
        first, second = (assemble.dumps(make("anna", "Anna")) for _ in range(2))
        assert first == second
        nbformat.validate(nbformat.reads(first, as_version=4))
        ids = [cell["id"] for cell in json.loads(first)["cells"]]
        assert len(set(ids)) == len(ids)


def test_the_head(paper):
    head, how, *_ = texts(paper.student("anna", "Anna Ø"))
    assert head.startswith("# A trial\n\n**Due:** Friday, 9 October 2026, 18:00 (UTC-03:30) · **Points:** 14")
    assert "**For:** Anna Ø (anna)" in head
    assert head.endswith("Alone.")
    assert "By their names" in how
    assert "were drawn for you" in how
    assert "compute with its name" in texts(paper.student())[1], "the same number for all: nothing was drawn"
    assert not any(line.startswith("Answer to") for line in how.split("\n")), "no line that looks like one"


def test_a_student_gets_no_metadata_and_no_secret(paper):
    notebook = paper.student("anna", "Anna")
    assert set(notebook["metadata"]) == {"kernelspec", "neuropath"}
    assert notebook["metadata"]["neuropath"] == {"set": "trial", "student": "anna"}
    assert all(cell["metadata"] == {} for cell in notebook["cells"])
    assert all(cell["outputs"] == [] for cell in notebook["cells"] if cell["cell_type"] == "code")
    text = json.dumps(notebook, ensure_ascii=False)
    assert [name for name, canary in CANARIES.items() if canary in text] == []


def test_the_instructor_gets_all_of_it(paper):
    text = json.dumps(paper.instructor(), ensure_ascii=False)
    assert [name for name, canary in CANARIES.items() if name != "wrong" and canary not in text] == []


def test_one_setup_with_the_imports_that_are_used(paper):
    setup = paper.setup
    assert setup == (
        "import math\n\nimport numpy as np\n\nfrom neuropath.lessons import check, setup\n\nsetup()"
    )
    assert texts(paper.student(), "code")[1] == setup
    assert "import importlib" in texts(paper.student(), "code")[0]


def test_a_statement_of_the_page_s_setup_comes_with_its_question(paper):
    assert of_question(paper.student(), 3)[1:3] == [
        "rng = np.random.default_rng(3)",
        "sample = rng.normal(size=3)",
    ]


def test_questions_are_numbered_titled_and_worth_something(paper):
    heads = [text.split("\n")[0] for text in texts(paper.student()) if text.startswith("## ")]
    assert heads == [
        "## Question 1 · Squares of $x$ (2 points)",
        "## Question 2 · Title (2 points)",
        "## Question 3 · Title (2 points)",
        "## Question 4 · Title (5 points)",
        "## Question 5 · Why (3 points)",
    ]


def test_a_question_of_the_book_says_where_it_stands(paper):
    below = [text.split("\n\n")[1] for text in texts(paper.student()) if text.startswith("## ")]
    said = [text == "*From Part A of Session 1*" for text in below]
    assert said == [True, True, True, False, True], "an own question stands nowhere"


def test_a_student_s_numbers_stand_in_text_starter_and_call(paper):
    for student in ("anna", "ben", "cy", "dora"):
        notebook, drawn = paper.student(student), paper.drawn(student)
        assert drawn["mini-square"] == draw(student, "mini-square", {"n": [4, 5, 6]})
        text, _starter, call, _hint = of_question(notebook, 1)
        assert f"For {drawn['mini-square']['n']} numbers" in text
        assert call == f'check("mini-square", square, n={drawn["mini-square"]["n"]})'
        text, starter, call, _hint = of_question(notebook, 2)
        assert starter == f"n = {drawn['mini-count']['n']}  # yours\npairs = ..."
        assert f"Pairs of {drawn['mini-count']['n']} things" in text
    assert len({paper.drawn(f"{i}")["mini-square"]["n"] for i in range(20)}) == 3


def test_without_a_student_the_book_s_numbers(paper):
    text, _, call, hint = of_question(paper.student(), 1)
    assert "For 4 numbers" in text
    assert call == 'check("mini-square", square)'
    assert hint.startswith("<details>\n<summary>Hint</summary>\n\nA hint for mini-square.")


def test_a_reference_says_of_which_page_it_speaks(paper):
    assert "as in equation (1) of Part A of Session 1." in of_question(paper.student(), 1)[0]


def test_an_own_question_has_no_call(paper):
    cells = of_question(paper.student(), 4)
    assert not any("check(" in text for text in cells)
    assert cells[-1] == "This question has no self-check: `rms` is checked when the work is graded."


def test_a_manual_question_has_its_line(paper):
    cells = of_question(paper.student(), 5)
    assert cells[-1] == f"{ANSWER_LINE.format(id='mini-why')}\n\n{PLACEHOLDER}"
    assert cells[0].endswith("Why are squares positive?")
    solved = of_question(paper.instructor(), 5)
    assert solved[-1].startswith("Answer to mini-why:\n\nBecause of signs")
    assert f"- **1** {CANARIES['rubric']}" in solved[-2]


def test_expected_values_of_each_variant(paper):
    kept = of_question(paper.instructor(), 2)[-1]
    assert "**Expected**\n\n- n = 7: `21`\n- n = 9: `36`" in kept
    assert "**Check** (2)" in kept
    assert "**Hidden test** (2)" in of_question(paper.instructor(), 4)[-1]


def test_points_of_tests_add_up(paper):
    for question in paper.questions:
        if question.entries:
            assert sum(entry["points"] for entry in question.entries) == pytest.approx(question.points)
    assert [entry["points"] for entry in paper.questions[3].entries] == [3, 2]


def test_hidden_tests_tell_nothing(paper):
    hidden = paper.questions[3].entries[1]
    assert (hidden["hidden"], hidden["title"]) == (True, "of zeros")
    assert (hidden["misconceptions"], hidden["hints"]) == ({}, [])


@pytest.mark.parametrize("student", [None, "anna", "ben"])
def test_the_instructor_s_notebook_runs_and_the_student_s_too(paper, student, capsys):
    for make, outcome in ((paper.instructor, "right"), (paper.student, "not attempted")):
        space = {"__name__": "__main__"}
        for code in texts(make(student), "code"):
            exec(compile(code, "<cell>", "exec"), space)
        for asked in paper.asked(student):
            if asked.is_auto:
                results = accept.judge(asked, space[asked.question.answer])
                assert {result.outcome for result in results} == {outcome}, asked.question.id


def test_sound_questions_are_accepted(paper):
    assert assemble.refused(paper) == []


def refusals(tmp_path, paper, more, id):
    """Why a set with this exercise on a page of the instructor's is refused."""
    own = "# Own\n\n" + cell("import numpy as np").replace("ipython3\n", "ipython3\n:tags: [setup]\n") + more
    path = written(tmp_path, f"[{id}]", more="pages: [own.md]\n", own=own)
    return assemble.refused(Paper(*spec.load(path, paper.bank.book.root)))


def make(**how):
    whole = {
        "starter": ("def f(x):\n    return ...", "f"),
        "check": 'def check_f(f, rng):\n    expect(f(1) == 1, "f(1) is no 1")',
        "solution": "def f(x):\n    return x",
    }
    return exercise("own-f", **(whole | how), call=False)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (
            {"solution": "def f(x):\n    return 2 * x"},
            "solution of `own-f` does not pass its check “Title”: f(1)",
        ),
        ({"solution": "def f(x):\n    return x\n\n\nf(undefined)"}, "of `own-f` stops: NameError"),
        ({"starter": ("def f(x):\n    return 7", "f")}, "starter of `own-f` should be “not attempted”"),
        ({"starter": ("f = ...\n1 / 0", "f")}, "starter of `own-f` stops: ZeroDivisionError"),
        (
            {
                "meta": ", variant: {n: [1, 2]}",
                "check": 'def check_f(f, rng, n):\n    expect(f(1) == n, "f(1) is no n")',
            },
            "solution of `own-f` (n = 2) does not pass",
        ),
    ],
)
def test_what_cannot_earn_full_marks_is_refused(tmp_path, paper, how, words):
    found = refusals(tmp_path, paper, make(**how), "own-f")
    assert len(found) == 1
    assert words in found[0]


DRAWN = {
    "meta": ", variant: {n: [3, 5]}",
    "check": 'def check_f(f, rng, n):\n    expect(f(1) == n, "f(1) is no n")',
}
CAUSE = "exercise `own-f` has a variant `n`, and no line `n = …  # yours`: write `n = 3  # yours` into"


@pytest.mark.parametrize(
    "solution",
    ["def f(x):\n    return n * x", "n = 3\n\n\ndef f(x):\n    return n * x"],
    ids=["nowhere", "not marked"],
)
def test_a_variant_that_no_line_holds_is_named_as_the_cause(tmp_path, paper, solution):
    assert refusals(tmp_path, paper, make(**DRAWN, solution=solution), "own-f")[0].startswith(CAUSE)
    held = ("n = 3  # yours\n\n\ndef f(x):\n    return ...", "f")
    whole = make(**DRAWN, solution="def f(x):\n    return n * x", starter=held)
    assert refusals(tmp_path, paper, whole, "own-f") == []


def test_a_starter_that_uses_a_variant_without_its_line_is_told_so_too(tmp_path, paper):
    with pytest.raises(SpecError, match="has a variant `n`, and no line `n = …  # yours`") as caught:
        refusals(tmp_path, paper, make(**DRAWN, given=cell("print(n)")), "own-f")
    assert "cannot leave its page" not in str(caught.value)


def test_a_manual_question_knows_what_it_hands_out(paper):
    (text,) = paper.questions[4].given
    assert text.startswith("## Question 5 · Why (3 points)\n\nWhy are squares positive?")
    assert [one.given for one in paper.questions[:4]] == [()] * 4


def test_an_old_self_check_is_refused(monkeypatch, paper):
    old = {one.id: {**one.entries[0], "source": "older"} for one in paper.questions if one.entries}
    monkeypatch.setattr(accept, "load_checks", lambda: old)
    found = assemble.refused(paper)
    assert len(found) == 3, "the questions from the book"
    assert "the self-check of `mini-square` is older than book/session01_mini/part_a_mini.md" in found[0]


def test_a_question_that_cannot_leave_its_page_is_refused_with_the_names(tmp_path):
    with pytest.raises(SpecError, match="question `mini-page` uses `of_the_page`, which neither"):
        Paper(*loaded(tmp_path, "[mini-page]"))


def test_two_meanings_of_a_name_are_refused(tmp_path, paper):
    setup = cell("from numpy import sqrt as math").replace("ipython3\n", "ipython3\n:tags: [setup]\n")
    own = "# Own\n\n" + setup + make(given=cell("math(2)"))
    path = written(tmp_path, "[mini-count, own-f]", more="pages: [own.md]\n", own=own)
    with pytest.raises(SpecError, match="`mini-count` and `own-f` mean different things by `math`"):
        Paper(*spec.load(path, paper.bank.book.root))


def test_keras_has_to_be_asked_for(tmp_path, paper):
    setup = cell("import keras").replace("ipython3\n", "ipython3\n:tags: [setup]\n")
    own = "# Own\n\n" + setup + make(given=cell("keras.backend.epsilon"))
    path = written(tmp_path, "[own-f]", more="pages: [own.md]\n", own=own)
    with pytest.raises(SpecError, match="`own-f` imports keras: write `needs: keras`"):
        Paper(*spec.load(path, paper.bank.book.root))
    path = written(tmp_path, "[own-f]", more="pages: [own.md]\nneeds: keras\n", own=own)
    setup = Paper(*spec.load(path, paper.bank.book.root)).setup
    assert setup.endswith("\n\nsetup(keras=True)\nimport keras")


def test_a_reference_into_the_unseen_part_of_an_own_page_is_refused(tmp_path, paper):
    own = "# Own\n\n" + cell("import numpy as np").replace("ipython3\n", "ipython3\n:tags: [setup]\n")
    own += "$$ a = b $$ (eq-own)\n" + make(text="By {eq}`eq-own`.")
    path = written(tmp_path, "[own-f]", more="pages: [own.md]\n", own=own)
    with pytest.raises(ValueError, match="`eq-own` stands outside this question"):
        Paper(*spec.load(path, paper.bank.book.root))
