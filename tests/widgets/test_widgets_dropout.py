"""The dropout explorer's arithmetic, in Node, equals scratch's layers run over every mask."""

import itertools

import numpy as np
import pytest
from node import ask, plant, results

from neuropath import scratch as nn
from neuropath.widgets import DropoutExplorer
from neuropath.widgets.draws import uniforms
from neuropath.widgets.dropout import BIAS, DRAWS, HIDDEN, MASK, RATE, SCALE, SEED, UNITS, WEIGHTS

TOLERANCE = {"rel": 1e-6, "abs": 1e-9}
OUTPUTS = {"linear": lambda z: z, "sigmoid": nn.sigmoid, "relu": lambda z: nn.ReLU().forward(z)}


@pytest.fixture
def cases():
    """(shares, bias, rate): one for each number of units, 2 … 8."""
    rng = np.random.default_rng(6)
    return [(rng.normal(size=n) * 2, rng.normal(), rng.uniform(0, 0.8)) for n in range(2, 9)]


def sums(shares, bias, masks, rate):
    """What the output unit receives under each mask, through scratch's Dense layer."""
    layer = nn.Dense(len(shares), 1, rng=np.random.default_rng(0), dtype="float64")
    layer.params["W"][...], layer.params["b"][...] = shares[:, None], bias
    return layer.forward(masks / (1 - rate))[:, 0]


def every_mask(n, rate):
    masks = np.array(list(itertools.product([0, 1], repeat=n)))
    return masks, np.prod(np.where(masks == 1, 1 - rate, rate), axis=1)


def compare_means(module, cases):
    for name, f in OUTPUTS.items():
        told = results(module, "ensemble", [[s.tolist(), b, r, name] for s, b, r in cases])
        straight = results(module, "whole", [[s.tolist(), b, name] for s, b, _ in cases])
        for one, answer, (shares, bias, rate) in zip(told, straight, cases, strict=True):
            masks, chance = every_mask(len(shares), rate)
            assert len(one["every"]) == len(masks)
            assert sum(each["chance"] for each in one["every"]) == pytest.approx(1, **TOLERANCE)
            mean = chance @ f(sums(shares, bias, masks, rate))
            assert one["mean"] == pytest.approx(mean, **TOLERANCE)
            assert answer == pytest.approx(
                f(sums(shares, bias, np.ones((1, len(shares))), 0))[0], **TOLERANCE
            )


def test_the_mean_of_all_masks_and_the_whole_network(modules, cases):
    compare_means(modules / "dropout.mjs", cases)


def test_a_planted_fault_is_caught(modules, cases, tmp_path):
    """Scaling by the dropout rate in place of the keep rate: a slip that is often made."""
    wrong = plant(
        modules / "dropout.mjs", "(mask[i] * share) / (1 - rate)", "(mask[i] * share) / rate", tmp_path
    )
    with pytest.raises(AssertionError):
        compare_means(wrong, cases)


def test_each_thinned_network_is_what_scratchs_dropout_trains(modules, cases):
    """The mask is the one that the layer draws, its scaling the layer's own."""
    rng = np.random.default_rng(1)
    for shares, bias, rate in cases:
        dropped = nn.Dropout(rate, rng=rng).forward(shares[None], training=True)
        mask = (dropped[0] != 0).astype(int)
        z = sums(np.ones_like(shares), bias, dropped, 0)
        for name, f in OUTPUTS.items():
            (told,) = results(
                modules / "dropout.mjs", "thinned", [[shares.tolist(), bias, mask.tolist(), rate, name]]
            )
            assert told == pytest.approx(f(z)[0], **TOLERANCE)


def test_exact_for_linear_only_near_for_sigmoid_exact_again_geometrically(modules, cases):
    for shares, bias, rate in cases:
        calls = [("ensemble", [shares.tolist(), bias, rate, name]) for name in ("linear", "sigmoid")]
        linear, sigmoid = ask(modules / "dropout.mjs", calls)["results"]
        z = shares.sum() + bias
        assert linear["mean"] == pytest.approx(z, rel=1e-12, abs=1e-12)
        assert abs(sigmoid["mean"] - nn.sigmoid(np.array(z))) > 1e-5
        assert sigmoid["geometric"] == pytest.approx(nn.sigmoid(np.array(z)), rel=1e-9)
        masks, chance = every_mask(len(shares), rate)
        p = nn.sigmoid(sums(shares, bias, masks, rate))
        yes, no = np.prod(p**chance), np.prod((1 - p) ** chance)
        assert sigmoid["geometric"] == pytest.approx(yes / (yes + no), **TOLERANCE)


def test_masks_are_drawn_from_the_seed_and_the_mean_runs(modules):
    (masks,) = results(modules / "dropout.mjs", "drawMasks", [[SEED, 0.3, 400]])
    assert masks == (uniforms(SEED, 3200).reshape(400, 8) >= 0.3).astype(int).tolist()
    assert np.mean(masks) == pytest.approx(0.7, abs=0.03)
    values = np.random.default_rng(2).normal(size=50)
    (means,) = results(modules / "dropout.mjs", "runningMean", [[values.tolist()]])
    assert means == pytest.approx(np.cumsum(values) / np.arange(1, 51), **TOLERANCE)


def test_what_the_alt_text_says_is_so(modules):
    given = [HIDDEN, WEIGHTS, SCALE, UNITS]
    (shares,) = results(modules / "dropout.mjs", "shares", [given])
    assert shares == pytest.approx((np.array(HIDDEN) * WEIGHTS)[:UNITS] * SCALE)
    masks = uniforms(SEED, 8 * DRAWS).reshape(DRAWS, 8) >= RATE
    assert masks[-1].tolist() == [bool(m) for m in MASK]
    assert UNITS - sum(MASK[:UNITS]) == 2
    drawn = sums(np.array(shares), BIAS, masks[:, :UNITS], RATE)
    assert -2.2 < drawn.min() < -1.8
    assert 4.3 < drawn.max() < 4.7
    assert f"ends at {drawn.mean():.2f}" in DropoutExplorer.ALT
    assert f"level line at {sum(shares) + BIAS:.2f}" in DropoutExplorer.ALT
