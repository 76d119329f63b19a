"""Vanishing gradients: the network against `neuropath.scratch`, the theory against SciPy's integrals."""

import re

import numpy as np
import pytest
import traitlets
from node import results
from scipy.integrate import quad
from scipy.stats import norm

from neuropath import scratch as nn
from neuropath.widgets import VanishingExplorer
from neuropath.widgets.vanishing import DEPTH, EXAMPLES, SCALE, SEED, WIDTH, network

LAYERS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
VALUE = {"sigmoid": nn.sigmoid, "tanh": np.tanh, "relu": lambda z: max(z, 0.0)}
SLOPE = {
    "sigmoid": lambda z: nn.sigmoid(z) * (1 - nn.sigmoid(z)),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "relu": lambda z: float(z > 0),
}
TOLERANCE = {"rel": 1e-6, "abs": 0}  # sizes go down to 1e-13 and must still agree


@pytest.fixture
def module(modules):
    return modules / "vanishing.mjs"


def size(values) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def by_scratch(weights, X, dY, activation):
    """Sizes of outputs and gradients by the layers of the course."""
    stack = []
    for W in weights:
        dense = nn.Dense(*W.shape, rng=np.random.default_rng(0), use_bias=False, dtype="float64")
        dense.params["W"][...] = W
        stack += [dense, LAYERS[activation]()]
    activations, gradients = [size(X)], [size(dY)]
    for layer in stack:
        X = layer.forward(X)
        if not isinstance(layer, nn.Dense):
            activations.append(size(X))
    for layer in reversed(stack):
        dY = layer.backward(dY)
        if isinstance(layer, nn.Dense):
            gradients.insert(0, size(dY))
    return {"activations": activations, "gradients": gradients}


def random_case(rng, depth, width, examples, activation):
    """Weights of no special size, and the same flat for JavaScript."""
    weights = rng.normal(0, rng.uniform(0.3, 1.5) / np.sqrt(width), (depth, width, width))
    X, dY = rng.normal(size=(2, examples, width))
    flat = [[W.ravel().tolist() for W in weights], X.ravel().tolist(), dY.ravel().tolist(), activation, width]
    return by_scratch(weights, X, dY, activation), flat


@pytest.mark.parametrize("activation", LAYERS)
def test_the_passes_are_those_of_scratch(module, rng, activation):
    cases = [
        random_case(rng, *shape, activation) for shape in ((1, 5, 3), (4, 8, 1), (12, 32, 16), (30, 6, 4))
    ]
    theirs = results(module, "passes", [flat for _, flat in cases])
    for (ours, _), one in zip(cases, theirs, strict=True):
        for what, sizes in ours.items():
            assert one[what] == pytest.approx(sizes, **TOLERANCE), (what, activation)


def test_a_forgotten_transpose_would_be_caught(modules, tmp_path, rng):
    text = (modules / "vanishing.mjs").read_text()
    broken = tmp_path / "broken.mjs"
    broken.write_text(
        text.replace(
            "G = times(delta, weights[layer], n, true);", "G = times(delta, weights[layer], n, false);"
        )
    )
    assert broken.read_text() != text
    ours, flat = random_case(rng, 4, 8, 3, "tanh")
    (theirs,) = results(broken, "passes", [flat])
    assert theirs["activations"] == pytest.approx(ours["activations"], **TOLERANCE)
    assert theirs["gradients"] != pytest.approx(ours["gradients"], **TOLERANCE)


def by_scipy(activation, scale, depth):
    """The recursion, its two means by adaptive integration."""

    def mean(f, q):
        root = np.sqrt(q)
        both = (
            quad(lambda z: norm.pdf(z) * f(root * z) ** 2, *ends, epsabs=1e-13) for ends in ((-9, 0), (0, 9))
        )
        return sum(value for value, _ in both)

    squares, factors = [1.0], []
    for _ in range(depth):
        q = scale * squares[-1]
        squares.append(mean(VALUE[activation], q))
        factors.append(scale * mean(SLOPE[activation], q))
    gradients = [*np.cumprod(factors[::-1])[::-1], 1.0]
    return {"activations": np.sqrt(squares), "gradients": np.sqrt(gradients)}


@pytest.mark.parametrize("activation", LAYERS)
def test_the_theory_is_the_recursion(module, activation):
    given = [[activation, scale, depth] for scale, depth in ((0.0625, 3), (1.0, 8), (2.0, 5), (128.0, 4))]
    for case, theirs in zip(given, results(module, "theory", given), strict=True):
        ours = by_scipy(*case)
        for what, sizes in ours.items():
            assert theirs[what] == pytest.approx(sizes, **TOLERANCE), (case, what)


def test_he_keeps_relus_gradient_and_lecuns_halves_its_square(module):
    he, lecun = results(module, "theory", [["relu", 2, 30], ["relu", 1, 30]])
    assert he["gradients"] == pytest.approx(np.ones(31))
    assert lecun["gradients"][0] == pytest.approx(2**-15)


def test_networks_scatter_around_the_theory(module):
    """Illustrated: over 40 seeds the mean logarithm lies within a factor 1.5 of the theory's."""
    (expected,) = results(module, "theory", [["tanh", 1.5, 10]])
    found = []
    for seed in range(40):
        weights, X, dY = network(seed, 1.5, 10)
        found.append(np.log(by_scratch(weights, X, dY, "tanh")["gradients"][0]))
    assert np.mean(found) == pytest.approx(np.log(expected["gradients"][0]), abs=np.log(1.5))


def test_python_and_javascript_draw_the_same_network(module):
    for (seed, scale, depth), theirs in zip(
        cases := [[0, 1.0, 2], [7, 3.5, 30]], results(module, "network", cases), strict=True
    ):
        weights, X, dY = network(seed, scale, depth)
        assert weights.shape == (depth, WIDTH, WIDTH)
        assert [list(W.values()) for W in theirs["weights"]] == pytest.approx(
            weights.reshape(depth, -1), rel=1e-12
        )
        for name, ours in (("X", X), ("dY", dY)):
            assert ours.shape == (EXAMPLES, WIDTH)
            assert list(theirs[name].values()) == pytest.approx(ours.ravel(), rel=1e-12)
        assert np.var(weights) * WIDTH == pytest.approx(scale, rel=0.06)


def test_the_alt_text_is_true():
    weights, X, dY = network(SEED, SCALE, DEPTH)
    sizes = by_scratch(weights, X, dY, "sigmoid")
    assert np.array(sizes["activations"][1:]) == pytest.approx(0.5, abs=0.06)
    left = sizes["gradients"][0] / sizes["gradients"][-1]
    words = re.search(
        r"about (0\.\d+) a layer, to about (\d) times 10 to the minus (\d+);", VanishingExplorer.ALT
    )
    assert f"{left ** (1 / DEPTH):.2f}" == words[1]
    assert f"{left:.0e}" == f"{words[2]}e-{words[3]}"


@pytest.mark.parametrize(
    "traits", [{"depth": 0}, {"depth": 31}, {"scale": 0.01}, {"activation": "gelu"}, {"seed": -1}]
)
def test_wrong_traits_are_refused(traits):
    with pytest.raises(traitlets.TraitError, match=next(iter(traits))):
        VanishingExplorer(**traits)
