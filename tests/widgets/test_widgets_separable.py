"""The cost of separable convolutions against scratch's and Keras' layers, and a counted loop."""

import re

import numpy as np
import pytest
from node import ask, results

from neuropath import scratch as nn
from neuropath.widgets import SeparableExplorer
from neuropath.widgets.separable import START


@pytest.fixture
def module(modules):
    return modules / "separable.mjs"


def random_layers(rng, n=8):
    """(H, W, k, C_in, C_out, t)."""
    highest = (9, 9, 6, 12, 12, 7)
    return [[int(rng.integers(1, high)) for high in highest] for _ in range(n)]


def keras_steps(keras, k, inputs, outputs, t):
    """The layers that each recipe is made of, in order; no bias, padding "same"."""
    layers, same = keras.layers, {"padding": "same", "use_bias": False}
    return {
        "standard": [layers.Conv2D(outputs, k, **same)],
        "separable": [layers.DepthwiseConv2D(k, **same), layers.Conv2D(outputs, 1, **same)],
        "inverted": [
            layers.Conv2D(t * inputs, 1, **same),
            layers.DepthwiseConv2D(k, **same),
            layers.Conv2D(outputs, 1, **same),
        ],
    }


def scratch_steps(rng, k, inputs, outputs, t):
    """The same layers from scratch."""

    def point(n, m):
        return nn.Conv2D(n, m, 1, padding="same", use_bias=False, rng=rng)

    def space(n):
        return nn.DepthwiseConv2D(n, k, padding="same", use_bias=False, rng=rng)

    return {
        "standard": [nn.Conv2D(inputs, outputs, k, padding="same", use_bias=False, rng=rng)],
        "separable": [space(inputs), point(inputs, outputs)],
        "inverted": [point(inputs, t * inputs), space(t * inputs), point(t * inputs, outputs)],
    }


def test_costs_are_those_of_scratch(module, rng):
    """Weights counted in the layers; multiply-adds, the places that come out times the weights used there."""
    given = random_layers(rng)
    for layer, theirs in zip(given, results(module, "costs", given), strict=True):
        height, width, k, inputs, outputs, t = layer
        for recipe, steps in scratch_steps(rng, k, inputs, outputs, t).items():
            X = rng.normal(size=(1, height, width, inputs)).astype("float32")
            for step, one in zip(steps, theirs[recipe].values(), strict=True):
                X = step.forward(X)
                assert one["weights"] == step.params["W"].size, (recipe, layer)
                assert one["adds"] == X.shape[1] * X.shape[2] * step.params["W"].size, (recipe, layer)
            assert X.shape == (1, height, width, outputs)
        whole = nn.SeparableConv2D(inputs, outputs, k, use_bias=False, rng=rng)
        weights = sum(p.size for p in whole.params.values())
        assert sum(one["weights"] for one in theirs["separable"].values()) == weights


def test_an_inverted_residual_of_scratchs_mobilenet(module, rng):
    """block_2 at 224 pixels, as below, from the network that the course builds."""
    network = nn.MobileNetV2((224, 224, 3), rng=rng)
    names = ("block_2_expand", "block_2_depthwise", "block_2_project")
    (theirs,) = results(module, "costs", [[56, 56, 3, 24, 24, 6]])
    ours = [network[name].params["W"].size for name in names]
    assert [s["weights"] for s in theirs["inverted"].values()] == ours


def test_weights_are_those_of_keras(module, rng, keras):
    given = random_layers(rng)
    for layer, theirs in zip(given, results(module, "costs", given), strict=True):
        _, _, k, inputs, outputs, t = layer
        for recipe, steps in keras_steps(keras, k, inputs, outputs, t).items():
            shape = (1, 9, 9, inputs)  # weights know no places
            for step, one in zip(steps, theirs[recipe].values(), strict=True):
                step.build(shape)
                shape = step.compute_output_shape(shape)
                assert one["weights"] == step.count_params(), (recipe, step.name)
            assert shape[3] == outputs
        whole = keras.layers.SeparableConv2D(outputs, k, use_bias=False)
        whole.build((1, 9, 9, inputs))
        assert sum(one["weights"] for one in theirs["separable"].values()) == whole.count_params()


def counted(height, width, kernel):
    """Products of a convolution, one by one; kernel (k, k, C_in, C_out). Zeros of the padding count too."""
    products = 0
    for _place in np.ndindex(height, width):
        for _weight in np.ndindex(*kernel):
            products += 1
    return products


def test_multiply_adds_are_those_of_a_loop(module, rng):
    given = [[h, w, k, min(i, 4), min(o, 4), min(t, 3)] for h, w, k, i, o, t in random_layers(rng, 4)]
    for (h, w, k, i, o, t), theirs in zip(given, results(module, "costs", given), strict=True):
        ours = {
            "standard": [(k, k, i, o)],
            "separable": [(k, k, i, 1), (1, 1, i, o)],  # depthwise: one kernel a channel
            "inverted": [(1, 1, i, t * i), (k, k, t * i, 1), (1, 1, t * i, o)],
        }
        for recipe, kernels in ours.items():
            assert [s["adds"] for s in theirs[recipe].values()] == [counted(h, w, one) for one in kernels]


def test_the_ratio_is_that_of_the_costs_whatever_the_size(module, rng):
    given = random_layers(rng, 30)
    ratios = results(module, "ratio", [[k, outputs] for _, _, k, _, outputs, _ in given])
    for layer, costs, ratio in zip(given, results(module, "costs", given), ratios, strict=True):
        pairs = [[costs[name], what] for name in ("separable", "standard") for what in ("adds", "weights")]
        adds, weights, all_adds, all_weights = results(module, "total", pairs)
        assert ratio == pytest.approx(adds / all_adds), layer
        assert ratio == pytest.approx(weights / all_weights), layer


def test_an_inverted_residual_of_the_classifiers_base(module, keras):
    """block_2 of MobileNetV2 at 224 pixels: 24 → 144 → 144 → 24 channels at 56 × 56."""
    base = keras.applications.MobileNetV2((224, 224, 3), include_top=False, weights=None)
    names = ("block_2_expand", "block_2_depthwise", "block_2_project")
    layers = [base.get_layer(name) for name in names]
    _, height, width, inputs = layers[0].input.shape
    (theirs,) = results(module, "costs", [[height, width, 3, inputs, 24, 144 // inputs]])
    assert [s["weights"] for s in theirs["inverted"].values()] == [one.count_params() for one in layers]


def test_a_kernel_counted_once_instead_of_squared_would_be_caught(modules, tmp_path):
    text = (modules / "separable.mjs").read_text()
    broken = tmp_path / "broken.mjs"
    broken.write_text(text.replace("space: each(k * k * inputs)", "space: each(k * inputs)"))
    assert broken.read_text() != text
    (theirs,) = results(broken, "costs", [[4, 4, 3, 5, 6, 2]])
    assert theirs["separable"]["space"]["weights"] != 3 * 3 * 5


def test_presets_lie_within_the_traits_and_the_alt_text_is_true(modules):
    layer = [START[key] for key in ("height", "width", "kernel", "inputs", "outputs", "expansion")]
    assert SeparableExplorer().state() == START
    (costs,) = results(modules / "separable.mjs", "costs", [layer])
    asked = [("total", [steps, "adds"]) for steps in costs.values()]
    *millions, ratio = ask(modules / "separable.mjs", [*asked, ("ratio", [3, 128])])["results"]
    words = re.search(
        r"together ([\d.]+) .* standard (\d+) .* separable (\d+) .* 6 (\d+) million", SeparableExplorer.ALT
    )
    assert float(words[1]) == round(ratio, 4)
    assert [int(words[n]) for n in (2, 3, 4)] == [round(m / 1e6) for m in millions]
