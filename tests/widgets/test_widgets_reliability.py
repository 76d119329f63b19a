"""The reliability explorer's arithmetic, in Node, equals that of the project's metrics and of scratch."""

import numpy as np
import pytest
from node import plant, results
from scipy.optimize import minimize_scalar

from neuropath import scratch as nn
from neuropath.project import metrics
from neuropath.widgets import ReliabilityExplorer
from neuropath.widgets.reliability import BINS, CLASSES, SEED, SHARPNESS, TEMPERATURE, sample

TOLERANCE = {"rel": 1e-6, "abs": 1e-9}


@pytest.fixture
def cases():
    """(pictures, temperature, bins) with logits from mild to extreme."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(12):
        classes, bins = rng.integers(2, 11), int(rng.integers(5, 21))
        logits = rng.normal(size=(80, classes)) * rng.choice([0.1, 3, 300])
        found.append((logits, rng.integers(0, classes, 80), rng.uniform(0.25, 5), bins))
    return found


def pictures(logits, labels):
    return [{"logits": z, "label": y} for z, y in zip(logits.tolist(), labels.tolist(), strict=True)]


def compare_scores(module, cases):
    told = results(module, "scores", [[pictures(z, y), t, bins] for z, y, t, bins in cases])
    for scores, (z, y, temperature, bins) in zip(told, cases, strict=True):
        p = nn.softmax(z / temperature)
        assert scores["accuracy"] == (p.argmax(axis=1) == y).mean()
        assert scores["confidence"] == pytest.approx(p.max(axis=1).mean(), **TOLERANCE)
        loss = nn.sparse_categorical_crossentropy(z / temperature, y)[0]
        assert scores["nll"] == pytest.approx(loss, **TOLERANCE)
        rows = np.array([[row["n"], row["confidence"], row["right"]] for row in scores["rows"]])
        assert rows == pytest.approx(np.nan_to_num(metrics.calibration_bins(y, p, bins)), **TOLERANCE)
        ece = metrics.expected_calibration_error(y, p, bins)
        assert scores["ece"] == pytest.approx(ece, **TOLERANCE)


def test_bins_calibration_error_loss_and_accuracy(modules, cases):
    compare_scores(modules / "reliability.mjs", cases)


def test_a_planted_fault_is_caught(modules, cases, tmp_path):
    """Bins closed on the left would put a confidence of exactly 1, or of 1/2, elsewhere."""
    edge = [(np.array([[0.0, 0.0], [900.0, 0.0]]), np.array([0, 1]), 1.0, 10)]
    compare_scores(modules / "reliability.mjs", edge)
    right, wrong = "Math.ceil(confidence * bins) - 1", "Math.floor(confidence * bins)"
    with pytest.raises(AssertionError):
        compare_scores(plant(modules / "reliability.mjs", right, wrong, tmp_path), edge)


def test_the_pictures_are_those_of_python(modules):
    for seed, classes, sharpness in ((SEED, CLASSES, SHARPNESS), (7, 10, 0.5), (999, 2, 1.0)):
        (theirs,) = results(modules / "reliability.mjs", "sample", [[seed, classes, sharpness]])
        logits, labels = sample(seed, classes, sharpness)
        assert [one["label"] for one in theirs] == labels.tolist()
        assert np.array([one["logits"] for one in theirs]) == pytest.approx(logits, **TOLERANCE)


def test_the_best_temperature_has_the_least_loss(modules):
    for seed, sharpness in ((1, 2.5), (2, 1.0), (3, 0.5)):
        logits, labels = sample(seed, 4, sharpness)
        logits, labels = logits[:300], labels[:300]
        (best,) = results(modules / "reliability.mjs", "bestTemperature", [[pictures(logits, labels)]])

        def loss(t, z=logits, y=labels):
            return nn.sparse_categorical_crossentropy(z / t, y)[0]

        found = minimize_scalar(loss, bounds=(0.25, 5), method="bounded", options={"xatol": 1e-9})
        assert best == pytest.approx(found.x, rel=1e-5)
        assert best == pytest.approx(sharpness, rel=0.3)  # Bayes' rule, but for chance


def test_accuracy_never_moves(modules):
    logits, labels = sample(SEED, CLASSES, SHARPNESS)
    given = [[pictures(logits, labels), t, 10] for t in (0.25, 1.0, 2.5, 5.0)]
    told = results(modules / "reliability.mjs", "scores", given)
    assert len({scores["accuracy"] for scores in told}) == 1
    assert len({round(scores["nll"], 6) for scores in told}) == 4


def test_what_the_alt_text_says_is_so():
    logits, labels = sample(SEED, CLASSES, SHARPNESS)
    p = nn.softmax(logits / TEMPERATURE)
    ece = metrics.expected_calibration_error(labels, p, BINS)
    assert f"calibration error is {ece:.3f}" in ReliabilityExplorer.ALT
    assert f"at {(p.argmax(axis=1) == labels).mean():.2f}" in ReliabilityExplorer.ALT
    heat = np.linspace(0.25, 5, 39)
    loss = [nn.sparse_categorical_crossentropy(logits / t, labels)[0] for t in heat]
    gap = [metrics.expected_calibration_error(labels, nn.softmax(logits / t), BINS) for t in heat]
    assert heat[np.argmin(loss)] == pytest.approx(2.5, abs=0.3)
    assert heat[np.argmin(gap)] == pytest.approx(2.5, abs=0.5)
    _, confidence, right = metrics.calibration_bins(labels, p, BINS).T
    assert (right < confidence)[~np.isnan(right)].mean() > 0.8
