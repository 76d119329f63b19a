"""What every layer of images promises, and what it says when it is given something else."""

import copy

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.scratch.conv import Conv2D
from neuropath.scratch.conv_depthwise import DepthwiseConv2D, SeparableConv2D
from neuropath.scratch.conv_transpose import Conv2DTranspose
from neuropath.scratch.graph import Add
from neuropath.scratch.layers_activation import GELU, Swish
from neuropath.scratch.normalization import BatchNormalization, GroupNormalization, LayerNormalization
from neuropath.scratch.pooling import AveragePooling2D, GlobalAveragePooling2D, GlobalMaxPool2D, MaxPool2D
from neuropath.scratch.reshaping import Reshape, UpSampling2D, ZeroPadding2D

SHAPE = (3, 6, 5, 4)
WITH_KERNELS = {
    "Conv2D": lambda rng, dtype: Conv2D(4, 3, 3, 2, "same", rng=rng, dtype=dtype),
    "Conv2D-point": lambda rng, dtype: Conv2D(4, 3, 1, rng=rng, dtype=dtype),
    "Conv2D-l2": lambda rng, dtype: Conv2D(4, 3, 2, rng=rng, kernel_regularizer=nn.L2(0.1), dtype=dtype),
    "DepthwiseConv2D": lambda rng, dtype: DepthwiseConv2D(4, 3, padding="same", rng=rng, dtype=dtype),
    "DepthwiseConv2D-2": lambda rng, dtype: DepthwiseConv2D(4, 3, 2, "valid", 2, rng=rng, dtype=dtype),
    "SeparableConv2D": lambda rng, dtype: SeparableConv2D(4, 3, 3, rng=rng, depth_multiplier=2, dtype=dtype),
    "Conv2DTranspose": lambda rng, dtype: Conv2DTranspose(4, 3, 3, 2, "same", rng=rng, dtype=dtype),
}
LAYERS = WITH_KERNELS | {
    "BatchNormalization": lambda rng, dtype: BatchNormalization(4, dtype=dtype),
    "LayerNormalization": lambda rng, dtype: LayerNormalization(4, dtype=dtype),
    "GroupNormalization": lambda rng, dtype: GroupNormalization(4, 2, dtype=dtype),
    "MaxPool2D": lambda rng, dtype: MaxPool2D(3, 2, "same"),
    "AveragePooling2D": lambda rng, dtype: AveragePooling2D(3, 2, "same"),
    "GlobalAveragePooling2D": lambda rng, dtype: GlobalAveragePooling2D(),
    "GlobalMaxPool2D": lambda rng, dtype: GlobalMaxPool2D(keepdims=True),
    "ZeroPadding2D": lambda rng, dtype: ZeroPadding2D(((0, 1), (2, 0))),
    "UpSampling2D": lambda rng, dtype: UpSampling2D((2, 3)),
    "UpSampling2D-bilinear": lambda rng, dtype: UpSampling2D(2, "bilinear"),
    "Reshape": lambda rng, dtype: Reshape((4, -1)),
    "GELU": lambda rng, dtype: GELU(),
    "GELU-tanh": lambda rng, dtype: GELU(approximate=True),
    "Swish": lambda rng, dtype: Swish(),
    "ReLU6-leaky": lambda rng, dtype: nn.ReLU(6.0, 0.1, 0.5),
}
every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
both_modes = pytest.mark.parametrize("training", [False, True])


def made(make, rng, dtype="float64"):
    layer = make(rng, dtype)
    for array in layer.params.values():
        array[...] = rng.normal(size=array.shape)
    return layer


@every_layer
@both_modes
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_is_never_changed(make, training, dtype, rng):
    layer = made(make, rng, dtype)
    Y = layer.forward(rng.normal(size=SHAPE).astype(dtype), training=training)
    dX = layer.backward(np.ones_like(Y))
    arrays = [Y, dX, *layer.params.values(), *layer.grads.values(), *layer.state.values()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    assert dX.shape == SHAPE


@every_layer
@both_modes
def test_backward_is_the_slope(make, training, rng):
    """Finite differences: of the inputs and of every parameter, penalties included, in both modes."""
    layer, X = made(make, rng), rng.normal(size=(2, 4, 3, 4)) * 2
    dY = rng.normal(size=layer.forward(X, training=training).shape)

    def loss():
        return np.sum(dY * layer.forward(X, training=training)) + layer.penalty()

    layer.state = {name: array.copy() for name, array in layer.state.items()}
    dX = layer.backward(dY).copy()
    gradients = {name: gradient.copy() for name, gradient in layer.grads.items()}
    nn.check_gradient(loss, X, dX)
    for name, gradient in gradients.items():
        nn.check_gradient(loss, layer.params[name], gradient)


@every_layer
def test_gradients_are_overwritten_in_place(make, rng):
    layer, X = made(make, rng), rng.normal(size=SHAPE)
    before = dict(layer.grads)
    assert layer.grads.keys() == layer.params.keys()
    Y = layer.forward(X)
    layer.backward(np.ones_like(Y))
    once = {name: array.copy() for name, array in layer.grads.items()}
    layer.backward(np.ones_like(Y))
    for name, array in before.items():
        assert layer.grads[name] is array
        np.testing.assert_array_equal(array, once[name])  # not accumulated


@every_layer
@both_modes
def test_nothing_that_was_given_is_written_to(make, training, rng):
    layer, X = made(make, rng), rng.normal(size=SHAPE)
    kept = X.copy()
    Y = layer.forward(X, training=training)
    dY = rng.normal(size=Y.shape)
    X.flags.writeable = dY.flags.writeable = False
    layer.backward(dY)
    np.testing.assert_array_equal(X, kept)


@every_layer
def test_views_and_transposed_memory_give_the_same(make, rng):
    X = rng.normal(size=SHAPE)
    odd = np.asfortranarray(X)
    layer = made(make, rng)
    Y = layer.forward(X)
    dY = rng.normal(size=Y.shape)
    dX = np.array(layer.backward(dY))
    np.testing.assert_allclose(layer.forward(odd), Y, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer.backward(np.asfortranarray(dY)), dX, rtol=1e-12, atol=1e-12)


@every_layer
def test_backward_before_forward_says_so(make, rng):
    with pytest.raises(ValueError, match="needs a forward pass first"):
        make(rng, "float32").backward(np.ones(SHAPE, np.float32))


@every_layer
def test_upstream_gradient_of_another_shape_or_dtype_is_refused(make, rng):
    layer = make(rng, "float32")
    Y = layer.forward(np.ones(SHAPE, np.float32))
    with pytest.raises(ValueError, match="expects dY shaped as the last output"):
        layer.backward(np.ones_like(Y[:1]))
    with pytest.raises(TypeError, match=r"dY of dtype float32, the last output.s, received float64"):
        layer.backward(np.ones(Y.shape))


@every_layer
def test_empty_batch_gives_empty_outputs_as_keras(make, rng):
    layer = made(make, rng, "float32")
    Y = layer.forward(np.ones((0, *SHAPE[1:]), np.float32))
    assert len(Y) == 0
    assert Y.shape[1:] == layer.forward(np.ones((1, *SHAPE[1:]), np.float32)).shape[1:]
    layer.forward(np.ones((0, *SHAPE[1:]), np.float32))
    assert layer.backward(Y).shape == (0, *SHAPE[1:])
    if not isinstance(layer, Conv2D) or layer.penalty() == 0:
        assert all((gradient == 0).all() for gradient in layer.grads.values())


@every_layer
def test_nan_is_not_swallowed(make, rng):
    X = rng.normal(size=SHAPE)
    X[0, 2, 2] = np.nan
    assert np.isnan(made(make, rng).forward(X)).any()


ANY_SHAPE = ("Reshape", "GELU", "GELU-tanh", "Swish", "ReLU6-leaky")


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in ANY_SHAPE])
def test_other_inputs_are_refused(name, rng):
    layer = LAYERS[name](rng, "float32")
    if layer.params:
        with pytest.raises(ValueError, match=r"expects .*X of shape \(N, .*4\), received \(3, 6, 5, 3\)"):
            layer.forward(np.ones((3, 6, 5, 3), np.float32))
        with pytest.raises(
            TypeError, match=r"X of dtype float32 \(its own\), received float64: use X.astype"
        ):
            layer.forward(np.ones(SHAPE))
    else:
        with pytest.raises(TypeError, match="expects floating numbers, received int64"):
            layer.forward(np.ones(SHAPE, np.int64))
    if "Normalization" in name:
        with pytest.raises(ValueError, match=r"received \(4,\)"):
            layer.forward(np.ones(4, np.float32))
        return
    with pytest.raises(ValueError, match=r"received \(6, 5, 4\)\. A single image is X\[None\]"):
        layer.forward(np.ones((6, 5, 4), np.float32))
    with pytest.raises(ValueError, match=r"received \(3, 0, 5, 4\)"):
        layer.forward(np.ones((3, 0, 5, 4), np.float32))


@pytest.mark.parametrize("make", WITH_KERNELS.values(), ids=WITH_KERNELS)
def test_training_needs_no_dX_for_the_first_layer(make, rng):
    layer, X = made(make, rng), rng.normal(size=SHAPE)
    Y = layer.forward(X, training=True)
    layer.backward(np.ones_like(Y))
    full = copy.deepcopy(layer.grads)
    for array in layer.grads.values():
        array[...] = np.nan
    assert layer.backward_params(np.ones_like(Y)) is None
    for name, array in layer.grads.items():
        np.testing.assert_array_equal(array, full[name])


def test_add_refuses_what_it_cannot_add():
    X = np.ones((2, 3))
    for odd in (X, [X], []):
        with pytest.raises(ValueError, match="Add expects a list of two or more arrays"):
            Add().forward(odd)
    for other in (np.ones((1, 3)), X.astype("float32")):
        with pytest.raises(ValueError, match=r"one shape and dtype, received float64 \(2, 3\), float"):
            Add().forward([X, other])
