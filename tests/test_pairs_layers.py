"""Every layer and model against its Keras twin: values, gradients, penalties, statistics, a whole fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs_harness import (
    assert_close,
    cases,
    compare_layer,
    keras_layer_slopes,
    pair_of,
    randomise,
    slopes,
)

from neuropath import scratch as nn
from neuropath.pairs import PAIRS
from neuropath.scratch import layers_activation

LAYERS = [pair for pair in PAIRS if pair.kind == "layer"]
CONSTANTS = ("ROOT_HALF", "CUBIC")


@pytest.fixture
def rounded_as_tensorflow(monkeypatch):
    """GELU's two constants in float32, as TensorFlow has them."""
    for name in CONSTANTS:
        monkeypatch.setattr(layers_activation, name, float(np.float32(getattr(layers_activation, name))))


@pytest.mark.usefixtures("rounded_as_tensorflow")
@pytest.mark.parametrize(("pair", "options"), cases("layer"))
def test_layer(pair, options, rng, keras):
    for mode in pair.modes:
        compare_layer(pair, options, mode, rng, keras)


@pytest.mark.parametrize("approximate", [False, True])
def test_gelu_differs_by_the_rounded_constants_alone(approximate, rng, keras):
    pair, X = pair_of("GELU"), rng.normal(size=(7, 5))
    theirs = pair.keras(keras, approximate=approximate)(X).numpy()
    gap = np.abs(pair.make(rng, approximate=approximate).forward(X) - theirs).max()
    assert 1e-10 < gap < 1e-7


def shapes_like(pair):
    """Other batches and, for images, other heights and widths; the last axis is the layer's own."""
    size = st.integers(1, 5)
    sides = [st.integers(5, 9)] * 2 if len(pair.shape) == 4 else [size] * (len(pair.shape) - 2)
    return st.tuples(size, *sides, st.just(pair.shape[-1]))


@pytest.mark.usefixtures("rounded_as_tensorflow")
@pytest.mark.parametrize("pair", LAYERS, ids=lambda p: p.name)
def test_layer_of_any_shape(pair, keras):
    """A few combinations of options at random, with batches and images of random sizes."""
    variants = list(pair.variants())

    @settings(max_examples=8)
    @given(shapes_like(pair), st.sampled_from(variants), st.sampled_from(pair.modes), st.integers(0, 2**32))
    def hold(shape, options, mode, seed):
        compare_layer(pair, options, mode, np.random.default_rng(seed), keras, shape)

    hold()


@pytest.mark.parametrize("name", ["ReLU", "Softmax", "Sigmoid", "Tanh", "Swish"])
def test_layer_at_its_corners(name, keras):
    pair = pair_of(name)
    options = {"max_value": None, "negative_slope": 0.0, "threshold": 0.0} if name == "ReLU" else {}
    ours, theirs = pair.make(None, **options), pair.keras(keras, **options)
    X = np.array([[0.0, -0.0, 800.0, -800.0], [0.0, 1.0, 1.0, -1.0]])
    Y, dX = ours.forward(X), ours.backward(np.ones_like(X))
    expected, (slope,), _ = keras_layer_slopes(theirs, [X], np.ones_like(X))
    np.testing.assert_allclose(Y, expected, rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(dX, slope, rtol=1e-10, atol=1e-15)


def test_relu_at_max_value_differs_as_the_table_says(keras):
    pair, X = pair_of("ReLU"), np.array([[1.5, 6.0]])
    for top, theirs in ((6.0, [1.0, 0.0]), (1.5, [1.0, 0.0])):
        options = {"max_value": top, "negative_slope": 0.0, "threshold": 0.0}
        ours = pair.make(None, **options)
        ours.forward(X)
        _, (slope,), _ = keras_layer_slopes(pair.keras(keras, **options), [X], np.ones_like(X))
        np.testing.assert_array_equal(slope, [theirs])
        np.testing.assert_array_equal(ours.backward(np.ones_like(X)), [[float(top == 6.0), 0.0]])


@pytest.mark.parametrize("rate", [0.25, 0.5])
def test_dropout_in_training_is_the_same_law(rate, rng, keras):
    pair = pair_of("Dropout")
    ours, theirs = pair.make(rng, rate=rate), pair.keras(keras, rate=rate)
    X, dY = 1 + rng.uniform(size=pair.shape), 1 + rng.uniform(size=pair.shape)
    Y = ours.forward(X, training=True)
    expected, (dX,) = slopes(lambda x: theirs(x, training=True) * dY, X)
    for output, slope in ((Y, ours.backward(dY)), (expected / dY, dX)):
        dropped = output == 0
        np.testing.assert_allclose(output[~dropped], X[~dropped] / (1 - rate), rtol=1e-6)
        np.testing.assert_allclose(slope, np.where(dropped, 0, dY / (1 - rate)), rtol=1e-6)
        assert abs(dropped.mean() - rate) < 5 * np.sqrt(rate * (1 - rate) / X.size)


# -- whole models -------------------------------------------------------------------------------------------


def twins(pair, options, rng, keras):
    """Both models with the same random numbers, moving statistics included."""
    ours, theirs = pair.make(rng, **options), pair.keras(keras, **options)
    for layer in ours.layers:
        randomise({**layer.params, **layer.state}, rng)
    nn.to_keras(ours, theirs)
    return ours, theirs


@pytest.mark.usefixtures("float64_everywhere")
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize(("pair", "options"), cases("model"))
def test_model_fit(pair, options, optimizer, rng, keras):
    rule, loss = pair_of(optimizer), pair_of("sparse_categorical_crossentropy")
    X, y = rng.normal(size=(60, *pair.shape[1:])), rng.integers(3, size=60)
    ours, theirs = twins(pair, options, rng, keras)
    settings = next(rule.variants())
    ours.compile(optimizer=rule.make(**settings), loss=loss.make())
    theirs.compile(rule.keras(keras, **settings), loss.keras(keras), metrics=["accuracy"])

    run = {"batch_size": 16, "epochs": 3, "shuffle": False, "validation_split": 0.2, "verbose": 0}
    got, expected = ours.fit(X, y, rng=rng, **run).history, theirs.fit(X, y, **run).history
    assert got.keys() == expected.keys() == {"loss", "accuracy", "val_loss", "val_accuracy"}
    for name in got:
        np.testing.assert_allclose(got[name], expected[name], rtol=1e-10, err_msg=name)
    for p, w in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert_close(p, w, pair, "weights after fit")
    assert_close(ours.predict_proba(X), keras.ops.softmax(theirs(X)).numpy(), pair, "probabilities")


def assert_gradient(got, wanted, largest, pair, name):
    """As assert_close, but a slope that is 0 by theory (what a normalisation takes out again) is rounding."""
    if np.abs(wanted).max() < 1e-11 * largest:
        assert np.abs(got).max() < 1e-11 * largest, f"{pair.name} d{name} should vanish"
    else:
        assert_close(got, wanted, pair, f"d{name}")


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize(("pair", "options"), cases("model"))
def test_model_backward(pair, options, training, rng, keras):
    ours, theirs = twins(pair, options, rng, keras)
    X, dY = rng.normal(size=pair.shape), rng.normal(size=(pair.shape[0], 3))
    Y = ours.forward(X, training=training)
    expected, (dX,), gradients = keras_layer_slopes(theirs, [X], dY, training)
    assert_close(Y, expected, pair, "forward")
    assert_close(ours.backward(dY), dX, pair, "dX")
    largest = max(np.abs(g).max() for g in gradients)
    for (name, got), gradient in zip(ours.grads.items(), gradients, strict=True):
        assert_gradient(got, gradient, largest, pair, name)
    for p, w in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert_close(p, w, pair, "weights and statistics afterwards")


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize(("pair", "options"), cases("network"))
def test_network_backward(pair, options, training, rng, keras):
    """Kernels as they are drawn, so that no map dies out; normalisations at random."""
    ours, theirs = pair.make(rng, **options), pair.keras(keras, **options)
    for layer in ours.layers:
        randomise(layer.params | layer.state if layer.state else {}, rng)
    ours.to_keras(theirs)
    X = rng.normal(size=(5, *options["input_shape"]))
    Y = ours.forward(X, training=training)
    dY = rng.normal(size=Y.shape)
    expected, (dX,), gradients = keras_layer_slopes(theirs, [X], dY, training)
    assert_close(Y, expected, pair, "forward")
    assert_close(ours.backward(dY), dX, pair, "dX")
    largest = max(np.abs(g).max() for g in gradients)
    names = {"kernel": "W", "gamma": "gamma", "beta": "beta"}
    for weight, gradient in zip(theirs.trainable_weights, gradients, strict=True):
        *_, layer, name = weight.path.split("/")
        assert_gradient(ours[layer].grads[names[name]], gradient, largest, pair, f"{layer} {name}")
    for layer in (layer for layer in theirs.layers if "moving" in str([w.path for w in layer.weights])):
        for got, moved in zip(ours[layer.name].state.values(), layer.get_weights()[2:], strict=True):
            assert_close(got, moved, pair, f"statistics of {layer.name}")
