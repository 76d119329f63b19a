"""Newton's method: the exact curvature, for problems of a few dozen unknowns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .line_search import Counted, Minimum, Objective, Point, descend


def newton(
    objective: Objective,
    hessian: Callable[[np.ndarray], np.ndarray],
    x0: np.ndarray,
    *,
    max_iterations: int = 100,
    tolerance: float = 1e-8,
) -> Minimum:
    """Minimise objective(x) -> (value, gradient) from x0 (n,), given hessian(x) (n, n).

    One step from anywhere to the minimum of a convex quadratic; near a minimum the digits that are right
    double with each step. Where the Hessian is not positive definite a multiple of I is added until it is,
    and every step must satisfy Wolfe's conditions: saddle points repel. Derived in eq-engine-newton,
    eq-engine-newton-shift (page engine). Twin: `scipy.optimize.minimize(method="Newton-CG")`; Keras has none.
    Raises ValueError for a start that is no finite vector, or a Hessian of another shape.
    """

    def choose(point: Point, before: Point | None) -> np.ndarray:
        return -solve_positive(_checked(hessian(point.x), point.x.size), point.gradient)

    return descend(Counted(objective), x0, choose, max_iterations, tolerance, "newton")


def solve_positive(H: np.ndarray, g: np.ndarray) -> np.ndarray:
    """(H + τ I)⁻¹ g with the smallest τ among 0, ε, 2 ε, 4 ε, … for which the matrix is positive definite.

    ε is 1e-3 of the largest entry of H. Derived in eq-engine-newton-shift (page engine); Levenberg (1944);
    Nocedal and Wright (2006), algorithm 3.3.
    """
    tau, least = 0.0, 1e-3 * max(float(np.abs(H).max()), 1e-3)
    while True:
        try:
            L = np.linalg.cholesky(H + tau * np.eye(len(H)))
        except np.linalg.LinAlgError:  # the cheapest test of definiteness there is
            tau = max(2 * tau, least)
            continue
        return np.linalg.solve(L.T, np.linalg.solve(L, g))


def _checked(H: np.ndarray, n: int) -> np.ndarray:
    H = np.asarray(H, np.float64)
    if H.shape != (n, n) or not np.isfinite(H).all():
        raise ValueError(f"newton expects a finite Hessian of shape ({n}, {n}), received shape {H.shape}.")
    return (H + H.T) / 2
