"""Scores against scikit-learn, intervals against simulation and known values, metrics.json."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as outside

from neuropath.project import metrics
from neuropath.project.evaluate_model import ModelEvaluator

NAMES = ("a", "b", "c", "d")


def some(n=200, seed=0, classes=4, sharpness=2.0):
    """Labels and probabilities of a middling classifier."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    logits = rng.normal(size=(n, classes)) + sharpness * np.eye(classes)[labels]
    p = np.exp(logits)
    return labels, p / p.sum(axis=1, keepdims=True)


def evaluator(**options):
    return ModelEvaluator(NAMES, **({"split": "patient", "seed": 3} | options))


def test_scores_are_those_of_scikit_learn_with_truth_in_rows():
    labels, p = some()
    found, predicted = evaluator().evaluate(labels, p), p.argmax(axis=1)
    np.testing.assert_array_equal(found.confusion_matrix, outside.confusion_matrix(labels, predicted))
    assert found.confusion_matrix[0].sum() == (labels == 0).sum()
    assert found.accuracy == pytest.approx(outside.accuracy_score(labels, predicted))
    assert found.macro_f1 == pytest.approx(outside.f1_score(labels, predicted, average="macro"))
    report = outside.classification_report(labels, predicted, target_names=NAMES, output_dict=True)
    for name, score in found.per_class.items():
        theirs = report[name]
        assert score.precision == pytest.approx(theirs["precision"])
        assert score.recall == pytest.approx(theirs["recall"])
        assert score.f1 == pytest.approx(theirs["f1-score"])
        assert score.support == theirs["support"]
        for value, interval in (
            (score.precision, score.precision_interval),
            (score.recall, score.recall_interval),
            (score.f1, score.f1_interval),
        ):
            assert 0 <= interval[0] < value < interval[1] <= 1
    assert found.accuracy_interval[0] < found.accuracy < found.accuracy_interval[1]
    assert found.macro_f1_interval[0] < found.macro_f1 < found.macro_f1_interval[1]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_macro_f1_where_classes_are_missing_is_scikit_learns(pairs):
    labels, predicted = np.array(pairs).T
    ours = metrics.macro_f1(metrics.confusion_matrix(labels, predicted, 4))
    assert ours == pytest.approx(outside.f1_score(labels, predicted, average="macro", zero_division=0))


def test_what_is_not_defined_is_none_and_not_zero(tmp_path):
    labels, p = np.array([0, 0, 1, 1]), np.eye(4)[[0, 0, 0, 1]]
    found = evaluator().evaluate(labels, p)
    absent = found.per_class["d"]
    assert (absent.support, absent.recall, absent.precision, absent.f1) == (0, None, None, None)
    assert absent.recall_interval is None
    never_called = evaluator().evaluate(labels, np.eye(4)[[0, 0, 0, 0]]).per_class["b"]
    assert (never_called.precision, never_called.recall, never_called.f1) == (None, 0.0, 0.0)
    assert "–" in found.report()
    found.save(tmp_path / "metrics.json")


@pytest.mark.parametrize(
    ("successes", "n", "expected"),
    [(5, 9, (0.2667, 0.8112)), (0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (0, 0, (0.0, 1.0))],
)
def test_wilson_gives_known_intervals(successes, n, expected):
    """9 images at recall .56, as in the reference's report: anything from .27 to .81."""
    assert metrics.wilson_interval(successes, n) == pytest.approx(expected, abs=1e-4)


def test_wilson_covers_what_it_promises(rng):
    share, n = 0.8, 30
    draws = rng.binomial(n, share, 4000)
    table = {k: metrics.wilson_interval(int(k), n) for k in np.unique(draws)}
    covered = np.mean([table[k][0] <= share <= table[k][1] for k in draws])
    assert 0.93 < covered < 0.98


def test_patients_that_repeat_themselves_widen_the_interval():
    """Ten copies of 60 images are no more evidence than 60: grouped intervals know, ungrouped ones do not."""
    labels, p = some(60, sharpness=1.0)
    labels, p, patient = np.repeat(labels, 10), np.repeat(p, 10, axis=0), np.repeat(np.arange(60), 10)
    once = evaluator().evaluate(labels[::10], p[::10]).accuracy_interval
    grouped = evaluator().evaluate(labels, p, patient).accuracy_interval
    naive = evaluator().evaluate(labels, p).accuracy_interval
    width = [high - low for low, high in (once, grouped, naive)]
    assert width[1] == pytest.approx(width[0], rel=0.15)
    assert width[2] < width[1] / 2.5


def test_bootstrap_redraws_whole_groups(rng):
    labels, predicted = np.array([0, 0, 1]), np.array([0, 1, 1])
    drawn = metrics.bootstrap_confusions(
        labels, predicted, 2, rng=rng, groups=np.array(["p", "p", "q"]), resamples=50
    )
    assert (drawn[:, 0, 0] == drawn[:, 0, 1]).all(), "both images of p come together"
    assert set(drawn.sum(axis=(1, 2))) == {2, 3, 4}


def test_calibration_error_by_hand():
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.6, 0.4]])
    labels = np.array([0, 1, 0, 0])  # .9 sure and half right; .6 sure and always right
    assert metrics.expected_calibration_error(labels, p) == pytest.approx((0.4 + 0.4) / 2)
    bins = metrics.calibration_bins(labels, p, 10)
    assert bins[8].tolist() == pytest.approx([2, 0.9, 0.5])
    assert bins[:, 0].sum() == 4
    assert metrics.calibration_bins(np.array([0]), np.array([[1.0, 0.0]]))[-1, 0] == 1


def test_a_calibrated_model_has_almost_no_error():
    rng = np.random.default_rng(2)
    p = rng.dirichlet(np.ones(4), 20_000)
    labels = (p.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    assert metrics.expected_calibration_error(labels, p) < 0.015
    assert metrics.expected_calibration_error((labels + 1) % 4, p) > 0.2


def test_metrics_json_has_the_promised_keys_and_is_written_whole(tmp_path):
    labels, p = some()
    path = tmp_path / "run" / "metrics.json"
    evaluator().evaluate(labels, p).save(path, data={"name": "phantom"})
    saved = json.loads(path.read_text())
    assert saved.keys() >= {"accuracy", "macro_f1", "per_class", "confusion_matrix", "split", "seed", "ece"}
    assert (saved["split"], saved["seed"], saved["data"]["name"]) == ("patient", 3, "phantom")
    assert np.sum(saved["confusion_matrix"]) == 200
    assert saved["per_class"]["a"]["support"] == (labels == 0).sum()
    old = path.read_text()
    with pytest.raises(TypeError):
        evaluator().evaluate(labels, p).save(path, broken=object())
    assert path.read_text() == old
    assert [f.name for f in path.parent.iterdir()] == ["metrics.json"]


def test_the_same_seed_gives_the_same_intervals():
    labels, p = some()
    first, second, other = (evaluator(seed=s).evaluate(labels, p).macro_f1_interval for s in (3, 3, 4))
    assert first == second != other


def test_accuracy_by_kind_counts_confusions_within_a_kind_as_right():
    found = evaluator().evaluate(np.array([0, 1, 2, 3]), np.eye(4)[[1, 0, 2, 0]])
    assert found.accuracy == 0.25
    assert found.accuracy_by(["T1", "T1", "T2", "T2"]) == 0.75
    with pytest.raises(ValueError, match="one kind for each of 4 classes"):
        found.accuracy_by(["T1"])


def test_a_models_predictions_are_scored(tmp_path):
    labels, p = some(20)

    class Model:
        def predict(self, images, batch_size):
            return p[images]

    found = evaluator().evaluate_model(Model(), np.arange(20), np.eye(4)[labels], groups=np.arange(20) // 2)
    assert found.accuracy == (p.argmax(1) == labels).mean()
    assert found.groups == 10
    assert "20 images of 10 patients; test images set apart: patient" in found.report()


@pytest.mark.parametrize(
    ("labels", "p", "message"),
    [
        ([0, 4], np.eye(4)[:2], "integers from 0 to 3"),
        ([0.0, 1.0], np.eye(4)[:2], "integers from 0 to 3"),
        ([0], np.eye(4)[:2], r"probabilities \(N, 4\)"),
        ([], np.zeros((0, 4)), "N ≥ 1"),
        ([0, 1], np.ones((2, 4)), "sum to 1"),
        ([0, 1], np.full((2, 4), np.nan), "sum to 1"),
    ],
)
def test_bad_input_is_named(labels, p, message):
    with pytest.raises(ValueError, match=message):
        evaluator().evaluate(np.array(labels), p)


def test_bad_groups_and_names_are_refused():
    labels, p = some(10)
    with pytest.raises(ValueError, match="one patient an image"):
        evaluator().evaluate(labels, p, np.arange(3))
    with pytest.raises(ValueError, match="different names"):
        ModelEvaluator(["a", "a"], split="patient", seed=0)
