"""One way to compare each kind of twin: random parameters, random upstream gradient, float64.

The functions take a Pair and one combination of its options, and raise AssertionError where the two differ.
"""

import numpy as np
import pytest

from neuropath.pairs import PAIRS

STEPS = 50


def pair_of(name):
    return next(pair for pair in PAIRS if pair.name == name)


def cases(*kinds, names=None):
    """(pair, options) for every pair of these kinds and every combination of its options."""
    found = [
        (pair, options)
        for pair in PAIRS
        if pair.kind in kinds and (names is None or pair.name in names)
        for options in pair.variants()
    ]
    assert found, f"no pair of kind {kinds}"
    return [pytest.param(p, o, id="-".join([p.name, *(f"{k}={v}" for k, v in o.items())])) for p, o in found]


def assert_close(ours, theirs, pair, what):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.dtype == np.float64, f"{pair.name} {what}: ours is {ours.dtype}"
    if pair.single:
        assert theirs.dtype == np.float32, f"{pair.name} {what}: theirs is {theirs.dtype}, no longer float32"
    else:
        assert theirs.dtype == np.float64, f"{pair.name} {what}: theirs is {theirs.dtype}"
    assert ours.shape == theirs.shape, f"{pair.name} {what}: {ours.shape} and {theirs.shape}"
    scale = np.abs(theirs).max(initial=0.0)
    worst = np.abs(ours - theirs).max(initial=0.0)
    assert worst <= pair.rtol * scale, f"{pair.name} {what}: {worst:.1e} apart at a scale of {scale:.1e}"


def randomise(arrays, rng):
    for name, array in arrays.items():
        array[...] = rng.uniform(0.5, 2, array.shape) if "variance" in name else rng.normal(size=array.shape)


def slopes(function, *arrays):
    """Keras' value of function(*variables), and its gradient with respect to each."""
    import tensorflow as tf

    variables = [tf.Variable(a) for a in arrays]
    with tf.GradientTape() as tape:
        value = function(*variables)
    found = tape.gradient(value, variables, unconnected_gradients="zero")
    return value.numpy(), [tf.convert_to_tensor(g).numpy() for g in found]


# -- layers -------------------------------------------------------------------------------------------------


def keras_layer_slopes(layer, X, dY, training=False):
    """Keras' output, and the gradient of Σ Y·dY + penalties with respect to each input and weight."""
    import tensorflow as tf

    inputs, weights = [tf.Variable(x) for x in X], [w.value for w in layer.trainable_weights]
    options = {"training": training} if layer._call_has_training_arg else {}
    with tf.GradientTape() as tape:
        Y = layer(inputs if len(inputs) > 1 else inputs[0], **options)
        total = tf.reduce_sum(Y * dY) + tf.add_n([tf.zeros((), Y.dtype), *layer.losses])
    found = [tf.convert_to_tensor(g).numpy() for g in tape.gradient(total, [*inputs, *weights])]
    return Y.numpy(), found[: len(inputs)], found[len(inputs) :]


def compare_layer(pair, options, mode, rng, keras, shape=None):
    """Output, slopes with respect to inputs and parameters, penalty, and the state afterwards."""
    ours, theirs = pair.make(rng, **options), pair.keras(keras, **options)
    X = [pair.draw(rng, shape or pair.shape) for _ in range(pair.inputs)]
    theirs.build([x.shape for x in X] if pair.inputs > 1 else X[0].shape)
    arrays = {**ours.params, **ours.state}
    randomise(arrays, rng)
    order = [name for name in pair.order if name in arrays]
    assert set(order) == arrays.keys(), f"{pair.name}: the table's order lacks {arrays.keys() - set(order)}"
    theirs.set_weights([arrays[name] for name in order])
    ours.trainable = theirs.trainable = mode != "frozen"
    training = mode != "inference"
    Y = ours.forward(X if pair.inputs > 1 else X[0], training=training)
    dY = pair.draw(rng, Y.shape)
    back = ours.backward(dY)
    single = np.float32 if pair.single else np.float64
    expected, dX, gradients = keras_layer_slopes(
        theirs, [x.astype(single) for x in X], dY.astype(single), training
    )
    assert_close(Y, expected, pair, "forward")
    for got, wanted in zip(back if pair.inputs > 1 else [back], dX, strict=True):
        assert_close(got, wanted, pair, "dX")
    trained = [name for name in order if name in ours.params] if mode != "frozen" else []
    for name, gradient in zip(trained, gradients, strict=True):
        assert_close(ours.grads[name], gradient, pair, f"d{name}")
    for name, wanted in zip(order, theirs.get_weights(), strict=True):
        assert_close(arrays[name], wanted, pair, f"{name} afterwards")
    if mode != "frozen":  # Keras then forgets the penalty, which moves nothing any more
        expected = sum(map(float, theirs.losses))
        assert abs(ours.penalty() - expected) <= pair.rtol * expected, f"{pair.name}: another penalty"


# -- losses, functions, regularisers ------------------------------------------------------------------------


def compare_loss(pair, options, scale, weighted, rng, keras):
    prediction = scale * rng.normal(size=pair.shape)
    target = pair.target(rng, pair.shape)
    weights = rng.integers(0, 9, len(target)) / 4 if weighted else None
    value, gradient = pair.make(**options)(prediction, target, sample_weight=weights)
    theirs = pair.keras(keras, **options)
    expected, (slope,) = slopes(lambda p: theirs(target, p, sample_weight=weights), prediction)
    assert_close(np.float64(value), expected, pair, "value")
    assert_close(gradient, slope, pair, "gradient")


def compare_function(pair, options, rng, keras):
    value = pair.target(rng, pair.shape) if pair.target else 10 * rng.normal(size=pair.shape)
    theirs = np.asarray(pair.keras(keras, **options)(value), np.float64)
    assert_close(pair.make(**options)(value), theirs, pair, "value")


def compare_regularizer(pair, options, rng, keras):
    W = pair.draw(rng, pair.shape)
    ours = pair.make(**options)
    value, (slope,) = slopes(pair.keras(keras, **options), W)
    assert_close(np.float64(ours(W)), value, pair, "penalty")
    assert_close(ours.gradient(W), slope, pair, "gradient")


# -- initialisers -------------------------------------------------------------------------------------------

UNBOUNDED = ("random_normal", "orthogonal")


def compare_initializer(pair, options, shape, rng, keras):
    ours = pair.make(**options)(shape, rng=rng, dtype="float64")
    theirs = np.asarray(pair.keras(keras, **options)(shape, dtype="float64"))
    if pair.name in ("zeros", "ones"):
        assert_close(ours, theirs, pair, "values")
        return
    n, std = ours.size, theirs.std()
    assert abs(ours.mean() - theirs.mean()) < 5 * std * np.sqrt(2 / n), f"{pair.name}: another mean"
    # the variance of a sample variance is at most 2 σ⁴ / n for all these laws; two samples, five sigmas
    assert abs(ours.var() / theirs.var() - 1) < 5 * np.sqrt(2 * 2 / n), f"{pair.name}: another variance"
    if pair.name not in UNBOUNDED:  # both nearly reach their bounds
        for end in (np.min, np.max):
            middle = theirs.mean()
            assert abs((end(ours) - middle) / (end(theirs) - middle) - 1) < 0.02, f"{pair.name}: bounds"
    assert_quantiles_agree(ours, theirs, pair)


def assert_quantiles_agree(ours, theirs, pair):
    """Kolmogorov–Smirnov: the largest gap of the two distribution functions, at one in a million."""
    from scipy.stats import ks_2samp

    assert ks_2samp(ours.ravel(), theirs.ravel()).pvalue > 1e-6, f"{pair.name}: another law"


# -- optimisers, clipping, schedules ------------------------------------------------------------------------


def compare_optimizer(pair, options, rng, keras):
    """Fifty steps through the same gradients, small and large."""
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


def compare_clipping(pair, options, rng, keras):
    """Theirs is an optimiser of rate 1 whose step from 0 is minus the clipped gradient."""
    import tensorflow as tf

    for size in (0.01, 1.0, 100.0):
        grads = {"W": size * rng.normal(size=(5, 3)), "b": rng.normal(size=3)}
        theirs = pair.keras(keras, **options)
        variables = [keras.Variable(np.zeros(g.shape), dtype="float64") for g in grads.values()]
        theirs.build(variables)
        theirs.apply([tf.constant(g) for g in grads.values()])
        clipped = pair.make(**options)(grads)
        for name, variable in zip(grads, variables, strict=True):
            assert_close(clipped[name], -variable.numpy(), pair, f"{name} at {size}")


def compare_schedule(pair, options, keras, steps):
    ours, theirs = pair.make(**options), pair.keras(keras, **options)
    if pair.name == "CosineDecayRestarts":  # where a cycle begins Keras may still end the last one
        steps = [step for step in steps if ours._cycle(step)[1] > 0]
    rates = np.array([ours(step) for step in steps])
    assert_close(rates, np.array([float(theirs(step)) for step in steps]), pair, "rates")
