"""Convolution run backwards: the layer whose forward pass is another convolution's gradient."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from .conv import Init, KernelLayer, columns, scatter
from .regularizers import Regularizer
from .windows import Pair, Window, pair


class Conv2DTranspose(KernelLayer):
    """What `Conv2D` does to dY, done to X: each input pixel paints the kernel into a larger image.

    W is (kh, kw, filters, in_channels), as Keras stores it: the kernel of the convolution that leads from the
    output back to the input. Derived in eq-engine-transpose, eq-engine-transpose-back,
    eq-engine-transpose-size (page engine). Twin: `keras.layers.Conv2DTranspose`.
    """

    def __init__(
        self,
        in_channels: int,
        filters: int,
        kernel_size: int | Pair,
        strides: int | Pair = 1,
        padding: str = "valid",
        *,
        rng: np.random.Generator,
        output_padding: int | Pair | None = None,
        dilation_rate: int | Pair = 1,
        use_bias: bool = True,
        kernel_initializer: Init = "glorot_uniform",
        kernel_regularizer: Regularizer | None = None,
        dtype: DTypeLike = "float32",
    ):
        window = Window.of("Conv2DTranspose", kernel_size, strides, padding, dilation_rate)
        super().__init__(in_channels, window, dtype)
        self.filters = self._at_least_one("filters", filters)
        self.output_padding = self._checked_padding(output_padding)
        self._add_kernel(
            "W", (*window.size, filters, in_channels), rng, kernel_initializer, kernel_regularizer
        )
        self._add_bias(filters, use_bias)

    def _checked_padding(self, value: int | Pair | None) -> Pair | None:
        if value is None:
            return None
        both, strides = pair("Conv2DTranspose", "output_padding", value, least=0), self.window.strides
        if both[0] >= strides[0] or both[1] >= strides[1]:
            raise ValueError(f"Conv2DTranspose expects output_padding < strides {strides}, received {both}.")
        return both

    def _size(self, n: int, axis: int) -> int:
        """How long n pixels become. Several lengths would lead back to n; output_padding says which."""
        stride, reach, same = (
            self.window.strides[axis],
            self.window.reach[axis],
            self.window.padding == "same",
        )
        if self.output_padding is None:
            return n * stride if same else n * stride + max(reach - stride, 0)
        return (n - 1) * stride + (reach % 2 if same else reach) + self.output_padding[axis]

    def apply(
        self, X: np.ndarray, *, training: bool = False, spare: bool = False, keep: bool = True
    ) -> np.ndarray:
        """(N, H, W, in_channels) -> (N, about H·stride, about W·stride, filters)."""
        self._check_images(X, self.in_channels)
        shape = (len(X), self._size(X.shape[1], 0), self._size(X.shape[2], 1), self.filters)
        if self.window.output(*shape[1:3]) != X.shape[1:3]:
            raise ValueError(
                f"Conv2DTranspose finds no output size that its convolution leads back to {X.shape[1:3]}, "
                f"{shape[1:3]} gives {self.window.output(*shape[1:3])}: use another output_padding."
            )
        if keep:
            self._X = X
        return self._biased(scatter(X, self.params["W"], self.window, shape))

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """Back through the transposed convolution: an ordinary one, from dY to dX."""
        cols = self._params_gradient(dY)
        return (cols @ self.params["W"].reshape(cols.shape[1], -1)).reshape(self._X.shape)

    def backward_params(self, dY: np.ndarray) -> None:
        """The half of `backward` that fills grads."""
        self._params_gradient(dY)

    def _params_gradient(self, dY: np.ndarray) -> np.ndarray:
        self._check_upstream(dY)
        cols = columns(dY, self.window)
        dW = self.grads["W"].reshape(-1, self.in_channels)  # a view
        np.matmul(cols.T, self._X.reshape(-1, self.in_channels), out=dW)
        self._finish_grads(dY)
        return cols
