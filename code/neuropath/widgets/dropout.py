"""Dropout masks: thinned networks, their mean, and the whole network that stands in for it."""

from __future__ import annotations

from .explorer import Explorer, Numbers, choice, whole

HIDDEN = [0.9, 0.4, 1.2, 0.7, 0.3, 1.1, 0.6, 0.8]
WEIGHTS = [1.2, -0.8, 0.9, 0.7, -1.0, -0.5, 0.8, 0.6]
BIAS, RATE, SCALE, UNITS, DRAWS, SEED = -0.2, 0.5, 1.0, 6, 20, 13
MASK = [1, 0, 1, 0, 1, 1, 0, 1]  # the last of the drawn ones


class DropoutExplorer(Explorer):
    """Draw dropout masks and compare the mean of the thinned networks with the whole network.

    With keep rate k = 1 − rate a mask m gives z = Σ mᵢ scale·wᵢhᵢ / k + b (inverted dropout), the whole
    network z = Σ scale·wᵢhᵢ + b; the answer is f(z). All 2ⁿ masks are enumerated for the exact mean. It is
    f of the whole network for linear f; through a sigmoid (a softmax of two classes) only nearly, but the
    geometric means of p and 1 − p, scaled to sum 1, are exact. Sessions 01 C and 05.

    Traits: `rate` in 0 … 0.8; `units` 2 … 8, how many of the eight are used; `output` one of linear,
    sigmoid, relu; `scale` in 0.25 … 3; `hidden` (8,), `weights` (8,) and `bias`; `mask` (8,) of 0 and 1,
    the network on show; `draws` 0 … 1000 masks from `seed` 0 … 999.
    """

    module = "dropout"
    ALT = (
        "Left, six hidden units joined to one output by lines as thick as what they carry; two of them, "
        "crossed out, are dropped. Right, the outputs of twenty such thinned networks as dots between about "
        "-2 and 4.5, a line of their running mean that ends at 1.31, and a level line at 1.28, which "
        "is both the mean of all 64 thinned networks and the answer of the whole network: for this linear "
        "output the two are equal. Bars at the edge show how the 64 answers spread."
    )
    rate = Numbers(RATE, low=0.0, high=0.8)
    units = whole(UNITS, 2, 8)
    output = choice("linear", "sigmoid", "relu")
    scale = Numbers(SCALE, low=0.25, high=3.0)
    hidden = Numbers(HIDDEN, (8,), low=-10.0, high=10.0)
    weights = Numbers(WEIGHTS, (8,), low=-10.0, high=10.0)
    bias = Numbers(BIAS, low=-10.0, high=10.0)
    mask = Numbers(MASK, (8,), low=0, high=1)
    draws = whole(DRAWS, 0, 1000)
    seed = whole(SEED, 0, 999)
