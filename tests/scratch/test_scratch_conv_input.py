"""Geometry: which windows, paddings and options there are, and what is said to those there are not."""

import numpy as np
import pytest

from neuropath.scratch.conv import Conv2D
from neuropath.scratch.conv_depthwise import DepthwiseConv2D, SeparableConv2D
from neuropath.scratch.conv_transpose import Conv2DTranspose
from neuropath.scratch.layers import ReLU
from neuropath.scratch.normalization import BatchNormalization, GroupNormalization
from neuropath.scratch.pooling import AveragePooling2D, MaxPool2D
from neuropath.scratch.reshaping import Reshape, UpSampling2D, ZeroPadding2D
from neuropath.scratch.windows import Window

KERNELS = {
    "Conv2D": lambda rng, **o: Conv2D(2, 3, **({"kernel_size": 3} | o), rng=rng),
    "DepthwiseConv2D": lambda rng, **o: DepthwiseConv2D(2, **({"kernel_size": 3} | o), rng=rng),
    "SeparableConv2D": lambda rng, **o: SeparableConv2D(2, 3, **({"kernel_size": 3} | o), rng=rng),
    "Conv2DTranspose": lambda rng, **o: Conv2DTranspose(2, 3, **({"kernel_size": 3} | o), rng=rng),
}
every_kernel = pytest.mark.parametrize("make", KERNELS.values(), ids=KERNELS)


@every_kernel
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"padding": "full"}, 'padding="valid" or "same", received \'full\''),
        ({"padding": 1}, 'padding="valid" or "same", received 1'),
        ({"kernel_size": 0}, "kernel_size to be a whole number >= 1, or two, received 0"),
        ({"kernel_size": (3, 3, 3)}, r"kernel_size .* received \(3, 3, 3\)"),
        ({"kernel_size": 2.5}, "kernel_size .* received 2.5"),
        ({"strides": (1, 0)}, r"strides .* received \(1, 0\)"),
        ({"strides": "two"}, "strides .* received 'two'"),
        ({"dilation_rate": -1}, "dilation_rate .* received -1"),
    ],
)
def test_impossible_windows_are_refused(make, options, message, rng):
    with pytest.raises(ValueError, match=message):
        make(rng, **options)


@pytest.mark.parametrize("name", KERNELS)
def test_strides_with_dilation_are_refused(name, rng, keras):
    options = {"strides": 2, "dilation_rate": 2}
    with pytest.raises(ValueError, match=r"strides=1 or dilation_rate=1, received strides \(2, 2\) and"):
        KERNELS[name](rng, **options)
    if name in ("Conv2D", "Conv2DTranspose"):  # the other two depend on Keras' version
        with pytest.raises(ValueError, match="not supported in conjunction"):
            getattr(keras.layers, name)(filters=3, kernel_size=3, **options)


@pytest.mark.parametrize("name", ["Conv2D", "DepthwiseConv2D", "SeparableConv2D"])
def test_a_kernel_larger_than_the_image_is_refused_by_both(name, rng, keras):
    X = np.ones((1, 2, 5, 2), np.float32)
    with pytest.raises(ValueError, match=r'at least \(3, 3\) pixels.*received \(2, 5\): use padding="same"'):
        KERNELS[name](rng).forward(X)
    theirs = {"filters": 3} if name != "DepthwiseConv2D" else {}
    with pytest.raises(ValueError, match="zero or negative"):
        getattr(keras.layers, name)(kernel_size=3, **theirs)(X)
    assert KERNELS[name](rng, padding="same").forward(X).shape[1:3] == (2, 5)


@pytest.mark.parametrize("pool", [MaxPool2D, AveragePooling2D])
def test_a_pool_larger_than_the_image_is_refused(pool):
    with pytest.raises(ValueError, match=r"at least \(3, 3\) pixels"):
        pool(3).forward(np.ones((1, 2, 5, 2), np.float32))
    with pytest.raises(ValueError, match="pool_size to be a whole number >= 1"):
        pool(0)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda rng: Conv2D(0, 3, 3, rng=rng), ValueError, "in_channels >= 1, received 0"),
        (lambda rng: Conv2D(3, 0, 3, rng=rng), ValueError, "filters >= 1, received 0"),
        (lambda rng: Conv2D(3, 2.0, 3, rng=rng), ValueError, "filters >= 1, received 2.0"),
        (lambda rng: DepthwiseConv2D(3, 3, rng=rng, depth_multiplier=0), ValueError, "depth_multiplier >= 1"),
        (lambda rng: Conv2D(3, 2, 3, rng=rng, dtype="int32"), TypeError, "floating dtype such as float32"),
        (lambda rng: Conv2D(3, 2, 3), TypeError, "rng"),
        (
            lambda rng: Conv2DTranspose(3, 2, 3, 2, rng=rng, output_padding=2),
            ValueError,
            "padding < strides",
        ),
        (lambda rng: Conv2DTranspose(3, 2, 3, 2, rng=rng, output_padding=-1), ValueError, "number >= 0"),
        (lambda rng: BatchNormalization(0), ValueError, "n_in to be a whole number >= 1"),
        (lambda rng: BatchNormalization(3, momentum=1.5), ValueError, r"momentum in \[0, 1\], received 1.5"),
        (lambda rng: BatchNormalization(3, epsilon=0), ValueError, "epsilon > 0"),
        (lambda rng: BatchNormalization(3, dtype="int8"), TypeError, "floating dtype"),
        (lambda rng: GroupNormalization(6, 4), ValueError, "groups that divide n_in 6, received 4"),
        (lambda rng: ZeroPadding2D(-1), ValueError, "padding to be a whole number >= 0"),
        (lambda rng: ZeroPadding2D(((1, 1), (1, 1), (1, 1))), ValueError, "top, bottom"),
        (lambda rng: UpSampling2D(0), ValueError, "size to be a whole number >= 1"),
        (lambda rng: UpSampling2D(2, "bicubic"), ValueError, 'interpolation "nearest" or "bilinear"'),
        (lambda rng: Reshape((-1, -1)), ValueError, "at most one -1"),
        (lambda rng: Reshape((0,)), ValueError, "sizes >= 1"),
        (lambda rng: Reshape((4, 2)).forward(np.ones((3, 9))), ValueError, "expects 8 numbers an example"),
        (lambda rng: Reshape((4, -1)).forward(np.ones((3, 9))), ValueError, "expects 4 numbers an example"),
        (lambda rng: ReLU(-1), ValueError, "finite max_value >= 0, received -1"),
        (lambda rng: ReLU(negative_slope=np.nan), ValueError, "finite negative_slope >= 0"),
    ],
)
def test_impossible_layers_are_refused(make, error, message, rng):
    with pytest.raises(error, match=message):
        make(rng)


@pytest.mark.parametrize("n", range(1, 12))
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_output_sizes_are_those_of_counting(n, padding):
    """Walk along a line of n pixels and count the places; for "same", pad so that there are ⌈n / s⌉."""
    for k in range(1, 5):
        for s in range(1, 5):
            window = Window((k, 1), (s, 1), padding)
            (before, after), _ = window.pads(n, 1)
            places = len(range(0, before + n + after - k + 1, s))
            assert max(window.output(n, 1)[0], 0) == places
            assert 0 <= after - before <= 1
            if padding == "same":
                assert places == -(-n // s)


def test_a_larger_frame_than_image_and_a_stride_beyond_the_kernel_are_fine(rng):
    assert ZeroPadding2D(9).forward(np.ones((1, 2, 2, 1))).shape == (1, 20, 20, 1)
    layer = Conv2D(1, 1, 2, 4, rng=rng, dtype="float64")
    X = rng.normal(size=(1, 9, 9, 1))
    dX = layer.backward(np.ones_like(layer.forward(X)))
    assert (dX[:, 2:4] == 0).all()  # seen by nobody


def test_batch_normalization_cannot_train_on_nothing():
    layer = BatchNormalization(3)
    with pytest.raises(ValueError, match="cannot train on an empty batch"):
        layer.forward(np.ones((0, 3), np.float32), training=True)
    assert np.isfinite(layer.state["moving_mean"]).all()  # Keras' are NaN from then on


def test_frozen_batch_normalization_leaves_its_statistics_alone(rng):
    layer, X = BatchNormalization(3, dtype="float64"), rng.normal(size=(8, 3)) + 5
    layer.trainable = False
    assert layer.forward(X, training=True).mean() > 4
    assert (layer.state["moving_mean"] == 0).all()
    layer.trainable = True
    assert abs(layer.forward(X, training=True).mean()) < 1e-12
    np.testing.assert_allclose(layer.state["moving_mean"], 0.01 * X.mean(axis=0))
    np.testing.assert_allclose(layer.state["moving_variance"], 0.99 + 0.01 * X.var(axis=0))
