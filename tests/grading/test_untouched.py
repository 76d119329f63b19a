"""The starter is untouched only where the process agrees: an answer can come by ways no source shows."""

import pytest
from small_set import RIGHT, STARTERS, cells, code, only

from neuropath.grading import answers
from neuropath.grading.remote import place
from neuropath.grading.results import CRASHED, GRADED, NOT_ATTEMPTED
from neuropath.grading.verdicts import UNTOUCHED

FIVE = "def check_n(n_weights, rng):\n    expect(n_weights == 5, 'not five')"
STARTER = "n_weights = ..."
WAYS = {
    "a function's global": "def fill():\n    global n_weights\n    n_weights = 5\nfill()",
    "the names themselves": "globals().update(n_weights=5)",
    "a capture": "match 5:\n    case n_weights:\n        pass",
    "a capture of the rest": "match [1, 5]:\n    case [_, int() as n_weights]:\n        pass",
    "everything of a module": "import sys, types\nsys.modules['mine'] = mine = types.ModuleType('mine')\n"
    "mine.n_weights = 5\nfrom mine import *",
}


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_counts_however_its_name_came_to_it(judged, way):
    whole = only(FIVE, "n_weights", starter=STARTER)
    for made in ([code(STARTER), code(WAYS[way])], [code(f"{STARTER}\n{WAYS[way]}")]):
        assert judged(made, whole=whole)["q-one"].points == 1
    wrong = judged([code(STARTER), code(WAYS[way].replace("5", "6"))], whole=whole)["q-one"]
    assert (wrong.state, wrong.message) == (GRADED, "not five")


def test_a_helper_above_the_starter_that_is_called_below_counts(judged):
    helper, call = WAYS["a function's global"].rsplit("\n", 1)
    made = [code(helper), code(STARTER), code(call)]
    assert judged(made, whole=only(FIVE, "n_weights", starter=STARTER))["q-one"].points == 1


@pytest.mark.parametrize(
    "way",
    [
        "from numpy.linalg import *",
        "globals().update(norm=np.linalg.norm)",
        "globals()['norm'] = lambda x: np.linalg.norm(x)",
        "def mine(x):\n    return np.linalg.norm(x)\nsetattr(norm, '__code__', mine.__code__)",
    ],
)
def test_a_function_counts_however_its_name_came_to_it(judged, way):
    found = judged([*cells(), code(way)])
    assert (found["q-norm"].state, found["q-norm"].points) == (GRADED, 2)
    assert [found[id].message for id in ("q-softmax", "q-count")] == [UNTOUCHED] * 2


@pytest.mark.parametrize(
    "starter",
    [
        "n_weights = [..., ...]",
        "n_weights = {'a': ..., 'b': 2}",
        "n_weights = other = ...",
        "n_weights = len([1, 2])",
        "def n_weights(x):\n    1 / 0\n    return ...",
        "class n_weights:\n    size = ...",
        "n_weights = lambda x: ...",
        "n_weights = no_such_name + 1",
    ],
)
def test_starters_of_every_kind_are_no_attempt(judged, starter):
    found = judged([code(f"# mine\nx = 1\n\n{starter}")], whole=only(FIVE, "n_weights", starter=starter))
    assert (found["q-one"].state, found["q-one"].message) == (NOT_ATTEMPTED, UNTOUCHED)


def test_the_starter_is_not_called_to_find_out(judged):
    starter = "def f(x):\n    import os\n    os._exit(3)\n    return ..."
    whole = only("def check_f(f, rng):\n    f(1)", "f", starter=starter)
    assert judged([code(starter)], whole=whole)["q-one"].state == NOT_ATTEMPTED
    assert judged([code(starter.replace("3", "4"))], whole=whole)["q-one"].state == CRASHED


def test_an_answer_survives_that_another_question_ends_the_process(judged):
    ends = "def softmax(z):\n    import os\n    os._exit(3)"
    found = judged([*cells(q_softmax=ends), code("globals().update(n_weights=40)")])
    assert (found["q-softmax"].state, found["q-count"].points) == (CRASHED, 1)
    assert found["q-norm"].message == UNTOUCHED


def test_an_earlier_answer_counts_where_the_starter_below_it_never_ran(judged):
    made = [code(RIGHT["q-count"]), code(f"no_such_name\n{STARTERS['q-count']}")]
    assert judged(made)["q-count"].points == 1


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("match x:\n    case [a, *b]: pass\n    case {'k': c, **d}: pass", {"a", "b", "c", "d"}),
        ("try:\n    pass\nexcept ValueError as error:\n    pass", {"error"}),
        ("def f():\n    global g\n    g = 1\n    h = 2", {"f", "g"}),
    ],
)
def test_names_that_a_statement_binds(source, names):
    assert answers.names_of(source) == names


@pytest.mark.parametrize(
    "said", [None, [], ["<cell 1>"], ["<cell x>", 1], ["<cell 1>", True], ["<cell 9999999>", 1], [1, 1], {}]
)
def test_a_place_that_is_none_is_told_by_nothing(said):
    assert place(said) is None
    assert place(["<cell 2>", 7]) == (2, 7)
