"""Every checker accepts what is true and, as its negative control, rejects what is false."""

import numpy as np
import pytest
import sympy

from neuropath.lessons.verify import (
    _draw,
    check_close,
    check_gradient,
    check_identity,
    check_jacobian,
    must_fail,
    watch,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def test_check_gradient(rng):
    x = rng.normal(size=(3, 2))
    check_gradient(lambda: float((x**3).sum()), x, 3 * x**2)
    must_fail(check_gradient, lambda: float((x**3).sum()), x, 3 * x**2 + 1e-3)


def test_check_jacobian(rng):
    z = rng.normal(size=4)
    p = softmax(z)
    check_jacobian(softmax, z, np.diag(p) - np.outer(p, p))
    must_fail(check_jacobian, softmax, z, np.diag(p) + np.outer(p, p))
    must_fail(check_jacobian, softmax, z, np.diag(p))  # the diagonal alone
    must_fail(check_jacobian, softmax, z.astype("float32"), np.diag(p) - np.outer(p, p))
    must_fail(check_jacobian, softmax, z, (np.diag(p) - np.outer(p, p))[:3])
    must_fail(check_jacobian, lambda v: np.ones(2), z, np.zeros((2, 4)))  # flat: would prove nothing


def test_check_jacobian_of_matrices_has_both_shapes(rng):
    A, X = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))
    J = np.einsum("ik,jl->ijkl", A, np.eye(2))  # d(AX)_ij / dX_kl
    check_jacobian(lambda Y: A @ Y, X, J)
    check_jacobian(lambda Y: (Y**2).sum(), X, 2 * X)  # a scalar: the gradient
    must_fail(check_jacobian, lambda Y: A @ Y, X, J.transpose(1, 0, 2, 3))


def test_check_identity():
    x, n = sympy.Symbol("x", real=True), sympy.Symbol("n", integer=True, positive=True)
    a = sympy.Symbol("a", positive=True)
    sigma = 1 / (1 + sympy.exp(-x))
    check_identity(sympy.diff(sigma, x), sigma * (1 - sigma))
    check_identity("sin(t)**2 + cos(t)**2", 1)
    check_identity(sympy.sqrt(a**2), a)
    check_identity(sympy.cos(sympy.pi * n) ** 2, 1)
    check_identity(sympy.Derivative(x**2, x), 2 * x)
    with pytest.raises(
        AssertionError, match=r"not an identity: at x = .* the left side is .* the right side"
    ):
        check_identity(sympy.diff(sigma, x), sigma * (1 + sigma))
    must_fail(check_identity, sympy.sqrt(x**2), x)  # false for negative x only
    must_fail(check_identity, sympy.Symbol("m", negative=True), 1)
    must_fail(check_identity, 1, 2)


@pytest.mark.parametrize(
    "assumption", ["positive", "negative", "nonnegative", "nonpositive", "integer", "real"]
)
def test_counterexamples_respect_what_is_assumed(assumption, rng):
    symbol = sympy.Symbol("s", **{assumption: True})
    drawn = [sympy.sympify(_draw(symbol, rng)) for _ in range(40)]
    assert all(getattr(number, f"is_{assumption}") for number in drawn)
    assert len(set(drawn)) > 3


def test_check_identity_of_matrices():
    a, b = sympy.symbols("a b", real=True)
    A = sympy.Matrix([[a, b], [b, a]])
    check_identity(A @ A, sympy.Matrix([[a**2 + b**2, 2 * a * b], [2 * a * b, a**2 + b**2]]))
    check_identity(A - A.T)
    must_fail(check_identity, A, sympy.Matrix([[a, b], [a, a]]))
    must_fail(check_identity, A, sympy.Matrix([[a, b]]))
    must_fail(check_identity, A)


def test_check_identity_says_when_sympy_cannot_decide():
    f, x = sympy.Function("f"), sympy.Symbol("x")
    with pytest.raises(AssertionError, match="SymPy could not reduce"):
        check_identity(f(x), f(-x))


def test_check_close():
    check_close([1.0, 0.0], [1.0, 1e-12])
    check_close(np.zeros(3), np.zeros(3))
    check_close(np.int64(3), 3)
    for got, expected in [
        ([1.0, 2.0], [1.0, 2.0 + 1e-9]),
        (np.ones((2, 1)), np.ones(2)),  # would broadcast
        ([np.nan], [np.nan]),
        ([1.0], [np.inf]),
        ([], []),
        (np.full(3, 1e-9), np.zeros(3)),
    ]:
        must_fail(check_close, got, expected)
    check_close(1.0, 1.001, rtol=1e-2)
    must_fail(check_close, np.float32(0.1), 0.1)


def test_must_fail_is_itself_controlled():
    def passes():
        """Accepts anything."""

    with pytest.raises(AssertionError, match="passes accepted what is wrong"):
        must_fail(passes)
    with pytest.raises(ZeroDivisionError):  # an error in the check is no rejection
        must_fail(lambda: 1 / 0)


def test_watch(rng):
    assert watch(lambda r: r.random() < 1, rng=rng, times=7) == 7
    with pytest.raises(AssertionError, match="did not hold in trial"):
        watch(lambda r: r.random() < 0.5, rng=rng)
    must_fail(watch, lambda r: True, rng=rng, times=0)  # watching nothing is no illustration
