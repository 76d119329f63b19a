"""fit against Keras' fit where slips would hide: one output, soft targets, no bias, momentum beside L2."""

import numpy as np
import pytest

from neuropath import scratch as nn

L2 = 2.0**-7  # exact in float32, as every rate here: Keras rounds them
LOSSES = {  # ours, Keras' name, outputs, targets
    "mse (N,)": (nn.mean_squared_error, "MeanSquaredError", 1, lambda r: r.normal(size=60)),
    "mse (N, 3)": (nn.mean_squared_error, "MeanSquaredError", 3, lambda r: r.normal(size=(60, 3))),
    "binary (N,)": (nn.binary_crossentropy, "BinaryCrossentropy", 1, lambda r: r.integers(2, size=60)),
    "binary (N, 1)": (
        *(nn.binary_crossentropy, "BinaryCrossentropy", 1),
        lambda r: r.integers(2, size=(60, 1)),
    ),
    "soft rows": (
        *(nn.categorical_crossentropy, "CategoricalCrossentropy", 3),
        lambda r: r.dirichlet(np.ones(3), 60),
    ),
}


def stacks(keras, rng, outputs, use_bias):
    """The same two-layer network twice, with the same weights, none of them zero."""
    options = {"use_bias": use_bias, "kernel_regularizer": nn.L2(L2), "dtype": "float64"}
    ours = nn.Sequential(
        [nn.Dense(5, 8, rng=rng, **options), nn.Tanh(), nn.Dense(8, outputs, rng=rng, **options)]
    )
    for array in ours.params.values():
        array[...] = rng.normal(size=array.shape)
    options["kernel_regularizer"] = keras.regularizers.L2(L2)
    dense = keras.layers.Dense
    inputs = keras.layers.Input((5,), dtype="float64")
    theirs = keras.Sequential([inputs, dense(8, "tanh", **options), dense(outputs, **options)])
    nn.to_keras(ours, theirs)
    return ours, theirs


@pytest.mark.usefixtures("float64_everywhere")
@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("name", LOSSES)
def test_fit_with_momentum_and_l2_is_keras_fit(name, use_bias, rng, keras):
    loss, twin, outputs, targets = LOSSES[name]
    ours, theirs = stacks(keras, rng, outputs, use_bias)
    X, y = rng.normal(size=(60, 5)), targets(rng)
    logits = {} if loss is nn.mean_squared_error else {"from_logits": True}
    metrics = {
        nn.binary_crossentropy: [keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)],
        nn.categorical_crossentropy: ["accuracy"],
    }.get(loss, [])
    ours.compile(nn.SGD(2.0**-6, momentum=0.875), loss)
    theirs.compile(
        keras.optimizers.SGD(2.0**-6, momentum=0.875), getattr(keras.losses, twin)(**logits), metrics=metrics
    )
    run = {"batch_size": 16, "epochs": 3, "shuffle": False, "validation_split": 0.2, "verbose": 0}
    got, expected = ours.fit(X, y, rng=rng, **run).history, theirs.fit(X, y, **run).history
    assert got.keys() == expected.keys()
    for key in got:
        np.testing.assert_allclose(got[key], expected[key], rtol=1e-10, err_msg=key)
    for p, w in zip(ours.params.values(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(p, w, rtol=1e-9, atol=1e-12)
