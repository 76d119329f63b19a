"""What the full-batch minimisers share: a step length that satisfies Wolfe's conditions, and a result."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]  # x (n,) -> value, gradient (n,)


@dataclass(frozen=True)
class Minimum:
    """Where a minimiser stopped: the point, its value and gradient, and how it got there."""

    x: np.ndarray
    value: float
    gradient: np.ndarray
    converged: bool  # the largest entry of the gradient is at most the tolerance
    iterations: int
    evaluations: int  # of the objective
    values: list[float] = field(default_factory=list)  # at the start and after each iteration


class Counted:
    """The objective, counting its calls; values that are not finite become inf, which no step accepts."""

    def __init__(self, objective: Objective):
        self.objective, self.calls = objective, 0

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Value and gradient at x, in float64."""
        self.calls += 1
        with np.errstate(over="ignore", invalid="ignore"):  # a step too far is found out, and shortened
            value, gradient = self.objective(x)
        gradient = np.asarray(gradient, np.float64)
        if gradient.shape != x.shape:
            raise ValueError(
                f"Expected an objective x -> (value, gradient) with a gradient of shape {x.shape}, "
                f"received {gradient.shape}."
            )
        good = math.isfinite(value) and bool(np.isfinite(gradient).all())
        return (float(value) if good else math.inf), gradient


@dataclass(frozen=True)
class Point:
    """A point with its value and gradient."""

    x: np.ndarray
    value: float
    gradient: np.ndarray


def wolfe(
    f: Counted, start: Point, direction: np.ndarray, *, c1: float = 1e-4, c2: float = 0.9, tries: int = 60
) -> Point | None:
    """A point along `direction` that went down enough and where the slope is less steep.

    f(x + t p) <= f(x) + c1 t s and p·∇f(x + t p) >= c2 s, with s = p·∇f(x) < 0: the (weak) conditions of
    Wolfe (1969). t = 1 is tried first; a t too long is the new end of an interval, one too short its new
    beginning, and the interval is halved, or doubled while it has no end. None where no such point is found.
    Near the bottom values differ by rounding only, and the first condition is told by the slopes: on a
    parabola it says p·∇f(x + t p) <= (2 c1 - 1) s; Hager and Zhang (2005). Derived in eq-engine-wolfe,
    eq-engine-wolfe-approximate (page engine).
    """
    slope = float(direction @ start.gradient)
    if not slope < 0:
        return None
    short, t, long = 0.0, 1.0, math.inf
    for _ in range(tries):
        x = start.x + t * direction
        value, gradient = f(x)
        there = float(gradient @ direction)
        only_rounding = abs(value - start.value) <= 1e-10 * abs(start.value)
        down = value <= start.value + c1 * t * slope
        if not (down or (only_rounding and there <= (2 * c1 - 1) * slope)):
            long = t
        elif there < c2 * slope:
            short = t
        else:
            return Point(x, value, gradient)
        t = (short + long) / 2 if math.isfinite(long) else 2 * t
    return None


def first_point(f: Counted, x0: np.ndarray, owner: str) -> Point:
    """x0 as a float64 vector, with value and gradient. Raises ValueError unless all are finite."""
    x = np.array(x0, np.float64)
    if x.ndim != 1 or not x.size:
        raise ValueError(f"{owner} expects x0 to be a vector (n,), received shape {x.shape}: use x0.ravel().")
    point = Point(x, *f(x))
    if not (np.isfinite(x).all() and math.isfinite(point.value)):
        raise ValueError(f"{owner} expects a start where everything is finite, received {point.value} there.")
    return point


def descend(
    f: Counted,
    x0: np.ndarray,
    choose: Callable[[Point, Point | None], np.ndarray],
    max_iterations: int,
    tolerance: float,
    owner: str,
) -> Minimum:
    """Step after step along choose(point, the one before), until the gradient or the progress is gone."""
    if not (max_iterations >= 1 and tolerance > 0):
        raise ValueError(
            f"{owner} expects max_iterations >= 1 and tolerance > 0, received {max_iterations}, {tolerance}."
        )
    before: Point | None = None
    point = first_point(f, x0, owner)
    values = [point.value]
    while np.abs(point.gradient).max() > tolerance and len(values) <= max_iterations:
        found = wolfe(f, point, choose(point, before))
        if found is None:
            break
        before, point = point, found
        values.append(point.value)
    done = bool(np.abs(point.gradient).max() <= tolerance)
    return Minimum(point.x, point.value, point.gradient, done, len(values) - 1, f.calls, values)
