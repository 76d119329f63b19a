"""The first layers. A layer is any object with params, grads, forward and backward.

`backward` may be called after any forward pass, in training or in inference mode, and *writes into* the
arrays of `grads`, which are never accumulated and never replaced: an optimiser may hold views of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from . import initializers
from .activations import sigmoid, softmax
from .channels import blocks
from .checks import not_negative, share, whole_number
from .regularizers import Regularizer


class Layer:
    """What layers share. `backward` is the chain rule, derived in eq-engine-chain (page engine)."""

    trainable = True  # set False before `Sequential.compile`: the optimiser then skips the layer

    def __init__(self) -> None:
        self.params: dict[str, np.ndarray] = {}
        self.grads: dict[str, np.ndarray] = {}
        self.state: dict[str, np.ndarray] = {}
        self._shape: tuple[int, ...] | None = None  # of the last output
        self._dtype: np.dtype | None = None  # of the last output, where `_out` noted it

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """From the input X to the output Y, remembering what `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(X, *, training=False).")

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """From dL/dY (shaped as the last output) to dL/dX; parameter gradients go into `grads`."""
        raise NotImplementedError(f"{type(self).__name__} must define backward(dY).")

    def penalty(self) -> float:
        """What this layer's regulariser adds to the loss."""
        return 0.0

    def _check_upstream(self, dY: np.ndarray) -> None:
        name = type(self).__name__
        if self._shape is None:
            raise ValueError(f"{name}.backward(dY) needs a forward pass first: call {name}.forward(X).")
        self._check_array("dY", dY)
        if dY.shape != self._shape:
            raise ValueError(
                f"{name}.backward expects dY shaped as the last output, {self._shape}, received {dY.shape}."
            )
        if self._dtype is not None and dY.dtype != self._dtype:
            raise TypeError(
                f"{name}.backward expects dY of dtype {self._dtype}, the last output's, received {dY.dtype}: "
                f'use dY.astype("{self._dtype}").'
            )

    def _out(self, Y: np.ndarray) -> np.ndarray:
        """Y, after noting what a dY must look like."""
        self._shape, self._dtype = Y.shape, Y.dtype
        return Y

    def _check_array(self, what: str, array: np.ndarray) -> None:
        """Raise TypeError unless it is an array of real numbers, ValueError for a single one."""
        name = type(self).__name__
        if not isinstance(array, np.ndarray) or isinstance(array, np.ma.MaskedArray):
            raise TypeError(
                f"{name} expects {what} to be a NumPy array, received {type(array).__name__}: "
                f'use np.asarray({what}, "float32").'
            )
        if array.dtype.kind not in "fiub":
            raise TypeError(f"{name} expects {what} to hold real numbers, received {array.dtype}.")
        if array.ndim == 0:
            raise ValueError(
                f"{name} expects {what} to be a batch (N, …), received a single number: {array}."
            )

    def _check_float(self, X: np.ndarray) -> None:
        """Raise TypeError unless X has the dtype of the parameters or, without any, some floating one."""
        self._check_array("X", X)
        name, own = type(self).__name__, next((p.dtype for p in self.params.values()), None)
        if own is None and X.dtype.kind != "f":
            raise TypeError(f'{name} expects floating numbers, received {X.dtype}: use X.astype("float32").')
        if own is not None and X.dtype != own:
            raise TypeError(
                f"{name} expects X of dtype {own} (its own), received {X.dtype}: "
                f'use X.astype("{own}"), or make the layer with dtype="{X.dtype}".'
            )


class Dense(Layer):
    """Y = X W + b for a batch X (N, n_in) -> (N, units); W (n_in, units), b (units,).

    Derived in eq-engine-dense, eq-engine-dense-back (page engine). Twin: `keras.layers.Dense` (which also
    accepts inputs of higher rank). Raises ValueError for an X of another shape, TypeError for an X of another
    dtype.
    """

    def __init__(
        self,
        n_in: int,
        units: int,
        *,
        rng: np.random.Generator,
        use_bias: bool = True,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        kernel_regularizer: Regularizer | None = None,
        dtype: DTypeLike = "float32",
    ):
        super().__init__()
        n_in, units = whole_number("Dense", "n_in", n_in), whole_number("Dense", "units", units)
        if np.dtype(dtype).kind != "f":  # weights cut off to whole numbers would all be 0
            raise TypeError(f"Dense expects a floating dtype such as float32, received {np.dtype(dtype)}.")
        self.n_in, self.units, self.kernel_regularizer = n_in, units, kernel_regularizer
        self.params["W"] = initializers.get(kernel_initializer)((n_in, units), rng=rng, dtype=dtype)
        if use_bias:
            self.params["b"] = np.zeros(units, dtype)
        self.grads = {name: np.zeros_like(p) for name, p in self.params.items()}

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, n_in) -> (N, units)."""
        self._check_input(X)
        self._X = X  # all that backward needs to remember
        Y = X @ self.params["W"]
        if "b" in self.params:
            Y += self.params["b"]
        return self._out(Y)

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, units) -> (N, n_in)."""
        self.backward_params(dY)
        W = self.params["W"]
        if 8 * len(dY) <= min(W.shape):  # few rows: a large W is multiplied sooner as it lies, not turned
            return np.ascontiguousarray((W @ dY.T).T)
        return dY @ W.T

    def backward_params(self, dY: np.ndarray) -> None:
        """The half of `backward` that fills grads; a first layer needs no more, nobody asks for its dX."""
        self._check_upstream(dY)
        np.matmul(self._X.T, dY, out=self.grads["W"])  # into arrays that exist
        if "b" in self.grads:
            np.sum(dY, axis=0, out=self.grads["b"])
        if self.kernel_regularizer is not None:
            self.grads["W"] += self.kernel_regularizer.gradient(self.params["W"])

    def penalty(self) -> float:
        """The regulariser of the kernel, a number; 0 where there is none."""
        return 0.0 if self.kernel_regularizer is None else self.kernel_regularizer(self.params["W"])

    def _check_input(self, X: np.ndarray) -> None:
        self._check_array("X", X)
        n_in = len(self.params["W"])
        if X.ndim != 2 or X.shape[1] != n_in:
            hint = ": put Flatten() before it, or X.reshape(len(X), -1)." if X.ndim > 2 else "."
            raise ValueError(f"Dense expects X of shape (N, {n_in}), received {X.shape}{hint}")
        self._check_float(X)


class ReLU(Layer):
    """max(X, 0), any shape; ReLU(6) stops at 6, as in MobileNetV2. At both corners the slope is 0.

    More generally: X where it is above `threshold`, but at most `max_value`; elsewhere negative_slope times
    the way down, X - threshold. Derived in eq-engine-relu, eq-engine-elementwise (page engine). Twin:
    `keras.layers.ReLU`.
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0
    ) -> None:
        super().__init__()
        self.max_value = None if max_value is None else not_negative("ReLU", "max_value", max_value)
        self.negative_slope = not_negative("ReLU", "negative_slope", negative_slope)
        self.threshold = not_negative("ReLU", "threshold", threshold)

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Same shape out as in."""
        return self._out(self.apply(X))

    def apply(
        self, X: np.ndarray, *, training: bool = False, spare: bool = False, keep: bool = True
    ) -> np.ndarray:
        """`forward` for a `Graph`, which says more: may X be written over, does backward follow?"""
        self._check_float(X)
        if self.negative_slope == self.threshold == 0:  # the output tells the corners as well as the input
            Y = seen = np.clip(X, 0, self.max_value, out=X if spare else None)
        else:
            above = X if self.max_value is None else np.minimum(X, self.max_value)
            Y, seen = np.where(self.threshold < X, above, self.negative_slope * (X - self.threshold)), X
        if keep:
            self._seen = seen
        return Y

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """Same shape out as in."""
        self._check_upstream(dY)
        flat, seen, dX = dY.reshape(-1), self._seen.reshape(-1), np.empty(dY.size, dY.dtype)
        for some in blocks(flat):
            above = self.threshold < seen[some]
            rising = above if self.max_value is None else above & (self.max_value > seen[some])
            np.multiply(flat[some], rising, out=dX[some])
            if self.negative_slope:
                dX[some] += self.negative_slope * flat[some] * ~above
        return dX.reshape(dY.shape)


class Sigmoid(Layer):
    """σ(X), slope σ(1 - σ): eq-engine-sigmoid (page engine). Twin: `keras.layers.Activation("sigmoid")`."""

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Same shape out as in."""
        self._check_float(X)
        self._Y = sigmoid(X)
        return self._out(self._Y)

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """Same shape out as in."""
        self._check_upstream(dY)
        return dY * self._Y * (1 - self._Y)


class Tanh(Layer):
    """tanh X, slope 1 - tanh²: eq-engine-tanh (page engine). Twin: `keras.layers.Activation("tanh")`."""

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Same shape out as in."""
        self._check_float(X)
        self._Y = np.tanh(X)
        return self._out(self._Y)

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """Same shape out as in."""
        self._check_upstream(dY)
        return dY * (1 - self._Y**2)


class Softmax(Layer):
    """softmax along the last axis, with its whole Jacobian. Twin: `keras.layers.Softmax`.

    Derived in eq-engine-softmax, eq-engine-softmax-back (page engine). Losses here take logits: a classifier
    needs this layer only where probabilities feed something else.
    """

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(..., K) -> (..., K), rows that sum to one."""
        self._check_float(X)
        self._Y = softmax(X)
        return self._out(self._Y)

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """Each row is multiplied by diag(y) - y yᵀ, without ever forming it."""
        self._check_upstream(dY)
        return self._Y * (dY - np.sum(dY * self._Y, axis=-1, keepdims=True))


class Flatten(Layer):
    """(N, a, b) -> (N, a·b), row-major: eq-engine-reshape (page engine). Twin: `keras.layers.Flatten`."""

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, ...) -> (N, D)."""
        self._check_array("X", X)
        self._shape_in = X.shape
        return self._out(X.reshape(len(X), int(np.prod(X.shape[1:]))))

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """(N, D) -> (N, ...)."""
        self._check_upstream(dY)
        return dY.reshape(self._shape_in)


class Dropout(Layer):
    """Inverted dropout: in training each entry is 0 with probability `rate`, else divided by 1 - rate.

    At inference it does nothing. Any shape. Derived in eq-engine-dropout (page engine); Srivastava et al.
    (2014). Twin: `keras.layers.Dropout`. Raises ValueError for a rate outside [0, 1).
    """

    def __init__(self, rate: float, *, rng: np.random.Generator):
        super().__init__()
        self.rate, self._rng = share("Dropout", "a rate", rate), initializers.check_rng(rng)

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Same shape out as in."""
        self._check_float(X)
        self._out(X)
        self.mask = None
        if not training or self.rate == 0:
            return X
        kept = self._rng.random(X.shape, dtype=np.float32) >= self.rate
        self.mask = kept.astype(X.dtype) / (1 - self.rate)
        return X * self.mask

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """The mask of the last forward pass again; at inference dY itself."""
        self._check_upstream(dY)
        return dY if self.mask is None else dY * self.mask
