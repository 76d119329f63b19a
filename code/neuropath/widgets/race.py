"""Four optimisers on one loss surface, from one start, with one learning rate."""

from __future__ import annotations

from .explorer import Explorer, Numbers, choice, whole

SURFACE, BEGIN, RATE, STEPS, LAST = "bowl", [-1.8, 1.2], 0.04, 80, 200


class RaceExplorer(Explorer):
    """Drag the start; watch SGD, momentum, RMSprop and Adam find their ways down.

    All four have the same learning rate η. SGD: w ← w − ηg. Momentum: v ← 0.9 v − ηg, w ← w + v. RMSprop:
    s ← 0.9 s + 0.1 g², w ← w − ηg / √(s + ε). Adam: β₁ = 0.9, β₂ = 0.999; ε is 10⁻⁷ in both, as in Keras.
    An optimiser has arrived at the first step at which its loss is within 0.01 of the surface's lowest and
    stays there for ten more; "left" says that it is not there any more. Paths are followed for 200 steps.

    The surfaces: bowl (x² + 40 y²)/2; valley (1 − x)² + 5 (y + 1 − x²)², Rosenbrock's, lowered; saddle
    x²/2 − y²/2 + y⁴/8; two (x² − 1)² + 0.4 x + y², two minima of which the left is lower. Session 04.

    Traits: `surface` one of bowl, valley, saddle, two; `start` (2,) in −2 … 2; `learning_rate` in 0.001 … 1;
    `steps` shown, 0 … 200.
    """

    module = "race"
    ALT = (
        "Left, an elongated bowl from above, with four paths of 80 steps from (−1.8, 1.2), all at "
        "learning rate 0.04: SGD zigzags across and then glides along the floor, momentum swings far to "
        "both sides, RMSprop and Adam head for the middle almost straight. Right, their losses on a "
        "logarithmic axis. RMSprop is the first below 0.01, at step 48; after 80 steps SGD stands at "
        "0.0024, momentum at 0.0080, Adam at 0.0002 and RMSprop below 0.000001."
    )
    surface = choice(SURFACE, "valley", "saddle", "two")
    start = Numbers(BEGIN, (2,), -2.0, 2.0)
    learning_rate = Numbers(RATE, low=0.001, high=1.0)
    steps = whole(STEPS, 0, LAST)
