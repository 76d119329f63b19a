"""The race's surfaces and steps, in Node, equal the course's engine and its optimisers."""

import numpy as np
import pytest
from node import plant, results
from scipy.optimize import minimize

from neuropath import scratch as nn
from neuropath.scratch import autodiff as ad
from neuropath.visualizations import load
from neuropath.widgets import RaceExplorer
from neuropath.widgets.race import BEGIN, LAST, RATE, STEPS

SURFACES = {
    "bowl": lambda x, y: (x**2 + 40 * y**2) * 0.5,
    "valley": lambda x, y: (1 - x) ** 2 + 5 * (y + 1 - x**2) ** 2,
    "saddle": lambda x, y: 0.5 * x**2 - 0.5 * y**2 + y**4 * 0.125,
    "two": lambda x, y: (x**2 - 1) ** 2 + 0.4 * x + y**2,
}


def slope(surface, w):
    """The gradient (2,) by the course's own reverse mode."""
    x, y = ad.leaf(w[0]), ad.leaf(w[1])
    return np.array(ad.gradients(SURFACES[surface](x, y), [x, y]))


def test_losses_and_gradients(modules):
    for surface, f in SURFACES.items():
        W = np.random.default_rng(3).uniform(-2.2, 2.2, (30, 2))
        given = [[surface, w] for w in W.tolist()]
        assert results(modules / "race.mjs", "lossAt", given) == pytest.approx(f(*W.T), rel=1e-9, abs=1e-9)
        theirs = np.array(results(modules / "race.mjs", "slopeAt", given))
        assert theirs == pytest.approx(np.array([slope(surface, w) for w in W]), rel=1e-6, abs=1e-9)


def test_the_lowest_place_is_the_lowest(modules):
    for surface, f in SURFACES.items():
        starts = np.random.default_rng(4).uniform(-2, 2, (12, 2))
        best = min(minimize(lambda w, f=f: f(*w), s, tol=1e-12).fun for s in starts)
        (gap,) = results(modules / "race.mjs", "gapAt", [[surface, [0.3, -0.4]]])
        assert gap == pytest.approx(f(0.3, -0.4) - best, abs=1e-9), surface


OPTIMISERS = {
    "sgd": nn.SGD,
    "momentum": lambda rate: nn.SGD(rate, momentum=0.9),
    "rmsprop": nn.RMSprop,
    "adam": nn.Adam,
}


def compare(modules, steps=40):
    twin, rng = load("explorer_race"), np.random.default_rng(6)
    for surface in SURFACES:
        start, rate = rng.uniform(-1.5, 1.5, 2), 0.02
        given = [[name, surface, start.tolist(), rate, steps] for name in OPTIMISERS]
        for (name, ours), theirs in zip(
            OPTIMISERS.items(), results(modules / "race.mjs", "trail", given), strict=True
        ):
            places = twin.trail(ours(rate), lambda w, s=surface: slope(s, w), start, steps)
            assert np.array(theirs) == pytest.approx(places, rel=1e-6, abs=1e-8), (surface, name)


def test_paths_are_those_of_the_scratch_optimisers(modules):
    compare(modules)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_every_step_on_random_gradients_is_that_of_scratch(modules, name):
    """Gradients that no surface gives: of all sizes, and 0, which divides nothing by nothing."""
    rng = np.random.default_rng(9)
    w, state = rng.normal(size=2), {"v": [0, 0], "s": [0, 0], "t": 0}
    ours, state = OPTIMISERS[name](0.05), state | {"w": w.tolist()}
    for g in [*(rng.normal(size=(15, 2)) * 10 ** rng.uniform(-6, 3, (15, 2))), np.zeros(2)]:
        ours.step({"w": w}, {"w": g})
        (state,) = results(modules / "race.mjs", "advance", [[name, state, g.tolist(), 0.05]])
        assert state["w"] == pytest.approx(w, rel=1e-6, abs=1e-9)
    assert np.isfinite(w).all()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("0.9 * v[i] - rate", "0.9 * v[i] - 0.1 * rate"),
        ("Math.sqrt(1 - 0.999 ** (t + 1))", "1"),
        ("y ** 3 / 2", "y ** 3 / 4"),
        ("Math.sqrt(square[i] + 1e-7)", "(Math.sqrt(square[i]) + 1e-7)"),
        ("0.9 * s[i] + 0.1 * g[i] ** 2", "0.99 * s[i] + 0.01 * g[i] ** 2"),
    ],
)
def test_a_fault_is_caught(modules, tmp_path, right, wrong):
    plant(modules / "race.mjs", right, wrong, tmp_path)
    with pytest.raises(AssertionError):
        compare(tmp_path)


def test_a_path_that_leaves_ends_and_never_arrives(modules):
    gone, home = results(
        modules / "race.mjs", "trail", [["sgd", "bowl", BEGIN, rate, LAST] for rate in (0.2, 0.04)]
    )
    assert 2 < len(gone) < LAST
    assert len(home) == LAST + 1
    gaps = [results(modules / "race.mjs", "gapAt", [["bowl", w] for w in path]) for path in (gone, home)]
    assert np.isfinite(gaps[0]).all()
    touch = [0.5] * 5 + [0.001] * 10 + [0.5] * 5 + [0.001] * 11
    arrived = results(modules / "race.mjs", "arrival", [[gaps[0]], [gaps[1]], [touch], [touch[:-1]]])
    assert arrived == [-1, 63, 20, -1]


def test_the_text_says_what_the_optimisers_give(modules):
    curves = load("explorer_race").losses()
    last = {name: curve[-1] for name, curve in curves.items()}
    said = f"SGD stands at {last['SGD']:.4f}, momentum at {last['momentum']:.4f}, Adam at {last['Adam']:.4f}"
    assert said in RaceExplorer.ALT
    assert last["RMSprop"] < 1e-6
    first = {name: int(np.argmax(curve < 0.01)) for name, curve in curves.items()}
    assert min(first, key=first.get) == "RMSprop"
    assert f"at step {first['RMSprop']}; after {STEPS} steps" in RaceExplorer.ALT
    assert f"learning rate {RATE}" in RaceExplorer.ALT
