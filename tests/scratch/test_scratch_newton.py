"""L-BFGS and Newton: beside SciPy, beside closed forms, Wolfe's conditions, saddles, and bad input."""

from collections import deque

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from neuropath import scratch as nn
from neuropath.scratch.lbfgs import full_batch, lbfgs, two_loops
from neuropath.scratch.line_search import Counted, Point, wolfe
from neuropath.scratch.newton import newton, solve_positive

rosen = scipy.optimize.rosen


def rosenbrock(x):
    return rosen(x), scipy.optimize.rosen_der(x)


def quadratic(rng, n):
    """(objective, Hessian, minimum) of a convex bowl with condition number 1,000."""
    Q = np.linalg.qr(rng.normal(size=(n, n)))[0]
    A = Q @ np.diag(np.logspace(0, 3, n)) @ Q.T
    b = rng.normal(size=n)
    return lambda x: (0.5 * x @ A @ x - b @ x, A @ x - b), A, np.linalg.solve(A, b)


def logistic(rng, l2=0.1):
    """Penalised logistic regression: (objective, hessian)."""
    X, y = rng.normal(size=(80, 5)), rng.integers(2, size=80)

    def objective(w):
        p = nn.sigmoid(X @ w)
        value = np.logaddexp(0, X @ w).sum() - y @ (X @ w) + l2 * w @ w
        return value, X.T @ (p - y) + 2 * l2 * w

    def hessian(w):
        p = nn.sigmoid(X @ w)
        return (X.T * (p * (1 - p))) @ X + 2 * l2 * np.eye(5)

    return objective, hessian


@pytest.mark.parametrize("n", [2, 10, 50])
def test_lbfgs_finds_the_bottom_of_rosenbrocks_valley_as_scipy_does(n, rng):
    x0 = rng.uniform(-2, 2, n)
    ours = lbfgs(rosenbrock, x0)
    theirs = scipy.optimize.minimize(
        rosenbrock, x0, jac=True, method="L-BFGS-B", options={"gtol": 1e-8, "ftol": 0}
    )
    assert ours.converged
    assert ours.value <= theirs.fun + 1e-12
    assert np.abs(ours.gradient).max() <= 1e-8
    assert ours.evaluations < 3 * theirs.nfev + 20
    assert (np.diff(ours.values) <= 1e-10).all()
    assert len(ours.values) == ours.iterations + 1


@pytest.mark.parametrize("n", [1, 5, 30])
def test_both_solve_a_quadratic(n, rng):
    objective, A, bottom = quadratic(rng, n)
    for found in (lbfgs(objective, np.ones(n)), newton(objective, lambda x: A, np.ones(n))):
        assert found.converged
        np.testing.assert_allclose(found.x, bottom, rtol=1e-6, atol=1e-8)
    assert newton(objective, lambda x: A, np.ones(n)).iterations == 1  # exact curvature: one step


def test_both_fit_a_logistic_regression_as_scipy_does(rng):
    objective, hessian = logistic(rng)
    expected = scipy.optimize.minimize(
        objective, np.zeros(5), jac=True, hess=hessian, method="trust-exact", options={"gtol": 1e-10}
    )
    for found in (lbfgs(objective, np.zeros(5)), newton(objective, hessian, np.zeros(5))):
        assert found.converged
        np.testing.assert_allclose(found.x, expected.x, rtol=1e-7)


def test_newton_doubles_the_digits_and_lbfgs_does_not(rng):
    objective, hessian = logistic(rng)
    best = newton(objective, hessian, np.zeros(5), tolerance=1e-13).x
    errors = [
        np.linalg.norm(newton(objective, hessian, np.zeros(5), max_iterations=k).x - best) for k in (1, 2, 3)
    ]
    assert errors[1] < errors[0] ** 1.7
    assert errors[2] < errors[1] ** 1.7
    slow = [np.linalg.norm(lbfgs(objective, np.zeros(5), max_iterations=k).x - best) for k in (1, 2, 3)]
    assert slow[2] > 100 * errors[2]


def test_newton_leaves_a_saddle(rng):
    """f = x⁴/4 - x²/2 + y²/2: a plain Newton step from near 0 walks into the saddle at 0."""

    def objective(p):
        x, y = p
        return x**4 / 4 - x**2 / 2 + y**2 / 2, np.array([x**3 - x, y])

    def hessian(p):
        return np.diag([3 * p[0] ** 2 - 1, 1.0])

    start = np.array([0.1, 1.0])
    plain = start - np.linalg.solve(hessian(start), objective(start)[1])
    assert abs(plain[0]) < 0.01
    found = newton(objective, hessian, start)
    np.testing.assert_allclose(np.abs(found.x), [1, 0], atol=1e-8)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(0, 8))
def test_two_loops_are_the_bfgs_matrix_unrolled(seed, n, count):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n, n))
    A = root @ root.T + np.eye(n)  # curvature s·y > 0, as Wolfe's conditions guarantee
    steps = deque((s, A @ s) for s in rng.normal(size=(count, n)))
    H = np.eye(n)
    if steps:
        s, y = steps[-1]
        H *= (s @ y) / (y @ y)
    for s, y in steps:
        V = np.eye(n) - np.outer(y, s) / (s @ y)
        H = V.T @ H @ V + np.outer(s, s) / (s @ y)
    g = rng.normal(size=n)
    np.testing.assert_allclose(two_loops(g, steps), H @ g, rtol=1e-6, atol=1e-8 * np.abs(H).max())


@given(st.integers(0, 2**32 - 1), st.floats(-4, 4))
def test_line_search_satisfies_both_conditions(seed, scale):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, 4)
    start = Point(x, *rosenbrock(x))
    p = -(10.0**scale) * start.gradient * rng.uniform(0.5, 2, 4)
    found = wolfe(Counted(rosenbrock), start, p)
    t = float(np.linalg.norm(found.x - x) / np.linalg.norm(p))
    slope = p @ start.gradient
    assert found.value <= start.value * (1 + 1e-10) + 1e-4 * t * slope * (1 - 1e-9)
    assert p @ found.gradient >= 0.9 * slope


def test_line_search_refuses_to_climb_and_comes_back_from_infinity():
    f = Counted(lambda x: (float(np.exp(x @ x)), 2 * x * np.exp(x @ x)))
    start = Point(np.array([3.0]), *f(np.array([3.0])))
    assert wolfe(f, start, start.gradient) is None
    found = wolfe(f, start, -start.gradient)  # a step of 48,618 overflows, and is shortened
    assert found.value < start.value
    assert np.isfinite(found.value)


def test_solve_positive_bends_what_is_not():
    H, g = np.diag([2.0, -1.0]), np.array([1.0, 1.0])
    d = solve_positive(H, g)
    np.testing.assert_allclose(d, g / (np.diag(H) + 1.024))  # 0.002, doubled until it exceeds 1
    np.testing.assert_allclose(solve_positive(np.diag([2.0, 4.0]), g), [0.5, 0.25])
    assert np.isfinite(solve_positive(np.zeros((2, 2)), g)).all()


def test_lbfgs_trains_a_network_to_the_bottom_of_its_loss(rng):
    X, y = rng.normal(size=(60, 4)), rng.integers(3, size=60)
    model = nn.mlp([4, 6, 3], rng=rng, activation="tanh", kernel_regularizer=nn.L2(0.01), dtype="float64")
    model.compile()
    objective = full_batch(model, X, y)
    found = lbfgs(objective, model.flatten()[0], tolerance=1e-6)
    model.flatten()[0][...] = found.x
    assert found.converged
    assert model.evaluate(X, y)["loss"] == pytest.approx(found.value, rel=1e-12)
    expected = scipy.optimize.minimize(
        objective, found.x, jac=True, method="BFGS", options={"gtol": 1e-7}
    )  # SciPy finds nothing below
    assert found.value == pytest.approx(expected.fun, abs=1e-9)


def test_it_stops_when_told_and_says_so():
    found = lbfgs(rosenbrock, np.array([-1.2, 1.0]), max_iterations=3)
    assert not found.converged
    assert found.iterations == 3
    at_once = lbfgs(rosenbrock, np.ones(2))
    assert at_once.converged
    assert at_once.iterations == 0


def test_a_gradient_that_lies_ends_the_search_without_convergence():
    found = lbfgs(lambda x: (float(x @ x), -2 * x), np.ones(2))
    assert not found.converged
    np.testing.assert_array_equal(found.x, 1)


BAD = {
    "matrix": (lambda: lbfgs(rosenbrock, np.ones((2, 2))), r"a vector \(n,\), received shape \(2, 2\)"),
    "empty": (lambda: lbfgs(rosenbrock, []), r"received shape \(0,\)"),
    "NaN": (lambda: lbfgs(rosenbrock, [np.nan, 1]), "everything is finite, received"),
    "memory": (lambda: lbfgs(rosenbrock, [1, 2], memory=0), "memory >= 1, received 0"),
    "iterations": (lambda: lbfgs(rosenbrock, [1, 2], max_iterations=0), "max_iterations >= 1"),
    "tolerance": (lambda: newton(rosenbrock, np.eye, [1, 2], tolerance=0), "tolerance > 0, received 100, 0"),
    "gradient": (lambda: lbfgs(lambda x: (0.0, x[:1]), [1, 2]), r"gradient of shape \(2,\), received \(1,\)"),
    "hessian": (
        lambda: newton(rosenbrock, lambda x: np.eye(3), [1, 2]),
        r"shape \(2, 2\), received shape \(3, 3\)",
    ),
    "infinite": (lambda: newton(rosenbrock, lambda x: np.full((2, 2), np.inf), [1, 2]), "finite Hessian"),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_full_batch_wants_float64(rng):
    model = nn.mlp([2, 2], rng=rng)
    model.compile()
    with pytest.raises(ValueError, match="float64, received float32"):
        full_batch(model, np.ones((3, 2), "float32"), np.zeros(3, int))
