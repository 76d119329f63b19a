"""The geometry of L1 and L2: ellipses of equal loss, the ball of the penalty, and where they touch."""

from __future__ import annotations

from .explorer import Explorer, Numbers, choice

CENTRE, ANGLE, STRETCH, STRENGTH = [1.3, 1.2], -60.0, 2.5, 0.25


class PenaltyExplorer(Explorer):
    """Pull two weights from the loss's centre towards 0 with L1, L2 or half of each; watch for exact zeros.

    Minimised is ½ (w − c)ᵀ H (w − c) + λ (ρ ‖w‖₁ + (1 − ρ) ‖w‖² / 2), where H has curvature 1 across and
    1 / stretch² along the long axis, and ρ is 1 for L1, 0 for L2, ½ for half of each: scikit-learn's
    `ElasticNet(alpha=λ, l1_ratio=ρ)`, and Keras' `L1(λ)` and `L2(λ / 2)`. L2 in closed form,
    w = (H + λI)⁻¹ H c; the others by coordinate descent, wⱼ = S(gⱼ, λρ) / (Hⱼⱼ + λ(1 − ρ)), with the soft
    threshold S, which is exactly 0 while |gⱼ| ≤ λρ. Session 05.

    Traits: `penalty` one of l1, l2, elastic; `strength` λ in 0 … 3; `centre` c (2,) in −2.2 … 2.2; `angle` of
    the long axis in degrees; `stretch` in 1 … 4, the ellipses' length over width.
    """

    module = "penalty"
    ALT = (
        "Left, the plane of two weights: ellipses of equal loss around (1.3, 1.2), their long axis turned by "
        "-60 degrees, and a square standing on its corner around the origin, the ball of the L1 penalty; it "
        "touches one ellipse at (1.29, 0.53), the optimum for strength 0.25. A dotted line follows the "
        "optimum as the strength grows: down to the horizontal axis and along it to the origin. Right, both "
        "weights over the strength: w2 is exactly 0 from 0.46 on, w1 from 1.47 on."
    )
    penalty = choice("l1", "l2", "elastic")
    strength = Numbers(STRENGTH, low=0.0, high=3.0)
    centre = Numbers(CENTRE, (2,), low=-2.2, high=2.2)
    angle = Numbers(ANGLE, low=-180.0, high=180.0)
    stretch = Numbers(STRETCH, low=1.0, high=4.0)
