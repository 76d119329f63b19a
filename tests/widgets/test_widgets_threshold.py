"""The threshold explorer's arithmetic, in Node, equals SciPy's and scikit-learn's."""

import numpy as np
import pytest
from node import plant, results
from scipy.integrate import quad
from scipy.stats import norm
from sklearn.metrics import average_precision_score, confusion_matrix, roc_auc_score

from neuropath.widgets import ThresholdExplorer
from neuropath.widgets.draws import normals, uniforms
from neuropath.widgets.threshold import PREVALENCE, SEPARATION, SPREAD, THRESHOLD

START = (SEPARATION, SPREAD, PREVALENCE, THRESHOLD)


@pytest.fixture
def cases():
    """(40, 4): separation, spread, prevalence, threshold, over all that the sliders reach."""
    rng = np.random.default_rng(3)
    return rng.uniform([0, 0.5, 0.01, -4], [4, 2, 0.99, 8], (40, 4))


def call(module, function, rows):
    return results(module, function, [list(row) for row in np.asarray(rows, float).tolist()])


def expected(separation, spread, prevalence, threshold):
    ill, healthy = norm(separation, spread), norm(0, 1)
    found, alarms = prevalence * ill.sf(threshold), (1 - prevalence) * healthy.sf(threshold)
    missed, cleared = prevalence * ill.cdf(threshold), (1 - prevalence) * healthy.cdf(threshold)
    return {
        "sensitivity": ill.sf(threshold),
        "falseAlarm": healthy.sf(threshold),
        "specificity": healthy.cdf(threshold),
        "ppv": found / (found + alarms),
        "npv": cleared / (cleared + missed),
    }


def compare_rates(module, cases):
    for told, case in zip(call(module, "rates", cases), cases, strict=True):
        assert told == pytest.approx(expected(*case), rel=1e-6, abs=0)


def test_the_tail_has_all_its_digits(modules):
    z = np.linspace(-12, 30, 200)
    assert call(modules / "threshold.mjs", "tail", z[:, None]) == pytest.approx(norm.sf(z), rel=1e-11, abs=0)


def test_rates_and_predictive_values(modules, cases):
    compare_rates(modules / "threshold.mjs", cases)


def test_a_planted_fault_is_caught(modules, cases, tmp_path):
    swapped = plant(
        modules / "threshold.mjs", "(1 - prevalence) * falseAlarm;", "prevalence * falseAlarm;", tmp_path
    )
    with pytest.raises(AssertionError):
        compare_rates(swapped, cases)


def test_whole_patients_add_up(modules, cases):
    tables = np.array(call(modules / "threshold.mjs", "counts", cases))
    assert (tables.sum(axis=(1, 2)) == 1000).all()
    assert (tables >= 0).all()
    for table, case in zip(tables, cases, strict=True):
        ill = round(1000 * case[2])
        want = expected(*case)
        rates = np.array([want["sensitivity"], want["falseAlarm"]])
        assert np.abs(table[:, 0] - [ill, 1000 - ill] * rates).max() <= 0.5
        assert table[0].sum() == ill


def test_the_two_areas(modules, cases):
    cases = cases[:12]
    area = call(modules / "threshold.mjs", "auc", cases[:, :2])
    assert area == pytest.approx(norm.cdf(cases[:, 0] / np.hypot(1, cases[:, 1])), rel=1e-10)
    average = call(modules / "threshold.mjs", "averagePrecision", cases[:, :3])
    for told, (separation, spread, prevalence, _) in zip(average, cases, strict=True):

        def precision(z, a=separation, s=spread, p=prevalence):
            return expected(a, s, p, a + s * z)["ppv"] * norm.pdf(z)

        assert told == pytest.approx(quad(precision, -9, 9, points=[0], limit=200)[0], rel=1e-6)


def test_a_large_sample_agrees(modules):
    """scikit-learn on the quantiles of both laws, weighted as the prevalence has it."""
    n = 4000
    quantiles = norm.ppf((np.arange(n) + 0.5) / n)
    scores, truth = np.r_[quantiles, SEPARATION + SPREAD * quantiles], np.repeat([0, 1], n)
    weights = np.where(truth, PREVALENCE, 1 - PREVALENCE) * 1000 / n
    (area,) = call(modules / "threshold.mjs", "auc", [START[:2]])
    assert area == pytest.approx(roc_auc_score(truth, scores), abs=1e-3)
    (average,) = call(modules / "threshold.mjs", "averagePrecision", [START[:3]])
    assert average == pytest.approx(average_precision_score(truth, scores, sample_weight=weights), abs=1e-3)
    (table,) = call(modules / "threshold.mjs", "counts", [START])
    theirs = confusion_matrix(truth, scores > THRESHOLD, labels=[1, 0], sample_weight=weights)
    assert np.array(table) == pytest.approx(theirs, abs=1)


def test_the_roc_curve_does_not_know_the_prevalence(modules):
    rare, common = call(modules / "threshold.mjs", "rates", [(1.5, 1, 0.01, 1), (1.5, 1, 0.9, 1)])
    for name in ("sensitivity", "falseAlarm"):
        assert rare[name] == common[name]
    assert rare["ppv"] < 0.05 < 0.95 < common["ppv"]


def test_what_the_alt_text_says_is_so(modules):
    rates = expected(*START)
    (table,) = call(modules / "threshold.mjs", "counts", [START])
    (area,) = call(modules / "threshold.mjs", "auc", [START[:2]])
    (average,) = call(modules / "threshold.mjs", "averagePrecision", [START[:3]])
    for words in (
        f"area {area:.3f}",
        f"area {average:.2f}",
        f"sensitivity {rates['sensitivity']:.0%}".replace("%", " %"),
        f"specificity {rates['specificity']:.0%}".replace("%", " %"),
        f"of {table[0][0] + table[1][0]} per 1000 called ill, {table[0][0]} are",
    ):
        assert words in ThresholdExplorer.ALT


def test_python_draws_the_numbers_of_the_browser(modules, tmp_path):
    """`draws` is the twin of the shared generator, for every explorer that uses it."""
    probe = tmp_path / "probe.mjs"
    text = (modules / "threshold.mjs").read_text(encoding="utf-8")
    text += "export const many = (seed, n) => Array.from({ length: n }, generator(seed));\n"
    probe.write_text(text, encoding="utf-8")
    theirs = results(probe, "many", [[seed, 50] for seed in (0, 1, 2024, 2**31)])
    assert theirs == [uniforms(seed, 50).tolist() for seed in (0, 1, 2024, 2**31)]
    drawn = normals(1, 4000)
    assert abs(drawn.mean()) < 0.05
    assert abs(drawn.std() - 1) < 0.05
