"""A multilayer perceptron that trains before your eyes on points in the plane."""

from __future__ import annotations

from typing import Any

from .explorer import Explorer, Numbers, choice, whole

POINTS, BATCH, RATE, SEED = 160, 20, 0.3, 1
START: dict[str, Any] = {"data": "circles", "width": 4, "depth": 1, "activation": "tanh"}


class MlpExplorer(Explorer):
    """Train a small network on two classes of points; watch its boundary, its units and its loss.

    Dense layers of `width` units with an activation, `depth` of them, then one logit z; the loss is the
    binary cross-entropy of σ(z), and an epoch is eight steps W ← W − η dL/dW on shuffled batches of 20 of
    the 160 points. Weights start He-normal, biases at 0. Data, weights and order follow from `seed` alone.
    The loss drawn is that of all points after each epoch. Session 01 A and D.

    Traits: `data` one of circles, xor, moons, spiral; `width` in 1 … 8; `depth` 1 or 2; `activation` one of
    tanh, relu, sigmoid; `learning_rate` in 0.001 … 10; `seed` in 0 … 999.
    """

    module = "mlp"
    ALT = (
        "A plane with 160 points: crosses of class 0 in a ring around circles of class 1. First, the "
        "network of four tanh units as it starts, at random: its tint does not follow the points, and the "
        "loss is 1.03. Then the same network after 200 epochs of training: the tint of class 1 is fenced "
        "in around the middle by a triangle of thin lines, the borders of three hidden units; the fourth "
        "unit's lies outside the picture. The loss is 0.02."
    )
    data = choice("circles", "xor", "moons", "spiral")
    width = whole(START["width"], 1, 8)
    depth = whole(START["depth"], 1, 2)
    activation = choice("tanh", "relu", "sigmoid")
    learning_rate = Numbers(RATE, low=0.001, high=10.0)
    seed = whole(SEED, 0, 999)
