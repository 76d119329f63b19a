"""The figures of Session 02 Part B: that what their alt texts say is so."""

import numpy as np
import pytest
from scipy.signal import correlate2d

from neuropath import visualizations as viz
from neuropath.visualizations import s02b_border as border
from neuropath.visualizations import s02b_cone as cone
from neuropath.visualizations import s02b_equivariance as equivariance
from neuropath.visualizations import s02b_same as same
from neuropath.visualizations import s02b_toeplitz as toeplitz
from neuropath.visualizations import s02b_where as where


def test_there_are_figures():
    assert len([name for name in viz.names() if name.startswith("s02b_")]) == 6


def test_the_matrix_is_that_of_a_correlation():
    numbers, X = toeplitz.matrix(), np.random.default_rng(0).normal(size=(5, 5))
    W = np.random.default_rng(1).normal(size=(3, 3))
    T = np.r_[0, W.ravel()][numbers]
    assert np.allclose(T @ X.ravel(), correlate2d(X, W, mode="valid").ravel())
    assert numbers.shape == (9, 25)
    assert np.count_nonzero(numbers) == 81


def test_windows_of_same_lie_where_the_alt_text_says():
    assert same.centres(6) == [1, 3, 5]
    assert same.centres(7) == [0, 2, 4, 6]
    assert same.pads(6, same.LAYER) == (0, 1)
    assert same.pads(7, same.LAYER) == (1, 1)


def test_stride_one_follows_the_shift_and_stride_two_does_not():
    shifted = np.roll(equivariance.SIGNAL, 1)
    one, moved = (equivariance.filtered(s, 1) for s in (equivariance.SIGNAL, shifted))
    assert moved[1:].tolist() == one[:-1].tolist()
    assert [v for v in one if v] == [1, 2, -1, -2]
    assert [v for v in equivariance.filtered(equivariance.SIGNAL, 2) if v] == [2, -2]
    assert [v for v in equivariance.filtered(shifted, 2) if v] == [1, -1]


@pytest.mark.parametrize(("layers", "corner"), [(0, 1.0), (1, 0.44), (2, 0.31), (3, 0.23)])
def test_the_border_eats_one_pixel_a_layer(layers, corner):
    values = border.maps()[layers]
    assert round(values[0, 0], 2) == corner
    inner = values[layers : border.SIDE - layers, layers : border.SIDE - layers]
    assert np.allclose(inner, 1)
    assert np.isclose(values, 1).sum() == inner.size


def test_the_cone_is_the_receptive_field():
    rows = cone.cone()
    assert rows[0] == list(range(4, 13))
    assert [len(row) for row in rows] == [9, 7, 3, 1]
    fields = cone.receptive_field(cone.LAYERS)
    assert [(f.width, f.jump) for f in fields] == [(3, 1), (5, 2), (9, 2)]
    assert fields[-1].start + cone.UNIT * fields[-1].jump == rows[0][0]


def test_parameters_and_work_sit_where_the_alt_text_says():
    names, weights, work = where.shares()
    assert len(names) == 16
    assert weights[:13].max() < 2
    assert [round(w) for w in weights[13:]] == [74, 12, 3]
    assert np.count_nonzero(np.round(work) == 12) == 6
    assert work[13:].max() < 1
