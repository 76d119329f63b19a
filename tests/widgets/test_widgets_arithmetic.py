"""What the explorers compute in JavaScript equals what `neuropath.scratch` computes, on random inputs."""

import numpy as np
import pytest
from node import plant, results
from scipy.optimize import linprog, minimize
from scipy.special import erf

from neuropath import scratch as nn
from neuropath.widgets import ActivationExplorer, NeuronExplorer, XorExplorer

close = pytest.approx
TOLERANCE = {"rel": 1e-6, "abs": 1e-6}
CORNERS = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
TARGETS = np.array([0, 1, 1, 0])


@pytest.fixture
def rng():
    return np.random.default_rng(2024)


def dense(W, b):
    """A scratch layer with these weights, in float64."""
    layer = nn.Dense(*W.shape, rng=np.random.default_rng(0), dtype="float64")
    layer.params["W"][...], layer.params["b"][...] = W, b
    return layer


def layers():
    return {"sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "relu": nn.ReLU()}


def test_a_neurons_score_and_activation(modules, rng):
    w, b, X = rng.normal(size=(40, 2)), rng.normal(size=40), rng.normal(size=(40, 2)) * 3
    ours = [dense(w[i][:, None], b[i]).forward(X[i : i + 1])[0, 0] for i in range(40)]
    theirs = results(
        modules / "neuron.mjs", "score", [[w[i].tolist(), b[i], X[i].tolist()] for i in range(40)]
    )
    assert theirs == close(ours, **TOLERANCE)
    for name, layer in layers().items():
        theirs = results(modules / "neuron.mjs", "activate", [[name, z] for z in ours])
        assert theirs == close(layer.forward(np.array(ours)), **TOLERANCE), name
    assert results(modules / "neuron.mjs", "activate", [["step", z] for z in (-1, 0, 1e-9)]) == [0, 0, 1]


def test_the_distance_from_the_border(modules, rng):
    """Of a point, to the nearest of many on the line; with the sign of the side."""
    for w, b, x in zip(rng.normal(size=(9, 2)), rng.normal(size=9), rng.normal(size=(9, 2)), strict=True):
        foot = minimize(
            lambda u, x=x: ((u - x) ** 2).sum(),
            -b * w / (w @ w),
            constraints={"type": "eq", "fun": lambda u, w=w, b=b: w @ u + b},
            tol=1e-12,
        ).x
        (theirs,) = results(modules / "neuron.mjs", "distance", [[w.tolist(), b, x.tolist()]])
        assert theirs == close(np.sign(w @ x + b) * np.linalg.norm(x - foot), rel=1e-6, abs=1e-6)


def test_the_wrong_side_and_rosenblatts_rule(modules, rng):
    for _ in range(5):
        X, y, w, b = rng.normal(size=(9, 2)), rng.integers(0, 2, 9), rng.normal(size=2), rng.normal()
        given = [w.tolist(), b, X.tolist(), y.tolist()]
        wrong = np.flatnonzero((dense(w[:, None], b).forward(X)[:, 0] > 0) != y)
        assert results(modules / "neuron.mjs", "wrongSide", [given]) == [wrong.tolist()]
        for cursor in (0, 5):
            (step,) = results(modules / "neuron.mjs", "perceptronStep", [[*given, cursor]])
            i = next((i for i in wrong if i >= cursor), wrong[0])
            sign = 2 * y[i] - 1
            assert step["index"] == i
            assert step["weights"] == close(w + sign * X[i], **TOLERANCE)
            assert step["bias"] == close(b + sign, **TOLERANCE)


def test_the_rule_comes_to_rest_on_the_points_of_the_page(modules):
    from neuropath.widgets.neuron import BIAS, LABELS, POINTS, WEIGHTS

    weights, bias, cursor, steps = WEIGHTS, BIAS, 0, 0
    while step := results(
        modules / "neuron.mjs", "perceptronStep", [[weights, bias, POINTS, LABELS, cursor]]
    )[0]:
        weights, bias, cursor, steps = step["weights"], step["bias"], (step["index"] + 1) % 12, steps + 1
        assert np.abs([*weights, bias]).max() < 3  # the arrow stays in the picture
        assert steps <= 10
    assert steps == 7


def test_the_xor_network(modules, rng):
    hidden, output, X = rng.normal(size=(2, 3)), rng.normal(size=3) / 4, rng.normal(size=(30, 2)) / 2
    output[2] = -output[:2].sum() / 2  # in the middle: where all answers are 0 or 1, every fault hides
    first, last = dense(hidden[:, :2].T, hidden[:, 2]), dense(output[:2, None], output[2])
    H = nn.Sigmoid().forward(10 * first.forward(X))
    Y = nn.Sigmoid().forward(10 * last.forward(H))[:, 0]
    assert 0.001 < Y.min() < Y.max() - 0.1 < 0.9
    both = [hidden.tolist(), output.tolist(), "sigmoid"]
    given = [[both[0], both[2], x] for x in X.tolist()]
    assert np.array(results(modules / "xor.mjs", "hiddenOf", given)) == close(H, **TOLERANCE)
    theirs = results(modules / "xor.mjs", "outputOf", [[*both, x] for x in X.tolist()])
    assert theirs == close(Y, **TOLERANCE)
    steps = results(modules / "xor.mjs", "hiddenOf", [[both[0], "step", x] for x in X.tolist()])
    assert (np.array(steps) == (first.forward(X) > 0)).all()


def test_the_corners_that_are_right(modules, rng):
    from neuropath.widgets.xor import TEXTBOOK

    rows = [(rng.normal(size=(2, 3)), rng.normal(size=3)) for _ in range(20)]
    rows.append((np.array(TEXTBOOK["hidden"]), np.array(TEXTBOOK["output"])))
    theirs = results(modules / "xor.mjs", "rightCorners", [[h.tolist(), o.tolist(), "step"] for h, o in rows])
    ours = []
    for hidden, output in rows:
        H = (dense(hidden[:, :2].T, hidden[:, 2]).forward(CORNERS) > 0).astype(float)
        answers = dense(output[:2, None], output[2]).forward(H)[:, 0] > 0
        ours.append(int((answers == TARGETS).sum()))
    assert theirs == ours
    assert set(ours) == {2, 3, 4}


def separable(P, y) -> bool:
    """Whether some line has the points of class 1 strictly on its positive side: a linear program's word."""
    sign = np.where(y == 1, -1.0, 1.0)[:, None]
    found = linprog(
        np.zeros(3), A_ub=sign * np.c_[P, np.ones(4)], b_ub=-np.ones(4), bounds=[(None, None)] * 3
    )
    return found.status == 0


def distance(P) -> float:
    """Of the segments P0 P3 and P1 P2, by a general minimiser."""

    def gap(t):
        return ((P[0] + t[0] * (P[3] - P[0]) - P[1] - t[1] * (P[2] - P[1])) ** 2).sum()

    starts = ([0.5, 0.5], [0.0, 0.0], [1.0, 1.0])
    return min(minimize(gap, s, bounds=[(0, 1)] * 2, tol=1e-14).fun for s in starts) ** 0.5


def test_the_gap_is_zero_exactly_where_no_line_separates(modules, rng):
    clouds = rng.uniform(size=(60, 4, 2))
    given = [[P[0].tolist(), P[3].tolist(), P[1].tolist(), P[2].tolist()] for P in clouds]
    gaps = results(modules / "xor.mjs", "segmentGap", given)
    words = [separable(P, TARGETS) for P in clouds]
    assert [gap > 0 for gap in gaps] == words
    assert 5 < sum(words) < 55
    assert gaps == close([distance(P) for P in clouds], abs=1e-5)
    collapsed = results(modules / "xor.mjs", "segmentGap", [[[0, 1], [1, 0], [1, 1], [1, 1]], [[0, 0]] * 4])
    assert collapsed == close([0.5**0.5, 0])


def test_a_linear_hidden_layer_never_helps(modules, rng):
    """Units that only rescale leave the diagonals crossing: the explorer starts there."""
    from neuropath.widgets.xor import START

    assert results(modules / "xor.mjs", "gapOf", [[START["hidden"], u] for u in ("step", "sigmoid")]) == [
        0,
        0,
    ]


def test_a_line_and_its_pose_are_one(modules, rng):
    rows = rng.normal(size=(20, 3)).tolist()
    poses = results(modules / "xor.mjs", "poseOf", [[row] for row in rows])
    back = results(modules / "xor.mjs", "rowOf", [[pose] for pose in poses])
    assert np.array(back) == close(np.array(rows), **TOLERANCE)


def test_activations_and_their_slopes(modules, rng):
    z = np.r_[rng.normal(size=60) * 3, 0.0, -30, 30]
    for name, layer in layers().items():
        value = layer.forward(z)
        slope = layer.backward(np.ones_like(z))
        given = [[name, float(v)] for v in z]
        assert results(modules / "activation.mjs", "valueOf", given) == close(value, **TOLERANCE), name
        assert results(modules / "activation.mjs", "slopeOf", given) == close(slope, **TOLERANCE), name


def test_the_two_that_scratch_does_not_have(modules):
    z = np.linspace(-8, 8, 81)
    gelu = z * 0.5 * (1 + erf(z / 2**0.5))
    leaky = np.where(z > 0, z, 0.1 * z)
    for name, value in (("gelu", gelu), ("leaky", leaky)):
        given = [[name, v] for v in z.tolist()]
        assert results(modules / "activation.mjs", "valueOf", given) == close(value, **TOLERANCE), name
        nudged = [[name, v + h] for h in (1e-5, -1e-5) for v in z.tolist()]
        above, below = np.split(np.array(results(modules / "activation.mjs", "valueOf", nudged)), 2)
        slopes = np.array(results(modules / "activation.mjs", "slopeOf", given))
        smooth = np.abs(z) > 1e-3  # at the kink there is no slope to compare
        assert slopes[smooth] == close((above - below)[smooth] / 2e-5, rel=1e-6, abs=1e-6), name


def test_the_steepest_place_is_the_steepest(modules):
    from neuropath.widgets.activation import NAMES

    z = np.linspace(-6, 6, 601).tolist()
    (places,) = results(modules / "activation.mjs", "STEEPEST", [[]])
    for name in NAMES:
        slopes = results(modules / "activation.mjs", "slopeOf", [[name, v] for v in z])
        (best,) = results(modules / "activation.mjs", "slopeOf", [[name, places[name]]])
        assert max(slopes) <= best + 1e-12 <= max(slopes) + 1e-4
    (left,) = results(modules / "activation.mjs", "product", [[0.25, 10]])
    assert left == close(0.25**10)


def test_the_alt_texts_are_true():
    from neuropath.visualizations.explorer_activation import slope
    from neuropath.widgets.activation import DEPTH, Z

    start, xor = NeuronExplorer(), XorExplorer()
    w, b, x = np.array(start.weights), start.bias, np.array(start.probe)
    X, y = np.array(start.points), np.array(start.labels)
    assert ((X @ w + b > 0) != y).sum() == 6 == y.sum() == 12 - y.sum()
    assert (X[y == 1] > 0).all(axis=1).sum() > 3
    assert (X[y == 0, 0] < 0).sum() > 3
    assert f"{abs(w @ x + b) / np.linalg.norm(w):.2f} away; its score is {w @ x + b:.1f}" in start.ALT
    images = (CORNERS @ np.array(xor.hidden)[:, :2].T + np.array(xor.hidden)[:, 2] > 0).astype(float)
    wrong = (images @ xor.output[:2] + xor.output[2] > 0) != TARGETS
    assert wrong.tolist() == [False, False, False, True]
    assert (images == CORNERS).all()
    assert f"a tangent of slope {slope(Z):.3f}" in ActivationExplorer.ALT
    assert f"the product of ten is {slope(Z) ** DEPTH:.2g}, and" in ActivationExplorer.ALT
    assert slope(0) ** DEPTH == close(1e-6, rel=0.1)


FAULTS = [
    (test_a_neurons_score_and_activation, "neuron", "dot(weights, x) + bias", "dot(weights, x) - bias"),
    (test_the_distance_from_the_border, "neuron", "/ Math.hypot(...weights);", "/ dot(weights, weights);"),
    (test_the_wrong_side_and_rosenblatts_rule, "neuron", "w + error * points", "w - error * points"),
    (test_the_xor_network, "xor", "affine(hidden[1], x)", "affine(hidden[0], x)"),
    (test_the_gap_is_zero_exactly_where_no_line_separates, "xor", "crossing ? 0 : ", ""),
    (test_a_line_and_its_pose_are_one, "xor", "- shift * norm", "- shift"),
    (test_activations_and_their_slopes, "activation", "1 - Math.tanh(z) ** 2", "1 - Math.tanh(z)"),
    (test_the_two_that_scratch_does_not_have, "activation", "normal(z) + z * bell(z)", "normal(z) + bell(z)"),
]


@pytest.mark.parametrize(("test", "name", "right", "wrong"), FAULTS)
def test_a_fault_is_caught(modules, rng, tmp_path, test, name, right, wrong):
    plant(modules / f"{name}.mjs", right, wrong, tmp_path)
    with pytest.raises(AssertionError):
        test(*(tmp_path, rng)[: test.__code__.co_argcount])
