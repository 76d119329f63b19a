"""The figures of Session 03 Part C: what they draw, and that what their alt text says is so."""

import itertools
import re

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath import visualizations as viz
from neuropath.visualizations import s03c_block as block
from neuropath.visualizations import s03c_budget as budget
from neuropath.visualizations import s03c_distort as distort
from neuropath.visualizations import s03c_drift as drift
from neuropath.visualizations import s03c_recover as recover


def test_there_are_figures():
    assert len([name for name in viz.names() if name.startswith("s03c_")]) >= 5


def test_the_budget_is_that_of_the_package_network():
    net = nn.MobileNetV2((32, 32, 3), 0.35, rng=np.random.default_rng(0))
    kernels = [layer.params["W"].size for layer in net.layers if "W" in layer.params]
    assert kernels == [weights for _, _, weights, _ in budget.rows(0.35, 32)]
    assert [places for *_, places in budget.rows(0.35, 32)][-1] == 1


def test_the_bars_are_as_high_as_the_alt_text_says():
    macs, weights = sum(budget.totals().values())
    assert [round(n / 1e6) for n in macs[2:4]] == [29, 26]
    others = np.delete(macs, [2, 3]) / 1e6
    assert others.min() > 7.5
    assert others.max() < 23.5
    assert [round(n / 1e3) for n in weights[17:]] == [469, 410]
    assert weights[:8].max() < 0.05 * weights.max()


def test_zeros_of_the_frame_are_counted_by_laying_the_kernel_everywhere():
    found, side = 0, 64
    for kind, k, weights, places in budget.rows(0.35, 64):
        after = round(places**0.5)
        if kind == "depthwise" or k == 0:
            s = side // after
            # one zero at either end for stride 1, one at the far end for stride 2
            seen = np.pad(np.ones((side, side)), (s == 1, 1))
            windows = [seen[y * s : y * s + 3, x * s : x * s + 3] for y, x in np.ndindex(after, after)]
            assert all(window.shape == (3, 3) for window in windows)
            found += weights // 9 * sum(int(9 - window.sum()) for window in windows)
        side = after
    assert budget.frame_zeros(0.35, 64) == found


def test_the_table_holds_everything():
    rows = budget.table(0.35).values()
    assert sum(m for m, _, _ in rows) == 58_005_808
    assert sum(w for _, _, w in rows) == 382_048
    assert sum(share for _, share, _ in rows) == pytest.approx(100, abs=0.3)


def test_a_block_of_the_figure_is_a_block_of_the_package():
    kinds = [nn.Conv2D, nn.BatchNormalization, nn.ReLU, nn.DepthwiseConv2D, nn.BatchNormalization]
    kinds += [nn.ReLU, nn.Conv2D, nn.BatchNormalization, nn.Add]
    net = nn.MobileNetV2((32, 32, 3), 0.35, rng=np.random.default_rng(0))
    mine = [layer for name, layer in zip(net.names, net.layers, strict=True) if name.startswith("block_2_")]
    assert [type(layer) for layer in mine] == kinds
    assert len(block.BOXES) == len(kinds)
    assert len(block.MAPS) == len(kinds) + 1


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 2), (5, 3), (6, 3)])
def test_recovered_counts_heads(m, n):
    heads = [sum(coins) for coins in itertools.product((0, 1), repeat=m)]
    assert recover.recovered(m, n) == np.mean(np.array(heads) >= n)


def test_the_lines_turn_where_the_alt_text_says():
    assert recover.recovered(2, 2) == 0.25
    assert recover.recovered(8, 8) < 0.005
    assert recover.recovered(12, 2) > 0.99
    for n in recover.SIZES:
        assert recover.silenced(n, n) == 1
        assert recover.silenced(2 * n, n) == 0.5
        assert 0.5 < recover.recovered(2 * n, n) < 0.7


@pytest.mark.parametrize("kappa", distort.PATHS)
def test_paths_end_where_the_formula_says(kappa):
    v, b = distort.end(kappa)
    assert v * b == pytest.approx(1)
    assert kappa * v**2 - b**2 == pytest.approx(-1)
    assert distort.path(kappa)[-1] == pytest.approx((v, b), rel=2e-3)
    assert f"({v:.2f}, {b:.2f})" in distort.ALT


def test_one_step_moves_the_features_as_the_alt_text_says():
    lines = drift.measured()
    fresh, adam = lines["Adam", "random", "all"], lines["Adam", "trained", "all"]
    plain, last = lines["gradient", "trained", "all"], lines["Adam", "trained", "last"]
    at = int(np.argmin(np.abs(np.log10(drift.RATES) + 3)))
    assert min(fresh[at], adam[at]) > 0.15
    assert max(fresh[at], adam[at]) < 0.2
    assert 5 < adam[at] / plain[at] < 10
    assert 30 < adam[at] / last[at] < 80
    assert min(fresh[at + 1], adam[at + 1]) > 1
    slopes = np.diff([np.log10(line[: at + 1]) for line in lines.values()])
    assert np.allclose(slopes, 1, atol=0.05)


def test_the_small_base_has_learned_the_source_and_is_left_as_it_was():
    drift.pretrained.cache_clear()  # its head, too, is that of the source
    net, (X, y) = drift.pretrained(), drift.digits("test", source=True)
    assert net.evaluate(X, y)["accuracy"] > 0.95
    before = {name: p.copy() for name, p in net.params.items() if not name.startswith("head")}
    drift.drift(drift.direction("gradient", "random"), 0.5)
    assert all((net.params[name] == p).all() for name, p in before.items())
    assert drift.RATES[3] == pytest.approx(1e-3)
    fresh = drift.network(np.random.default_rng(0))
    assert fresh.count_params() == net.count_params() == 2456 + 48 * 5 + 5


@pytest.mark.parametrize("module", [block, budget, distort, drift, recover])
def test_alt_texts_are_sentences(module):
    assert re.match(r"[A-Z]", module.ALT)
    assert module.ALT.endswith(".")
