"""One layer of ours against one of Keras', over random configurations: the harness of the fuzz tests."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

CASES = 250  # every fifth in float32, so 200 in float64
RTOL = {"float64": 1e-10, "float32": 1e-4}  # of the largest entry


@dataclass
class Case:
    """Two layers that should agree on X. `order` names our arrays in the order of Keras' weights."""

    ours: Any
    theirs: Any
    X: Any  # an array, or a list of arrays
    order: tuple[str, ...] = ()
    training: bool = False
    note: dict = field(default_factory=dict)


def dtypes(count=CASES):
    """(rng, dtype) for each case; the seed is in the message of a failure."""
    for seed in range(count):
        yield np.random.default_rng(seed), "float32" if seed % 5 == 4 else "float64"


def fuzz(make, keras, count=CASES):
    """Compare every case that make(rng, dtype, keras) returns; None is drawn again."""
    done = 0
    for rng, dtype in dtypes(count):
        case = None
        while case is None:
            case = make(rng, dtype, keras)
        compare(case, rng, dtype)
        done += 1
    assert done >= count


def pick(rng, *values):
    """One of the values, as it is."""
    return values[rng.integers(len(values))]


def images(rng, dtype, smallest=1, ties=False):
    """A random batch (N, H, W, C); with ties in whole numbers, where equal entries are common."""
    N, H, W, C = rng.integers(1, 4), *rng.integers(smallest, 10, 2), rng.integers(1, 6)
    X = rng.integers(-2, 3, (N, H, W, C)) if ties else rng.normal(size=(N, H, W, C))
    return X.astype(dtype)


def compare(case, rng, dtype):
    """Forward, dX, every parameter's gradient, the state afterwards; dtypes and shapes too."""
    ours, theirs = case.ours, case.theirs
    arrays = {**ours.params, **getattr(ours, "state", {})}
    for name, array in arrays.items():
        array[...] = (
            rng.normal(size=array.shape) if "variance" not in name else rng.uniform(0.5, 2, array.shape)
        )
    many = isinstance(case.X, list)
    if not theirs.built:
        theirs.build([x.shape for x in case.X] if many else case.X.shape)
    order = [name for name in case.order if name in arrays]
    theirs.set_weights([arrays[name] for name in order])
    Y = ours.forward(case.X, training=case.training)
    dY = rng.normal(size=Y.shape).astype(dtype)
    dX = ours.backward(dY)
    expected, dX_expected, gradients = keras_slopes(theirs, case.X, dY, case.training)

    def close(what, got, wanted):
        assert_close(got, wanted, RTOL[dtype], dtype, f"{type(ours).__name__} {what}: {case.note}, {dtype}")

    close("forward", Y, expected)
    for got, wanted in zip(dX if many else [dX], dX_expected, strict=True):
        close("dX", got, wanted)
    trained = [name for name in order if name in ours.params]
    for name, wanted in zip(trained, gradients, strict=bool(gradients)):
        close(f"d{name}", ours.grads[name], wanted)
    for name, wanted in zip(order, theirs.get_weights(), strict=True):
        close(f"{name} afterwards", arrays[name], wanted)


def keras_slopes(layer, X, dY, training):
    """Keras' output, its gradients with respect to X (a list) and to each trainable weight."""
    import tensorflow as tf

    inputs = [tf.constant(x) for x in (X if isinstance(X, list) else [X])]
    weights = [w.value for w in layer.trainable_weights]
    options = {"training": training} if layer._call_has_training_arg else {}
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        Y = layer(inputs if isinstance(X, list) else inputs[0], **options)
    slopes = tape.gradient(Y, [*inputs, *weights], output_gradients=tf.constant(dY))
    slopes = [tf.convert_to_tensor(s).numpy() for s in slopes]
    return Y.numpy(), slopes[: len(inputs)], slopes[len(inputs) :]


def assert_close(got, wanted, rtol, dtype, what):
    assert got.dtype == dtype, f"{what}: ours is {got.dtype}"
    assert wanted.dtype == dtype, f"{what}: theirs is {wanted.dtype}"
    assert got.shape == wanted.shape, f"{what}: {got.shape} and {wanted.shape}"
    scale = np.abs(wanted).max(initial=0.0)
    if dtype == "float32":  # sums that cancel leave only their rounding, on both sides: float64 looks closer
        scale = max(scale, 1.0)
    worst = np.abs(got - wanted).max(initial=0.0)
    assert worst <= rtol * scale, f"{what}: {worst:.1e} apart at a scale of {scale:.1e}"
