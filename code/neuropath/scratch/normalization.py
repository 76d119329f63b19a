"""Normalisation: numbers are centred and scaled by the mean and spread of their own set.

The three layers differ in the set. Batch: one channel, over all examples and pixels. Layer: one example (one
pixel), over its channels. Group: one example, over all pixels and the channels of a group. Afterwards each
channel is stretched by gamma and moved by beta. All variances are the biased ones, divided by the count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from .channels import blocks, dot_channels, rows, stretched, sum_channels, tiled
from .checks import positive, share, whole_number
from .layers import Layer

Axes = tuple[int, ...]


class _Normalization(Layer):
    """Parameters gamma and beta (n_in,), and what the layers complain about."""

    def __init__(self, n_in: int, epsilon: float, center: bool, scale: bool, dtype: DTypeLike):
        super().__init__()
        name = type(self).__name__
        if np.dtype(dtype).kind != "f":
            raise TypeError(f"{name} expects a floating dtype such as float32, received {np.dtype(dtype)}.")
        self.n_in, self._own_dtype = whole_number(name, "n_in", n_in), np.dtype(dtype)
        self.epsilon = positive(name, "epsilon", epsilon)
        if scale:
            self.params["gamma"] = np.ones(n_in, dtype)
        if center:
            self.params["beta"] = np.zeros(n_in, dtype)
        self.grads = {key: np.zeros_like(p) for key, p in self.params.items()}

    def _gamma(self) -> np.ndarray:
        return self.params.get("gamma", np.ones(self.n_in, self._own_dtype))

    def _beta(self) -> np.ndarray:
        return self.params.get("beta", np.zeros(self.n_in, self._own_dtype))

    def _check_input(self, X: np.ndarray) -> None:
        self._check_array("X", X)
        name = type(self).__name__
        if X.ndim < 2 or X.shape[-1] != self.n_in:
            raise ValueError(f"{name} expects X of shape (N, …, {self.n_in}), received {X.shape}.")
        if X.dtype != self._own_dtype:
            raise TypeError(
                f"{name} expects X of dtype {self._own_dtype} (its own), received {X.dtype}: "
                f'use X.astype("{self._own_dtype}"), or make the layer with dtype="{X.dtype}".'
            )

    def _write_grads(self, d_gamma: np.ndarray, d_beta: np.ndarray) -> None:
        for key, gradient in (("gamma", d_gamma), ("beta", d_beta)):
            if key in self.grads:
                self.grads[key][...] = gradient


class BatchNormalization(_Normalization):
    """Each channel with mean 0 and variance 1 over the batch and all pixels, then gamma · … + beta.

    In training it uses the batch's own statistics and moves `state` moving_mean and moving_variance towards
    them: new = momentum · old + (1 - momentum) · batch. At inference, and always while `trainable` is False,
    it uses the moving ones and leaves them alone. Last axis only. Derived in eq-engine-batchnorm,
    eq-engine-batchnorm-params, eq-engine-batchnorm-dx, eq-engine-batchnorm-inference,
    eq-engine-batchnorm-moving (page engine); Ioffe and Szegedy (2015). Twin:
    `keras.layers.BatchNormalization`.
    """

    fresh = True  # see `graph.Graph`

    def __init__(
        self,
        n_in: int,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        *,
        center: bool = True,
        scale: bool = True,
        dtype: DTypeLike = "float32",
    ):
        super().__init__(n_in, epsilon, center, scale, dtype)
        self.momentum = share("BatchNormalization", "momentum", momentum, whole=True)
        self.state = {"moving_mean": np.zeros(n_in, dtype), "moving_variance": np.ones(n_in, dtype)}

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, …, n_in) -> the same shape."""
        return self._out(self.apply(X, training=training))

    def apply(
        self, X: np.ndarray, *, training: bool = False, spare: bool = False, keep: bool = True
    ) -> np.ndarray:
        """`forward` for a `Graph`, which says more: may X be written over, does backward follow?"""
        self._check_input(X)
        flat, of_batch = rows(X), training and self.trainable
        if not (of_batch or keep):
            scale, shift = self.affine()
            return stretched(flat, scale, shift, out=flat if spare else np.empty_like(flat)).reshape(X.shape)
        mean = self._mean(flat) if of_batch else self.state["moving_mean"]
        centred = np.subtract(flat, tiled(mean, flat), out=flat if spare else None)
        variance = self._measure(mean, centred) if of_batch else self.state["moving_variance"]
        inverse = 1 / np.sqrt(variance + self.epsilon)
        if keep:
            self._centred, self._inverse, self._of_batch = centred, inverse, of_batch
        Y = stretched(centred, self._gamma() * inverse, self._beta(), out=np.empty_like(flat))
        return Y.reshape(X.shape)

    def affine(self) -> tuple[np.ndarray, np.ndarray]:
        """What it is at inference, scale · X + shift: both (n_in,)."""
        scale = self._gamma() / np.sqrt(self.state["moving_variance"] + self.epsilon)
        return scale, self._beta() - self.state["moving_mean"] * scale

    def _mean(self, flat: np.ndarray) -> np.ndarray:
        if not flat.size:
            raise ValueError("BatchNormalization cannot train on an empty batch: it has no mean.")
        return sum_channels(flat, self.n_in) * self.n_in / flat.size

    def _measure(self, mean: np.ndarray, centred: np.ndarray) -> np.ndarray:
        """The variance of each channel of this batch; the moving statistics move towards the batch's."""
        variance = dot_channels(centred, centred, self.n_in) * self.n_in / centred.size
        for name, value in (("moving_mean", mean), ("moving_variance", variance)):
            moving = self.state[name]
            moving[...] = self.momentum * moving + (1 - self.momentum) * value
        return variance

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, …, n_in) -> the same shape. In training, mean and variance depend on X too: two more terms."""
        self._check_upstream(dY)
        Z, d, C = self._centred, rows(dY), self.n_in
        d_beta, d_gamma = sum_channels(d, C), dot_channels(d, Z, C) * self._inverse
        self._write_grads(d_gamma, d_beta)
        scale = tiled(self._gamma() * self._inverse, d)
        if not self._of_batch:
            return (d * scale).reshape(dY.shape)
        count, dX = d.size // C, np.empty_like(d)
        slope, common = tiled(-d_gamma * self._inverse / count, d), tiled(d_beta / count, d)
        for some in blocks(d):  # scale · (dY - its mean - normalised · the mean of their product)
            part = np.multiply(Z[some], slope, out=dX[some])
            part += d[some]
            part -= common
            part *= scale
        return dX.reshape(dY.shape)


def standardise(X: np.ndarray, axes: Axes, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """X with mean 0 and variance 1 over `axes`, and 1 / √(variance + epsilon), which it was scaled by.

    Derived in eq-engine-standardise (page engine).
    """
    centred = X - X.mean(axis=axes, keepdims=True)
    inverse = 1 / np.sqrt(np.square(centred).mean(axis=axes, keepdims=True) + epsilon)
    return centred * inverse, inverse


def standardise_backward(dZ: np.ndarray, Z: np.ndarray, inverse: np.ndarray, axes: Axes) -> np.ndarray:
    """From dL/dZ to dL/dX for Z = standardise(X): what moves the mean or the spread changes nothing."""
    share = dZ.mean(axis=axes, keepdims=True) + Z * (dZ * Z).mean(axis=axes, keepdims=True)
    return inverse * (dZ - share)


class LayerNormalization(_Normalization):
    """Each example's last axis with mean 0 and variance 1, then gamma · … + beta. No batch, no state.

    Last axis only. Derived in eq-engine-layernorm, eq-engine-standardise-back (page engine); Ba et al.
    (2016). Twin: `keras.layers.LayerNormalization`.
    """

    def __init__(
        self,
        n_in: int,
        epsilon: float = 1e-3,
        *,
        center: bool = True,
        scale: bool = True,
        dtype: DTypeLike = "float32",
    ):
        super().__init__(n_in, epsilon, center, scale, dtype)

    def _grouped(self, X: np.ndarray) -> tuple[np.ndarray, Axes]:
        """X in a shape whose `axes` make up one set."""
        return X, (-1,)

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, …, n_in) -> the same shape."""
        self._check_input(X)
        grouped, self._axes = self._grouped(X)
        self._Z, self._inverse = standardise(grouped, self._axes, self.epsilon)
        return self._out(self._Z.reshape(X.shape) * self._gamma() + self._beta())

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, …, n_in) -> the same shape."""
        self._check_upstream(dY)
        d = rows(dY)
        self._write_grads(dot_channels(d, self._Z.reshape(d.shape), self.n_in), sum_channels(d, self.n_in))
        dZ = (dY * self._gamma()).reshape(self._Z.shape)
        return standardise_backward(dZ, self._Z, self._inverse, self._axes).reshape(dY.shape)


class GroupNormalization(LayerNormalization):
    """Each example's pixels and channels, `groups` sets of n_in / groups channels, then gamma · … + beta.

    groups=1 takes all channels together, groups=-1 (or n_in) each alone. Last axis only. Derived in
    eq-engine-groupnorm, eq-engine-standardise-back (page engine); Wu and He (2018). Twin:
    `keras.layers.GroupNormalization`.
    """

    def __init__(
        self,
        n_in: int,
        groups: int = 32,
        epsilon: float = 1e-3,
        *,
        center: bool = True,
        scale: bool = True,
        dtype: DTypeLike = "float32",
    ):
        super().__init__(n_in, epsilon, center=center, scale=scale, dtype=dtype)
        self.groups = n_in if groups == -1 else groups
        if self.groups < 1 or n_in % self.groups:
            raise ValueError(f"GroupNormalization expects groups that divide n_in {n_in}, received {groups}.")

    def _grouped(self, X: np.ndarray) -> tuple[np.ndarray, Axes]:
        """(N, …, C) -> (N, pixels, groups, C / groups), with pixels and channels of a group as one set."""
        pixels, size = int(np.prod(X.shape[1:-1])), self.n_in // self.groups
        return X.reshape(len(X), pixels, self.groups, size), (1, 3)
