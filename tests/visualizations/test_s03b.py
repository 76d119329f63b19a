"""The figures of Session 03 Part B: that what their alt texts say is so."""

import numpy as np
import pytest

from neuropath import visualizations as viz
from neuropath.lessons import mobilenet
from neuropath.visualizations import s03b_head_start as head_start
from neuropath.visualizations import s03b_rank as rank
from neuropath.visualizations import s03b_regions as regions
from neuropath.visualizations import s03b_width as width


def test_there_are_figures():
    assert len([name for name in viz.names() if name.startswith("s03b_")]) == 4


@pytest.mark.parametrize(
    ("distance2", "first", "last", "crosses"), [(0.1, 0.57, 0.0074, 1400), (1.0, 0.63, 0.0636, 140)]
)
def test_a_head_start_helps_until_the_lines_cross(distance2, first, last, crosses):
    ends = head_start.head_start(np.array([20.0, 1e4]), distance2)
    assert np.allclose(ends, [first, last], rtol=0.01)
    assert head_start.crossing(distance2) == pytest.approx(crosses)
    around = np.array([0.99, 1.01]) * crosses
    helps = head_start.head_start(around, distance2) < head_start.variance(around)
    assert helps.tolist() == [True, False]
    assert np.allclose(head_start.variance(np.array([20, 1e4])), [1, 0.002])


def test_the_separable_kernel_is_the_nearest_and_keeps_what_the_alt_text_says():
    M = rank.kernel()
    column, row = rank.nearest(M)
    near = column @ row
    assert np.linalg.matrix_rank(near) == 1
    kept = 1 - ((M - near) ** 2).sum() / (M**2).sum()
    assert f"{100 * kept:.0f} percent" in rank.ALT
    rng = np.random.default_rng(0)
    for size in (0.01, 0.3):
        other = (column + size * rng.normal(size=column.shape)) @ (row + size * rng.normal(size=row.shape))
        assert ((M - other) ** 2).sum() > ((M - near) ** 2).sum()


@pytest.mark.parametrize(
    ("title", "ranks", "angles"),
    [
        ("m = 2", [2, 1, 0, 1], {90}),
        ("m = 3", [2, 1, 2, 1, 2, 1], {60}),
        ("m = 4, opposite pairs", [2] * 4, {90}),
        ("m = 6", [2], None),
    ],
)
def test_ranks_all_round_the_plane(title, ranks, angles):
    found = regions.sectors(regions.ANGLES[title])
    if angles is None:
        assert {r for *_, r in found} == set(ranks)
    else:
        assert {round(stop - start) for start, stop, _ in found} == angles
        turned = [r for *_, r in found] * 2
        assert any(turned[i : i + len(ranks)] == ranks for i in range(len(ranks)))
        assert len(found) == len(ranks)
    assert sum(stop - start for start, stop, _ in found) == pytest.approx(360)


def test_bars_and_laws_have_the_numbers_of_the_alt_text():
    totals = [round(width.millions(alpha).sum()) for alpha in width.WIDTHS]
    assert totals == [58, 96, 208, 299, 508, 580]
    assert np.round(width.millions(1.0)[1:]).tolist() == [32, 20]
    assert np.round(width.laws(0.35), 1).tolist() == [36.7, 43.9]
    assert np.allclose(width.laws(1.0), mobilenet.counts(mobilenet.base())[1] / 1e6)
    pure, mixed = np.array([width.laws(alpha) for alpha in width.WIDTHS]).T
    assert np.round(np.array(totals) / pure, 2)[[0, 3, 5]].tolist() == [1.58, 1.0, 0.99]
    assert np.round(mixed / pure, 2)[[0, 5]].tolist() == [1.2, 0.97]
    assert (np.array(totals) > mixed)[:3].all()
