"""Dense, the activations, dropout and the sum against Keras', over 250 random configurations each."""

import re
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from twin_fuzz import Case, fuzz, pick

from neuropath import scratch as nn
from neuropath.scratch import layers_activation
from neuropath.scratch.graph import Add
from neuropath.scratch.layers_activation import GELU, Swish

ACTIVATIONS = {
    "sigmoid": (nn.Sigmoid, lambda keras, dtype: keras.layers.Activation("sigmoid", dtype=dtype)),
    "tanh": (nn.Tanh, lambda keras, dtype: keras.layers.Activation("tanh", dtype=dtype)),
    "softmax": (nn.Softmax, lambda keras, dtype: keras.layers.Softmax(dtype=dtype)),
    "gelu": (GELU, lambda keras, dtype: keras.layers.Activation("gelu", dtype=dtype)),
    "gelu-tanh": (
        lambda: GELU(approximate=True),
        lambda keras, dtype: keras.layers.Activation(
            lambda x: keras.activations.gelu(x, approximate=True), dtype=dtype
        ),
    ),
    "swish": (Swish, lambda keras, dtype: keras.layers.Activation("silu", dtype=dtype)),
}


def array(rng, dtype, scale=3.0):
    return (scale * rng.normal(size=rng.integers(1, 6, rng.integers(2, 5)))).astype(dtype)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(name, keras, monkeypatch):
    make_ours, make_theirs = ACTIVATIONS[name]
    for name_of in ("ROOT_HALF", "CUBIC"):  # TensorFlow rounds them to float32
        rounded = float(np.float32(getattr(layers_activation, name_of)))
        monkeypatch.setattr(layers_activation, name_of, rounded)

    def make(rng, dtype, keras):
        X = array(rng, dtype)
        if name == "softmax" and X.shape[-1] == 1:
            return None  # its gradient is 0, and both sides are rounding
        return Case(make_ours(), make_theirs(keras, dtype), X, note={"X": X.shape})

    fuzz(make, keras)


def test_gelu_is_x_times_the_normal_distribution_function(rng):
    X = np.append(4 * rng.normal(size=300), [0.0, 40.0, -40.0])
    np.testing.assert_allclose(GELU().forward(X), X * scipy.stats.norm.cdf(X), rtol=1e-12, atol=1e-300)
    assert 1e-4 < np.abs(GELU(approximate=True).forward(X) - GELU().forward(X)).max() < 1e-3


def test_relu(keras):
    def make(rng, dtype, keras):
        X = array(rng, dtype)
        options = {
            "max_value": pick(rng, None, 6.0, 1.5),
            "negative_slope": float(pick(rng, 0.0, 0.25)),
            "threshold": float(pick(rng, 0.0, 1.0)),
        }
        if options["threshold"] == 0 and pick(rng, True, False):  # at the corner itself, and at 6
            X = X.round()
            options["max_value"] = None if options["negative_slope"] else pick(rng, None, 6.0)
        theirs = keras.layers.ReLU(dtype=dtype, **options)
        return Case(nn.ReLU(**options), theirs, X, note={"X": X.shape} | options)

    fuzz(make, keras)


def test_dense(keras):
    def make(rng, dtype, keras):
        N, n_in, units = (int(n) for n in rng.integers(1, 12, 3))
        X, use_bias = rng.normal(size=(N, n_in)).astype(dtype), pick(rng, True, False)
        ours = nn.Dense(n_in, units, rng=rng, use_bias=use_bias, dtype=dtype)
        theirs = keras.layers.Dense(units, use_bias=use_bias, kernel_initializer="zeros", dtype=dtype)
        return Case(ours, theirs, X, ("W", "b"), note={"X": X.shape, "units": units, "bias": use_bias})

    fuzz(make, keras)


def test_dropout_at_inference(keras):
    def make(rng, dtype, keras):
        X, rate = array(rng, dtype), float(rng.uniform(0, 0.99))
        theirs = keras.layers.Dropout(rate, dtype=dtype)
        return Case(nn.Dropout(rate, rng=rng), theirs, X, note={"X": X.shape, "rate": rate})

    fuzz(make, keras)


def test_add(keras):
    def make(rng, dtype, keras):
        X, count = array(rng, dtype), int(rng.integers(2, 6))
        summands = [X, *(rng.normal(size=X.shape).astype(dtype) for _ in range(count - 1))]
        return Case(Add(), keras.layers.Add(dtype=dtype), summands, note={"X": X.shape, "count": count})

    fuzz(make, keras)


def test_concatenate(keras):
    def make(rng, dtype, keras):
        X, count = array(rng, dtype), int(rng.integers(1, 5))
        shapes = [(*X.shape[:-1], int(rng.integers(1, 5))) for _ in range(count)]
        parts = [X, *(rng.normal(size=shape).astype(dtype) for shape in shapes)]
        return Case(nn.Concatenate(), keras.layers.Concatenate(dtype=dtype), parts, note={"shapes": shapes})

    fuzz(make, keras)


def test_rescaling(keras):
    def make(rng, dtype, keras):
        X, (scale, offset) = array(rng, dtype), rng.normal(size=2).astype(dtype)  # NumPy's: not rounded
        theirs = keras.layers.Rescaling(scale, offset, dtype=dtype)
        return Case(nn.Rescaling(scale, offset, dtype=dtype), theirs, X, note={"X": X.shape})

    fuzz(make, keras)


def test_every_layer_is_fuzzed():
    """In the files beside this one a test names each public layer."""
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_scratch_*_fuzz.py"))
    layers = [n for n in nn.__all__ if isinstance(v := getattr(nn, n), type) and issubclass(v, nn.Layer)]
    missing = [name for name in layers if name != "Layer" and not re.search(rf"\b{name}\b", text)]
    assert len(layers) > 25
    assert not missing


def test_a_planted_fault_is_seen(keras):
    """A slope that is 1e-8 off in one entry of a hundred fails: the harness can fail."""

    class Wrong(Swish):
        def backward(self, dY):
            dX = super().backward(dY)
            dX.flat[0] *= 1 + 1e-8
            return dX

    def make(rng, dtype, keras):
        X = array(rng, "float64")[:1, :1]
        return Case(Wrong(), keras.layers.Activation("silu", dtype="float64"), X)

    with pytest.raises(AssertionError, match="Wrong dX"):
        fuzz(make, keras, count=1)
