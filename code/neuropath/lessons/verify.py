"""Machine checks of what a page claims: finite differences, SymPy, brute force.

Each check raises AssertionError when the claim is false, and each has a negative control in the tests; a page
shows one with `must_fail`. Random cases are an *instance*, never a proof; `check_identity` is *symbolic*.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from neuropath.scratch import check_gradient

__all__ = ["check_close", "check_gradient", "check_identity", "check_jacobian", "must_fail", "watch"]


def check_jacobian(
    f: Callable[[np.ndarray], Any], x: np.ndarray, J: Any, eps: float = 1e-6, rtol: float = 1e-6
) -> None:
    """Assert that J[..., i] is the central difference of f along entry i of x (float64).

    J has shape f(x).shape + x.shape. The error is relative to the largest slope.
    """
    J = np.asarray(J)
    assert x.dtype == np.float64, f"check_jacobian needs x in float64, received {x.dtype}"
    shape = np.shape(f(x)) + x.shape
    assert J.shape == shape, f"expected J of shape f(x).shape + x.shape = {shape}, received {J.shape}"
    slope = np.empty(shape)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        slope[(..., *i)] = (np.asarray(f(x + step)) - np.asarray(f(x - step))) / (2 * eps)
    largest = np.abs(slope).max()
    assert largest > 0, "f is flat here: this check proves nothing"
    worst = np.abs(slope - J).max() / largest
    assert worst < rtol, f"J is off by {worst:.1e} of the largest slope"


def check_close(got: Any, expected: Any, rtol: float = 1e-10) -> None:
    """Assert equal shapes and |got - expected| <= rtol times the largest |expected| (1 if all are zero)."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape, f"shapes differ: got {got.shape}, expected {expected.shape}"
    assert got.size > 0, "nothing to compare: the arrays are empty"
    for name, values in (("got", got), ("expected", expected)):
        strange = np.count_nonzero(~np.isfinite(values))
        assert strange == 0, f"{name} holds {strange} values that are not finite"
    difference = np.abs(got.astype(np.result_type(got, float)) - expected)
    worst = np.max(difference) / (np.max(np.abs(expected)) or 1.0)
    assert worst <= rtol, f"off by {worst:.1e} of the largest value, allowed {rtol:.0e}"


def check_identity(lhs: Any, rhs: Any = 0) -> None:
    """Assert that two SymPy expressions (or matrices) are equal for all values of their symbols."""
    import sympy

    lhs, rhs = sympy.sympify(lhs), sympy.sympify(rhs)
    for left, right in _entries(lhs, rhs):
        if sympy.simplify((left - right).doit()) == 0:
            continue
        found = _counterexample(left, right)
        assert found is None, f"not an identity: {found}"
        raise AssertionError(
            f"SymPy could not reduce {left - right} to 0, though 40 random points agree: "
            "rewrite the claim, or check it at random points and call it an instance"
        )


def _entries(lhs: Any, rhs: Any) -> list[tuple[Any, Any]]:
    shape = getattr(lhs, "shape", ()), getattr(rhs, "shape", ())
    if shape == ((), ()):
        return [(lhs, rhs)]
    if shape[1] == () and rhs == 0:  # a matrix against the default 0
        return [(entry, rhs) for entry in lhs]
    assert shape[0] == shape[1], f"expected two matrices of one shape, received {shape[0]} and {shape[1]}"
    return list(zip(lhs, rhs, strict=True))


def _counterexample(left: Any, right: Any) -> str | None:
    """Numbers for the symbols at which the two sides differ, as text; None where 40 draws find none."""
    rng = np.random.default_rng(0)
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    for _ in range(40):
        values = {symbol: _draw(symbol, rng) for symbol in symbols}
        try:
            a, b = complex(left.subs(values).evalf()), complex(right.subs(values).evalf())
        except TypeError:  # an undefined function, say: no number comes out
            return None
        if np.isfinite(a) and np.isfinite(b) and abs(a - b) > 1e-9 * max(abs(a), abs(b), 1e-3):
            point = ", ".join(f"{symbol} = {value}" for symbol, value in values.items())
            return f"at {point or 'every point'} the left side is {a:.6g}, the right side {b:.6g}"
    return None


def _draw(symbol: Any, rng: np.random.Generator) -> Any:
    """A small number that the symbol's assumptions allow."""
    if symbol.is_integer:
        low = 1 if symbol.is_positive else 0 if symbol.is_nonnegative else -5
        return int(rng.integers(low, 7))
    if symbol.is_positive or symbol.is_nonnegative:
        return round(float(rng.uniform(0.1, 3)), 3)
    if symbol.is_negative or symbol.is_nonpositive:
        return -round(float(rng.uniform(0.1, 3)), 3)
    return round(float(rng.normal()), 3)


def must_fail(check: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Negative control: pass only if the check raises AssertionError; other errors go through."""
    try:
        check(*args, **kwargs)
    except AssertionError:
        return
    name = getattr(check, "__name__", repr(check))
    raise AssertionError(f"{name} accepted what is wrong: it would accept anything")


def watch(trial: Callable[[np.random.Generator], bool], *, rng: np.random.Generator, times: int = 20) -> int:
    """Run an illustrated claim: trial(rng) must be true each of `times` times. Returns times.

    It watches a theorem at work. It proves nothing: for that the page has a proof.
    """
    assert times >= 1, "watching nothing illustrates nothing"
    for k in range(1, times + 1):
        assert trial(rng), f"the claim did not hold in trial {k} of {times}"
    return times
