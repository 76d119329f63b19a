"""L1, L2 and both, beside Keras'; and what L1 does that L2 does not."""

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.scratch import optimizers, regularizers

STRENGTHS = (0.0, 2.0**-7, 0.5)  # exact in float32, which Keras rounds them to
CASES = [("L1", (s,)) for s in STRENGTHS] + [("L2", (s,)) for s in STRENGTHS]
CASES += [("L1L2", (a, b)) for a in STRENGTHS for b in STRENGTHS]


@pytest.mark.parametrize(("name", "strengths"), CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_penalty_and_slope_are_keras(name, strengths, dtype, rng, keras):
    import tensorflow as tf

    ours, theirs = getattr(regularizers, name)(*strengths), getattr(keras.regularizers, name)(*strengths)
    W = rng.normal(size=(7, 5)).astype(dtype)
    W[0, 0] = 0.0
    variable = tf.Variable(W)
    with tf.GradientTape() as tape:
        value = theirs(variable)
    slope = tape.gradient(value, variable)
    slope = np.zeros_like(W) if slope is None else slope.numpy()
    rtol = 1e-12 if dtype == "float64" else 1e-6
    assert isinstance(ours(W), float)
    assert ours(W) == pytest.approx(float(value), rel=rtol)
    assert ours.gradient(W).dtype == dtype
    np.testing.assert_allclose(ours.gradient(W), slope, rtol=rtol)


@pytest.mark.parametrize("name", ["L1", "L2", "L1L2"])
def test_a_layer_takes_them_and_its_gradient_is_the_slope(name, rng):
    strengths = (0.1, 0.2) if name == "L1L2" else (0.1,)
    layer = nn.Dense(
        4, 3, rng=rng, kernel_regularizer=getattr(regularizers, name)(*strengths), dtype="float64"
    )
    X, W = rng.normal(size=(6, 4)), layer.params["W"]
    layer.forward(X)
    layer.backward(np.ones((6, 3)))
    nn.check_gradient(lambda: layer.forward(X).sum() + layer.penalty(), W, layer.grads["W"].copy())


def test_l1_silences_weights_and_l2_only_shrinks_them(rng):
    """Of ten inputs one matters. Under L1 the others end at (nearly) nothing, under L2 they do not."""
    X = rng.normal(size=(80, 10))
    y = 2 * X[:, 0] + rng.normal(size=80)
    largest = {}
    for penalty in (regularizers.L1(1.0), regularizers.L2(0.1)):
        model = nn.Sequential([nn.Dense(10, 1, rng=rng, kernel_regularizer=penalty, dtype="float64")])
        model.compile(optimizers.SGD(0.002), nn.mean_squared_error)
        model.fit(X, y, rng=rng, epochs=600, batch_size=80, verbose=0)
        largest[type(penalty).__name__] = np.abs(model.params["dense_1/W"][1:]).max()
    assert largest["L1"] < 0.01 < 0.05 < largest["L2"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: regularizers.L1(-1), "L1 expects a finite l1 >= 0, received -1"),
        (lambda: regularizers.L2(np.nan), "L2 expects a finite l2 >= 0, received nan"),
        (lambda: regularizers.L1L2(l2=np.inf), "L1L2 expects a finite l2 >= 0, received inf"),
    ],
)
def test_bad_strengths(make, message):
    with pytest.raises(ValueError, match=message):
        make()
