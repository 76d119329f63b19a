"""Invariants of the functions of logits, over shapes and values that Hypothesis chooses."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from neuropath import scratch as nn

FLOATS = st.floats(-1e4, 1e4, width=32)
MATRICES = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    hnp.array_shapes(min_dims=2, max_dims=3, max_side=6),
    elements=FLOATS,
)


@given(MATRICES, st.integers(-2, 1))
def test_softmax_rows_are_distributions(Z, axis):
    P = nn.softmax(Z, axis=axis)
    assert P.shape == Z.shape
    assert P.dtype == Z.dtype
    assert (P >= 0).all()
    np.testing.assert_allclose(P.sum(axis=axis), 1, rtol=1e-5)


@given(MATRICES, st.integers(-8, 8))
def test_softmax_ignores_a_shift(Z, shift):
    Z = np.round(Z)  # so that adding the shift loses no digit
    np.testing.assert_allclose(nn.softmax(Z + Z.dtype.type(shift)), nn.softmax(Z), rtol=1e-6)


@given(MATRICES, st.integers(-2, 1))
def test_log_sum_exp_is_scipys(Z, axis):
    ours = nn.log_sum_exp(Z, axis=axis)
    assert ours.dtype == Z.dtype
    np.testing.assert_allclose(ours, scipy.special.logsumexp(Z, axis=axis), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("row", [[-np.inf] * 3, [np.inf, 0, 1], [-np.inf, 2, 3], [1e308, 1e308, 0]], ids=str)
def test_log_sum_exp_at_infinity_is_scipys(row):
    assert nn.log_sum_exp(np.array(row)) == scipy.special.logsumexp(row)


@given(MATRICES)
def test_log_softmax_is_the_logarithm_of_softmax(Z):
    log_p = nn.log_softmax(Z)
    assert log_p.dtype == Z.dtype
    assert np.isfinite(log_p).all()
    np.testing.assert_allclose(np.exp(log_p), nn.softmax(Z), rtol=1e-5, atol=1e-30)
    np.testing.assert_allclose(nn.log_sum_exp(log_p), 0, atol=1e-5)


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=0), elements=st.floats(-1e300, 1e300)))
def test_sigmoid_is_scipys_and_symmetric(Z):
    S = nn.sigmoid(Z)
    np.testing.assert_allclose(S, scipy.special.expit(Z), rtol=1e-12)
    np.testing.assert_allclose(S + nn.sigmoid(-Z), 1, rtol=1e-12)


def test_sigmoid_keeps_float32_and_accepts_plain_numbers():
    assert nn.sigmoid(np.array([-200, 0, 200], np.float32)).dtype == np.float32
    assert nn.sigmoid(0) == 0.5


def test_two_class_softmax_is_sigmoid(rng):
    z = rng.normal(size=(9, 2)) * 20
    np.testing.assert_allclose(nn.softmax(z)[:, 1], nn.sigmoid(z[:, 1] - z[:, 0]), rtol=1e-12)


@given(hnp.arrays(np.int64, hnp.array_shapes(max_dims=2), elements=st.integers(0, 4)))
def test_one_hot_has_one_one_in_the_right_place(y):
    Y = nn.one_hot(y, 5)
    assert Y.shape == (*y.shape, 5)
    assert Y.dtype == np.float32
    np.testing.assert_array_equal(Y.sum(axis=-1), 1)
    np.testing.assert_array_equal(Y.argmax(axis=-1), y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 3], r"0 … 2 \(3 classes\), received 0 … 3"),
        ([-1, 0], "received -1 … 0"),
        ([0.0, 1.0], "received dtype float"),
    ],
)
def test_one_hot_refuses_other_labels(y, message):
    with pytest.raises(ValueError, match=message):
        nn.one_hot(np.array(y), 3)
