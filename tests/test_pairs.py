"""Every scratch object against its Keras twin: values, gradients, distributions, trajectories, in float64."""

import inspect

import numpy as np
import pytest

from neuropath import pairs
from neuropath import scratch as nn
from neuropath.pairs import PAIRS, WITHOUT_TWIN

STEPS = 50


def cases(*kinds):
    """(pair, options) for every pair of these kinds and every combination of its options."""
    found = [(pair, options) for pair in PAIRS if pair.kind in kinds for options in pair.variants()]
    assert found, f"no pair of kind {kinds}"
    return [pytest.param(p, o, id="-".join([p.name, *(f"{k}={v}" for k, v in o.items())])) for p, o in found]


def assert_close(ours, theirs, pair, what):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.dtype == np.float64, f"{pair.name} {what}: ours is {ours.dtype}"
    assert theirs.dtype == np.float64, f"{pair.name} {what}: theirs is {theirs.dtype}"
    assert ours.shape == theirs.shape, f"{pair.name} {what}: {ours.shape} and {theirs.shape}"
    scale = np.abs(theirs).max(initial=0.0)
    worst = np.abs(ours - theirs).max(initial=0.0)
    assert worst <= pair.rtol * scale, f"{pair.name} {what}: {worst:.1e} apart at a scale of {scale:.1e}"


def randomise(params, rng):
    for array in params.values():
        array[...] = rng.normal(size=array.shape)  # no zeros, no ones: nothing to hide behind


def slopes(function, *arrays):
    """Keras' value of function(*variables), and its gradient with respect to each."""
    import tensorflow as tf

    variables = [tf.Variable(a) for a in arrays]
    with tf.GradientTape() as tape:
        value = function(*variables)
    return value.numpy(), [g.numpy() for g in tape.gradient(value, variables)]


# -- the table itself ---------------------------------------------------------------------------------------


def names_that_need_a_pair():
    return set(nn.__all__) | set(nn.initializers.BY_NAME)


def test_every_public_name_has_a_pair_or_a_reason():
    paired = {pair.name for pair in PAIRS}
    assert names_that_need_a_pair() == paired | WITHOUT_TWIN.keys()
    assert not paired & WITHOUT_TWIN.keys()
    assert all(len(reason) > 15 for reason in WITHOUT_TWIN.values())


def test_every_class_with_a_backward_has_a_pair():
    import importlib
    import pkgutil

    modules = [importlib.import_module(f"{nn.__name__}.{m.name}") for m in pkgutil.iter_modules(nn.__path__)]
    classes = {
        c for m in modules for _, c in inspect.getmembers(m, inspect.isclass) if hasattr(c, "backward")
    }
    assert {c.__name__ for c in classes} - {"Layer"} == {
        p.name for p in PAIRS if p.kind in ("layer", "model")
    }


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p.name)
def test_twin_is_a_public_name_of_keras(pair, keras):
    found = keras
    for part in pair.twin.split("(")[0].split(".")[1:]:
        found = getattr(found, part)
    assert callable(found)


def test_names_in_the_table_occur_once():
    names = [pair.name for pair in PAIRS]
    assert len(names) == len(set(names))


def test_reading_the_table_does_not_ask_for_keras():
    assert "import keras" not in inspect.getsource(pairs)


# -- layers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pair", "options"), cases("layer"))
def test_layer(pair, options, rng, keras):
    ours, theirs = pair.make(rng, **options), pair.keras(keras, **options)
    X = rng.normal(size=pair.shape)
    theirs.build(X.shape)
    randomise(ours.params, rng)
    order = [name for name in pair.order if name in ours.params]
    theirs.set_weights([ours.params[name] for name in order])
    Y = ours.forward(X)
    dY = rng.normal(size=Y.shape)
    dX = ours.backward(dY)
    penalty = ours.penalty()

    expected, gradients = keras_layer_slopes(theirs, X, dY)
    assert_close(Y, expected, pair, "forward")
    assert_close(dX, gradients[0], pair, "dX")
    for name, gradient in zip(order, gradients[1:], strict=True):
        assert_close(ours.grads[name], gradient, pair, f"d{name}")
    assert_close(np.float64(penalty), np.float64(sum(map(float, theirs.losses))), pair, "penalty")


def keras_layer_slopes(layer, X, dY):
    """Keras' output, and the gradient of Σ Y·dY + penalties with respect to X and each weight."""
    import tensorflow as tf

    X, weights = tf.Variable(X), [w.value for w in layer.trainable_weights]
    with tf.GradientTape() as tape:
        Y = layer(X, training=False)
        total = tf.reduce_sum(Y * dY) + tf.add_n([tf.zeros((), tf.float64), *layer.losses])
    return Y.numpy(), [g.numpy() for g in tape.gradient(total, [X, *weights])]


@pytest.mark.parametrize("name", ["ReLU", "Softmax", "Sigmoid", "Tanh"])
def test_layer_at_its_corners(name, keras):
    pair = next(p for p in PAIRS if p.name == name)
    ours, theirs = pair.make(None), pair.keras(keras)
    X = np.array([[0.0, -0.0, 800.0, -800.0], [0.0, 1.0, 1.0, -1.0]])
    Y, dX = ours.forward(X), ours.backward(np.ones_like(X))
    expected, (slope,) = keras_layer_slopes(theirs, X, np.ones_like(X))
    np.testing.assert_allclose(Y, expected, rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(dX, slope, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("rate", [0.25, 0.5])
def test_dropout_in_training_is_the_same_law(rate, rng, keras):
    pair = next(p for p in PAIRS if p.name == "Dropout")
    ours, theirs = pair.make(rng, rate=rate), pair.keras(keras, rate=rate)
    X, dY = 1 + rng.uniform(size=pair.shape), 1 + rng.uniform(size=pair.shape)
    Y = ours.forward(X, training=True)
    expected, (dX,) = slopes(lambda x: theirs(x, training=True) * dY, X)
    for output, slope in ((Y, ours.backward(dY)), (expected / dY, dX)):
        dropped = output == 0
        np.testing.assert_allclose(output[~dropped], X[~dropped] / (1 - rate), rtol=1e-6)
        np.testing.assert_allclose(slope, np.where(dropped, 0, dY / (1 - rate)), rtol=1e-6)
        assert abs(dropped.mean() - rate) < 5 * np.sqrt(rate * (1 - rate) / X.size)


# -- functions, losses, regularisers ------------------------------------------------------------------------


@pytest.mark.parametrize(("pair", "options"), cases("function"))
def test_function(pair, options, rng, keras):
    value = pair.target(rng, pair.shape) if pair.target else 10 * rng.normal(size=pair.shape)
    theirs = np.asarray(pair.keras(keras, **options)(value), np.float64)
    assert_close(pair.make(**options)(value), theirs, pair, "value")


@pytest.mark.parametrize("scale", [1, 30])
@pytest.mark.parametrize(("pair", "options"), cases("loss"))
def test_loss(pair, options, scale, rng, keras):
    prediction = scale * rng.normal(size=pair.shape)
    target = pair.target(rng, pair.shape)
    value, gradient = pair.make(**options)(prediction, target)
    theirs = pair.keras(keras, **options)
    expected, (slope,) = slopes(lambda p: theirs(target, p), prediction)
    assert_close(np.float64(value), expected, pair, "value")
    assert_close(gradient, slope, pair, "gradient")


def test_rows_that_do_not_sum_to_one_differ_as_the_table_says(rng, keras):
    pair = next(p for p in PAIRS if p.name == "categorical_crossentropy")
    z, Y = rng.normal(size=(2, 3)), np.array([[1.0, 1, 0], [0, 0, 2]])
    _, (slope,) = slopes(lambda p: pair.keras(keras)(Y, p), z)
    np.testing.assert_allclose(slope, (nn.softmax(z) - Y) / 2)
    nn.check_gradient(lambda: pair.make()(z, Y)[0], z, pair.make()(z, Y)[1])


@pytest.mark.parametrize(("pair", "options"), cases("regularizer"))
def test_regularizer(pair, options, rng, keras):
    W = rng.normal(size=pair.shape)
    ours = pair.make(**options)
    value, (slope,) = slopes(pair.keras(keras, **options), W)
    assert_close(np.float64(ours(W)), value, pair, "penalty")
    assert_close(ours.gradient(W), slope, pair, "gradient")


# -- initialisers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(300, 200), (3, 3, 64, 120)], ids=str)
@pytest.mark.parametrize(("pair", "options"), cases("initializer"))
def test_initializer(pair, options, shape, rng, keras):
    ours = pair.make(**options)(shape, rng=rng, dtype="float64")
    theirs = np.asarray(pair.keras(keras, **options)(shape, dtype="float64"))
    if pair.name == "zeros":
        assert not ours.any()
        assert not theirs.any()
        return
    n, std = ours.size, theirs.std()
    assert abs(ours.mean()) < 5 * std / np.sqrt(n)
    assert abs(theirs.mean()) < 5 * std / np.sqrt(n)
    # the variance of a sample variance is below 2 σ⁴ / n for both laws; two samples, five sigmas
    assert abs(ours.var() / theirs.var() - 1) < 5 * np.sqrt(2 * 2 / n)
    assert abs(np.abs(ours).max() / np.abs(theirs).max() - 1) < 0.01  # the bound, nearly reached in both
    assert_quantiles_agree(ours, theirs)


def assert_quantiles_agree(ours, theirs):
    """Kolmogorov–Smirnov: the largest gap of the two distribution functions, at one in a million."""
    from scipy.stats import ks_2samp

    assert ks_2samp(ours.ravel(), theirs.ravel()).pvalue > 1e-6


@pytest.mark.parametrize("name", [n for n in nn.initializers.BY_NAME if n != "zeros"])
def test_initializer_has_the_variance_of_its_formula(name, rng):
    fan_in, fan_out = shape = (400, 300)
    W = nn.initializers.get(name)(shape, rng=rng, dtype="float64")
    variance = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in}[name.split("_")[0]]
    assert abs(W.var() / variance - 1) < 5 * np.sqrt(2 / W.size)


# -- optimisers and whole models ----------------------------------------------------------------------------


@pytest.mark.parametrize(("pair", "options"), cases("optimizer"))
def test_optimizer_trajectory(pair, options, rng, keras):
    import tensorflow as tf

    ours, theirs = pair.make(**options), pair.keras(keras, **options)
    params = {"W": rng.normal(size=(5, 3)), "b": rng.normal(size=3)}
    variables = [keras.Variable(p, dtype="float64") for p in params.values()]
    theirs.build(variables)
    for step in range(STEPS):
        grads = {name: rng.normal(size=p.shape) * 10.0 ** (step % 7 - 3) for name, p in params.items()}
        ours.step(params, grads)
        theirs.apply([tf.constant(g) for g in grads.values()])
        for (name, p), variable in zip(params.items(), variables, strict=True):
            assert_close(p, variable.numpy(), pair, f"{name} after {step + 1} steps")


@pytest.mark.usefixtures("float64_everywhere")
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize(("pair", "options"), cases("model"))
def test_model_fit(pair, options, optimizer, rng, keras):
    rule = next(p for p in PAIRS if p.name == optimizer)
    loss = next(p for p in PAIRS if p.name == "sparse_categorical_crossentropy")
    X, y = rng.normal(size=(60, 5)), rng.integers(3, size=60)
    ours, theirs = pair.make(rng, **options), pair.keras(keras, **options)
    randomise(ours.params, rng)
    nn.to_keras(ours, theirs)
    settings = next(rule.variants())
    ours.compile(optimizer=rule.make(**settings), loss=loss.make())
    theirs.compile(rule.keras(keras, **settings), loss.keras(keras), metrics=["accuracy"])

    run = {"batch_size": 16, "epochs": 3, "shuffle": False, "validation_split": 0.2, "verbose": 0}
    got, expected = ours.fit(X, y, rng=rng, **run).history, theirs.fit(X, y, **run).history
    assert got.keys() == expected.keys() == {"loss", "accuracy", "val_loss", "val_accuracy"}
    for name in got:
        np.testing.assert_allclose(got[name], expected[name], rtol=1e-10, err_msg=name)
    for p, w in zip(ours.params.values(), theirs.get_weights(), strict=True):
        assert_close(p, w, pair, "parameters after fit")
    assert_close(ours.predict_proba(X), keras.ops.softmax(theirs(X)).numpy(), pair, "probabilities")


@pytest.mark.parametrize(("pair", "options"), cases("model"))
def test_model_backward(pair, options, rng, keras):
    ours, theirs = pair.make(rng, **options), pair.keras(keras, **options)
    randomise(ours.params, rng)
    nn.to_keras(ours, theirs)
    X, dY = rng.normal(size=pair.shape), rng.normal(size=(pair.shape[0], 3))
    Y = ours.forward(X)
    expected, gradients = keras_layer_slopes(theirs, X, dY)
    assert_close(Y, expected, pair, "forward")
    assert_close(ours.backward(dY), gradients[0], pair, "dX")
    for got, gradient in zip(ours.grads.values(), gradients[1:], strict=True):
        assert_close(got, gradient, pair, "parameter gradients")
