"""The verdict on each kind of answer: state, points, and what may be said of it."""

import dataclasses
import warnings

import numpy as np
import pytest
from small_set import RIGHT, STARTERS, cells, code, key, only, text

from neuropath.grading import bounds, judge
from neuropath.grading.limits import Limits
from neuropath.grading.results import CRASHED, GRADED, NEEDS_A_PERSON, NOT_ATTEMPTED, TIMED_OUT


def test_right_answers_have_full_points_and_words_wait(judged):
    found = judged(cells(RIGHT, why="Because."))
    assert [(r.state, r.points) for r in found.values()] == [
        (GRADED, 3), (GRADED, 1), (GRADED, 2), (NEEDS_A_PERSON, None)
    ]  # fmt: skip
    assert [r.message for r in found.values()] == [""] * 4
    assert found["q-why"].answer == "Because."
    assert [part.out_of for part in found["q-why"].parts] == [1, 3]


def test_the_public_check_speaks_and_hidden_tests_only_count(judged):
    found = judged(cells(RIGHT, q_softmax="def softmax(z):\n    return np.exp(z) / np.exp(z).sum()"))
    softmax = found["q-softmax"]
    assert (softmax.state, softmax.points) == (GRADED, 2)
    assert softmax.message == "it did not pass a test that is not shown"
    assert [(part.points, part.hidden) for part in softmax.parts] == [(2, False), (0, True)]
    wrong = judged(cells(q_norm="def norm(x):\n    return abs(x).sum()"))["q-norm"]
    assert (wrong.state, wrong.points) == (GRADED, 0)
    assert wrong.message == "it did not pass a test that is not shown"


def test_a_misconception_is_named(judged):
    found = judged(cells(q_softmax="def softmax(z):\n    return np.exp(z)"))["q-softmax"]
    assert (found.state, found.points, found.misconception) == (GRADED, 0, "no-sum")
    assert found.message == "the exponentials do not sum to one: divide by their sum"


def test_a_misconception_that_raises_is_known_by_its_error(judged):
    check = "def check_f(f, rng):\n    expect(f(np.zeros(2)) == 0, 'no')"
    slip = {"raises": {"code": "def f(x):\n    raise ValueError('mine')", "message": "nothing to refuse"}}
    whole = only(check, "f", misconceptions=slip)
    found = judged([code("def f(x):\n    raise ValueError('another text')")], whole=whole)["q-one"]
    assert (found.state, found.misconception) == (GRADED, "raises")


def test_each_student_has_the_numbers_that_were_drawn(judged):
    assert judged(cells(RIGHT), "ada")["q-count"].points == 1
    assert judged(cells(RIGHT), "bob")["q-count"].points == 0
    drawn = RIGHT["q-count"].replace("3", "17")
    assert judged(cells(RIGHT, q_count=drawn), "bob")["q-count"].points == 1
    untouched = STARTERS["q-count"].replace("3", "17")
    assert judged(cells(q_count=untouched), "bob")["q-count"].state == NOT_ATTEMPTED


def test_code_that_raises_is_crashed_with_the_students_line(judged):
    found = judged(cells(RIGHT, q_softmax="def softmax(z):\n    return z / nothing"))
    assert (found["q-softmax"].state, found["q-softmax"].points) == (CRASHED, 0)
    said = "your code stopped in the line `return z / nothing`: NameError: name 'nothing' is not defined"
    assert found["q-softmax"].message == said
    assert found["q-norm"].points == 2


def test_a_hidden_test_tells_nothing_of_an_error(judged):
    found = judged(cells(q_norm="def norm(x):\n    raise ValueError(str(x))"))["q-norm"]
    assert (found.state, found.points) == (CRASHED, 0)
    assert found.message == "your code stopped with an error in a test that is not shown"


def test_the_cell_that_defines_the_answer_stops(judged):
    found = judged(cells(RIGHT, q_count="n = 3\nn_weights = n / 0"))["q-count"]
    assert found.state == CRASHED
    assert "the cell that defines `n_weights` stopped in the line `n_weights = n / 0`" in found.message
    assert "ZeroDivisionError" in found.message
    hidden_only = judged(cells(q_norm="norm = 1 / 0"))["q-norm"]
    assert (hidden_only.state, hidden_only.points) == (CRASHED, 0)
    assert "`norm = 1 / 0`: ZeroDivisionError" in hidden_only.message


def test_a_syntax_error_is_the_affair_of_its_own_cell(judged):
    found = judged(cells(RIGHT, q_norm="def norm(x:\n    return 1"))
    assert [found[id].points for id in ("q-softmax", "q-count", "q-norm")] == [3, 1, 0]
    assert found["q-norm"].state == CRASHED
    assert "SyntaxError" in found["q-norm"].message


def test_an_endless_call_costs_its_own_question_only(judged):
    found = judged(cells(RIGHT, q_softmax="def softmax(z):\n    while True: pass"))
    assert (found["q-softmax"].state, found["q-softmax"].points) == (TIMED_OUT, 0)
    assert found["q-softmax"].message.startswith("a call of `softmax`: your code was stopped after 1.5")
    assert [found[id].points for id in ("q-count", "q-norm")] == [1, 2]


def test_an_endless_cell_costs_its_own_question_only(judged):
    found = judged(cells(RIGHT, q_count="while True: pass\nn_weights = 40"))
    assert (found["q-count"].state, found["q-count"].points) == (TIMED_OUT, 0)
    assert "the cell that defines `n_weights` did not run to its end" in found["q-count"].message
    assert [found[id].points for id in ("q-softmax", "q-norm")] == [3, 2]


def test_a_process_that_ends_itself_is_crashed(judged):
    found = judged(cells(RIGHT, q_softmax="import os\ndef softmax(z):\n    os._exit(0)"))
    assert (found["q-softmax"].state, found["q-softmax"].points) == (CRASHED, 0)
    assert "ended the process" in found["q-softmax"].message
    assert [found[id].points for id in ("q-count", "q-norm")] == [1, 2]


def test_when_the_time_for_all_is_over_that_is_what_is_said(judged):
    limits = Limits(cell_seconds=3, call_seconds=3, total_seconds=1.5, memory_mb=512)
    made = cells(RIGHT, q_softmax="def softmax(z):\n    while True: pass")
    found = judged(made, whole=key(limits=limits))
    assert [found[id].state for id in ("q-softmax", "q-count", "q-norm")] == [TIMED_OUT] * 3
    said = "the 1.5 seconds for the whole notebook were over before this question"
    assert [found[id].message for id in ("q-count", "q-norm")] == [said] * 2


def test_the_last_definition_counts(judged):
    twice = [*cells(RIGHT), code("n_weights = 7")]
    assert judged(twice)["q-count"].points == 0
    mended = [*cells(RIGHT, q_count="n_weights = 7"), code(RIGHT["q-count"])]
    assert judged(mended)["q-count"].points == 1


def test_a_later_cell_that_stops_leaves_the_earlier_definition_and_says_so(judged):
    found = judged([*cells(RIGHT, q_count="n_weights = 7"), code("n_weights = 1 / 0")])["q-count"]
    assert (found.state, found.points) == (GRADED, 0)
    assert "7 is not the number of parameters (the cell that defines" in found.message
    assert judged([*cells(RIGHT), code("n_weights = 1 / 0")])["q-count"].points == 1


def test_an_attempt_that_stops_below_the_starter_is_crashed(judged):
    found = judged([*cells(), code("n_weights = 1 / 0")])["q-count"]
    assert (found.state, found.points) == (CRASHED, 0)
    assert "`n_weights = 1 / 0`" in found.message


def test_answers_are_found_in_any_order_and_style(judged):
    made = [text("hello"), code("import numpy as np"), code(RIGHT["q-norm"] + "\n" + RIGHT["q-count"])]
    made += [code("softmax = lambda v: np.exp(v - np.max(v)) / np.sum(np.exp(v - np.max(v)))")]
    found = judged(made)
    assert [found[id].points for id in ("q-softmax", "q-count", "q-norm")] == [3, 1, 2]


@pytest.mark.parametrize(
    "value", ["float('nan')", "np.float64('nan')", "np.inf", "None", "'40'", "[40]", "True"]
)
def test_strange_numbers_are_wrong_with_a_sentence(judged, value):
    found = judged(cells(q_count=f"n_weights = {value}"))["q-count"]
    assert (found.state, found.points) == (GRADED, 0)
    assert found.message


def test_a_value_that_is_always_equal_is_not_right(judged):
    liar = "class Liar(int):\n    def __eq__(self, other): return True\nn_weights = Liar(7)"
    assert judged(cells(q_count=liar))["q-count"].points == 0


@pytest.mark.parametrize(
    ("value", "said"),
    [("open", "received the function"), ("(x for x in [1])", "only numbers"), ("object()", "only numbers")],
)
def test_what_is_no_value_is_told_apart(judged, value, said):
    found = judged(cells(q_count=f"n_weights = {value}"))["q-count"]
    assert (found.state, found.points) == (GRADED, 0)
    assert said in found.message


def test_warnings_cost_nothing(judged):
    noisy = "import warnings\ndef norm(x):\n    warnings.warn('slow')\n    return np.linalg.norm(x)"
    assert judged(cells(q_norm=noisy))["q-norm"].points == 2


def test_functions_that_may_refuse_are_asked_with_python_s_own_errors(judged):
    check = """
def check_f(f, rng):
    try:
        f([])
    except Exception as error:
        expect("ValueError" in str(error), f"it should be ValueError: {error}")
    else:
        expect(False, "an empty list was accepted")
"""
    whole = only(check, "f")
    refusing = "def f(x):\n    if not x:\n        raise ValueError('empty')"
    assert judged([code(refusing)], whole=whole)["q-one"].points == 1
    found = judged([code(refusing.replace("ValueError", "KeyError"))], whole=whole)["q-one"]
    assert (found.state, found.points) == (GRADED, 0)
    assert found.message.startswith("it should be ValueError: your code stopped: KeyError")


def test_a_function_that_spoils_its_argument_is_told_so(judged):
    check = (
        "def check_f(f, rng):\n    x = np.ones(3)\n    expect_close(f(x) + x, np.full(3, 3.0), 'f(x) + x')"
    )
    found = judged([code("def f(x):\n    x *= 2\n    return x")], whole=only(check, "f"))["q-one"]
    assert found.points == 0
    assert "changes its argument in place" in found.message


def test_a_check_that_hands_over_what_cannot_be_sent_is_for_a_person(judged):
    check = "def check_f(f, rng):\n    f(object())"
    found = judged([code("def f(x):\n    return 1")], whole=only(check, "f"))["q-one"]
    assert (found.state, found.points) == (NEEDS_A_PERSON, None)
    assert "cannot be run on a submission" in found.message


def test_the_graders_own_time_and_memory_have_a_limit(judged, monkeypatch):
    slow = "def check_x(x, rng):\n    for _ in range(x): pass"
    quick = bounds.bounded
    monkeypatch.setattr(judge.bounds, "bounded", lambda: quick(0.3, 512))
    found = judged([code("x = 10 ** 15")], whole=only(slow, "x"))["q-one"]
    assert (found.state, found.points) == (TIMED_OUT, 0)
    assert "comparing your answer took more than 0.3 seconds" in found.message
    large = "def check_x(x, rng):\n    np.zeros(x)"
    found = judged([code("x = 10 ** 10")], whole=only(large, "x"))["q-one"]
    assert (found.state, found.points) == (GRADED, 0)
    assert "MemoryError" in found.message


def test_random_inputs_are_the_same_for_all_and_known_to_none():
    assert judge.seed("a", "q", 0) == judge.seed("a", "q", 0)
    seeds = {judge.seed(s, q, n) for s in "ab" for q in "pq" for n in (0, 1)}
    assert len(seeds) == 8


def test_grading_leaves_warning_filters_and_limits_as_they_were(judged):
    import resource

    before = (list(warnings.filters), resource.getrlimit(resource.RLIMIT_AS))
    judged(cells(RIGHT, q_softmax="def softmax(z):\n    return z / nothing"))
    assert (list(warnings.filters), resource.getrlimit(resource.RLIMIT_AS)) == before


def test_the_bound_ends_with_its_block():
    def for_ever():
        with bounds.bounded(0.05):
            while True:
                sum(range(1000))

    with pytest.raises(bounds.TooMuch):
        for_ever()
    total = sum(i * i for i in range(200_000))  # the clock no longer rings
    assert total > 0
    with bounds.bounded(memory_mb=64), pytest.raises(MemoryError):
        np.ones(1 << 26)
    assert np.ones(1 << 24).sum() == 1 << 24


def test_a_question_in_the_key_is_not_changed_by_judging(judged):
    whole = key()
    before = dataclasses.asdict(whole)
    judged(cells(RIGHT), whole=whole)
    assert dataclasses.asdict(whole) == before
