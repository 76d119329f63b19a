"""The self-check: misconceptions, work in place, classes, warnings, hints, unknown ids."""

import json
import re
import warnings

import numpy as np
import pytest
from lessons_samples import ENTRY, NUMBER, module, outcome, right, run_check, softmax

from neuropath.lessons import check


def test_a_misconception_is_known_by_its_outputs():
    result = outcome(lambda z, y: softmax(z) - y)
    assert (result.misconception, result.message) == ("forgot-s", "right only for s = 1")
    assert outcome(lambda z, y: 3 * softmax(z) - y).misconception is None

    def fails(z, y):
        raise KeyError("another exception than the listed one")

    def breaks(z, y):
        raise OSError("mine")

    assert outcome(breaks).misconception == "breaks"
    assert outcome(fails).misconception is None


def test_an_assert_or_a_crash_in_the_check_keeps_its_text():
    leaky = "def check_count(n, rng):\n    assert n == 109386, 'it is 109386'\n"
    assert "109386" not in str(outcome(1, NUMBER | {"source": leaky}))
    leaky = "def check_count(n, rng):\n    np.testing.assert_allclose(n, 109386)\n"
    assert "109386" not in str(outcome(1, NUMBER | {"source": leaky}))
    result = outcome(
        lambda z, y: [1], ENTRY | {"source": "def check_grad(grad, rng, n):\n    grad(1, 2).sum()\n"}
    )
    assert "could not work with what your function returned (AttributeError)" in result.message


def test_work_in_place_is_named():
    def spoils(z, y):
        z -= 1  # harmless to the softmax, fatal to a check that still needs z
        return y.sum() * softmax(z) - y

    source = (
        "def check_grad(grad, rng, n):\n    z, y = rng.normal(size=n), np.ones(n)\n    kept = grad(z, y)\n"
        "    expect_close(kept + z, n * np.exp(z) / np.exp(z).sum() - y + z, 'g')\n"
        "    expect(z[0] == np.random.default_rng(7).normal(), 'z[0] has changed')\n"
    )
    entry = ENTRY | {"source": source, "variant": {"n": [4]}}
    assert outcome(right, entry, rng=np.random.default_rng(7)).outcome == "right"
    assert "changes its argument in place" in outcome(spoils, entry, rng=np.random.default_rng(7)).message


def test_in_place_answers_are_compared_by_their_arguments():
    source = (
        "def check_step(step, rng):\n    w, g = rng.normal(size=(2, 3))\n    wanted = w - 0.1 * g\n"
        "    step(w, g)\n    expect_close(w, wanted, 'the weights')\n"
    )
    entry = {
        "source": source,
        "function": "check_step",
        "answer": "step",
        "misconceptions": {"uphill": {"code": "def step(w, g):\n    w += 0.1 * g", "message": "uphill"}},
    }

    def uphill(w, g):
        w[...] = w + 0.1 * g

    def downhill(w, g):
        w -= 0.1 * g

    assert outcome(downhill, entry).outcome == "right"
    assert outcome(uphill, entry).misconception == "uphill"
    assert outcome(lambda w, g: None, entry).misconception is None, "both return None: that is no likeness"


def test_a_class_as_answer():
    source = (
        "def check_layer(L, rng):\n    expect_close(L(2).forward(np.ones(3)), 2 * np.ones(3), 'forward')\n"
    )
    entry = {"source": source, "function": "check_layer", "answer": "Layer"}

    class Unfinished:
        def __init__(self, k):
            self.k = k

        def forward(self, X):
            return ...

    class Broken(Unfinished):
        def forward(self, X):
            return self._X * self.k

    class Good(Unfinished):
        def forward(self, X):
            return self.k * X

    assert outcome(Unfinished, entry).outcome == "not attempted"
    assert outcome(Good, entry).outcome == "right"
    assert re.search(
        r"in line \d+, `return self._X \* self.k`: AttributeError", outcome(Broken, entry).message
    )


def test_a_warning_costs_nothing_and_is_told():
    def warns(z, y):
        warnings.warn("a remark", UserWarning, stacklevel=2)
        return right(z, y)

    def overflows(z, y):
        return y.sum() * np.exp(z) / np.exp(z).sum() - y

    assert outcome(warns).outcome == "right"
    assert "overflow encountered in exp" in outcome(overflows).message


def test_keyboard_interrupt_goes_through():
    def interrupted(z, y):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_check(ENTRY, interrupted)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "s01.json").write_text(json.dumps({"s01c-grad": ENTRY, "s01d-count": NUMBER}))
    monkeypatch.setattr(module.resources, "files", lambda name: tmp_path)
    monkeypatch.setattr(module, "_failures", module.Counter())
    return tmp_path


def test_hints_come_from_the_second_failure(installed):
    assert check("s01d-count", 1).hint is None
    assert check("s01d-count", ...).outcome == "not attempted"  # costs nothing
    assert check("s01c-grad", lambda z, y: z).hint is None  # counted for each exercise by itself
    assert check("s01c-grad", lambda z, y: z).hint == ENTRY["hints"][0]
    assert check("s01c-grad", lambda z, y: z).hint == ENTRY["hints"][1]
    last = check("s01c-grad", lambda z, y: z)
    assert last.hint == ENTRY["hints"][1]
    assert str(last).endswith("\nHint: the log-sum-exp term is multiplied by s")
    assert str(check("s01c-grad", right)) == "right"


def test_unknown_id_names_the_nearest(installed):
    with pytest.raises(LookupError, match="no self-check 's01c-gradd'; the nearest are s01c-grad"):
        check("s01c-gradd", right)
    (installed / "checks" / "s01.json").unlink()
    with pytest.raises(LookupError, match="make notebooks"):
        check("s01c-grad", right)


def test_randomness_is_the_same_each_time():
    seen = []

    def spy(z, y):
        seen.append(z.copy())
        return z

    outcome(spy)
    outcome(spy)
    np.testing.assert_array_equal(seen[0], seen[1])
    rng = np.random.default_rng(5)
    before = rng.bit_generator.state
    outcome(spy, rng=rng)
    assert rng.bit_generator.state == before, "the caller's generator is not used up"
