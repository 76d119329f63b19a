"""The computation graph's numbers, in Node, equal those of the course's own reverse-mode engine."""

import numpy as np
import pytest
from node import plant, results

from neuropath import scratch as nn
from neuropath.scratch import autodiff as ad
from neuropath.visualizations import load
from neuropath.widgets import GraphExplorer
from neuropath.widgets.graph import LAST

TOLERANCE = {"rel": 1e-6, "abs": 1e-9}


def states(n=24):
    """Random leaves, for every loss, target and way of sharing."""
    rng = np.random.default_rng(11)
    for i in range(n):
        weights, inputs = rng.uniform(-3, 3, 2).tolist(), rng.uniform(-3, 3, 2).tolist()
        leaves = {"weights": weights, "inputs": inputs, "bias": float(rng.uniform(-3, 3))}
        options = {"target": i % 2, "loss": ("squared", "cross-entropy")[i // 2 % 2]}
        yield leaves | options | {"sharing": ("two", "one")[i // 4 % 2]}


def recorded(state):
    """The same graph as `autodiff` nodes: all of them by name."""
    w1, w2 = map(ad.leaf, state["weights"])
    node = {"w": w1} if state["sharing"] == "one" else {"w1": w1, "w2": w2}
    w2 = w1 if state["sharing"] == "one" else w2
    node |= dict(zip(("x1", "x2", "b"), map(ad.leaf, (*state["inputs"], state["bias"])), strict=True))
    node["m1"], node["m2"] = w1 * node["x1"], w2 * node["x2"]
    node["z"] = node["m1"] + node["m2"] + node["b"]
    node["a"], y = 1 / (1 + (-node["z"]).exp()), state["target"]
    if state["loss"] == "squared":
        node["L"] = (node["a"] - y) ** 2
    else:
        node["L"] = -(node["a"] if y else 1 - node["a"]).log()
    return node


def compare(modules):
    cases = list(states())
    for state, theirs in zip(
        cases, results(modules / "graph.mjs", "walk", [[s] for s in cases]), strict=True
    ):
        node = recorded(state)
        ours = ad.gradients(node["L"], list(node.values()))
        assert set(theirs["grad"]) == set(node)
        for (name, n), gradient in zip(node.items(), ours, strict=True):
            assert theirs["value"][name] == pytest.approx(float(n.data), **TOLERANCE), name
            assert theirs["grad"][name] == pytest.approx(float(gradient), **TOLERANCE), name


def test_values_and_derivatives_at_every_node(modules):
    compare(modules)


def test_a_fault_is_caught(modules, tmp_path):
    """The classic one: at a fan-out the last contribution replaces the sum."""
    plant(modules / "graph.mjs", "(grad[from] ?? 0) + sent[edge]", "sent[edge]", tmp_path)
    with pytest.raises(AssertionError, match="w"):
        compare(tmp_path)


def test_the_losses_are_those_of_scratch(modules):
    for state in states():
        (theirs,) = results(modules / "graph.mjs", "walk", [[state]])
        z, y = np.array([[theirs["value"]["z"]]]), np.array([[float(state["target"])]])
        if state["loss"] == "squared":
            loss, slope = nn.mean_squared_error(nn.sigmoid(z), y)
            assert theirs["grad"]["a"] == pytest.approx(slope.item(), **TOLERANCE)
        else:
            loss, slope = nn.binary_crossentropy(z, y)
            assert theirs["grad"]["z"] == pytest.approx(slope.item(), **TOLERANCE)
        assert theirs["value"]["L"] == pytest.approx(loss, **TOLERANCE)


def test_a_saturated_neuron_stays_finite(modules):
    state = {"weights": [3, 3], "inputs": [3, 3], "bias": 3, "target": 0, "sharing": "two"}
    (theirs,) = results(modules / "graph.mjs", "walk", [[state | {"loss": "cross-entropy"}]])
    loss, slope = nn.binary_crossentropy(np.array([21.0]), np.array([0.0]))
    assert theirs["value"]["L"] == pytest.approx(loss, rel=1e-9)
    assert theirs["grad"]["z"] == pytest.approx(slope.item(), rel=1e-9)


def test_derivatives_come_back_one_edge_at_a_time(modules):
    state = GraphExplorer(sharing="one").state()
    (edges,) = results(modules / "graph.mjs", "edgesOf", [["one"]])
    (walk,) = results(modules / "graph.mjs", "walk", [[state]])
    stages = [[node, s, edges, walk["sent"]] for node in ("w", "x1", "b", "L") for s in range(LAST + 1)]
    seen = np.array(results(modules / "graph.mjs", "gradientAt", stages), dtype=object).reshape(4, LAST + 1)
    assert [sum(v is None for v in row) for row in seen] == [10, 10, 9, 6]
    first, both = seen[0, 10:]
    assert first == pytest.approx(walk["sent"]["w>m1"])
    assert both == pytest.approx(walk["grad"]["w"])
    assert both != pytest.approx(first)


def test_the_text_says_what_the_engine_gives():
    node = load("explorer_graph").nodes()
    names = ("a", "z", "w1", "w2")
    da, dz, dw1, dw2 = (float(g) for g in ad.gradients(node["L"], [node[n] for n in names]))
    said = f"is {da:.3f} at a, {dz:.3f} at z, at both products and at b, {dw1:.3f} at the first weight and "
    assert said + f"{dw2:.3f} at the second" in GraphExplorer.ALT
    assert f"a = {float(node['a'].data):.3f}" in GraphExplorer.ALT
    assert f"squared error is {float(node['L'].data):.3f}" in GraphExplorer.ALT
