"""Every pooling layer against Keras', over 250 random configurations each, ties included."""

import pytest
from twin_fuzz import Case, fuzz, images, pick

from neuropath.scratch import pooling


def geometry(rng, X):
    """Random pool, strides and padding; a valid pool that does not fit is padded."""
    pool, strides = tuple(map(int, rng.integers(1, 5, 2))), tuple(map(int, rng.integers(1, 5, 2)))
    fits = pool[0] <= X.shape[1] and pool[1] <= X.shape[2]
    return {
        "pool_size": pool,
        "strides": pick(rng, None, strides),
        "padding": pick(rng, "valid", "same") if fits else "same",
    }


@pytest.mark.parametrize("name", ["MaxPool2D", "AveragePooling2D"])
def test_pooling(name, keras):
    def make(rng, dtype, keras):
        X = images(rng, dtype, ties=pick(rng, True, False))
        options = geometry(rng, X)
        ours = getattr(pooling, name)(**options)
        theirs = getattr(keras.layers, name)(dtype=dtype, **options)
        return Case(ours, theirs, X, note={"X": X.shape} | options)

    fuzz(make, keras)


@pytest.mark.parametrize("name", ["GlobalAveragePooling2D", "GlobalMaxPool2D"])
def test_global_pooling(name, keras):
    def make(rng, dtype, keras):
        X, keepdims = images(rng, dtype, ties=pick(rng, True, False)), pick(rng, True, False)
        ours = getattr(pooling, name)(keepdims=keepdims)
        theirs = getattr(keras.layers, name)(keepdims=keepdims, dtype=dtype)
        return Case(ours, theirs, X, note={"X": X.shape, "keepdims": keepdims})

    fuzz(make, keras)
