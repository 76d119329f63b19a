"""L-BFGS: curvature learnt from the last few steps, for problems small enough to see all data at once."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from .line_search import Counted, Minimum, Objective, Point, descend

if TYPE_CHECKING:
    from .sequential import Sequential

Pair = tuple[np.ndarray, np.ndarray]


def lbfgs(
    objective: Objective,
    x0: np.ndarray,
    *,
    memory: int = 10,
    max_iterations: int = 1000,
    tolerance: float = 1e-8,
) -> Minimum:
    """Minimise objective(x) -> (value, gradient) from x0 (n,), remembering `memory` steps.

    Stops when no entry of the gradient exceeds the tolerance. Liu and Nocedal (1989); derived in
    eq-engine-bfgs, eq-engine-two-loop (page engine). Twin: `scipy.optimize.minimize(method="L-BFGS-B")`;
    Keras has none. Raises ValueError for a start that is no finite vector.
    """
    if memory < 1:
        raise ValueError(f"lbfgs expects memory >= 1, received {memory}: how many steps are remembered.")
    steps: deque[Pair] = deque(maxlen=memory)

    def choose(point: Point, before: Point | None) -> np.ndarray:
        if before is not None:
            s, y = point.x - before.x, point.gradient - before.gradient
            if s @ y > 1e-10 * np.sqrt((s @ s) * (y @ y)):  # Wolfe's second condition; rounding apart, always
                steps.append((s, y))
        direction = -two_loops(point.gradient, steps)
        # Before anything is known about the curvature: a first step no longer than 1.
        return direction if steps else direction / max(1.0, float(np.linalg.norm(direction)))

    return descend(Counted(objective), x0, choose, max_iterations, tolerance, "lbfgs")


def two_loops(gradient: np.ndarray, steps: deque[Pair]) -> np.ndarray:
    """H g, H being the BFGS estimate of the inverse Hessian after these (step, change of gradient) pairs.

    H = Vᵀ H' V + ρ s sᵀ with V = I - ρ y sᵀ and ρ = 1 / s·y, unrolled: newest to oldest, then back; no matrix
    is ever formed. Between the loops H is s·y / y·y of the newest pair times I. Derived in eq-engine-two-loop
    (page engine); Nocedal (1980).
    """
    q = gradient.copy()
    shares = []
    for s, y in reversed(steps):
        shares.append((s @ q) / (s @ y))
        q -= shares[-1] * y
    if steps:
        s, y = steps[-1]
        q *= (s @ y) / (y @ y)
    for (s, y), share in zip(steps, reversed(shares), strict=True):
        q += s * (share - (y @ q) / (s @ y))
    return q


def full_batch(model: Sequential, X: np.ndarray, y: np.ndarray) -> Objective:
    """A compiled model's loss (penalties included) on all of X, y as a function of its flat parameters.

    lbfgs(full_batch(model, X, y), model.flatten()[0]) trains the model; float64 models only, differences of
    nearly equal losses decide. The model is left at the last point that was tried: put the best one back by
    model.flatten()[0][...] = minimum.x.
    """
    if model.dtype != np.float64:
        raise ValueError(
            f'full_batch expects a model of dtype float64, received {model.dtype}: dtype="float64".'
        )
    X, y, _ = model._check_data(X, y)

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        params, _ = model.flatten()
        params[...] = theta
        loss = model._compiled_loss()
        outputs = model.forward(X, training=False)
        value, dY = loss(outputs, y)
        model.backward(dY)
        return value + sum(layer.penalty() for layer in model.layers), model.flatten()[1].copy()

    return objective
