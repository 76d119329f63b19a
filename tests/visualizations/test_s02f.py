"""The figures of Session 02 Part F: what they draw, and that what their alt text says is so."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from neuropath import visualizations as viz
from neuropath.scratch.group_convolution import p4_kernel
from neuropath.visualizations import s02f_alias as alias
from neuropath.visualizations import s02f_checkerboard as board
from neuropath.visualizations import s02f_cost as cost
from neuropath.visualizations import s02f_p4 as p4
from neuropath.visualizations import s02f_steer as steer
from neuropath.visualizations import s02f_winograd as winograd

NAMES = [name for name in viz.names() if name.startswith("s02f_")]


def test_there_are_six():
    assert len(NAMES) == 6


def test_the_costs_are_those_of_the_alt_text():
    assert cost.fourier(64) == 38
    assert 5**2 < 38 < 7**2
    assert cost.fourier(64, 64, 64, 32) == pytest.approx(2.8, abs=0.06)
    assert cost.winograd(4, 3) == 2.25
    assert cost.winograd(4, 31) == pytest.approx(72, abs=0.5)
    assert cost.SIZES[-1] ** 2 == 961


def test_larger_tiles_lose_digits():
    errors = [winograd.error(m) for m in (None, *winograd.TILES)]
    for found, said in zip(errors, (2e-7, 2e-7, 1e-6, 2e-6, 1e-4), strict=True):
        assert said / 2 < found < 2 * said
    assert [round(winograd.fewer(m), 2) for m in winograd.TILES] == [2.25, 4, 5.06, 5.76]


def test_sheets_return_turned_and_one_place_further():
    upright, turned = p4.sheets(p4.digit()), p4.sheets(np.rot90(p4.digit()))
    for r in range(4):
        np.testing.assert_allclose(turned[(r + 1) % 4], np.rot90(upright[r]), atol=1e-12)
    assert p4_kernel(p4.EDGE[:, :, None, None, None]).shape == (3, 3, 1, 4)


def test_frames_name_the_sheet_that_returns():
    figure = p4.draw()
    frames = [ax.spines["top"].get_edgecolor() for ax in figure.axes]
    assert frames[1:5] == [*frames[7:10], frames[6]]
    assert len(set(frames[1:5])) == 4
    plt.close(figure)


def test_the_mixture_is_the_turned_filter():
    across, down = steer.gaussian_slope(0), steer.gaussian_slope(np.pi / 2)
    mixed = np.cos(np.pi / 6) * across + np.sin(np.pi / 6) * down
    np.testing.assert_allclose(mixed, steer.gaussian_slope(np.pi / 6), atol=1e-14)
    np.testing.assert_allclose(down, across.T, atol=1e-14)


def test_fine_patterns_break_the_invariant():
    angles = np.linspace(0, np.pi / 2, 91)
    flat, wave = (np.abs(steer.answers(2, s, angles)) for s in (1.2, 0.5))
    assert np.ptp(flat) / flat.mean() < 1e-3
    assert wave.min() / wave.mean() == pytest.approx(0.3, abs=0.05)
    assert wave.max() / wave.mean() == pytest.approx(1.4, abs=0.05)


def test_overlaps_and_grids():
    assert board.overlap(3, 2)[:13].tolist() == [1, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 1]
    assert set(board.overlap(4, 2)[2:-2]) == {2}
    grids = [board.enlarged(k, np.random.default_rng(5)).std() for k in ("kernel 3", "kernel 4", "resize")]
    assert grids[0] > grids[1] > 0.1
    assert grids[2] < 1e-12


def test_the_slow_wave_passes_through_the_dots():
    kept = np.arange(0, alias.N, alias.STEP)
    fast, slow = (np.cos(2 * np.pi * f * kept / alias.N) for f in (alias.FAST, alias.slow()))
    np.testing.assert_allclose(fast, slow, atol=1e-12)
    assert abs(alias.slow()) == 3
    assert alias.slow(13) == -3


def test_the_blurs_let_through_what_the_alt_text_says():
    at = np.array([0, 0.25, 0.5])
    np.testing.assert_allclose(alias.gain([1.0], at), 1)
    np.testing.assert_allclose(alias.gain([0.5, 0.5], at), [1, np.sqrt(0.5), 0], atol=1e-12)
    np.testing.assert_allclose(alias.gain([0.25, 0.5, 0.25], at), [1, 0.5, 0], atol=1e-12)
