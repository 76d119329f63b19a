"""Penalties on the weights. One object answers two questions: how much, and what slope."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from .checks import not_negative


class Regularizer(Protocol):
    """What a layer asks of its `kernel_regularizer`."""

    def __call__(self, W: np.ndarray) -> float:
        """The penalty of W (any shape), a number."""

    def gradient(self, W: np.ndarray) -> np.ndarray:
        """Its slope, shaped as W."""


class L1:
    """The penalty l1 · Σ |W|: pulls every weight towards 0 with the same force, and holds it there.

    Its gradient is l1 · sign W, taken as 0 at 0. Derived in eq-engine-l1 (page engine). Twin:
    `keras.regularizers.L1`.
    """

    def __init__(self, l1: float = 0.01):
        self.l1 = not_negative("L1", "l1", l1)

    def __call__(self, W: np.ndarray) -> float:
        """The penalty of W (any shape), a number."""
        return self.l1 * float(np.sum(np.abs(W)))

    def gradient(self, W: np.ndarray) -> np.ndarray:
        """Its slope, shaped as W."""
        return self.l1 * np.sign(W)


class L2:
    """The penalty l2 · Σ W², Keras' convention: neither halved nor divided by the batch size.

    Its gradient is 2 · l2 · W. Derived in eq-engine-l2 (page engine). Twin: `keras.regularizers.L2`.
    """

    def __init__(self, l2: float = 0.01):
        self.l2 = not_negative("L2", "l2", l2)

    def __call__(self, W: np.ndarray) -> float:
        """The penalty of W (any shape), a number."""
        return self.l2 * float(np.sum(np.square(W)))

    def gradient(self, W: np.ndarray) -> np.ndarray:
        """Its slope, shaped as W."""
        return 2 * self.l2 * W


class L1L2:
    """Both at once, the elastic net: l1 · Σ |W| + l2 · Σ W².

    Derived in eq-engine-elastic-net (page engine); Zou and Hastie (2005). Twin: `keras.regularizers.L1L2`.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0):
        self.l1, self.l2 = not_negative("L1L2", "l1", l1), not_negative("L1L2", "l2", l2)

    def __call__(self, W: np.ndarray) -> float:
        """The penalty of W (any shape), a number."""
        return L1(self.l1)(W) + L2(self.l2)(W)

    def gradient(self, W: np.ndarray) -> np.ndarray:
        """Its slope, shaped as W."""
        return L1(self.l1).gradient(W) + L2(self.l2).gradient(W)
