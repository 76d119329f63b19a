"""The protocol that every layer keeps."""

import numpy as np
import pytest

from neuropath import scratch as nn

LAYERS = {
    "Dense": lambda rng, dtype: nn.Dense(4, 3, rng=rng, dtype=dtype),
    "Dense-plain": lambda rng, dtype: nn.Dense(4, 3, rng=rng, use_bias=False, dtype=dtype),
    "Dense-l2": lambda rng, dtype: nn.Dense(4, 3, rng=rng, kernel_regularizer=nn.L2(), dtype=dtype),
    "ReLU": lambda rng, dtype: nn.ReLU(),
    "Sigmoid": lambda rng, dtype: nn.Sigmoid(),
    "Tanh": lambda rng, dtype: nn.Tanh(),
    "Softmax": lambda rng, dtype: nn.Softmax(),
    "Flatten": lambda rng, dtype: nn.Flatten(),
    "Dropout": lambda rng, dtype: nn.Dropout(0.5, rng=rng),
    "Sequential": lambda rng, dtype: nn.mlp([4, 5, 3], rng=rng, dropout=0.2, dtype=dtype),
}
every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


@every_layer
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_is_never_changed(make, dtype, training, rng):
    layer = make(rng, dtype)
    Y = layer.forward(rng.normal(size=(5, 4)).astype(dtype), training=training)
    dX = layer.backward(np.ones_like(Y))
    arrays = [Y, dX, *layer.params.values(), *layer.grads.values()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


@every_layer
def test_backward_before_forward_says_so(make, rng):
    with pytest.raises(ValueError, match="needs a forward pass first"):
        make(rng, "float32").backward(np.ones((5, 3), np.float32))


@every_layer
def test_backward_works_after_inference(make, rng):
    layer, X = make(rng, "float64"), rng.normal(size=(5, 4))
    Y = layer.forward(X, training=False)
    assert layer.backward(np.ones_like(Y)).shape == X.shape


@every_layer
def test_upstream_gradient_of_another_shape_is_refused(make, rng):
    layer = make(rng, "float32")
    Y = layer.forward(np.ones((5, 4), np.float32))
    with pytest.raises(
        ValueError, match=r"expects dY shaped as the last output, \(5, \d\), received \(1, \d\)"
    ):
        layer.backward(np.ones_like(Y[:1]))  # would broadcast


@every_layer
def test_gradients_are_overwritten_in_place(make, rng):
    layer = make(rng, "float64")
    before = dict(layer.grads)
    assert layer.grads.keys() == layer.params.keys()
    for _ in range(2):
        Y = layer.forward(rng.normal(size=(5, 4)))
        layer.backward(np.ones_like(Y))
    assert all(layer.grads[name] is array for name, array in before.items())
    once = {name: array.copy() for name, array in layer.grads.items()}
    layer.backward(np.ones_like(Y))
    for name, array in once.items():
        np.testing.assert_array_equal(layer.grads[name], array)  # not accumulated


def test_dense_refuses_other_inputs(rng):
    dense = nn.Dense(4, 3, rng=rng)
    with pytest.raises(ValueError, match=r"X of shape \(N, 4\), received \(5, 3\)"):
        dense.forward(np.ones((5, 3), np.float32))
    with pytest.raises(ValueError, match=r"received \(5, 2, 2\): put Flatten\(\) before it"):
        dense.forward(np.ones((5, 2, 2), np.float32))
    with pytest.raises(TypeError, match=r'float32 \(its own\), received float64: use X.astype\("float32"\)'):
        dense.forward(np.ones((5, 4)))
    dense.forward(np.ones((5, 4), np.float32))
    with pytest.raises(TypeError, match="dY of dtype float32"):
        dense.backward(np.ones((5, 3)))


def test_dense_refuses_impossible_sizes_and_names(rng):
    with pytest.raises(ValueError, match="units to be a whole number >= 1, received 0"):
        nn.Dense(4, 0, rng=rng)
    with pytest.raises(ValueError, match=r"among zeros, glorot_uniform.*received 'He'"):
        nn.Dense(4, 3, rng=rng, kernel_initializer="He")


def test_randomness_must_be_named():
    with pytest.raises(TypeError, match="rng"):
        nn.Dense(4, 3)
    with pytest.raises(TypeError, match="rng"):
        nn.Dropout(0.5)


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, np.nan])
def test_dropout_refuses_a_rate_outside(rate, rng):
    with pytest.raises(ValueError, match=r"rate in \[0, 1\)"):
        nn.Dropout(rate, rng=rng)


def test_dropout_keeps_the_expectation(rng):
    X = np.full((400, 400), 3.0)
    assert abs(nn.Dropout(0.3, rng=rng).forward(X, training=True).mean() - 3) < 0.02


def test_dropout_does_nothing_at_inference(rng):
    X = rng.normal(size=(5, 4))
    assert nn.Dropout(0.9, rng=rng).forward(X) is X


def test_relu_slope_at_zero_is_zero():
    relu = nn.ReLU()
    relu.forward(np.array([[0.0, -0.0, 1e-300]]))
    np.testing.assert_array_equal(relu.backward(np.ones((1, 3))), [[0, 0, 1]])


def test_flatten_takes_an_empty_batch():
    assert nn.Flatten().forward(np.ones((0, 3, 2))).shape == (0, 6)


def test_initializers_know_convolution_kernels_and_refuse_vectors(rng):
    assert nn.initializers.fans((3, 3, 8, 16)) == (72, 144)
    with pytest.raises(ValueError, match="rank 2 or more"):
        nn.initializers.he_normal((5,), rng=rng)


def test_cut_normal_has_no_tails(rng):
    W = nn.initializers.he_normal((500, 100), rng=rng, dtype="float64")
    assert np.abs(W).max() <= 2 * np.sqrt(2 / 500) / nn.initializers.STD_OF_CUT_NORMAL


@pytest.mark.parametrize("l2", [-1, np.nan, np.inf])
def test_l2_refuses_what_is_no_penalty(l2):
    with pytest.raises(ValueError, match="finite l2 >= 0"):
        nn.L2(l2)


@pytest.mark.parametrize("dtype", ["int32", "bool", "complex64", object])
def test_dense_refuses_numbers_that_cannot_hold_weights(dtype, rng):
    with pytest.raises(TypeError, match="floating dtype such as float32, received"):
        nn.Dense(3, 2, rng=rng, dtype=dtype)


def test_a_training_step_trains_and_an_evaluation_does_not(rng):
    """In train_step Dropout draws and the statistics move; in evaluate and predict neither happens."""
    norm, dropout = nn.BatchNormalization(6), nn.Dropout(0.5, rng=rng)
    model = nn.Sequential([nn.Dense(4, 6, rng=rng), norm, dropout, nn.Dense(6, 3, rng=rng)])
    model.compile()
    X, y = rng.normal(size=(8, 4)).astype("float32"), np.arange(8) % 3
    model.evaluate(X, y)
    model.predict(X)
    assert dropout.mask is None
    assert (norm.state["moving_mean"] == 0).all()
    model.train_step(X, y)
    assert 0 < (dropout.mask == 0).mean() < 1
    assert (norm.state["moving_mean"] != 0).all()


@pytest.mark.parametrize(
    ("rows", "n_in", "units"), [(0, 20, 24), (1, 8, 9), (2, 16, 40), (3, 16, 40), (3, 40, 16)]
)
def test_dense_sends_back_the_same_for_few_rows_and_for_many(rows, n_in, units, rng):
    """A few rows meet W as it lies, many meet it turned."""
    layer, X = nn.Dense(n_in, units, rng=rng, dtype="float64"), rng.normal(size=(rows, n_in))
    dY = rng.normal(size=layer.forward(X).shape)
    dX = layer.backward(dY)
    np.testing.assert_allclose(dX, np.einsum("nk,dk->nd", dY, layer.params["W"]), rtol=1e-12, atol=1e-14)
    assert dX.flags.c_contiguous
