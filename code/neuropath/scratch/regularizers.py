"""Penalties on the weights. One object answers two questions: how much, and what slope."""

from __future__ import annotations

import numpy as np


class L2:
    """The penalty l2 · Σ W², Keras' convention: neither halved nor divided by the batch size.

    Its gradient is 2 · l2 · W (Session 01 C). Twin: `keras.regularizers.L2`.
    """

    def __init__(self, l2: float = 0.01):
        if not (np.isfinite(l2) and l2 >= 0):
            raise ValueError(f"L2 expects a finite l2 >= 0, received {l2}.")
        self.l2 = float(l2)

    def __call__(self, W: np.ndarray) -> float:
        """The penalty of W (any shape), a number."""
        return self.l2 * float(np.sum(np.square(W)))

    def gradient(self, W: np.ndarray) -> np.ndarray:
        """Its slope, shaped as W."""
        return 2 * self.l2 * W
