"""Every convolution against Keras', over 250 random configurations each."""

import pytest
from twin_fuzz import Case, fuzz, images, pick

from neuropath.scratch.conv import Conv2D
from neuropath.scratch.conv_depthwise import DepthwiseConv2D, SeparableConv2D
from neuropath.scratch.conv_transpose import Conv2DTranspose


def geometry(rng, square=False):
    """Random kernel, strides, padding, dilation and bias: strides > kernel and even kernels included."""
    kernel, strides = tuple(map(int, rng.integers(1, 5, 2))), tuple(map(int, rng.integers(1, 4, 2)))
    dilation = (1, 1)
    if rng.random() < 0.3:
        strides, dilation = (1, 1), tuple(map(int, rng.integers(1, 4, 2)))
    if square:  # TensorFlow's depthwise kernels know one stride
        strides = strides[:1] * 2
    if rng.random() < 0.3:
        kernel = kernel[0]
    return {
        "kernel_size": kernel,
        "strides": strides,
        "padding": pick(rng, "valid", "same"),
        "dilation_rate": dilation,
        "use_bias": pick(rng, True, False),
    }


def fits(options, X):
    """Does the window fit into the images?"""
    kernel = options["kernel_size"]
    kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, options["dilation_rate"], strict=True)]
    return options["padding"] == "same" or all(r <= n for r, n in zip(reach, X.shape[1:3], strict=True))


def test_conv2d(keras):
    def make(rng, dtype, keras):
        X, options, filters = images(rng, dtype), geometry(rng), int(rng.integers(1, 6))
        if not fits(options, X):
            return None
        ours = Conv2D(X.shape[3], filters, rng=rng, dtype=dtype, **options)
        theirs = keras.layers.Conv2D(filters, kernel_initializer="zeros", dtype=dtype, **options)
        return Case(ours, theirs, X, ("W", "b"), pick(rng, True, False), {"X": X.shape} | options)

    fuzz(make, keras)


def test_depthwise_conv2d(keras):
    def make(rng, dtype, keras):
        X, options, m = images(rng, dtype), geometry(rng, square=True), int(rng.integers(1, 4))
        if not fits(options, X):
            return None
        ours = DepthwiseConv2D(X.shape[3], depth_multiplier=m, rng=rng, dtype=dtype, **options)
        theirs = keras.layers.DepthwiseConv2D(
            depth_multiplier=m, depthwise_initializer="zeros", dtype=dtype, **options
        )
        return Case(ours, theirs, X, ("W", "b"), note={"X": X.shape, "m": m} | options)

    fuzz(make, keras)


def test_separable_conv2d(keras):
    def make(rng, dtype, keras):
        X, options, filters = images(rng, dtype), geometry(rng, square=True), int(rng.integers(1, 6))
        options["depth_multiplier"] = int(rng.integers(1, 4))
        if not fits(options, X):
            return None
        ours = SeparableConv2D(X.shape[3], filters, rng=rng, dtype=dtype, **options)
        zeros = {"depthwise_initializer": "zeros", "pointwise_initializer": "zeros"}
        theirs = keras.layers.SeparableConv2D(filters, dtype=dtype, **zeros, **options)
        return Case(ours, theirs, X, ("depthwise", "pointwise", "b"), note={"X": X.shape} | options)

    fuzz(make, keras)


def test_conv2d_transpose(keras):
    def make(rng, dtype, keras):
        X, options, filters = images(rng, dtype), geometry(rng), int(rng.integers(1, 6))
        options["dilation_rate"] = 1  # TensorFlow has no other on a CPU: see test_scratch_conv
        if rng.random() < 0.3:
            options["output_padding"] = tuple(int(rng.integers(0, s)) for s in options["strides"])
        ours = Conv2DTranspose(X.shape[3], filters, rng=rng, dtype=dtype, **options)
        if dtype == "float32" and any(
            s > k for s, k in zip(ours.window.strides, ours.window.size, strict=True)
        ):
            return None  # TensorFlow 2.21 then writes beyond its arrays, and crashes; in float64 it does not
        theirs = keras.layers.Conv2DTranspose(filters, kernel_initializer="zeros", dtype=dtype, **options)
        size = [ours._size(n, axis) for axis, n in enumerate(X.shape[1:3])]
        if ours.window.output(*size) != X.shape[1:3]:  # output_padding asks for the impossible
            with pytest.raises(ValueError, match="use another output_padding"):
                ours.forward(X)
            with pytest.raises(Exception, match=r"Conv2DBackpropInput|shape"):
                theirs(X)
            return None
        return Case(ours, theirs, X, ("W", "b"), note={"X": X.shape} | options)

    fuzz(make, keras)
