"""Nothing to grade: the state, and the sentence that says why."""

import dataclasses

from small_set import RIGHT, cells, code, key, only

from neuropath.grading.results import CRASHED, GRADED, NOT_ATTEMPTED


def test_an_unmodified_notebook_has_no_attempt_and_no_crash(judged):
    found = judged(cells())
    assert [result.state for result in found.values()] == [NOT_ATTEMPTED] * 4
    assert [result.points for result in found.values()] == [0] * 4
    empty = "nothing was written below the line `Answer to q-why:`"
    assert [result.message for result in found.values()] == ["the starter is untouched"] * 3 + [empty]
    without_setup = judged(cells()[2:])  # the starters would stop: still nobody's attempt
    assert [result.state for result in without_setup.values()] == [NOT_ATTEMPTED] * 4


def test_a_starter_that_stops_without_its_imports_is_still_no_attempt(judged):
    starter = "def f(x):\n    y = np.sin(x)\n    return ..."
    whole = only("def check_f(f, rng):\n    expect_close(f(1.0), 2.0)", "f", starter=starter)
    assert judged([code(starter)], whole=whole)["q-one"].state == NOT_ATTEMPTED
    touched = starter.replace("...", "y + y")
    assert judged([code(touched)], whole=whole)["q-one"].state == CRASHED


def test_an_empty_notebook_attempts_nothing(judged):
    found = judged([])
    assert [result.state for result in found.values()] == [NOT_ATTEMPTED] * 4


def test_a_missing_name_is_told_with_the_one_that_may_be_meant(judged):
    renamed = {"q_softmax": RIGHT["q-softmax"].replace("softmax", "soft_max"), "q_norm": "length = abs"}
    found = judged(cells(**renamed))
    assert [one.state for one in found.values()] == [NOT_ATTEMPTED] * 4
    near = "there is no `softmax` in the notebook; did you rename it? There is `soft_max`"
    assert (found["q-softmax"].points, found["q-softmax"].message) == (0, near)
    assert found["q-norm"].message == "there is no `norm` in the notebook", "all its tests are hidden"
    gone = judged([*cells(RIGHT), code("del softmax")])["q-softmax"]
    assert gone.message == "`softmax` is defined, and gone again once all cells have run"
    assert judged([])["q-count"].message == "the notebook has no code cells"


def test_what_another_question_asks_for_is_not_what_was_meant(judged):
    whole = only("def check_f(f, rng):\n    f(1)", "norm2", starter="norm2 = ...")
    both = dataclasses.replace(whole, questions=(*whole.questions, key().questions[2]))
    assert (
        judged([code(RIGHT["q-norm"])], whole=both)["q-one"].message == "there is no `norm2` in the notebook"
    )


def test_an_attempt_that_still_gives_the_starter_s_dots_is_told_so(judged):
    half = "def softmax(z):\n    shifted = z - z.min()\n    return ..."
    found = judged(cells(q_softmax=half, q_norm="def norm(x):\n    print(x)\n    return ..."))
    assert found["q-softmax"].message == "`softmax` still gives the `...` of the starter"
    assert (found["q-norm"].state, found["q-norm"].message) == (NOT_ATTEMPTED, ""), "all its tests are hidden"


def test_points_never_appear_without_an_attempt(judged):
    half = "def softmax(z):\n    return np.array([1.0, 0.0]) if z[0] == 1000 else ..."
    found = judged(cells(q_softmax=half))["q-softmax"]
    assert (found.state, found.points) == (GRADED, 1)
