"""The networks the course promises reach what the course says, in float32."""

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from neuropath import scratch as nn


def test_xor(rng):
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"), np.array([0, 1, 1, 0])
    model = nn.mlp([2, 8, 2], rng=rng)
    model.compile(optimizer=nn.Adam(0.05))
    model.fit(X, y, rng=rng, epochs=200, verbose=0)
    np.testing.assert_array_equal(model.predict(X), y)


def test_one_neuron_cannot_learn_xor(rng):
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"), np.array([0, 1, 1, 0])
    model = nn.mlp([2, 1], rng=rng)
    model.compile(optimizer=nn.Adam(0.05), loss=nn.binary_crossentropy)
    history = model.fit(X, y, rng=rng, epochs=500, verbose=0).history
    assert model.evaluate(X, y)["accuracy"] <= 0.75
    assert history["loss"][-1] > 0.69  # log 2 is the best a line can do


@pytest.mark.parametrize("seed", range(3))
def test_digits_reach_96_percent(seed):
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype("float32")
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=0)
    model = nn.mlp([64, 128, 64, 10], rng=np.random.default_rng(seed))
    model.compile(optimizer=nn.Adam(1e-3))
    model.fit(X_train, y_train, rng=np.random.default_rng(seed), epochs=30, verbose=0)
    assert model.dtype == np.float32
    assert np.mean(model.predict(X_test) == y_test) >= 0.96


def test_mnist_model_is_the_one_of_session_1(rng):
    model = nn.create_mnist_model(rng=rng)
    assert model.count_params() == 109_386
    assert [layer.units for layer in model.layers if isinstance(layer, nn.Dense)] == [128, 64, 10]
    assert isinstance(model.optimizer, nn.Adam)


MNIST = Path(os.environ.get("NEUROPATH_DATA", "")) / "mnist.npz"


@pytest.mark.skipif(not MNIST.is_file(), reason="NEUROPATH_DATA names no folder with mnist.npz")
def test_mnist_reaches_97_percent_within_10_epochs():
    with np.load(MNIST) as archive:
        X, X_test = (
            (archive[name].reshape(-1, 784) / 255).astype("float32") for name in ("x_train", "x_test")
        )
        y, y_test = archive["y_train"], archive["y_test"]
    model = nn.create_mnist_model(rng=np.random.default_rng(0))
    model.fit(X, y, rng=np.random.default_rng(1), batch_size=64, epochs=10, verbose=0)
    assert np.mean(model.predict(X_test) == y_test) >= 0.97
