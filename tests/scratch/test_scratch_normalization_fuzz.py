"""Every normalisation against Keras', over 250 random configurations each: outputs, gradients, statistics."""

import numpy as np
from twin_fuzz import Case, fuzz, pick

from neuropath.scratch.normalization import BatchNormalization, GroupNormalization, LayerNormalization

ORDER = ("gamma", "beta", "moving_mean", "moving_variance")


def features(rng, dtype, size):
    """(N, …, size) of rank 2 to 4, away from mean 0 and spread 1."""
    shape = (rng.integers(2, 6), *rng.integers(1, 6, rng.integers(0, 3)), size)
    return (rng.normal(size=shape) * rng.uniform(0.5, 3, size) + rng.normal(size=size)).astype(dtype)


def options_of(rng):
    return {
        "epsilon": float(pick(rng, 1e-3, 1e-5, 0.1)),
        "center": pick(rng, True, False),
        "scale": pick(rng, True, False),
    }


def test_batch_normalization(keras):
    def make(rng, dtype, keras):
        X, options = features(rng, dtype, int(rng.integers(1, 9))), options_of(rng)
        options["momentum"] = float(pick(rng, 0.99, 0.999, 0.5, 0.0))
        ours = BatchNormalization(X.shape[-1], dtype=dtype, **options)
        theirs = keras.layers.BatchNormalization(dtype=dtype, **options)
        training, frozen = rng.random() < 0.7, rng.random() < 0.2
        case = Case(ours, theirs, X, ORDER, training, {"X": X.shape, "frozen": frozen} | options)
        theirs.build(X.shape)
        ours.trainable = theirs.trainable = not frozen
        return case

    fuzz(make, keras)


def test_layer_normalization(keras):
    def make(rng, dtype, keras):
        X, options = features(rng, dtype, int(rng.integers(2, 9))), options_of(rng)
        ours = LayerNormalization(X.shape[-1], dtype=dtype, **options)
        theirs = keras.layers.LayerNormalization(dtype=dtype, **options)
        return Case(ours, theirs, X, ORDER, note={"X": X.shape} | options)

    fuzz(make, keras)


def test_group_normalization(keras):
    def make(rng, dtype, keras):
        groups, size = int(rng.integers(1, 5)), int(rng.integers(2, 4))
        X, options = features(rng, dtype, groups * size), options_of(rng)
        options["groups"] = pick(rng, groups, -1) if np.prod(X.shape[1:-1]) > 1 else groups
        ours = GroupNormalization(X.shape[-1], dtype=dtype, **options)
        theirs = keras.layers.GroupNormalization(dtype=dtype, **options)
        return Case(ours, theirs, X, ORDER, note={"X": X.shape} | options)

    fuzz(make, keras)
