"""The penalty explorer's arithmetic, in Node, equals scikit-learn's elastic net and NumPy's."""

import numpy as np
import pytest
from node import ask, plant, results
from sklearn.linear_model import ElasticNet

from neuropath.scratch import L1, L1L2, L2
from neuropath.widgets import PenaltyExplorer
from neuropath.widgets.penalty import ANGLE, CENTRE, STRENGTH, STRETCH

MIX = {"l1": 1.0, "elastic": 0.5, "l2": 0.0}
TOLERANCE = {"rel": 1e-6, "abs": 1e-6}


@pytest.fixture
def cases():
    """(angle, stretch, centre, strength), over all that the sliders reach."""
    rng = np.random.default_rng(8)
    return [
        (rng.uniform(-180, 180), rng.uniform(1, 4), rng.uniform(-2.2, 2.2, 2), rng.uniform(0.02, 2))
        for _ in range(25)
    ]


def curvature(angle, stretch):
    long = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
    wide = np.array([-long[1], long[0]])
    return np.outer(long, long) / stretch**2 + np.outer(wide, wide)


def elastic_net(H, centre, strength, mix):
    """scikit-learn on the two rows X with XᵀX / 2 = H and y = X c: the same function to minimise."""
    X = np.sqrt(2) * np.linalg.cholesky(H).T
    model = ElasticNet(alpha=strength, l1_ratio=mix, fit_intercept=False, tol=1e-13, max_iter=100_000)
    return model.fit(X, X @ centre).coef_


def compare_solutions(module, cases, kind):
    given = [[kind, curvature(a, s).tolist(), c.tolist(), strength] for a, s, c, strength in cases]
    told = np.array(results(module, "solve", given))
    if kind == "l2":
        ours = [
            np.linalg.solve(curvature(a, s) + lam * np.eye(2), curvature(a, s) @ c) for a, s, c, lam in cases
        ]
    else:
        ours = [elastic_net(curvature(a, s), c, lam, MIX[kind]) for a, s, c, lam in cases]
    assert told == pytest.approx(np.array(ours), **TOLERANCE)
    assert ((told == 0) == (np.array(ours) == 0)).all()
    return told


def test_the_curvature(modules, cases):
    told = results(modules / "penalty.mjs", "hessian", [[a, s] for a, s, _, _ in cases])
    assert np.array(told) == pytest.approx(np.array([curvature(a, s) for a, s, _, _ in cases]), **TOLERANCE)


@pytest.mark.parametrize("kind", MIX)
def test_the_optimum(modules, cases, kind):
    zeros = (compare_solutions(modules / "penalty.mjs", cases, kind) == 0).sum()
    assert zeros == 0 if kind == "l2" else 5 < zeros < 45


def test_a_planted_fault_is_caught(modules, cases, tmp_path):
    faulty = plant(
        modules / "penalty.mjs", "cross * w1, strength * MIX[kind]", "cross * w1, strength", tmp_path
    )
    compare_solutions(faulty, cases, "l1")  # there the two are the same
    with pytest.raises(AssertionError):
        compare_solutions(faulty, cases, "elastic")


def test_loss_and_penalty(modules, cases):
    rng = np.random.default_rng(9)
    for angle, stretch, centre, _ in cases[:8]:
        H, w = curvature(angle, stretch), rng.normal(size=2)
        calls = [("loss", [H.tolist(), centre.tolist(), w.tolist()])]
        calls += [("penalty", [kind, w.tolist()]) for kind in MIX]
        loss, *prices = ask(modules / "penalty.mjs", calls)["results"]
        assert loss == pytest.approx((w - centre) @ H @ (w - centre) / 2, **TOLERANCE)
        ours = [L1(1.0)(w), L1L2(0.5, 0.25)(w), L2(0.5)(w)]  # as the traits' docstring says
        assert prices == pytest.approx(ours, **TOLERANCE)


def test_the_rims_are_level_lines_and_touch_at_the_optimum(modules, cases):
    for kind in MIX:
        for angle, stretch, centre, strength in cases[:6]:
            H = curvature(angle, stretch)
            w = np.array(
                results(modules / "penalty.mjs", "solve", [[kind, H.tolist(), centre.tolist(), strength]])[0]
            )
            level, height = (
                MIX[kind] * np.abs(w).sum() + (1 - MIX[kind]) * w @ w / 2,
                (w - centre) @ H @ (w - centre) / 2,
            )
            calls = [("ball", [kind, level]), ("ellipse", [angle, stretch, centre.tolist(), height])]
            ball, ellipse = (np.array(r) for r in ask(modules / "penalty.mjs", calls)["results"])
            prices = MIX[kind] * np.abs(ball).sum(1) + (1 - MIX[kind]) * (ball**2).sum(1) / 2
            assert prices == pytest.approx(np.full(len(ball), level), **TOLERANCE)
            losses = np.einsum("ni,ij,nj->n", ellipse - centre, H, ellipse - centre) / 2
            assert losses == pytest.approx(np.full(len(ellipse), height), **TOLERANCE)
            inside = np.einsum("ni,ij,nj->n", ball - centre, H, ball - centre) / 2
            assert inside.min() >= height - 1e-9  # nothing in the ball has less loss than the optimum


def test_l1_reaches_zero_and_stays_l2_never(modules, cases):
    for angle, stretch, centre, _ in cases[:8]:
        H = curvature(angle, stretch).tolist()
        for kind in MIX:
            (way,) = results(modules / "penalty.mjs", "solutions", [[kind, H, centre.tolist()]])
            strengths, weights = np.array([s for s, _ in way]), np.array([w for _, w in way])
            for j in (0, 1):
                (told,) = results(modules / "penalty.mjs", "zeroFrom", [[way, j]])
                if kind == "l2":
                    assert told is None
                    assert (weights[:, j] != 0).all()
                elif told is not None:
                    assert (weights[strengths >= told, j] == 0).all()
                    assert weights[strengths < told][-1, j] != 0
            if kind == "l1":  # both are 0 from the largest |gradient at 0| on
                most = np.abs(np.array(H) @ centre).max()
                assert ((weights == 0).all(axis=1) == (strengths >= most)).all()


def test_the_long_axis_is_held_within_the_picture(modules):
    rng = np.random.default_rng(3)
    centres, turns = rng.uniform(-2.2, 2.2, (60, 2)), rng.uniform(-np.pi, np.pi, 60)
    centres[:4] = [[2.2, 2.2], [-2.2, 2.2], [2.2, -2.2], [-2.2, -2.2]]
    given = [[c.tolist(), t] for c, t in zip(centres, turns, strict=True)]
    ends = np.array(results(modules / "penalty.mjs", "handle", given))
    assert np.abs(ends).max() <= 2.5 + 1e-9
    axis = np.c_[np.cos(turns), np.sin(turns)]
    lengths = np.abs(np.sum((ends - centres) * axis, axis=1))
    assert np.hypot(*(ends - centres).T) == pytest.approx(lengths)  # it lies on the axis
    assert lengths.min() > 0.3
    assert (lengths > 0.799).mean() > 0.7
    start = results(modules / "penalty.mjs", "handle", [[CENTRE, np.deg2rad(ANGLE)]])[0]
    assert start == pytest.approx([1.3 + 0.4, 1.2 - 0.8 * 0.75**0.5])


def test_what_the_alt_text_says_is_so(modules):
    H = curvature(ANGLE, STRETCH)
    w = elastic_net(H, np.array(CENTRE), STRENGTH, 1.0)
    assert f"({w[0]:.2f}, {w[1]:.2f}), the optimum for strength {STRENGTH}" in PenaltyExplorer.ALT
    (way,) = results(modules / "penalty.mjs", "solutions", [["l1", H.tolist(), CENTRE]])
    first, second = results(modules / "penalty.mjs", "zeroFrom", [[way, 0], [way, 1]])
    assert f"w2 is exactly 0 from {second:.2f} on, w1 from {first:.2f} on" in PenaltyExplorer.ALT
