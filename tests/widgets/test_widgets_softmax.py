"""The softmax explorer's arithmetic, in Node, equals that of `neuropath.scratch`."""

import numpy as np
import pytest
from node import plant, results

from neuropath import scratch as nn
from neuropath.widgets import SoftmaxExplorer
from neuropath.widgets.softmax import CLASSES, LOGITS, TRUTH

TOLERANCE = {"rel": 1e-6, "abs": 1e-9}


@pytest.fixture
def cases():
    """Rows of logits from mild to extreme, and a true class for each."""
    rng = np.random.default_rng(7)
    U = rng.normal(size=(60, 4)) * rng.choice([0.1, 2, 1000], size=(60, 1))
    return U, rng.integers(0, 4, 60)


def call(modules, function, rows):
    return np.array(results(modules / "softmax.mjs", function, rows))


def test_probabilities_loss_and_gradient(modules, cases):
    U, truth = cases
    given = [[u, t] for u, t in zip(U.tolist(), truth.tolist(), strict=True)]
    alone = [nn.sparse_categorical_crossentropy(U[i : i + 1], truth[i : i + 1]) for i in range(60)]
    assert call(modules, "softmax", [[u] for u in U.tolist()]) == pytest.approx(nn.softmax(U), **TOLERANCE)
    assert call(modules, "crossEntropy", given) == pytest.approx([loss for loss, _ in alone], **TOLERANCE)
    gradients = call(modules, "gradient", given)
    assert gradients == pytest.approx(np.concatenate([g for _, g in alone]), **TOLERANCE)
    assert gradients.sum(axis=1) == pytest.approx(np.zeros(60), abs=1e-12)


def test_a_constant_changes_nothing_and_a_temperature_divides(modules, cases):
    U, _ = cases
    for constant, temperature in ((0, 1.0), (3.5, 0.4), (-4, 5.0)):
        given = [[u, constant, temperature] for u in U.tolist()]
        scaled = call(modules, "scaled", given)
        assert scaled == pytest.approx((U + constant) / temperature, **TOLERANCE)
        theirs = call(modules, "softmax", [[u] for u in scaled.tolist()])
        assert theirs == pytest.approx(nn.softmax(U / temperature), rel=1e-6, abs=1e-9)
    far = call(modules, "softmax", [[[z + 1e4 for z in LOGITS]]])
    assert far[0] == pytest.approx(nn.softmax(np.array(LOGITS)), rel=1e-9)


def test_a_step_goes_down_the_gradient_with_respect_to_z(modules):
    rng = np.random.default_rng(8)
    Z, c, T, t = rng.normal(size=(20, 4)), 1.5, 0.7, 2
    stepped = call(modules, "descend", [[z, c, T, t] for z in Z.tolist()])
    for z, after in zip(Z, stepped, strict=True):
        slope = (z - after).copy()
        nn.check_gradient(lambda z=z: nn.sparse_categorical_crossentropy((z + c)[None] / T, [t])[0], z, slope)


def test_a_fault_is_caught(modules, cases, tmp_path):
    """Without the subtraction of the largest logit the exponentials overflow."""
    plant(modules / "softmax.mjs", "u.map((v) => Math.exp(v - top))", "u.map(Math.exp)", tmp_path)
    with pytest.raises(AssertionError):
        test_probabilities_loss_and_gradient(tmp_path, cases)


def test_the_text_says_what_the_arithmetic_gives(modules):
    (theirs,) = results(modules / "softmax.mjs", "CLASSES", [[]])
    assert theirs == list(CLASSES)
    p = nn.softmax(np.array(LOGITS))
    assert ", ".join(f"{v:.3f}" for v in p[:3]) + f" and {p[3]:.3f}" in SoftmaxExplorer.ALT
    loss, _ = nn.sparse_categorical_crossentropy(np.array([LOGITS]), np.array([CLASSES.index(TRUTH)]))
    assert f"The loss is {loss:.2f}" in SoftmaxExplorer.ALT
