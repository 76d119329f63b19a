"""Losses: values known by hand, extremes, and bad targets. (Against Keras: tests/test_pairs.py.)"""

import numpy as np
import pytest

from neuropath import scratch as nn


def test_values_known_by_hand():
    assert nn.mean_squared_error(np.array([[1.0, 3.0]]), np.array([[0.0, 1.0]]))[0] == 2.5
    assert nn.binary_crossentropy(np.zeros((4, 1)), np.ones((4, 1)))[0] == pytest.approx(np.log(2))
    assert nn.sparse_categorical_crossentropy(np.zeros((4, 17)), np.zeros(4, int))[0] == pytest.approx(
        np.log(17)
    )


def test_sparse_is_categorical_of_one_hot_rows(rng):
    z, y = rng.normal(size=(6, 4)), rng.integers(4, size=6)
    value, gradient = nn.sparse_categorical_crossentropy(z, y)
    expected, slope = nn.categorical_crossentropy(z, nn.one_hot(y, 4))
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(gradient, slope, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_and_wrong_is_finite_and_bounded(dtype):
    z = np.array([[1e4, -1e4]], dtype)
    value, gradient = nn.sparse_categorical_crossentropy(z, np.array([1]))
    assert value == 2e4
    np.testing.assert_array_equal(gradient, np.array([[1, -1]], dtype))
    assert gradient.dtype == dtype
    value, gradient = nn.binary_crossentropy(z.T, np.array([[0], [1]]))
    assert value == 1e4
    assert np.abs(gradient).max() == 0.5


@pytest.mark.parametrize(
    ("loss", "prediction", "target", "message"),
    [
        (nn.mean_squared_error, (3, 1), np.zeros(3), r"\(3, 1\), received \(3,\): use y\[:, None\]"),
        (nn.mean_squared_error, (0, 1), np.zeros((0, 1)), "at least one entry"),
        (nn.binary_crossentropy, (3, 1), np.zeros(3), r"\(3, 1\), received \(3,\)"),
        (
            nn.binary_crossentropy,
            (2, 1),
            np.array([[-1], [1]]),
            r"\[0, 1\], received -1.0 … 1.0: .*\(y \+ 1\) / 2",
        ),
        (nn.binary_crossentropy, (1, 1), np.array([[np.nan]]), r"in \[0, 1\], received nan"),
        (nn.categorical_crossentropy, (2, 3), np.array([0, 1]), r"\(2, 3\), received \(2,\)"),
        (nn.categorical_crossentropy, (3,), np.zeros(3), r"logits of shape \(N, K\)"),
        (
            nn.sparse_categorical_crossentropy,
            (2, 3),
            np.eye(3)[:2],
            "one-hot rows go into categorical_crossentropy",
        ),
        (
            nn.sparse_categorical_crossentropy,
            (2, 3),
            np.array([0, 3]),
            r"0 … 2 \(3 classes\), received 0 … 3",
        ),
        (nn.sparse_categorical_crossentropy, (2, 3), np.array([-1, 0]), "received -1 … 0"),
        (
            nn.sparse_categorical_crossentropy,
            (2, 3),
            np.array([0.0, 1.0]),
            r"integers .* received dtype float64",
        ),
        (nn.sparse_categorical_crossentropy, (0, 3), np.zeros(0, int), r"with N >= 1, received \(0, 3\)"),
    ],
)
def test_bad_targets(loss, prediction, target, message):
    with pytest.raises(ValueError, match=message):
        loss(np.zeros(prediction), target)


def test_arguments_are_left_alone(rng):
    z, y = rng.normal(size=(4, 3)), rng.integers(3, size=4)
    kept = z.copy(), y.copy()
    nn.sparse_categorical_crossentropy(z, y)
    nn.categorical_crossentropy(z, nn.one_hot(y, 3))
    np.testing.assert_array_equal(z, kept[0])
    np.testing.assert_array_equal(y, kept[1])


def test_exactly_one_half_is_a_no_as_in_keras(keras):
    model = nn.Sequential([nn.ReLU()])
    model.compile(loss=nn.binary_crossentropy)
    logits = np.array([[0.0], [1e-6], [3.0]], "float32")  # σ(0) = 1/2
    np.testing.assert_array_equal(model.predict(logits), [0, 1, 1])
    theirs = keras.metrics.BinaryAccuracy()(np.zeros((3, 1)), nn.sigmoid(logits))
    assert model.evaluate(logits, np.zeros(3))["accuracy"] == pytest.approx(float(theirs), abs=1e-6)
