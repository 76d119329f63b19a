"""The fast layers are the slow, obvious loops; and the loops are right by finite differences."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from neuropath.scratch import check_gradient, conv, pooling, reference
from neuropath.scratch.conv import Conv2D
from neuropath.scratch.conv_depthwise import DepthwiseConv2D, SeparableConv2D
from neuropath.scratch.conv_transpose import Conv2DTranspose
from neuropath.scratch.normalization import BatchNormalization
from neuropath.scratch.windows import Window

SMALL = st.integers(1, 3)


@st.composite
def geometries(draw):
    """Keras' arguments of a window; strides or dilation, not both."""
    kernel, strides = (draw(SMALL), draw(SMALL)), (draw(SMALL), draw(SMALL))
    dilation = (draw(SMALL), draw(SMALL)) if strides == (1, 1) else (1, 1)
    padding = draw(st.sampled_from(["valid", "same"]))
    return {"kernel_size": kernel, "strides": strides, "padding": padding, "dilation_rate": dilation}


@st.composite
def image_batches(draw):
    """Random images of a drawn shape; whole numbers now and then, which tie."""
    shape = draw(st.tuples(st.integers(1, 2), st.integers(1, 6), st.integers(1, 6), SMALL))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.integers(-2, 3, shape).astype("float64") if draw(st.booleans()) else rng.normal(size=shape)


def fits(window, X):
    return min(window.output(*X.shape[1:3])) > 0


def randomised(layer, rng):
    for array in layer.params.values():
        array[...] = rng.normal(size=array.shape)
    return list(layer.params.values())


def assert_same(got, wanted, what):
    assert got.shape == wanted.shape, what
    worst = np.abs(got - wanted).max(initial=0)
    assert worst <= 1e-12 * max(1, np.abs(wanted).max(initial=0)), f"{what}: {worst:.1e} apart"


def compare(layer, X, rng, forward, backward):
    """A layer against loops that are handed (X, *parameters) and (dY, X, *parameters)."""
    arrays = randomised(layer, rng)
    Y = layer.forward(X)
    dY = rng.normal(size=Y.shape)
    assert_same(Y, forward(X, *arrays), "forward")
    gradients = backward(dY, X, *arrays)
    dX, *others = gradients if isinstance(gradients, tuple) else (gradients,)
    assert_same(layer.backward(dY), dX, "dX")
    for (name, gradient), wanted in zip(layer.grads.items(), others, strict=True):
        assert_same(gradient, wanted, f"d{name}")


@settings(max_examples=60)
@given(image_batches(), geometries(), SMALL)
def test_conv2d(X, options, filters):
    rng = np.random.default_rng(0)
    layer = Conv2D(X.shape[3], filters, rng=rng, dtype="float64", **options)
    assume(fits(layer.window, X))
    compare(
        layer,
        X,
        rng,
        lambda *a: reference.conv2d(*a, layer.window),
        lambda *a: reference.conv2d_backward(*a, layer.window),
    )


@settings(max_examples=60)
@given(image_batches(), geometries(), SMALL)
def test_depthwise_conv2d(X, options, m):
    rng = np.random.default_rng(0)
    layer = DepthwiseConv2D(X.shape[3], depth_multiplier=m, rng=rng, dtype="float64", **options)
    assume(fits(layer.window, X))
    compare(
        layer,
        X,
        rng,
        lambda *a: reference.depthwise_conv2d(*a, layer.window),
        lambda *a: reference.depthwise_conv2d_backward(*a, layer.window),
    )


@settings(max_examples=40)
@given(image_batches(), geometries(), SMALL, SMALL)
def test_separable_conv2d(X, options, filters, m):
    rng = np.random.default_rng(0)
    layer = SeparableConv2D(X.shape[3], filters, depth_multiplier=m, rng=rng, dtype="float64", **options)
    assume(fits(layer.window, X))
    compare(
        layer,
        X,
        rng,
        lambda *a: reference.separable_conv2d(*a, layer.window),
        lambda *a: reference.separable_conv2d_backward(*a, layer.window),
    )


@settings(max_examples=60)
@given(image_batches(), geometries(), SMALL)
def test_conv2d_transpose(X, options, filters):
    """Dilation included, which TensorFlow does not have on a CPU."""
    rng = np.random.default_rng(0)
    layer = Conv2DTranspose(X.shape[3], filters, rng=rng, dtype="float64", **options)
    size = layer.forward(X).shape[1:3]
    compare(
        layer,
        X,
        rng,
        lambda *a: reference.conv2d_transpose(*a, layer.window, size),
        lambda *a: reference.conv2d_transpose_backward(*a, layer.window),
    )


@pytest.mark.parametrize("name", ["MaxPool2D", "AveragePooling2D"])
@settings(max_examples=60)
@given(image_batches(), geometries())
def test_pooling(name, X, options):
    layer = getattr(pooling, name)(options["kernel_size"], options["strides"], options["padding"])
    assume(fits(layer.window, X))
    loops = "max_pool2d" if name == "MaxPool2D" else "average_pool2d"
    compare(
        layer,
        X,
        np.random.default_rng(0),
        lambda *a: getattr(reference, loops)(*a, layer.window),
        lambda *a: getattr(reference, f"{loops}_backward")(*a, layer.window),
    )


@settings(max_examples=40)
@given(image_batches())
def test_batch_normalization(X):
    assume(X[..., 0].size > 1)
    rng = np.random.default_rng(0)
    layer = BatchNormalization(X.shape[-1], dtype="float64")
    forward = layer.forward
    layer.forward = lambda X: forward(X, training=True)
    compare(layer, X, rng, reference.batch_normalization, reference.batch_normalization_backward)


def test_loops_by_finite_differences(rng):
    window = Window((2, 3), (2, 1), "same")
    X, W, b = rng.normal(size=(2, 5, 4, 3)), rng.normal(size=(2, 3, 3, 2)), rng.normal(size=2)
    dY = rng.normal(size=reference.conv2d(X, W, b, window).shape)
    gradients = reference.conv2d_backward(dY, X, W, b, window)
    for x, dx in zip((X, W, b), gradients, strict=True):
        check_gradient(lambda: np.sum(dY * reference.conv2d(X, W, b, window)), x, dx)
    with pytest.raises(AssertionError, match="backward is off"):
        check_gradient(lambda: np.sum(dY * reference.conv2d(X, W, b, window)), X, gradients[0] * 1.001)


def test_batch_normalization_loops_by_finite_differences(rng):
    X, gamma, beta = rng.normal(size=(3, 2, 2, 2)), rng.normal(size=2), rng.normal(size=2)
    dY = rng.normal(size=X.shape)
    gradients = reference.batch_normalization_backward(dY, X, gamma, beta)
    for x, dx in zip((X, gamma, beta), gradients, strict=True):
        check_gradient(lambda: np.sum(dY * reference.batch_normalization(X, gamma, beta)), x, dx)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("size", [(3, 3), (5, 2), (1, 4), (4, 1)])
@pytest.mark.parametrize("channels", [1, 3, 9])
def test_both_ways_back_through_a_convolution_are_one(channels, size, padding, rng):
    """Kernel pixel by kernel pixel, and by rows in one product: `scatter` chooses by the channels."""
    window, X = Window(size, padding=padding), rng.normal(size=(2, 6, 7, channels))
    layer = Conv2D(channels, 4, size, padding=padding, rng=rng, dtype="float64")
    dY = rng.normal(size=layer.forward(X).shape)
    by_rows = conv.scatter_rows(dY, layer.params["W"], window, X.shape)
    np.testing.assert_allclose(conv.scatter(dY, layer.params["W"], window, X.shape), by_rows, atol=1e-13)


def test_maximum_pooling_takes_slopes_that_lie_anyhow(rng):
    layer, X = pooling.MaxPool2D(2), rng.normal(size=(2, 4, 6, 3))
    dY = rng.normal(size=layer.forward(X).shape)
    expected = layer.backward(dY)
    turned = np.asfortranarray(dY)
    assert not turned.flags.c_contiguous
    assert np.array_equal(layer.backward(turned), expected)
    layer.forward(np.asfortranarray(X))
    assert np.array_equal(layer.backward(turned), expected)


def test_a_pool_of_one_pixel_gives_a_copy(rng):
    X = rng.normal(size=(2, 4, 4, 3))
    Y = pooling.MaxPool2D(1).forward(X)
    np.testing.assert_array_equal(Y, X)
    assert not np.shares_memory(X, Y)
