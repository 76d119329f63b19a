"""The Bayes explorer's arithmetic, in Node, equals exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from node import ask, plant, results

from neuropath.widgets import BayesExplorer
from neuropath.widgets.bayes import PREVALENCE, SENSITIVITY, SPECIFICITY

EXACT = {"rel": 1e-12, "abs": 0}


@pytest.fixture
def cases():
    """Prevalence in thousandths, sensitivity and specificity in hundredths, as the sliders give them."""
    rng = np.random.default_rng(4)
    rows = np.c_[rng.integers(1, 901, 40) / 1000, rng.integers(1, 100, (40, 2)) / 100]
    return [[round(v, 3) for v in row] for row in rows.tolist()]


def fractions(case):
    return [Fraction(str(v)) for v in case]


def joint(case, times):
    """Chances of (ill and always positive, ill and always negative), then the same of the healthy."""
    prevalence, s, c = fractions(case)
    ill, healthy = prevalence, 1 - prevalence
    return (ill * s**times, ill * (1 - s) ** times), (healthy * (1 - c) ** times, healthy * c**times)


def compare_chances(module, cases):
    for times in (1, 2, 3):
        given = [[*case, times] for case in cases]
        plus, minus = (results(module, f"after{sign}", given) for sign in ("Positive", "Negative"))
        for p, n, case in zip(plus, minus, cases, strict=True):
            ill, healthy = joint(case, times)
            assert p == pytest.approx(float(ill[0] / (ill[0] + healthy[0])), **EXACT)
            assert n == pytest.approx(float(ill[1] / (ill[1] + healthy[1])), **EXACT)


def test_the_chances_after_one_two_and_three_tests(modules, cases):
    compare_chances(modules / "bayes.mjs", cases)


def test_a_planted_fault_is_caught(modules, cases, tmp_path):
    """The prosecutor's fallacy: the base rate left out."""
    right = "const ill = prevalence * sensitivity ** times,"
    faulty = plant(modules / "bayes.mjs", right, "const ill = sensitivity ** times,", tmp_path)
    with pytest.raises(AssertionError):
        compare_chances(faulty, cases)


def test_a_test_multiplies_the_odds_by_the_same_ratio_whatever_they_were(modules, cases):
    for case in cases[:10]:
        prevalence, s, c = fractions(case)
        ((plus, minus),) = results(modules / "bayes.mjs", "ratios", [case[1:]])
        assert plus == pytest.approx(float(s / (1 - c)), **EXACT)
        assert minus == pytest.approx(float((1 - s) / c), **EXACT)
        calls = [(f"after{sign}", case) for sign in ("Positive", "Negative")]
        after = ask(modules / "bayes.mjs", calls)["results"]
        before, *odds = results(modules / "bayes.mjs", "odds", [[case[0]], *([p] for p in after)])
        assert before == pytest.approx(float(prevalence / (1 - prevalence)), **EXACT)
        assert odds == pytest.approx([before * plus, before * minus], rel=1e-9)


def test_whole_people_add_up_and_stand_in_order(modules, cases):
    for case, told in zip(cases, results(modules / "bayes.mjs", "counts", cases), strict=True):
        prevalence, s, c = fractions(case)
        ill = round(1000 * prevalence)
        assert (told["ill"][0], told["healthy"][0]) == (ill, 1000 - ill)
        for (n, once, twice), chance in ((told["ill"], s), (told["healthy"], 1 - c)):
            assert abs(once - n * chance) <= Fraction(1, 2)
            assert abs(twice - n * chance**2) <= Fraction(1, 2)
            assert twice <= once <= n
        (order,) = results(modules / "bayes.mjs", "order", [[told]])
        assert [start for start, _ in order] == [0, *(end for _, end in order[:-1])]
        assert order[-1][1] == 1000
        missed, once, both, alarmed, alarm, _ = (end - start for start, end in order)
        assert (missed + once + both, once + both, both) == tuple(told["ill"])
        assert (alarmed, alarm + alarmed) == (told["healthy"][2], told["healthy"][1])


def test_a_test_that_never_errs_one_way(modules):
    calls = [("ratios", [0.9, 1.0]), ("afterPositive", [0.01, 0.9, 1.0]), ("afterNegative", [0.01, 1.0, 0.9])]
    (plus, minus), positive, negative = ask(modules / "bayes.mjs", calls)["results"]
    assert plus is None  # infinite: JSON has no word for it
    assert minus == pytest.approx(0.1)
    assert (positive, negative) == (1, 0)


def test_what_the_alt_text_says_is_so(modules):
    case = [PREVALENCE, SENSITIVITY, SPECIFICITY]
    (people,) = results(modules / "bayes.mjs", "counts", [case])
    (n, found, _), (healthy, alarms, _) = people["ill"], people["healthy"]
    ill, well = joint(case, 1)
    ppv = float(100 * ill[0] / (ill[0] + well[0]))
    odds = fractions(case)[0] / (1 - fractions(case)[0])
    plus, minus = fractions(case)[1] / (1 - fractions(case)[2]), (1 - fractions(case)[1]) / fractions(case)[2]
    assert (plus, odds) == (10, Fraction(1, 99))
    assert round(float(1 / minus)) == 9
    told = (
        f"{n} are ill",
        f"of them {found}, and {alarms} of the {healthy} healthy",
        f"only {found} of {found + alarms} positives are ill, {ppv:.1f} %",
        "1 : 99 ten times",
        "nine times to the left",
    )
    assert all(words in BayesExplorer.ALT for words in told)
