"""A check that could not decide is refused, with its line; one that decides is left alone."""

from __future__ import annotations

import pytest
from publish_fixtures import read
from test_publish_exercises import coding

from neuropath.publish import exercises
from neuropath.publish.errors import BookError, PageError

LOST = {
    "returns a comparison": ("    return my_f(n) == n", 1, "returns a value, which nobody looks at"),
    "returns, although it expects": (
        "    expect(my_f(n) == n, 'no')\n    return my_f(0) == 0",
        2,
        "returns a value",
    ),
    "asserts": ("    assert my_f(n) == n", 1, "uses `assert`: write `expect(condition, message)` instead"),
    "asserts in a helper": (
        "    def same(x):\n        assert my_f(x) == x\n\n    same(n)\n    expect(True, 'no')",
        2,
        "uses `assert`",
    ),
    "nothing": ("    my_f(n) == n", 0, "never calls `expect…`, so every answer would pass"),
    "a helper that is never called": (
        "    def same(x):\n        expect(my_f(x) == x, 'no')\n\n    my_f(n)",
        0,
        "never calls `expect…`",
    ),
    "a generator": ("    expect(my_f(n) == n, 'no')\n    yield", 2, "has a `yield`"),
}
SOUND = {
    "by a helper": "    def same(x):\n        expect(my_f(x) == x, 'no')\n        return x\n\n    same(n)",
    "by a helper of a helper": (
        "    def a(x):\n        expect(x, 'no')\n    def b(x):\n        return a(x)\n    b(my_f(n))"
    ),
    "by a lambda": "    [(lambda x: expect(my_f(x) == x, 'no'))(x) for x in range(n)]",
    "leaves early": "    if n:\n        return\n    if n == 2:\n        return None\n    expect(1, 'no')",
    "its functions return": (
        "    def f(x):\n        return 2 * x\n    expect_close(my_f(f), (lambda x: x)(n), 'it')"
    ),
}


def judged(body, head=""):
    return coding(judge=f"{head}def check_f(my_f, rng, n):\n{body}")


@pytest.mark.parametrize("name", LOST)
@pytest.mark.parametrize("head", ["", "\n\n"], ids=["", "below empty lines"])
def test_a_check_that_could_not_decide_is_refused_with_its_line(name, head):
    body, below, words = LOST[name]
    page = read(judged(body, head))
    with pytest.raises(BookError) as caught:
        exercises.collect(page)
    (error,) = caught.value.errors
    assert "`check_f`" in error.message
    assert words in error.message
    assert page.text.splitlines()[error.line - 1 - below].startswith("def check_f")


@pytest.mark.parametrize("name", SOUND)
def test_a_check_that_decides_is_left_alone(name):
    assert len(exercises.collect(read(judged(SOUND[name])))) == 1


def test_an_end_that_belongs_to_another_start_names_the_open_one():
    """What a forgotten `{exercise-end}` does: the second half of its fence swallows the solution's start."""
    lines = judged("    expect(my_f(n) == n, 'no')").splitlines()
    del lines[lines.index("```{exercise-end}")]
    with pytest.raises(PageError) as caught:
        read("\n".join(lines))
    assert "{exercise-start} is still open at {solution-end} on line" in caught.value.message
    assert "write {exercise-end} after what belongs to it" in caught.value.message
    assert caught.value.line < 30
