"""The smooth activations of newer networks, GELU and Swish. (`layers` has ReLU, Sigmoid, Tanh, Softmax.)"""

from __future__ import annotations

import math

import numpy as np

from .activations import sigmoid
from .layers import Layer

ROOT_HALF, CUBIC = math.sqrt(1 / 2), 0.044715
_erfc = np.frompyfunc(math.erfc, 1, 1)  # NumPy has none; exact, and about as slow as a Python loop


class GELU(Layer):
    """X · Φ(X), Φ the standard normal distribution function; any shape. Slope Φ(X) + X · φ(X).

    approximate=True puts a tanh in Φ's place: Φ(x) ≈ (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, within 1e-3.
    Derived in eq-engine-gelu, eq-engine-gelu-tanh (page engine); Hendrycks and Gimpel (2016). Twin:
    `keras.layers.Activation("gelu")`, whose exact form is the default too; TensorFlow rounds √½ and 0.044715
    to float32, even for float64.
    """

    def __init__(self, approximate: bool = False):
        super().__init__()
        self.approximate = approximate

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Same shape out as in."""
        self._check_float(X)
        self._X, (self._phi, self._slope_of_phi) = X, self._normal(X)
        return self._out(X * self._phi)

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """Same shape out as in."""
        self._check_upstream(dY)
        return dY * (self._phi + self._X * self._slope_of_phi)

    def _normal(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Φ and its slope, exactly or by the tanh."""
        if not self.approximate:
            Z = X * ROOT_HALF
            return np.asarray(_erfc(-Z), X.dtype) / 2, np.exp(-(Z**2)) * (ROOT_HALF / math.sqrt(math.pi))
        c = math.sqrt(2 / math.pi)
        T = np.tanh(c * (X + CUBIC * X**3))
        return (1 + T) / 2, (1 - T**2) / 2 * c * (1 + 3 * CUBIC * X**2)


class Swish(Layer):
    """X · σ(X), also called SiLU; any shape. Slope σ + X σ (1 - σ).

    Derived in eq-engine-swish (page engine); Ramachandran et al. (2017). Twin:
    `keras.layers.Activation("silu")`.
    """

    def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Same shape out as in."""
        self._check_float(X)
        self._X, self._S = X, sigmoid(X)
        return self._out(X * self._S)

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """Same shape out as in."""
        self._check_upstream(dY)
        return dY * (self._S + self._X * self._S * (1 - self._S))
