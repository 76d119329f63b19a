"""Fourier's and Winograd's convolution against the plain sum; p4 against its definition."""

import numpy as np
import pytest

from neuropath import scratch as nn
from neuropath.scratch import fast_convolution as fast
from neuropath.scratch import group_convolution as p4
from neuropath.scratch import reference
from neuropath.scratch.windows import Window


def plain(X, W, padding="valid"):
    return reference.conv2d(X, W, np.zeros(W.shape[3]), Window(W.shape[:2], padding=padding))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("size", [(1, 1), (3, 3), (2, 5), (6, 4)])
def test_fourier_is_the_plain_sum(size, padding, rng):
    X, W = rng.normal(size=(2, 7, 9, 3)), rng.normal(size=(*size, 3, 4))
    np.testing.assert_allclose(fast.fft_conv2d(X, W, padding), plain(X, W, padding), atol=1e-12)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("m", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("k", [2, 3, 5])
def test_tiles_are_the_plain_sum(k, m, padding, rng):
    X, W = rng.normal(size=(2, 8, 11, 2)), rng.normal(size=(k, k, 2, 3))
    np.testing.assert_allclose(fast.winograd_conv2d(X, W, m, padding), plain(X, W, padding), atol=1e-9)


@pytest.mark.parametrize("convolve", [fast.fft_conv2d, fast.winograd_conv2d])
def test_agrees_with_keras(convolve, rng, keras):
    X, W = rng.normal(size=(2, 8, 8, 3)), rng.normal(size=(3, 3, 3, 4))
    for padding in ("valid", "same"):
        theirs = np.asarray(keras.ops.conv(X, W, padding=padding))
        np.testing.assert_allclose(convolve(X, W, padding=padding), theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("convolve", [fast.fft_conv2d, fast.winograd_conv2d])
def test_keeps_the_dtype_and_returns_an_array_of_its_own(convolve, rng):
    X, W = (rng.normal(size=s).astype("float32") for s in ((1, 6, 6, 1), (3, 3, 1, 2)))
    Y = convolve(X, W)
    assert Y.dtype == np.float32
    assert Y.flags.c_contiguous
    assert not np.shares_memory(Y, X)


@pytest.mark.parametrize("convolve", [fast.fft_conv2d, fast.winograd_conv2d])
@pytest.mark.parametrize(
    ("X", "W", "said"),
    [
        ((1, 6, 6, 2), (3, 3, 3, 1), "received"),
        ((6, 6, 2), (3, 3, 2, 1), "received"),
        ((1, 2, 6, 2), (3, 3, 2, 1), "at least"),
    ],
)
def test_what_does_not_fit_is_refused(convolve, X, W, said):
    with pytest.raises(ValueError, match=said):
        convolve(np.zeros(X), np.zeros(W))


def test_other_mistakes_are_refused():
    with pytest.raises(ValueError, match="padding"):
        fast.fft_conv2d(np.zeros((1, 6, 6, 1)), np.zeros((3, 3, 1, 1)), "full")
    with pytest.raises(ValueError, match="square"):
        fast.winograd_conv2d(np.zeros((1, 6, 6, 1)), np.zeros((3, 2, 1, 1)))


def test_the_matrices_of_lavin_and_gray_up_to_a_sign():
    A, G, B = fast.toom_cook(2, 3, [0, 1, -1])
    np.testing.assert_array_equal(G, [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
    np.testing.assert_array_equal(B.T[:3], [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0]])
    np.testing.assert_array_equal(np.outer(A[3], B[:, 3]), np.outer([0, -1], [0, 1, 0, -1]))


@pytest.mark.parametrize(
    ("m", "r", "points"), [(2, 3, [0, 1]), (2, 3, [0, 1, 1]), (0, 3, None), (1, 1, None)]
)
def test_points_must_be_as_many_as_needed_and_different(m, r, points):
    with pytest.raises(ValueError, match="different points"):
        fast.toom_cook(m, r, points)


def test_default_points_are_different_and_begin_small():
    points = fast.default_points(12)
    assert len(set(points)) == 12
    assert [float(p) for p in points[:7]] == [0, 1, -1, 2, -2, 0.5, -0.5]


def by_definition(W, F):
    """F (H, W, T, C) under W (k, k, T, C, O), one output at a time."""
    k, out, T = len(W), len(F) - len(W) + 1, W.shape[2]
    Y = np.zeros((out, out, 4, W.shape[4]))
    for y, x, r, s in np.ndindex(out, out, 4, T):
        kernel = np.rot90(W[:, :, (s - r) % T], r)
        Y[y, x, r] += np.einsum("ijc,ijco->o", F[y : y + k, x : x + k, s], kernel)
    return Y


def convolved(X, K):
    return plain(X, K)


@pytest.mark.parametrize("T", [1, 4])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_expanded_kernel_does_what_the_definition_says(T, k, rng):
    W, F = rng.normal(size=(k, k, T, 2, 3)), rng.normal(size=(5, 5, T, 2))
    Y = convolved(F.reshape(1, 5, 5, -1), p4.p4_kernel(W))
    np.testing.assert_allclose(Y[0], by_definition(W, F).reshape(*Y.shape[1:]), atol=1e-12)


@pytest.mark.parametrize("T", [1, 4])
def test_turning_the_image_turns_the_maps_and_hands_them_on(T, rng):
    W, F = rng.normal(size=(3, 3, T, 2, 3)), rng.normal(size=(1, 6, 6, T * 2))
    K = p4.p4_kernel(W)
    turned = np.rot90(F, axes=(1, 2)) if T == 1 else p4.turn_maps(F)
    np.testing.assert_allclose(convolved(turned, K), p4.turn_maps(convolved(F, K)), atol=1e-12)


def test_turns_add_up(rng):
    F = rng.normal(size=(2, 3, 5, 8))
    np.testing.assert_array_equal(p4.turn_maps(p4.turn_maps(F), 2), p4.turn_maps(F, 3))
    np.testing.assert_array_equal(p4.turn_maps(F, 4), F)


@pytest.mark.parametrize("T", [1, 4])
def test_backward_is_the_adjoint(T, rng):
    W, dK = rng.normal(size=(3, 3, T, 2, 5)), rng.normal(size=(3, 3, T * 2, 20))
    assert np.sum(p4.p4_kernel(W) * dK) == pytest.approx(np.sum(W * p4.p4_kernel_backward(dK, T)))


@pytest.mark.parametrize("shape", [(3, 3, 2, 1, 1), (3, 2, 1, 1, 1), (3, 3, 4, 1)])
def test_kernels_of_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="square kernel"):
        p4.p4_kernel(np.zeros(shape))


def test_a_plain_kernel_is_not_equivariant(rng):
    F, K = rng.normal(size=(1, 6, 6, 8)), rng.normal(size=(3, 3, 8, 8))
    assert not np.allclose(convolved(p4.turn_maps(F), K), p4.turn_maps(convolved(F, K)), atol=0.1)
    assert nn.Conv2D(8, 8, 3, rng=rng).params["W"].shape == K.shape
