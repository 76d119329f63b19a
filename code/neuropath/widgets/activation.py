"""An activation, its slope, and what is left of that slope after many layers."""

from __future__ import annotations

from .explorer import Explorer, Numbers, choice, whole

NAMES = ("sigmoid", "tanh", "relu", "leaky", "gelu")
Z, DEPTH = 2.0, 10


class ActivationExplorer(Explorer):
    """Move a point along an activation: its value, its tangent, and the product of slopes over depth.

    Backpropagation multiplies one slope per layer. With the same slope f′(z) in every layer and weights of
    size 1 the gradient keeps f′(z)^depth: for the sigmoid at most 0.25^depth. Session 01 A and C.

    Traits: `activation` one of sigmoid, tanh, relu, leaky (slope 0.1 below zero), gelu; `z` in −5 … 5;
    `depth` in 1 … 20. At z = 0 ReLU's slope is taken as 0 and leaky ReLU's as 0.1, as Keras does.
    """

    module = "activation"
    ALT = (
        "Left, the sigmoid as an S-shaped curve from 0 to 1 and its slope as a dashed hump that reaches 0.25 "
        "at z = 0; at z = 2 a tangent of slope 0.105 touches the curve. Right, the product of the slopes of "
        "1 to 10 layers on a logarithmic axis: two straight lines downwards. At z = 2 the product of ten is "
        "1.6e-10, and even at the sigmoid's steepest point it is about 1e-6."
    )
    activation = choice(*NAMES)
    z = Numbers(Z, low=-5.0, high=5.0)
    depth = whole(DEPTH, 1, 20)
