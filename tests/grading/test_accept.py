"""Checks that decide nothing, stop, or tell too much are refused before a set is handed out."""

from __future__ import annotations

from pathlib import Path

import pytest
from set_samples import OWN_SETUP, exercise, mini, written

from neuropath.grading import decoys, spec
from neuropath.grading.assemble import Paper, refused

ROOT = Path(__file__).parents[2]
SETS = sorted((ROOT / "code/neuropath/grading/sets").glob("*.yml"))
CLOSE = 'expect_close(luck, 1 - 0.75**8, "the probability")'
SOLUTION = "luck = 1 - 0.75**8"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return mini(tmp_path_factory.mktemp("book"))


@pytest.fixture
def own_page(tmp_path, root):
    """Why a set with this own page is refused; its page's lines are `own_page.lines`."""

    def told(text: str) -> list[str]:
        told.lines = (OWN_SETUP + text).splitlines()
        path = written(tmp_path, "[own-q]", more="pages: [own.md]\n", own=OWN_SETUP + text)
        return refused(Paper(*spec.load(path, root)))

    return told


def number(*body, wrong="", solution=SOLUTION, text="What is it?", meta="", more="", starter="luck = ..."):
    """A question that asks for the number `luck`."""
    check = f"def check_luck(luck, rng{more}):\n" + "\n".join(f"    {line}" for line in body)
    page = exercise("own-q", (starter, "luck"), check, solution, text=text, meta=meta, call=False)
    return page.replace("luck = None", wrong) if wrong else page


def function(*body, solution="def f(x):\n    return 2 * x", starter="def f(x):\n    return ..."):
    """A question that asks for the function `f`."""
    check = "def check_f(f, rng):\n" + "\n".join(f"    {line}" for line in body)
    page = exercise("own-q", (starter, "f"), check, solution, call=False)
    return page.replace("'f = None'", '"def f(x): return None"')


def line_of(lines, part):
    return 1 + next(index for index, line in enumerate(lines) if part in line)


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_the_ready_sets_are_accepted(path):
    assert refused(Paper(*spec.load(path, ROOT))) == []


@pytest.mark.parametrize(
    "body",
    [
        [CLOSE],
        ['expect(0 <= luck <= 1, "no")', CLOSE],
        ['expect_type(luck, float, "luck")'],
        ['expect(np.isfinite(luck), "it is not finite")'],
        ['expect(luck.is_integer() is False, "no")'],
        ["import math", 'expect(math.isclose(luck, 1 - 0.75**8), "not right")'],
        ['expect(np.isclose(luck, 1 - 0.75**8), f"you have {luck}; more than 0.75")'],
    ],
)
def test_a_check_of_a_number_that_decides(own_page, body):
    assert own_page(number(*body)) == []


@pytest.mark.parametrize(
    "body",
    [
        ['expect_shape(f(np.ones(3)), (3,))'],
        ['expect(f(np.ones(3)).shape == (3,), "no")'],
        ['expect(f(np.ones(3, "f4")).dtype == np.float32, "no")'],
        ['expect(np.isfinite(f(np.array([1e9]))).all(), "no")'],
        ["x = np.ones(3)", "f(x)", "expect_close(f(x), 2 * x)"],
    ],
)  # fmt: skip
def test_a_check_of_a_function_that_decides(own_page, body):
    assert own_page(function(*body)) == []


def test_a_check_of_work_in_place_and_of_a_class_decide(own_page):
    body = ["x = np.ones(3)", "f(x)", 'expect_close(x, 2 * np.ones(3), "x")']
    assert own_page(function(*body, solution="def f(x):\n    x *= 2")) == []
    solution = "class f:\n    def __init__(self, x):\n        self.x = x"
    assert own_page(function('expect(f(3).x == 3, "no")', solution=solution, starter="f = ...")) == []


@pytest.mark.parametrize(
    "question",
    [
        number('expect(True, "never")'),
        number('expect(luck == luck or luck != luck, "never")'),
        number('expect(luck + 0 is not None, "never")'),
        number("try:", f"    {CLOSE}", "except Exception:", "    pass"),
        function("y = f(np.ones(3))", 'expect(y is y, "never")'),
        function("y = f(np.ones(3)) + 1", 'expect(y is not None, "never")'),
    ],
)
def test_a_check_that_lets_anything_pass(own_page, question):
    (said,) = own_page(question)
    head = line_of(own_page.lines, "def check_")
    assert said.startswith(f"own.md:{head}: the check of `own-q` lets anything pass")


def test_a_hidden_test_that_lets_anything_pass(own_page):
    hidden = "```{code-cell} ipython3\n:exercise: {id: own-q, kind: hidden}\n"
    hidden += 'def check_more(luck, rng):\n    expect(luck is not ..., "never")\n```\n```{exercise-end}'
    (said,) = own_page(number(CLOSE).replace("```{exercise-end}", hidden, 1))
    assert "the hidden test of `own-q` lets anything pass" in said


# -- a check that stops -------------------------------------------------------------------------------------


def test_a_name_that_the_check_does_not_have(own_page):
    (said,) = own_page(number("expect(luck > 0, 'no')", "expect_close(luck, 1 - scipy.stats.foo, 'it')"))
    line = line_of(own_page.lines, "scipy")
    assert said.startswith(
        f"own.md:{line}: the check of `own-q` uses `scipy`, which is not there: a check sees"
    )


@pytest.mark.parametrize(
    ("body", "part", "error"),
    [
        (
            ["expect_close(luck,", "    1 - np.no_such_name, 'it')"],
            "np.no",
            "has no attribute 'no_such_name'",
        ),
        (["def wanted():", "    return {}['x']", "expect(luck > wanted(), 'no')"], "{}[", "KeyError: 'x'"),
        (["import no_such_module", CLOSE], "import no_such", "No module named 'no_such_module'"),
    ],
)
def test_a_check_that_stops_on_the_solution_is_itself_to_blame(own_page, body, part, error):
    (said,) = own_page(number(*body))
    line = line_of(own_page.lines, part)
    assert said.startswith(f"own.md:{line}: the check of `own-q` stops on its own solution: ")
    assert error in said


def test_a_solution_that_is_wrong_is_still_said_to_be(own_page):
    (said,) = own_page(number(CLOSE, solution="luck = 0.5"))
    assert "the solution of `own-q` does not pass its check “Title”: the probability: you have 0.5" in said


# -- a variant whose line is not marked ---------------------------------------------------------------------

DRAWN = {"meta": ", variant: {m: [9, 12]}", "more": ", m", "text": "For {variant}`m` of them."}


@pytest.mark.parametrize(
    ("starter", "solution", "told"),
    [
        ("m = 9  # yours\nluck = ...", "luck = m / 7", False),
        ("luck = ...", "luck = m / 7", True),
        ("m = 9\nluck = ...", "m = 9  # yours\nluck = m / 7", True),
        ("m = 9\nluck = ...", "luck = m / 7", True),
    ],
)
def test_a_variant_has_its_line_in_the_starter(own_page, starter, solution, told):
    said = own_page(number('expect_close(luck, m / 7, "it")', starter=starter, solution=solution, **DRAWN))
    assert ("write `m = 9  # yours` into its starter" in "\n".join(said)) == told == bool(said)


def test_a_line_that_is_not_marked_is_told_where_nothing_else_is_wrong(own_page):
    """The text shows the number that was drawn, the starter below it the default."""
    page = function(
        'expect_close(f(np.ones(m)), 2 * np.ones(m), "it")', starter="m = 9\n\n\ndef f(x):\n    return ..."
    )
    page = page.replace("(f, rng)", "(f, rng, m)").replace("hints:", "variant: {m: [9, 12]}, hints:")
    (said,) = own_page(page)
    assert said.endswith("no line `m = …  # yours`: write `m = 9  # yours` into its starter.")
    assert own_page(page.replace("m = 9\n", "m = 9  # yours\n")) == []


# -- messages that tell the answer --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        'f"should be {1 - 0.75**8}"',
        'f"should be {1 - 0.75**8:.3f}, not {luck}"',
        'f"you are off by {luck - (1 - 0.75**8)}"',
        'f"it is {100 * (1 - 0.75**8):.1f} %"',
        '"it is 0.89989"',
    ],
)
def test_a_message_that_shows_the_expected_value(own_page, message):
    (said,) = own_page(number(f"expect_close(luck, 1 - 0.75**8, {message})"))
    assert said.startswith(
        f"own.md:{line_of(own_page.lines, 'def check_')}: the check of `own-q` shows the exp"
    )
    assert "Say what is wrong, not what is right." in said


@pytest.mark.parametrize(
    "message",
    ['f"you have {luck}"', '"between 0.25 and 0.90"', '"it is 0.9"', 'f"twice: {2 * luck}"', '"as in 8998"'],
)
def test_a_message_that_does_not(own_page, message):
    assert own_page(number(f"expect_close(luck, 1 - 0.75**8, {message})")) == []


def test_a_number_that_the_question_shows_is_no_secret(own_page):
    page = number('expect_close(luck, 1280, f"not {1280.0}")', solution="luck = 1280", text="Why 1,280?")
    assert own_page(page) == []
    assert "1280.0" in own_page(page.replace("Why 1,280?", "Why?"))[0]


def test_the_message_of_a_misconception_may_not_show_it_either(own_page):
    page = number(CLOSE, wrong="luck = 0.75**8")
    assert own_page(page) == []
    (said,) = own_page(page.replace("message: canary", "message: not 0.8999 but"))
    assert "shows the expected value, 0.8999" in said


def test_a_number_that_no_float_can_hold(own_page):
    assert own_page(number("expect(luck == 10**400, 'no')", solution="luck = 10**400")) == []


def test_entries_of_arrays_and_texts_are_looked_at():
    assert decoys._numbers({"a": (1, [2.5, np_array()]), "b": True, "c": "x", "d": 10**400}) == [1, 2.5, 3, 4]


def np_array():
    return decoys.np.array([3.0, float("nan"), 4.0])


# -- misconceptions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            SOLUTION,
            "misconception `wrong` of `own-q` passes the check: it is right, or the check cannot tell",
        ),
        ("luck = nothing", "misconception `wrong` of `own-q` stops: NameError: name ''nothing''"),
    ],
)
def test_a_misconception_is_a_wrong_answer(own_page, wrong, words):
    (said,) = own_page(number(CLOSE, wrong=wrong))
    assert words.replace("''", "'") in said


def test_a_misconception_that_is_right_for_some_numbers(own_page):
    page = number(
        'expect_close(luck, m**2, "it")', wrong="luck = 2 * m", solution="luck = m**2",
        meta=", variant: {m: [3, 2]}", more=", m", starter="m = 3  # yours\nluck = ...",
    )  # fmt: skip
    (said,) = own_page(page)
    assert "misconception `wrong` of `own-q` (m = 2) passes the check" in said
