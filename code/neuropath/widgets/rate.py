"""One dimension, one number to choose: the learning rate."""

from __future__ import annotations

from .explorer import Explorer, Numbers, choice, whole

CURVATURE, RATE, BEGIN, STEPS, LAST = 1.0, 1.8, -2.4, 12, 40


class RateExplorer(Explorer):
    """Gradient descent on a parabola or a quartic: too small, right, too large, divergent.

    On the parabola λx²/2 a step multiplies x by 1 − ηλ: it shrinks while |1 − ηλ| < 1, that is η < 2/λ, at
    once for η = 1/λ. On the quartic λx⁴/12 the factor 1 − ηλx²/3 depends on the place: the same rate diverges
    far out and crawls near the bottom. Sessions 01 A and 04 A.

    Traits: `curve` parabola or quartic; `curvature` λ in 0.2 … 1.5; `learning_rate` η in 0.02 … 3; `start` in
    −2.6 … 2.6; `steps` shown, 0 … 40.
    """

    module = "rate"
    ALT = (
        "Left, the parabola x²/2 with twelve steps of gradient descent from x = −2.4 at learning rate "
        "1.8: each step crosses the valley and ends at −0.8 of the place before, so the trail zigzags "
        "down to x = −0.16. Right, the loss over the steps on a logarithmic axis, a straight line from "
        "2.88 to 0.0136."
    )
    curve = choice("parabola", "quartic")
    curvature = Numbers(CURVATURE, low=0.2, high=1.5)
    learning_rate = Numbers(RATE, low=0.02, high=3.0)
    start = Numbers(BEGIN, low=-2.6, high=2.6)
    steps = whole(STEPS, 0, LAST)
