"""Clipping beside Keras' own, and what each way keeps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from neuropath.scratch import clipping

ARRAYS = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    hnp.array_shapes(max_dims=3, max_side=4),
    elements=st.floats(-100, 100, width=32),
)
GRADS = st.dictionaries(st.sampled_from("abc"), ARRAYS, min_size=1)
BOUNDS = st.floats(0.01, 1000)
WAYS = {
    "clipvalue": clipping.clip_by_value,
    "clipnorm": clipping.clip_by_norm,
    "global_clipnorm": clipping.clip_by_global_norm,
}


@pytest.mark.parametrize("way", WAYS)
def test_clipping_is_keras_clipping(way, rng, keras):
    import tensorflow as tf

    for _ in range(200):
        grads = {name: rng.normal(size=(4, 3)) * 10.0 ** rng.integers(-2, 3) for name in "ab"}
        bound = 2.0 ** rng.integers(-3, 4)
        theirs = keras.optimizers.SGD(1.0, **{way: bound})
        expected = theirs._clip_gradients([tf.constant(g) for g in grads.values()])
        for got, wanted in zip(WAYS[way](grads, bound).values(), expected, strict=True):
            np.testing.assert_allclose(got, wanted.numpy(), rtol=1e-13)


@given(GRADS, BOUNDS)
def test_values_stay_between_the_bounds(grads, bound):
    for name, g in clipping.clip_by_value(grads, bound).items():
        assert np.abs(g).max() <= bound * (1 + 1e-6)
        assert g.dtype == grads[name].dtype


@given(GRADS, BOUNDS)
def test_each_norm_is_bounded_and_short_ones_are_passed_on(grads, bound):
    for name, g in clipping.clip_by_norm(grads, bound).items():
        norm = np.linalg.norm(grads[name].astype(float).ravel())
        assert g.dtype == grads[name].dtype
        assert np.linalg.norm(g.astype(float).ravel()) <= bound * (1 + 1e-5)
        if norm < bound * (1 - 1e-5):
            assert g is grads[name]


@given(GRADS, BOUNDS)
def test_the_global_norm_is_bounded_and_the_direction_kept(grads, bound):
    kept = {name: g.copy() for name, g in grads.items()}
    clipped = clipping.clip_by_global_norm(grads, bound)
    before, after = (np.concatenate([np.float64(g).ravel() for g in d.values()]) for d in (grads, clipped))
    assert np.linalg.norm(after) <= bound * (1 + 1e-5)
    np.testing.assert_allclose(
        after * np.linalg.norm(before), before * np.linalg.norm(after), rtol=1e-4, atol=1e-3
    )
    assert all((grads[name] == kept[name]).all() for name in grads)


def test_clipping_by_value_turns_and_by_norm_does_not():
    g = {"w": np.array([10.0, 0.1])}
    np.testing.assert_array_equal(clipping.clip_by_value(g, 1.0)["w"], [1.0, 0.1])
    np.testing.assert_allclose(clipping.clip_by_norm(g, 1.0)["w"], g["w"] / np.hypot(10, 0.1))


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_a_gradient_that_is_not_finite_shows_everywhere_as_in_keras(bad, keras):
    import tensorflow as tf

    grads = {"a": np.array([bad, 1.0]), "b": np.array([1.0])}
    for way, function in WAYS.items():
        theirs = keras.optimizers.SGD(1.0, **{way: 1.0})
        expected = theirs._clip_gradients([tf.constant(g) for g in grads.values()])
        got = function(grads, 1.0)
        for ours, wanted in zip(got.values(), expected, strict=True):
            np.testing.assert_array_equal(ours, wanted.numpy(), err_msg=way)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("bound", [0, -1.0, np.nan, np.inf])
def test_bad_bounds(way, bound):
    with pytest.raises(ValueError, match=f"expects a finite {way} > 0, received {bound}: leave it out"):
        WAYS[way]({"w": np.ones(2)}, bound)
