"""The layers that only move numbers against Keras', over 250 random configurations each."""

import numpy as np
from twin_fuzz import CASES, Case, compare, dtypes, fuzz, images, keras_slopes, pick

from neuropath.scratch import Flatten
from neuropath.scratch.reshaping import Reshape, UpSampling2D, ZeroPadding2D


def test_zero_padding(keras):
    def make(rng, dtype, keras):
        X, sides = images(rng, dtype), tuple(map(int, rng.integers(0, 12, 4)))
        padding = pick(rng, sides[0], sides[:2], (sides[:2], sides[2:]))
        theirs = keras.layers.ZeroPadding2D(padding, dtype=dtype)
        return Case(ZeroPadding2D(padding), theirs, X, note={"X": X.shape, "padding": padding})

    fuzz(make, keras)


def test_up_sampling_nearest(keras):
    def make(rng, dtype, keras):
        X, size = images(rng, dtype), tuple(map(int, rng.integers(1, 5, 2)))
        size = pick(rng, size, size[0])
        theirs = keras.layers.UpSampling2D(size, dtype=dtype)
        return Case(UpSampling2D(size), theirs, X, note={"X": X.shape, "size": size})

    fuzz(make, keras)


def test_up_sampling_bilinear(keras):
    """TensorFlow computes it in float32, whatever comes in: compared there, over as many cases."""
    for rng, _ in dtypes(CASES):
        X, size = images(rng, "float32"), tuple(map(int, rng.integers(1, 5, 2)))
        theirs = keras.layers.UpSampling2D(size, interpolation="bilinear", dtype="float32")
        case = Case(UpSampling2D(size, "bilinear"), theirs, X, note={"X": X.shape, "size": size})
        compare(case, rng, "float32")


def test_up_sampling_bilinear_to_the_last_digit(keras):
    """Whole numbers and powers of two leave float32 nothing to round: then float64 must be equal."""
    for rng, _ in dtypes(200):
        X, size = images(rng, "float64", ties=True), tuple(int(n) for n in 2 ** rng.integers(0, 3, 2))
        ours, theirs = (
            UpSampling2D(size, "bilinear"),
            keras.layers.UpSampling2D(size, interpolation="bilinear"),
        )
        Y = ours.forward(X)
        dY = rng.integers(-4, 5, Y.shape).astype("float64")
        expected, (slope,), _ = keras_slopes(theirs, X.astype("float32"), dY.astype("float32"), False)
        np.testing.assert_array_equal(Y, expected, err_msg=f"{X.shape}, {size}")
        np.testing.assert_array_equal(ours.backward(dY), slope, err_msg=f"{X.shape}, {size}")


def test_reshape(keras):
    def make(rng, dtype, keras):
        X = images(rng, dtype)
        factors = [int(n) for n in rng.permutation(X.shape[1:])]
        target = pick(rng, factors, [*factors[:2], -1], [-1], [factors[0] * factors[1], factors[2]])
        theirs = keras.layers.Reshape(tuple(target), dtype=dtype)
        return Case(Reshape(tuple(target)), theirs, X, note={"X": X.shape, "target": target})

    fuzz(make, keras)


def test_flatten(keras):
    def make(rng, dtype, keras):
        X = rng.normal(size=rng.integers(1, 5, rng.integers(2, 6))).astype(dtype)
        return Case(Flatten(), keras.layers.Flatten(dtype=dtype), X, note={"X": X.shape})

    fuzz(make, keras)
