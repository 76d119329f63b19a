"""Class weights, sample weights, smoothing and focal losses inside fit, beside Keras' fit."""

from functools import partial

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.scratch import losses, losses_focal, optimizers

RATE = 2.0**-4


def twins(rng, keras, outputs):
    ours = nn.mlp([5, 8, outputs], rng=rng, activation="tanh", dtype="float64")
    dense = keras.layers.Dense
    inputs = keras.layers.Input((5,), dtype="float64")
    theirs = keras.Sequential([inputs, dense(8, "tanh", dtype="float64"), dense(outputs, dtype="float64")])
    nn.to_keras(ours, theirs)
    return ours, theirs


def compare(ours, theirs, got, expected):
    assert got.keys() == expected.keys()
    for name in got:
        np.testing.assert_allclose(got[name], expected[name], rtol=1e-10, err_msg=name)
    for p, w in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(p, w, rtol=1e-9, atol=1e-12)


def labels(rng):
    return rng.integers(3, size=60)


def one_hot(rng):
    return np.eye(3)[labels(rng)]


def yes_or_no(rng):
    return rng.integers(2, size=60)


CASES = {  # ours, Keras' name and options, outputs, targets, class weights
    "sparse": (
        losses.sparse_categorical_crossentropy,
        "SparseCategoricalCrossentropy",
        {},
        3,
        labels,
        {0: 0.5, 2: 3.0},
    ),
    "rows": (losses.categorical_crossentropy, "CategoricalCrossentropy", {}, 3, one_hot, {1: 2.5}),
    "smoothed": (
        losses.categorical_crossentropy,
        "CategoricalCrossentropy",
        {"label_smoothing": 0.125},
        3,
        one_hot,
        {},
    ),
    "focal": (
        losses_focal.categorical_focal_crossentropy,
        "CategoricalFocalCrossentropy",
        {"gamma": 1.5},
        3,
        one_hot,
        {0: 2.0},
    ),
    "binary": (losses.binary_crossentropy, "BinaryCrossentropy", {}, 1, yes_or_no, {1: 4.0}),
    "binary focal": (
        losses_focal.binary_focal_crossentropy,
        "BinaryFocalCrossentropy",
        {"gamma": 1.5},
        1,
        yes_or_no,
        {1: 4.0},
    ),
}


@pytest.mark.usefixtures("float64_everywhere")
@pytest.mark.parametrize("how", ["class_weight", "sample_weight", "neither"])
@pytest.mark.parametrize("name", CASES)
def test_fit_with_weights_is_keras_fit_with_weights(name, how, rng, keras):
    loss, twin, options, outputs, targets, class_weight = CASES[name]
    ours, theirs = twins(rng, keras, outputs)
    X, y = rng.normal(size=(60, 5)), targets(rng)
    ours.compile(optimizers.SGD(RATE), partial(loss, **options) if options else loss)
    accuracy = "accuracy" if outputs > 1 else keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)
    keras_loss = getattr(keras.losses, twin)(from_logits=True, **options)
    theirs.compile(keras.optimizers.SGD(RATE), keras_loss, metrics=[accuracy])
    given = {"class_weight": class_weight, "sample_weight": rng.integers(0, 9, 60) / 4, "neither": None}[how]
    run = {"batch_size": 16, "epochs": 3, "shuffle": False, "validation_split": 0.2, "verbose": 0}
    run |= {} if how == "neither" else {how: given}
    got, expected = ours.fit(X, y, rng=rng, **run).history, theirs.fit(X, y, **run).history
    compare(ours, theirs, got, expected)


@pytest.mark.usefixtures("float64_everywhere")
def test_validation_data_may_bring_weights(rng, keras):
    ours, theirs = twins(rng, keras, 3)
    X, y, w = rng.normal(size=(60, 5)), labels(rng), rng.uniform(0.5, 2, 20)
    ours.compile(optimizers.SGD(RATE))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    theirs.compile(keras.optimizers.SGD(RATE), loss, metrics=["accuracy"])
    run = {"batch_size": 16, "epochs": 2, "shuffle": False, "class_weight": {0: 3.0}, "verbose": 0}
    run["validation_data"] = (X[:20], y[:20], w)
    compare(ours, theirs, ours.fit(X, y, rng=rng, **run).history, theirs.fit(X, y, **run).history)
    expected = theirs.evaluate(X[:20], y[:20], sample_weight=w, verbose=0, return_dict=True)
    assert ours.evaluate(X[:20], y[:20], sample_weight=w)["loss"] == pytest.approx(
        expected["loss"], rel=1e-10
    )


@pytest.mark.usefixtures("float64_everywhere")
@pytest.mark.parametrize(
    ("ours_loss", "twin"), [(losses.mean_absolute_error, "MeanAbsoluteError"), (losses.huber, "Huber")]
)
def test_regressions_train_as_in_keras_and_have_no_accuracy(ours_loss, twin, rng, keras):
    ours, theirs = twins(rng, keras, 1)
    X, y, w = rng.normal(size=(60, 5)), rng.normal(size=60), rng.uniform(0.5, 2, 60)
    ours.compile(optimizers.SGD(RATE), ours_loss)
    theirs.compile(keras.optimizers.SGD(RATE), getattr(keras.losses, twin)())
    run = {"batch_size": 16, "epochs": 3, "shuffle": False, "sample_weight": w, "verbose": 0}
    got, expected = ours.fit(X, y, rng=rng, **run).history, theirs.fit(X, y, **run).history
    assert got.keys() == {"loss"}
    compare(ours, theirs, got, expected)
    with pytest.raises(ValueError, match=f"trained by {ours_loss.__name__} predicts numbers"):
        ours.predict(X)


def test_a_weighted_class_is_found_more_often(rng):
    """What class weights are for: recall of the rare class rises, at the price of the common one."""
    X = rng.normal(size=(600, 1)).astype("float32")
    y = (X[:, 0] + rng.normal(size=600) > 2).astype(int)  # one in twelve
    recall = {}
    for weight in (None, {1: 10.0}):
        model = nn.mlp([1, 2], rng=np.random.default_rng(0))
        model.compile(optimizers.Adam(0.05))
        model.fit(X, y, rng=np.random.default_rng(1), epochs=40, class_weight=weight, verbose=0)
        recall[bool(weight)] = np.mean(model.predict(X[y == 1]) == 1)
    assert recall[True] > recall[False] + 0.3


def unweighted(prediction, target):
    return 0.0, np.zeros_like(prediction)


@pytest.mark.parametrize(
    ("loss", "y", "options", "message"),
    [
        (None, None, {"class_weight": {0: 2.0}, "sample_weight": np.ones(8)}, "received both: multiply"),
        (None, None, {"class_weight": {3: 2.0}}, "classes 0 … 2 in class_weight, received 3"),
        (None, None, {"sample_weight": np.ones(7)}, r"shape \(8,\), received float64 of shape \(7,\)"),
        (None, None, {"sample_weight": -np.ones(8)}, "sample_weight >= 0"),
        (unweighted, None, {"sample_weight": np.ones(8)}, "expect a loss that takes sample_weight="),
        (
            losses.binary_crossentropy,
            np.ones((8, 3)),
            {"class_weight": {0: 2.0}},
            "labels 0 … 2 or one-hot rows",
        ),
        (losses.huber, np.full((8, 3), 0.5), {"class_weight": {0: 2.0}}, "give fit a sample_weight"),
        (
            None,
            None,
            {"validation_data": (np.ones((8, 4), "float32"), np.zeros(8, int), [1.0])},
            r"received float64 of shape \(1,\)",
        ),
    ],
)
def test_bad_weights_are_named_and_change_nothing(loss, y, options, message, rng):
    model = nn.mlp([4, 3], rng=rng)
    model.compile(loss=loss or losses.sparse_categorical_crossentropy)
    before = model.flatten()[0].copy()
    with pytest.raises(ValueError, match=message):
        model.fit(
            np.ones((8, 4), "float32"), np.zeros(8, int) if y is None else y, rng=rng, verbose=0, **options
        )
    np.testing.assert_array_equal(model.flatten()[0], before)


@pytest.mark.parametrize(
    "loss",
    [partial(losses.categorical_crossentropy, label_smoothing=0.1), losses_focal.binary_focal_crossentropy],
)
def test_a_loss_of_logits_is_known_through_its_options(loss, rng):
    model = nn.Sequential([nn.Dense(4, 3, rng=rng), nn.Softmax()])
    with pytest.raises(ValueError, match="leave the last Softmax out"):
        model.compile(loss=loss)
    model = nn.mlp([4, 3], rng=rng)
    model.compile(loss=loss)
    with pytest.raises(ValueError, match=r"sum to 1|targets in \[0, 1\]"):
        model.fit(np.ones((8, 4), "float32"), np.full((8, 3), 2.0), rng=rng, verbose=0)
