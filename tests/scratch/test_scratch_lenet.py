"""LeNet-5: its sizes, what it refuses, and that Keras' layers compute the same with the same weights."""

import numpy as np
import pytest

from neuropath import scratch as nn


def keras_twin(keras, pooling, activation):
    la, o = keras.layers, {"dtype": "float64"}
    pool = {"max": la.MaxPool2D, "average": la.AveragePooling2D}[pooling]
    return keras.Sequential(
        [
            *(
                la.Input((20, 24, 2), dtype="float64"),
                la.Conv2D(6, 5, padding="same", activation=activation, **o),
            ),
            *(pool(2, **o), la.Conv2D(16, 5, activation=activation, **o), pool(2, **o), la.Flatten(**o)),
            *(la.Dense(120, activation, **o), la.Dense(84, activation, **o), la.Dense(7, **o)),
        ]
    )


@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_outputs_and_gradients_are_keras(pooling, activation, rng, keras):
    import tensorflow as tf

    options = {"pooling": pooling, "activation": activation, "classes": 7, "dtype": "float64"}
    ours = nn.lenet5(rng=rng, input_shape=(20, 24, 2), **options)
    twin = keras_twin(keras, pooling, activation)
    nn.to_keras(ours, twin)
    X, y = rng.normal(size=(5, 20, 24, 2)), rng.integers(0, 7, 5)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
    with tf.GradientTape() as tape:
        theirs = twin(X)
        total = loss(y, theirs)
    logits = ours.forward(X)
    np.testing.assert_allclose(logits, theirs.numpy(), rtol=0, atol=1e-12 * np.abs(logits).max())
    ours.backward(nn.sparse_categorical_crossentropy(logits, y)[1])
    for mine, wanted in zip(ours.grads.values(), tape.gradient(total, twin.trainable_variables), strict=True):
        assert np.abs(mine - wanted.numpy()).max() <= 1e-10 * np.abs(wanted.numpy()).max()


def test_the_default_has_the_parameters_of_the_book_and_ends_in_logits(rng):
    model = nn.lenet5(rng=rng)
    assert model.count_params() == 61_706
    assert model.loss is None
    logits = model.forward(rng.normal(size=(2, 28, 28, 1)).astype("float32"))
    assert logits.shape == (2, 10)
    assert logits.dtype == np.float32
    assert logits.min() < 0, "no activation after the last layer"


@pytest.mark.parametrize(("height", "width"), [(12, 12), (13, 15), (32, 32), (28, 45)])
def test_other_sizes_fit(height, width, rng):
    model = nn.lenet5(rng=rng, input_shape=(height, width, 3), classes=4)
    assert model.forward(np.zeros((1, height, width, 3), "float32")).shape == (1, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pooling": "mean"}, r"pooling among \['max', 'average'\], received 'mean'"),
        ({"activation": "relu6"}, "activation among .* received 'relu6'"),
        ({"input_shape": (11, 28, 1)}, r"at least 12, received \(11, 28, 1\)"),
        ({"input_shape": (28, 28)}, r"input_shape \(H, W, C\) .* received \(28, 28\)"),
        ({"classes": 0}, "units"),
    ],
)
def test_what_cannot_be_built_is_refused(options, message, rng):
    with pytest.raises(ValueError, match=message):
        nn.lenet5(rng=rng, **options)


def test_the_same_seed_draws_the_same_weights():
    one, two, other = (nn.lenet5(rng=np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(one.get_weights(), two.get_weights(), strict=True))
    assert not np.array_equal(one.params["dense_3/W"], other.params["dense_3/W"])
