"""`check` with the numbers that were drawn for the reader."""

import pytest
from lessons_samples import ENTRY, NUMBER, module, right

from neuropath.lessons import check

DRAWN = {
    "source": 'def check_pairs(pairs, rng, n):\n    expect_close(pairs, n * (n - 1) // 2, "the pairs")\n',
    "function": "check_pairs",
    "answer": "pairs",
    "hints": ["each with each"],
    "misconceptions": {"ordered": {"code": "pairs = n * (n - 1)", "message": "each pair counts once"}},
    "variant": {"n": [7, 9]},
}


@pytest.fixture(autouse=True)
def _checks(monkeypatch):
    monkeypatch.setattr(module, "load_checks", lambda: {"grad": ENTRY, "number": NUMBER, "pairs": DRAWN})
    module._failures.clear()


def test_the_number_decides_what_is_right():
    assert check("pairs", 21)
    assert check("pairs", 36, n=9)
    assert not check("pairs", 21, n=9)
    assert check("grad", right, n=9)


def test_a_misconception_sees_the_number():
    assert check("pairs", 42).misconception == "ordered"
    assert check("pairs", 72, n=9).misconception == "ordered"
    assert check("pairs", 42, n=9).misconception is None


def test_hints_come_as_without_a_number():
    assert check("pairs", 1, n=9).hint is None
    assert check("pairs", 1, n=9).hint == "each with each"


@pytest.mark.parametrize(
    ("id", "variant", "words"),
    [
        ("pairs", {"n": 8}, "n of exercise pairs is one of 7, 9; received 8"),
        ("pairs", {"k": 7}, "exercise pairs has only n, not k: leave the line with `check` as it was given"),
        ("number", {"n": 7}, "exercise number has no numbers of your own, not n"),
    ],
)
def test_a_number_that_is_not_offered(id, variant, words):
    with pytest.raises(ValueError, match="exercise") as caught:
        check(id, 1, **variant)
    assert words in str(caught.value)


def test_a_variant_may_have_any_name(monkeypatch):
    """`id` and `value` are positional, so that exercises may use the names."""
    source = "def check_pairs(pairs, rng, value, id):\n    expect(pairs == value + id, 'no')\n"
    entry = DRAWN | {"source": source, "variant": {"value": [1, 2], "id": [3, 4]}, "misconceptions": {}}
    monkeypatch.setattr(module, "load_checks", lambda: {"pairs": entry})
    assert check("pairs", 6, value=2, id=4)
