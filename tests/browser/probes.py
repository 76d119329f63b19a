"""For every explorer: states, and the numbers that Python computes for what the explorer then shows.

A probe's `pattern` finds the numbers in the text of all elements that match `selector`, joined by " | ". The
other side of each comparison is written without the explorer: scratch, SciPy, scikit-learn, or brute force.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.signal import correlate2d
from scipy.stats import norm
from sklearn.linear_model import ElasticNet

from neuropath import scratch as nn
from neuropath.visualizations import load
from neuropath.widgets import EXPLORERS, Explorer
from neuropath.widgets.convolution import brain_slice
from neuropath.widgets.draws import uniforms
from neuropath.widgets.receptive import receptive_fields
from neuropath.widgets.reliability import sample
from neuropath.widgets.softmax import CLASSES
from neuropath.widgets.vanishing import network

RESULT, SUM, CELLS = ".npx-result", ".npx-sum span, .npx-sum strong", "tbody td"
DIGITS = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹\u00a0", "--0123456789 ")


@dataclass
class Probe:
    """A state of an explorer and what it must show there."""

    traits: dict[str, Any]
    expected: list[float]
    pattern: str
    selector: str = RESULT


def shown(text: str) -> tuple[float, float]:
    """The number that a text for readers shows, and half a unit of its last digit."""
    plain = text.translate(DIGITS).replace(",", "").replace(" × 10", "e").replace(" ", "").rstrip("%.")
    digits, _, exponent = plain.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    return float(plain), 0.5 * unit


def differences(probe: Probe, text: str) -> list[str]:
    """What the text shows otherwise than Python; empty if all is well."""
    found = re.search(probe.pattern, text)
    if found is None:
        return [f"{probe.pattern!r} is not in {text!r}"]
    pairs = [(*shown(group), value) for group, value in zip(found.groups(), probe.expected, strict=True)]
    wrong = [(seen, value) for seen, half, value in pairs if abs(seen - value) > half * 1.0001]
    return [f"shows {seen}, Python says {value:.6g}" for seen, value in wrong]


def neuron() -> Iterator[Probe]:
    state = {"weights": [1.2, -0.7], "bias": 0.35, "probe": [0.8, -1.5], "activation": "sigmoid"}
    z = np.dot(state["weights"], state["probe"]) + state["bias"]
    yield Probe(
        state, [z, z, nn.sigmoid(z)], r"w·x \+ b = (.+?) \|.*sigmoid\((.+)\) = (\S+)", ".npx-sum strong"
    )
    points, labels = (np.array(load_default("neuron")[k]) for k in ("points", "labels"))
    wrong = ((points @ state["weights"] + state["bias"] > 0) != labels).sum()
    yield Probe(state, [wrong], r"^(\d+) of 12 on the wrong side")


def load_default(module: str) -> dict[str, Any]:
    """The state in which the explorer of this module starts."""
    return next(cls for cls in EXPLORERS if cls.module == module)().state()


def xor() -> Iterator[Probe]:
    for unit, hidden in (
        ("step", [[1, 1, -0.5], [-1, -1, 1.5]]),
        ("sigmoid", [[0.8, 0.5, -0.4], [-0.6, -0.7, 0.9]]),
    ):
        answer = (lambda z: (z > 0) * 1.0) if unit == "step" else (lambda z: nn.sigmoid(10 * z))
        corners = np.array([[0, 0, 1], [1, 1, 1], [0, 1, 1], [1, 0, 1]])
        a, b, c, d = answer(corners @ np.array(hidden).T)
        t = np.linspace(0, 1, 1001)[:, None]
        zeros, ones = a + t * (b - a), c + t * (d - c)  # brute force: all pairs of points on the two segments
        gap = np.sqrt(((zeros[:, None] - ones[None]) ** 2).sum(axis=2)).min()
        yield Probe({"hidden": hidden, "unit": unit}, [gap], r"\(gap ([\d.]+)\)")


def activation() -> Iterator[Probe]:
    for name, layer, z, depth in (
        ("sigmoid", nn.Sigmoid(), 1.3, 7),
        ("tanh", nn.Tanh(), -0.4, 12),
        ("relu", nn.ReLU(), 2.0, 20),
    ):
        layer.forward(np.array([z]))
        slope = float(layer.backward(np.ones(1))[0])
        yield Probe({"activation": name, "z": z, "depth": depth}, [slope**depth], r"multiplied by (.+)$")


def softmax() -> Iterator[Probe]:
    state = {"logits": [1.5, -2.0, 0.25, 3.0], "constant": -1.5, "temperature": 2.5, "truth": "glioma"}
    u = (np.array(state["logits"]) + state["constant"]) / state["temperature"]
    y = CLASSES.index("glioma")
    loss, slope = nn.sparse_categorical_crossentropy(u[None], np.array([y]))
    yield Probe(state, [nn.softmax(u)[y], loss], r"= (\S+), loss (\S+)$")
    yield Probe(state, list(slope[0]), " \\| ".join([r"(\S+)"] * 4), "tbody td:last-child")


def convolution() -> Iterator[Probe]:
    kernel = np.array([[1.5, -2.0, 0.5], [3.0, 0.0, -1.0], [-0.5, 4.0, -2.5]])
    image = np.array(brain_slice(), float)
    for strides, dilation, row, column in ((1, 1, 12, 18), (3, 1, 4, 6), (2, 3, 5, 7)):
        wide = np.zeros((2 * dilation + 1,) * 2)
        wide[::dilation, ::dilation] = kernel
        output = correlate2d(image, wide, mode="valid")[::strides, ::strides]
        state = {"strides": strides, "dilation_rate": dilation, "row": row, "column": column}
        yield Probe({"kernel": kernel.tolist(), **state}, [output[row, column]], r"sum to (.+)$")


def threshold() -> Iterator[Probe]:
    state = {"separation": 2.1, "spread": 1.3, "prevalence": 0.07, "threshold": 1.4}
    ill = state["prevalence"] * norm.sf(1.4, 2.1, 1.3)
    ppv = ill / (ill + (1 - state["prevalence"]) * norm.sf(1.4))
    yield Probe(state, [100 * ppv], r"\(PPV (.+)%\)")
    yield Probe(state, [norm.cdf(2.1 / np.hypot(1, 1.3))], r"ROC curve (\d\.\d+), at any", ".npx p")


def receptive() -> Iterator[Probe]:
    layers = [[5, 2, 1], [3, 1, 2], [2, 2, 1], [3, 3, 4], [7, 1, 1]]
    fields, jumps = receptive_fields(layers)
    for shown_layer in (2, 4):
        r, j = fields[shown_layer - 1], jumps[shown_layer - 1]
        state = {"layers": layers, "shown": shown_layer}
        yield Probe(state, [r, r, 100 * (r / 224) ** 2], r"sees (.+) × (.+) pixels: (\S+) %")
        yield Probe(state, [r, j], r"r = .+ = (\d+) \| j = .+ = (\d+)", ".npx-sum strong")


def graph() -> Iterator[Probe]:
    state = {"weights": [0.8, -1.4], "bias": -0.3, "inputs": [1.1, 2.3], "loss": "cross-entropy", "target": 1}

    def loss(w1, w2, x2):
        z = w1 * state["inputs"][0] + w2 * x2 + state["bias"]
        return nn.binary_crossentropy(np.array([[z]]), np.array([[1.0]]))[0]

    def slope(f, at, eps=1e-6):
        return (f(at + eps) - f(at - eps)) / (2 * eps)

    by_input = slope(lambda x: loss(0.8, -1.4, x), 2.3)
    by_weight = slope(lambda w: loss(0.8, w, 2.3), -1.4)
    spans = ".npx-steps span"
    pattern = r"dL/dw₂ = .+? = (\S+) \| dL/dx₂ = .+ = (\S+)$"
    yield Probe(state | {"stage": 11}, [by_weight, by_input], pattern, spans)
    shared = slope(lambda w: loss(w, w, 2.3), 0.8)
    yield Probe(
        state | {"stage": 11, "sharing": "one"}, [shared], r"dL/dw = [^|]+ \+ [^|]+ = (\S+) \|", spans
    )


def reliability() -> Iterator[Probe]:
    state = {"temperature": 1.7, "bins": 12, "classes": 5, "sharpness": 3.0, "seed": 4}
    logits, labels = sample(4, 5, 3.0)
    p = nn.softmax(logits / 1.7)
    right, sure = p.argmax(axis=1) == labels, p.max(axis=1)
    bins = np.ceil(sure * 12)
    gaps = [
        abs(sure[bins == k].mean() - right[bins == k].mean()) * (bins == k).mean() for k in np.unique(bins)
    ]
    loss = nn.sparse_categorical_crossentropy(logits / 1.7, labels)[0]
    expected = [100 * right.mean(), 100 * sure.mean(), sum(gaps), loss]
    yield Probe(state, expected, r"^(.+?) \| (.+?) \| (.+?) \| (.+)$", "tbody td:last-child")


def separable() -> Iterator[Probe]:
    state = {"height": 31, "width": 17, "kernel": 5, "inputs": 48, "outputs": 24, "expansion": 4}
    share = (25 * 48 + 48 * 24) / (25 * 48 * 24)
    yield Probe(state, [100 * share, 1 / share], r"Separable: (.+) % of the standard cost, (.+) times")
    inverted = 4 * 48 * (48 + 25 + 24) / (25 * 48 * 24)
    yield Probe(state, [100 * inverted], r"costs (\d+) % of the standard layer", ".npx-small")


def dropout() -> Iterator[Probe]:
    start = load_default("dropout")
    state = {"rate": 0.3, "units": 5, "output": "sigmoid", "scale": 1.5, "draws": 40, "seed": 7}
    shares = 1.5 * np.multiply(start["hidden"], start["weights"])[:5]

    def answers(masks):
        return nn.sigmoid(np.asarray(masks) @ shares / 0.7 + start["bias"])

    every = np.array(list(itertools.product([0, 1], repeat=5)))
    chance = 0.7 ** every.sum(axis=1) * 0.3 ** (5 - every.sum(axis=1))
    drawn = uniforms(7, 40 * 8).reshape(40, 8)[:, :5] >= 0.3
    expected = [answers(start["mask"][:5]), answers(drawn).mean(), chance @ answers(every)]
    whole = nn.sigmoid(shares.sum() + start["bias"])
    yield Probe(state, [*expected, whole], " \\| ".join([r"(\S+)"] * 4), CELLS)


def mlp() -> Iterator[Probe]:
    twin = load("explorer_mlp")
    for data, width, depth, name, seed in (("moons", 6, 2, "relu", 3), ("spiral", 8, 1, "tanh", 8)):
        state = {"data": data, "width": width, "depth": depth, "activation": name, "seed": seed}
        X, y = twin.sample(data, seed)
        z = twin.network(**state).forward(X)
        right = ((z > 0) == y).sum()
        yield Probe(state, [nn.binary_crossentropy(z, y)[0], right], r"Loss (.+): (\d+) of 160 right")


def head() -> Iterator[Probe]:
    twin = load("explorer_head")
    state = {"pooling": "flatten", "places": 4, "units1": 128, "units2": 64, "classes": 5}
    layers = np.array(list(twin.head(16 * 1280, 128, 64, 5).values()))
    trained, still = layers.sum(axis=0)
    pattern = r"holds (.+) numbers: (.+) trained, (.+) not\. (.+)\sMB"
    yield Probe(state, [trained + still, trained, still, 4e-6 * (trained + still)], pattern)


def penalty() -> Iterator[Probe]:
    centre, angle, stretch = [1.1, -0.6], 35.0, 3.0
    long, across = ([f(np.radians(angle + a)) for f in (np.cos, np.sin)] for a in (0, 90))
    H = np.outer(long, long) / stretch**2 + np.outer(across, across)
    X = np.sqrt(2) * np.linalg.cholesky(H).T  # XᵀX / 2 = H
    for name, ratio, strength in (("l1", 1.0, 0.2), ("elastic", 0.5, 0.3), ("l2", 0.0, 0.8)):
        if name == "l2":
            w = np.linalg.solve(H + strength * np.eye(2), H @ centre)
        else:
            model = ElasticNet(
                alpha=strength, l1_ratio=ratio, fit_intercept=False, tol=1e-12, max_iter=100_000
            )
            w = model.fit(X, X @ centre).coef_
        state = {"centre": centre, "angle": angle, "stretch": stretch, "penalty": name, "strength": strength}
        yield Probe(state, list(w), r"w = \((.+), (.+)\)", ".npx-sum strong")


def race() -> Iterator[Probe]:
    twin, state = load("explorer_race"), {"start": [1.5, 0.8], "learning_rate": 0.03, "steps": 60}
    ends = [
        twin.trail(optimiser, lambda w: twin.STEEP * w, state["start"], 60)[-1]
        for optimiser in twin.optimisers(0.03).values()
    ]
    gaps = [float(w**2 @ twin.STEEP / 2) for w in ends]
    yield Probe(state, gaps, " \\| ".join([r"(.+)"] * 4), "tbody td:nth-of-type(1)")


def vanishing() -> Iterator[Probe]:
    for name, layer, scale, depth, seed in (
        ("tanh", nn.Tanh, 1.5, 9, 2),
        ("relu", nn.ReLU, 2.0, 25, 5),
        ("sigmoid", nn.Sigmoid, 4.0, 14, 0),
    ):
        weights, X, dY = network(seed, scale, depth)
        layers = [layer() for _ in weights]
        for W, phi in zip(weights, layers, strict=True):
            X = phi.forward(X @ W)
        back = dY
        for W, phi in zip(weights[::-1], layers[::-1], strict=True):
            back = phi.backward(back) @ W.T
        kept = np.sqrt((back**2).mean() / (dY**2).mean())
        state = {"activation": name, "scale": scale, "depth": depth, "seed": seed}
        yield Probe(state, [kept], r"the gradient is (.+) times its size")


def bayes() -> Iterator[Probe]:
    state = {"prevalence": 0.034, "sensitivity": 0.81, "specificity": 0.96}
    ill, well = 0.034 * 0.81, 0.966 * 0.04
    npv = 0.966 * 0.96 / (0.966 * 0.96 + 0.034 * 0.19)
    yield Probe(
        state, [100 * ill / (ill + well), 100 * npv], r"chance of (.+)% \(PPV\).*not ill, (.+)% \(NPV\)"
    )
    twice = 0.034 * 0.81**2 / (0.034 * 0.81**2 + 0.966 * 0.04**2)
    yield Probe(state | {"tests": "two"}, [100 * twice], r"chance of (.+)%$")


def rate() -> Iterator[Probe]:
    for curve, slope, loss in (
        ("parabola", lambda x: 0.7 * x, lambda x: 0.35 * x**2),
        ("quartic", lambda x: 0.7 * x**3 / 3, lambda x: 0.7 * x**4 / 12),
    ):
        x = 1.9
        for _ in range(9):
            x -= 0.62 * slope(x)
        state = {"curve": curve, "curvature": 0.7, "learning_rate": 0.62, "start": 1.9, "steps": 9}
        yield Probe(state, [9, x, loss(x)], r"After (\d+) steps x = (.+), loss (.+)\.$", SUM)


TABLE: dict[str, Callable[[], Iterator[Probe]]] = {
    f.__name__: f
    for f in (
        *(neuron, xor, activation, softmax, convolution, threshold, receptive, graph, reliability),
        *(separable, dropout, mlp, head, penalty, race, vanishing, bayes, rate),
    )
}


def probes(cls: type[Explorer]) -> list[Probe]:
    """All probes of one explorer."""
    return list(TABLE[cls.module]())
