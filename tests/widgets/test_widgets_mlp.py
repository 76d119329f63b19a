"""The network that trains in the page: data, forward, backward and steps equal `neuropath.scratch`."""

import numpy as np
import pytest
from node import plant, results
from sklearn.linear_model import LogisticRegression

from neuropath import scratch as nn
from neuropath.visualizations import load
from neuropath.widgets import MlpExplorer
from neuropath.widgets.mlp import RATE, SEED, START

TOLERANCE = {"rel": 1e-6, "abs": 1e-9}
DATA, ACTIVATIONS = ("circles", "xor", "moons", "spiral"), ("tanh", "relu", "sigmoid")


@pytest.fixture(scope="module")
def twin():
    return load("explorer_mlp")


def rows(net):
    """The module's layers as one flat list of arrays, W and b in turn."""
    return [np.array(layer[name]) for layer in net for name in ("W", "b")]


def random_case(rng, activation, depth):
    """A scratch network with random weights and biases, the same for the module, and a batch."""
    model = nn.mlp([2, *[5] * depth, 1], rng=rng, activation=activation, dtype="float64")
    model.compile(optimizer=nn.SGD(0.3), loss=nn.binary_crossentropy)
    for p in model.params.values():
        p[...] = rng.normal(size=p.shape)
    values = [p.tolist() for p in model.params.values()]
    net = [{"W": W, "b": b} for W, b in zip(values[::2], values[1::2], strict=True)]
    return model, net, rng.normal(size=(20, 2)), rng.integers(0, 2, (20, 1))


def compare(modules):
    rng = np.random.default_rng(5)
    for activation in ACTIVATIONS:
        for depth in (1, 2):
            model, net, X, y = random_case(rng, activation, depth)
            given = [net, activation, X.tolist(), y[:, 0].tolist()]
            z = model.forward(X)
            loss, slope = nn.binary_crossentropy(z, y)
            model.backward(slope)
            answers = results(modules / "mlp.mjs", "forward", [[net, activation, x] for x in X.tolist()])
            assert [a[-1][0] for a in answers] == pytest.approx(z[:, 0], **TOLERANCE)
            (back,) = results(modules / "mlp.mjs", "backward", [given])
            assert back["loss"] == pytest.approx(loss, **TOLERANCE)
            assert back["right"] == ((z > 0) == y).sum()
            for theirs, ours in zip(rows(back["grads"]), model.grads.values(), strict=True):
                assert theirs == pytest.approx(ours, **TOLERANCE)
            (after,) = results(modules / "mlp.mjs", "sgdStep", [[*given, 0.3]])
            model.train_step(X, y)
            for theirs, ours in zip(rows(after), model.params.values(), strict=True):
                assert theirs == pytest.approx(ours, **TOLERANCE)


def test_forward_backward_and_one_step(modules):
    compare(modules)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("slope(h) * dot", "dot"),
        ("- y[i]) / n]", "- y[i])]"),
        ("1 - h * h", "1 - h"),
        ("W[j][k] += v * d", "W[j][k] = v * d"),
    ],
)
def test_a_fault_is_caught(modules, tmp_path, right, wrong):
    plant(modules / "mlp.mjs", right, wrong, tmp_path)
    with pytest.raises(AssertionError):
        compare(tmp_path)


def test_the_data_are_those_of_the_still_figure(modules, twin):
    for seed in (0, SEED, 998):
        for data, theirs in zip(
            DATA, results(modules / "mlp.mjs", "sample", [[d, seed] for d in DATA]), strict=True
        ):
            X, y = twin.sample(data, seed)
            assert np.array(theirs["X"]) == pytest.approx(X, **TOLERANCE), data
            assert theirs["y"] == y[:, 0].tolist()
            assert np.abs(X).max() < 2.6  # all in the picture


def test_no_line_separates_them_but_a_few_units_do(modules):
    for data in DATA:
        (points,) = results(modules / "mlp.mjs", "sample", [[data, SEED]])
        X, y = np.array(points["X"]), np.array(points["y"])
        assert LogisticRegression(C=1e3).fit(X, y).score(X, y) < 0.93, data
        state = START | {"data": data, "width": 8, "depth": 2, "learning_rate": 0.3, "seed": SEED}
        (run,) = results(modules / "mlp.mjs", "train", [[state, 400]])
        assert run["losses"][-1] < 0.05 < 0.4 < run["losses"][0], data


def test_first_weights_are_he_normal_and_cut(modules, twin):
    W = np.concatenate(
        [
            rows(net)[2].ravel()
            for net in results(modules / "mlp.mjs", "initial", [[8, 2, s] for s in range(60)])
        ]
    )
    assert W.size == 60 * 64
    assert W.var() == pytest.approx(2 / 8, rel=0.08)
    assert np.abs(W).max() <= 2 * np.sqrt(2 / 8) / 0.8796
    assert np.abs(W.mean()) < 0.03


def test_a_whole_run_is_that_of_scratch(modules, twin):
    for activation, depth, data in (("tanh", 1, "circles"), ("relu", 2, "moons")):
        state = START | {
            "activation": activation,
            "depth": depth,
            "data": data,
            "learning_rate": 0.1,
            "seed": 3,
        }
        (theirs,) = results(modules / "mlp.mjs", "train", [[state, 6]])
        X, y = twin.sample(data, 3)
        model = twin.network(3, **{**START, "activation": activation, "depth": depth})
        assert theirs["losses"][0] == pytest.approx(
            nn.binary_crossentropy(model.forward(X), y)[0], **TOLERANCE
        )
        twin.train(model, X, y, 0.1, 3, 6)
        assert theirs["losses"][-1] == pytest.approx(
            nn.binary_crossentropy(model.forward(X), y)[0], **TOLERANCE
        )
        for one, other in zip(rows(theirs["net"]), model.params.values(), strict=True):
            assert one == pytest.approx(other, rel=1e-6, abs=1e-8)


def test_the_text_says_what_training_gives(modules, twin):
    state = START | {"learning_rate": RATE, "seed": SEED}
    (run,) = results(modules / "mlp.mjs", "train", [[state, twin.EPOCHS]])
    first, last = run["losses"][0], run["losses"][-1]
    assert f"the loss is {first:.2f}. Then" in MlpExplorer.ALT
    assert MlpExplorer.ALT.endswith(f"The loss is {last:.2f}.")
    W, b = np.array(run["net"][0]["W"]), np.array(run["net"][0]["b"])
    corners = np.array([[-2.6, -2.6], [-2.6, 2.6], [2.6, -2.6], [2.6, 2.6]])
    sides = np.sign(corners @ W + b)
    assert (np.abs(sides.sum(axis=0)) < 4).sum() == 3  # borders that cross the picture
