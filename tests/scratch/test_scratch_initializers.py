"""Initialisers: the same distributions as Keras' (Kolmogorov–Smirnov), shapes, dtypes, and bad input."""

from functools import partial

import numpy as np
import pytest
from scipy.stats import ks_2samp

from neuropath.scratch import initializers

SCALED = {
    name: "".join(part.title() for part in name.split("_"))
    for name in (
        "glorot_uniform",
        "glorot_normal",
        "he_uniform",
        "he_normal",
        "lecun_uniform",
        "lecun_normal",
    )
}
FREE = {
    "random_uniform": ("RandomUniform", {"minval": -0.3, "maxval": 0.1}),
    "random_normal": ("RandomNormal", {"mean": 0.5, "stddev": 0.2}),
    "truncated_normal": ("TruncatedNormal", {"mean": 0.5, "stddev": 0.2}),
}
NAMES = [*initializers.BY_NAME, *initializers.UNSCALED]


def same_law(ours, theirs):
    """p-value above one in a million: for 60,000 numbers, distribution functions within about 0.015."""
    return ks_2samp(np.ravel(ours), np.ravel(theirs)).pvalue > 1e-6


@pytest.mark.parametrize("shape", [(300, 200), (3, 3, 64, 120), (5, 5, 100, 1)], ids=str)
@pytest.mark.parametrize("name", SCALED)
def test_scaled_by_fans_as_keras(name, shape, rng, keras):
    theirs = np.asarray(getattr(keras.initializers, SCALED[name])(seed=0)(shape, dtype="float64"))
    ours = initializers.get(name)(shape, rng=rng, dtype="float64")
    assert same_law(ours, theirs)
    assert not same_law(ours, 1.1 * theirs) or ours.size < 10_000  # the test can tell 10 %
    assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.01)  # the bound, nearly reached


@pytest.mark.parametrize("options", [{}, "given"], ids=["defaults", "options"])
@pytest.mark.parametrize("name", FREE)
def test_free_of_fans_as_keras(name, options, rng, keras):
    twin, given = FREE[name]
    given = given if options else {}
    ours = partial(initializers.get(name), **given)((300, 200), rng=rng, dtype="float64")
    theirs = np.asarray(getattr(keras.initializers, twin)(seed=0, **given)((300, 200), dtype="float64"))
    assert same_law(ours, theirs)
    assert not same_law(ours, 0.02 + theirs)


def test_orthogonal_has_the_law_of_keras(rng, keras):
    """Entries of one matrix depend on each other: one entry each of 1,500 matrices, and their trace."""
    theirs = keras.initializers.Orthogonal(seed=keras.random.SeedGenerator(0))
    a = np.array([initializers.orthogonal((3, 3), rng=rng, dtype="float64") for _ in range(1500)])
    b = np.array([np.asarray(theirs((3, 3), dtype="float64")) for _ in range(1500)])
    for i, j in ((0, 0), (2, 1)):
        assert same_law(a[:, i, j], b[:, i, j])
    assert same_law(np.trace(a, axis1=1, axis2=2), np.trace(b, axis1=1, axis2=2))
    assert np.mean(np.linalg.det(a) > 0) == pytest.approx(0.5, abs=0.06)  # rotations and reflections


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (3, 3, 2, 8), (3, 3, 2, 30)], ids=str)
def test_orthogonal_rows_or_columns_are(shape, rng, keras):
    for made in (
        initializers.orthogonal(shape, rng=rng, dtype="float64", gain=2.0),
        np.asarray(keras.initializers.Orthogonal(gain=2.0, seed=0)(shape, dtype="float64")),
    ):
        M = made.reshape(-1, shape[-1])
        M = M if M.shape[0] >= M.shape[1] else M.T
        np.testing.assert_allclose(M.T @ M, 4 * np.eye(M.shape[1]), atol=1e-12)
        assert made.shape == shape


def test_ones_and_zeros_are():
    assert (initializers.get("ones")((2, 3)) == 1).all()
    assert not initializers.get("zeros")((2, 3)).any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_shape_dtype_and_seed(name, dtype):
    draws = [initializers.get(name)((4, 6), rng=np.random.default_rng(3), dtype=dtype) for _ in "ab"]
    assert draws[0].shape == (4, 6)
    assert draws[0].dtype == dtype
    np.testing.assert_array_equal(*draws)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda rng: initializers.get("glorot"),
            ValueError,
            "among zeros, .*orthogonal.*, received 'glorot'",
        ),
        (
            lambda rng: initializers.orthogonal((3,), rng=rng),
            ValueError,
            r"rank 2 or more, .* received shape \(3,\)",
        ),
        (lambda rng: initializers.he_normal((3,), rng=rng), ValueError, r"Fans need a kernel"),
        (lambda rng: initializers.orthogonal((3, 3), rng=rng, gain=np.nan), ValueError, "received 0 and nan"),
        (lambda rng: initializers.random_normal((3,), rng=rng, stddev=-1), ValueError, "received 0.0 and -1"),
        (lambda rng: initializers.random_uniform((3,), rng=rng, minval=1), ValueError, "received 1 and 0.05"),
        (lambda rng: initializers.he_normal((3, 3), rng=0), TypeError, r"default_rng\(seed\), received int"),
        (lambda rng: initializers.he_uniform((3, 3), rng=None), TypeError, "received NoneType"),
    ],
)
def test_bad_input(make, error, message, rng):
    with pytest.raises(error, match=message):
        make(rng)
