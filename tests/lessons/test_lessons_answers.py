"""Hostile but ordinary answers: always a sentence, never a traceback, never the answer."""

import re

import numpy as np
import pytest
from lessons_samples import NUMBER, module, outcome, right

from neuropath.lessons import expectations


def test_right():
    assert outcome(right).outcome == "right"
    assert outcome(right, variant={"n": 9}).outcome == "right"
    assert outcome(right, rng=np.random.default_rng(3)).outcome == "right"
    assert outcome(109386, NUMBER)
    assert outcome(np.int64(109386), NUMBER)


@pytest.mark.parametrize("value", [..., lambda z, y: ..., lambda z, y: (..., ...)])
def test_not_attempted(value):
    assert outcome(value).outcome == "not attempted"
    assert outcome(..., NUMBER).outcome == "not attempted"


def endless(z, y):
    return endless(z, y)


def undefined(z, y):
    scale = z.sum()
    return scale * input_size  # noqa: F821


def leaves(z, y):
    raise SystemExit(3)


def calls_library(z, y):
    return np.linalg.inv(z)


class Mean(np.ndarray):
    shape = (5,)
    size = 1

    def __repr__(self):
        raise RuntimeError("no repr for you")


HOSTILE = {
    "None": (lambda z, y: None, "is the `return` missing"),
    "list": (lambda z, y: list(right(z, y)), r"NumPy array; yours is a list"),
    "scalar": (lambda z, y: right(z, y).sum(), r"shape \(5,\); yours has \(\)"),
    "column": (lambda z, y: right(z, y)[:, None], r"shape \(5,\); yours has \(5, 1\)"),
    "NaN": (lambda z, y: right(z, y) * np.nan, "you have nan, which is no finite number"),
    "sign": (lambda z, y: -right(z, y), "look at the sign"),
    "integers": (lambda z, y: right(z, y).astype(int), "it cannot store fractions"),
    "text": (lambda z, y: np.array(["a"] * 5), "it holds text"),
    "str": (lambda z, y: "softmax", "it holds text"),
    "booleans": (lambda z, y: z > 0, "True/False"),
    "complex": (lambda z, y: right(z, y) + 0j, "complex numbers"),
    "objects": (lambda z, y: np.array([None] * 5), "it holds objects"),
    "dictionary": (lambda z, y: {"grad": z}, "it holds objects"),
    "ragged": (lambda z, y: np.array([[1], [2, 3]], dtype=object), "it holds objects"),
    "generator": (lambda z, y: (q for q in z), "a generator"),
    "function": (lambda z, y: right, "was it meant to be called"),
    "signature": (lambda z: z, r"called with 2 arguments; yours is <lambda>\(z\)"),
    "recursion": (endless, "calls itself without end"),
    "exit": (leaves, "SystemExit"),
    "undefined": (undefined, r"in line \d+, `return scale \* input_size.*NameError: name 'input_size'"),
    "library": (calls_library, r"in line \d+, `return np.linalg.inv\(z\)`: LinAlgError"),
    "lying subclass": (lambda z, y: z.view(Mean), "is not right"),
    "number": (3.0, "needs grad itself, to call it; it received 3.0 "),
    "array": (np.zeros(5), "needs grad itself, to call it; it received an array of shape"),
    "class": (object, r"could not work with|takes no arguments"),
    "builtin": (len, r"called with 2 arguments; yours is len"),
    "ufunc": (np.exp, ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_get_a_sentence(name):
    value, pattern = HOSTILE[name]
    result = outcome(value)
    assert result.outcome == "wrong"
    assert re.search(pattern, result.message), result.message


def test_lists_and_numbers_where_they_are_meant():
    entry = NUMBER | {"source": "def check_count(n, rng):\n    expect_close(n, [1, 2], 'sizes')\n"}
    assert outcome([1, 2], entry)
    assert outcome((1, 2), entry)
    assert outcome(np.array([1, 2]), entry)
    assert outcome([2, 1], entry).outcome == "wrong"


@pytest.mark.parametrize(
    ("value", "expected"), [(np.ones((3, 1)), np.ones(3)), (1.0, np.ones(3)), (np.ones(3), 1.0)]
)
def test_shapes_that_would_broadcast_are_not_close(value, expected):
    with pytest.raises(expectations.Unmet, match="the shape should be"):
        expectations.expect_close(value, expected)


def test_nan_is_right_where_it_is_expected():
    expectations.expect_close(np.array([1, np.nan]), np.array([1, np.nan]))
    with pytest.raises(expectations.Unmet, match="not right"):
        expectations.expect_close(np.array([1.0, 2.0]), np.array([1, np.nan]))


def test_numeric_answers():
    class Yes(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    for value, pattern in [
        (Yes(3), "you have 3, "),
        (True, "of type int; yours is True"),
        ("109386", "of type int; yours is a str"),
        (None, "is the `return` missing"),
        (109386.0, "of type int; yours is 109386.0 "),
        (109384, "close, but not"),
        (1e300, "of type int"),
        (lambda: 109386, "was it meant to be called"),
    ]:
        result = outcome(value, NUMBER)
        assert result.outcome == "wrong"
        assert pattern in result.message, result.message
    result = outcome(784 * 128 + 128 * 64 + 64 * 10, NUMBER)
    assert (result.misconception, result.message) == ("no-bias", "the biases count too")


def test_equality_of_a_subclass_does_not_decide():
    class Yes(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    entry = NUMBER | {"source": "def check_count(n, rng):\n    expect(n == 109386, 'not the count')\n"}
    assert outcome(Yes(3), entry).outcome == "wrong"


def test_no_message_holds_the_answer():
    """Neither the expected numbers nor the source of the check may leave it, whatever is answered."""
    z, y = np.random.default_rng(module._seed("")).normal(size=5), np.array([1.0, 1, 0, 0, 0])
    secrets = [f"{abs(number):.4f}" for number in right(z, y)] + ["2 * p", "expect_close", "def check"]
    answers = [value for value, _ in HOSTILE.values()] + [lambda z, y: right(z, y) + 1e-3, lambda z, y: y]
    for value in answers:
        text = str(outcome(value))
        for secret in secrets[5:] if "list" in text or "column" in text or "shape" in text else secrets:
            assert secret not in text
    for value in (1, 2.5, None, "x", [3], {}, np.zeros(3)):
        assert "109386" not in str(outcome(value, NUMBER))
