"""What went wrong before a question was looked at is said first: cells that stopped, changed numbers."""

import dataclasses
import json

import pytest
from small_set import RIGHT, STARTERS, cells, code, entry, key, notebook, only

from neuropath.grading import bounds, causes, run, submission, verdicts
from neuropath.grading.answers import Code
from neuropath.grading.child import Child
from neuropath.grading.identity import Handed
from neuropath.grading.results import CRASHED, GRADED, NOT_ATTEMPTED
from neuropath.grading.work import Work

SETUP = "import unheard\nimport numpy as np\nfrom math import comb"
STOPPED = (
    "stopped in the line `import unheard`: ModuleNotFoundError: No module named 'unheard' (`unheard` is not "
    "installed where this is graded: the set needs NumPy and the course's package only)"
)


@pytest.fixture
def whole_of(isolation):
    """A function that gives all that is found of a notebook of these cells, with its remarks."""

    def grade(made, student="ada", whole=None, made_for=""):
        work = submission.parse(json.dumps(notebook(made, made_for)).encode())
        return run.grade_one(work, Handed(student, "", None, "hw.ipynb"), whole or key(), isolation)

    return grade


def by_id(graded):
    return {one.id: one for one in graded.results}


def with_setup(setup, **changed):
    return [code(setup), *cells(RIGHT, **changed)[2:]]


def test_the_cell_that_stopped_first_is_named_first(whole_of):
    graded = whole_of(with_setup(SETUP, q_count="n = 3  # yours\nn_weights = comb(40, 1)"))
    count = by_id(graded)["q-count"]
    assert (count.state, count.points) == (CRASHED, 0)
    assert count.message == (
        f"an earlier cell {STOPPED}; after that, the cell that defines `n_weights` stopped in the line "
        "`n_weights = comb(40, 1)`: NameError: name 'comb' is not defined"
    )
    assert graded.remarks == (f"code cell 1 {STOPPED}",)
    assert verdicts.advice(count.message).startswith("Mend that cell first")


def test_a_function_that_misses_what_that_cell_was_to_define_is_told_so(whole_of):
    found = by_id(whole_of(with_setup(SETUP)))
    said = f"an earlier cell {STOPPED}; after that, your code stopped in the line `e = np.exp(z - z.max())`: "
    assert found["q-softmax"].message == f"{said}NameError: name 'np' is not defined"
    hidden = (
        f"an earlier cell {STOPPED}; after that, your code stopped with an error in a test that is not shown"
    )
    assert (found["q-norm"].state, found["q-norm"].message) == (CRASHED, hidden)


def test_a_cell_that_ended_itself_is_named_too(whole_of):
    graded = whole_of(with_setup('raise SystemExit("oops")', q_count="n_weights = np.int64(40)"))
    said = 'stopped in the line `raise SystemExit("oops")`: SystemExit: oops'
    assert by_id(graded)["q-count"].message.startswith(f"an earlier cell {said}; after that, the cell that ")
    assert graded.remarks == (f"code cell 1 {said}",)


def test_a_helper_behind_a_helper_is_followed_to_the_cell_that_stopped(whole_of):
    helpers = [
        code("x = 1 / 0"),
        code("low = 1\nassert low == 2\nscale = 3"),
        code("def double(z): return z * scale"),
    ]
    made = [*cells(RIGHT, q_softmax="def softmax(z):\n    return double(z)")]
    message = by_id(whole_of([made[1], *helpers, *made[2:]]))["q-softmax"].message
    assert message.startswith(
        "an earlier cell stopped in the line `assert low == 2`: AssertionError; after that"
    )
    below = by_id(whole_of([*made, *helpers]))["q-softmax"].message
    assert below.startswith(
        "a later cell stopped in the line `assert low == 2`: AssertionError; after that, your"
    )


def test_of_several_cells_that_stopped_the_one_that_was_to_define_it_is_named(whole_of):
    setup = [code("import numpy as np\nscale = 2\n1 / 0"), code("assert scale == 3\nfactor = 2")]
    made = [*setup, *cells(RIGHT, q_softmax="def softmax(z):\n    return np.exp(z) * factor")[2:]]
    message = by_id(whole_of(made))["q-softmax"].message
    assert message.startswith(
        "an earlier cell stopped in the line `assert scale == 3`: AssertionError; after"
    )


def test_another_question_s_cell_is_not_named(whole_of):
    changed = {"q_softmax": "softmax = 1 / 0", "q_count": "n_weights = gone"}
    graded = whole_of(cells(RIGHT, **changed))
    assert by_id(graded)["q-count"].message.startswith("the cell that defines `n_weights` stopped")
    assert graded.remarks == ()


def test_where_nothing_is_lost_or_tried_nothing_is_remarked(whole_of):
    assert whole_of([code("import unheard"), *cells(RIGHT)]).remarks == ()
    assert whole_of([code("import unheard"), *cells()]).remarks == ()
    check = "def check_f(f, rng):\n    expect(f(1.0) == 2, 'no')"
    stops = only(check, "f", starter="def f(x):\n    return ...\n\n\nf(1) + 1")
    graded = whole_of([code(stops.questions[0].starter), code("def f(x): return 1")], whole=stops)
    assert by_id(graded)["q-one"].message == "no"
    assert graded.remarks == (), "a starter as it was handed out is nobody's cell that stopped"


def test_many_cells_that_stop_are_counted(whole_of):
    remark = whole_of(
        [*(code(f"1 / 0  # {number}") for number in range(9)), *cells(q_norm="norm = 1 / 0")]
    ).remarks
    assert remark[0].count("ZeroDivisionError") == 3
    assert remark[0].endswith("; and 6 more did not run to their end")


def test_a_name_that_is_missing_is_told_with_the_cell_that_stopped(whole_of):
    found = by_id(whole_of([code(SETUP), *cells(q_norm="lung = 3")[1:]]))["q-norm"]
    assert found.state == NOT_ATTEMPTED
    assert found.message == f"there is no `norm` in the notebook; besides, a cell {STOPPED}"


def test_a_cell_that_is_no_python_is_told_as_that(whole_of):
    graded = whole_of([code("import unheard"), *cells(RIGHT, q_norm="def norm(x:\n    return 1")])
    message = by_id(graded)["q-norm"].message
    said = "is no Python in the line `def norm(x:`: SyntaxError: '(' was never closed"
    assert message == f"the cell that defines `norm` {said}"
    assert "deleted" not in verdicts.advice(message)
    assert verdicts.advice(message).startswith("Python could not read this cell")
    setup = by_id(whole_of([code("from math import comb\nimport numpy as np,"), *cells(RIGHT)[2:]]))[
        "q-softmax"
    ]
    assert setup.message.startswith(
        "an earlier cell is no Python in the line `import numpy as np,`: SyntaxError"
    )


def test_the_advice_about_deleted_cells_is_for_names_alone(whole_of):
    found = by_id(whole_of(cells(RIGHT, q_count="n_weights = gone", q_norm="norm = 1 / 0")))
    assert "deleted cell" in verdicts.advice(found["q-count"].message)
    assert "deleted cell" not in verdicts.advice(found["q-norm"].message)
    assert verdicts.advice("your code stopped") == ""


def test_how_a_cell_ends_after_a_hidden_test_is_kept_back(isolation):
    work = submission.parse(json.dumps(notebook(cells(RIGHT, q_norm="norm = 1 / 0"))).encode())
    whole = key()
    with Child(isolation, whole.set.limits) as child:
        judged = Work(work, child, whole, "ada")
        judged.shown = True
        assert judged.failure("norm").told, "it ended so before any test"
        child.close()
        assert judged.ready()
        assert not judged.failure("norm").told


def test_looking_for_a_cause_ends_in_time_and_costs_nothing_else(whole_of, monkeypatch):
    looked = []

    def endless(*_):
        looked.append(1)
        raise bounds.TooMuch("20 seconds")

    monkeypatch.setattr(causes, "earlier", endless)
    found = by_id(whole_of(with_setup(SETUP)))
    assert found["q-softmax"].message.startswith("your code stopped in the line")
    assert (found["q-norm"].state, len(looked)) == (CRASHED, 1)


# Numbers that were handed out


CHANGED = "the line `n = 5  # yours` was handed out with 3"


def test_a_changed_number_is_told_to_both_sides(whole_of):
    graded = whole_of(cells(RIGHT, q_count="n = 5  # yours\nn_weights = n * 10 + 10"))
    found = by_id(graded)["q-count"]
    assert (found.state, found.points) == (GRADED, 0)
    assert found.message.startswith(
        f"{CHANGED}: put it back and run again. As it stands: 60 is not the number"
    )
    assert graded.remarks == (f"q-count: {CHANGED}",)


@pytest.mark.parametrize(
    "answer",
    [
        "n_weights = 7",  # without the line
        "n = 3\nn_weights = 7",
        "n = 3  # yours\nn = 5\nn_weights = 7",
        "n = 2 + 1  # yours\nn_weights = 7",
        "def g():\n    n = 5  # yours\nn_weights = 7",
    ],
)
def test_nobody_is_accused_who_kept_the_number_or_did_without(whole_of, answer):
    graded = whole_of(cells(RIGHT, q_count=answer))
    assert by_id(graded)["q-count"].message == "7 is not the number of parameters"
    assert graded.remarks == ()


def test_the_number_is_looked_for_where_the_answer_stands(whole_of):
    apart = [*cells(RIGHT, q_count="n = 5  # yours\nn_weights = ..."), code("n_weights = n * 10 + 10")]
    assert by_id(whole_of(apart))["q-count"].message.startswith(CHANGED)
    unmarked = by_id(whole_of(cells(RIGHT, q_count="n = 5\nn_weights = n * 10 + 10")))["q-count"]
    assert unmarked.message.startswith("the line `n = 5` was handed out with 3")
    right = whole_of(cells(RIGHT, q_count="n = 5  # yours\nn_weights = 40"))
    assert (by_id(right)["q-count"].points, right.remarks) == (1, ())


def test_another_question_s_number_of_that_name_is_no_change(whole_of):
    asked = list(key().questions)
    asked[2] = dataclasses.replace(asked[2], starter="n = 5  # yours\nnorm = ...", variant={"n": [5, 6]})
    whole = key(asked=tuple(asked))
    other = code("n = 5  # yours\nnorm = 1")
    graded = whole_of([other, code("n_weights = 7")], whole=whole)
    assert by_id(graded)["q-count"].message == "7 is not the number of parameters"
    assert whole_of([code("n = 8  # yours"), code("n_weights = 7")], whole=whole).remarks != ()


def test_a_number_that_a_function_was_tried_with_is_no_change(whole_of):
    asked = list(key().questions)
    check = entry("def check_norm(norm, rng, m):\n    expect(norm([m]) == m, 'no length')", "norm", 2)
    starter = "m = 5  # yours\n\n\ndef norm(x):\n    return ..."
    asked[2] = dataclasses.replace(asked[2], entries=(check,), starter=starter, variant={"m": [5, 6]})
    whole = key(asked=tuple(asked))
    tried = "m = 9\n\n\ndef norm(x):\n    return 1"
    assert by_id(whole_of([code(tried)], whole=whole))["q-norm"].message == "no length"
    marked = by_id(whole_of([code(tried.replace("m = 9", "m = 9  # yours"))], whole=whole))["q-norm"]
    assert marked.message.startswith("the line `m = 9  # yours` was handed out with 5")


def test_another_student_s_notebook_is_not_called_changed(whole_of):
    made = cells(RIGHT, q_count=RIGHT["q-count"].replace("3", "17"))
    graded = whole_of(made, made_for="bob")
    said = "the line `n = 17  # yours` holds another number than the 3 of this student. So it is: 180 is not"
    assert by_id(graded)["q-count"].message.startswith(said)
    assert len(graded.remarks) == 1, "that it was handed out to another student"


def test_a_known_mistake_is_not_recognised_with_another_number(whole_of):
    slip = {"forgot": {"code": "n_weights = 60", "message": "you forgot the biases"}}
    asked = list(key().questions)
    asked[1] = dataclasses.replace(asked[1], entries=({**asked[1].entries[0], "misconceptions": slip},))
    whole = key(asked=tuple(asked))
    found = by_id(whole_of(cells(RIGHT, q_count="n = 5  # yours\nn_weights = 60"), whole=whole))["q-count"]
    assert (found.misconception, found.message.startswith(CHANGED)) == ("", True)
    kept = by_id(whole_of(cells(RIGHT, q_count="n_weights = 60"), whole=whole))["q-count"]
    assert kept.misconception == "forgot"


# Names that may be meant


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("def trimmed_mean(x, k): return 1", "trimmed_mean"),
        ("def trim(x): return 1\ndef other(x, k): return 1", "trim"),
        ("def my_trimmed(y): return 1", "my_trimmed"),
        ("def robust(x, k): return 1\ndef other(x, n): return 1\ntr = 1", "robust"),
        ("def robust(x, k): return 1\ndef other(x, k): return 1", ""),
        ("trimmed_by_one = 1\ntrimmed_by_two = 2", ""),
        ("def outsize(x, k): return 1", ""),
    ],
)
def test_a_name_that_may_be_meant(source, meant):
    assert Code([source]).meant("trimmed", "def trimmed(x, k):\n    return ...", but={"outsize"}) == meant


def test_parameters_tell_nothing_where_there_are_none():
    assert Code(["def total(): return 1"]).meant("rate", "def rate():\n    return ...") == ""
    assert Code(["def total(x): return 1"]).meant("rate", "rate = ...") == ""


def test_the_renamed_function_is_named(whole_of):
    found = by_id(whole_of(cells(q_softmax="def to_shares(z):\n    return z", q_norm="length = abs")))
    assert (
        found["q-softmax"].message
        == "there is no `softmax` in the notebook; did you rename it? There is `to_shares`"
    )
    assert STARTERS["q-softmax"].startswith("def softmax(z)")
