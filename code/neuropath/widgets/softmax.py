"""Softmax with a temperature, the loss it feels, and the gradient p − y."""

from __future__ import annotations

from .explorer import Explorer, Numbers, choice

CLASSES = ("glioma", "meningioma", "pituitary", "healthy")
LOGITS, TRUTH, LIMIT = [2.0, -0.5, 1.0, -1.5], "pituitary", 4.0


class SoftmaxExplorer(Explorer):
    """Drag four logits; watch probabilities, cross-entropy and its gradient.

    The scaled logits are u = (z + c) / T, the probabilities p = exp(u) / Σ exp(u), the loss of the true class
    t is log Σ exp(u) − u_t, computed from the logits and never from a rounded p, and its gradient with
    respect to u is p − y, y being 1 at t and 0 elsewhere. The constant c changes none of them. "Step down
    the gradient" sets z ← z − (p − y) / T, the gradient with respect to z at rate 1. Session 01 B and C.

    Traits: `logits` (4,) in −4 … 4; `constant` in −4 … 4, added to all of them; `temperature` in 0.2 … 5;
    `truth`, one of glioma, meningioma, pituitary, healthy.
    """

    module = "softmax"
    ALT = (
        "Left, four bars of logits: glioma 2, meningioma −0.5, pituitary 1, healthy −1.5. Right, the "
        "probabilities that softmax makes of them: 0.676, 0.055, 0.249 and 0.020. The true class is "
        "pituitary, so the target is 1 there and 0 elsewhere. Arrows lead from target to probability, up "
        "for the three wrong classes and down by 0.75 for the true one; they sum to zero. The loss is "
        "1.39."
    )
    logits = Numbers(LOGITS, (4,), -LIMIT, LIMIT)
    constant = Numbers(0.0, low=-LIMIT, high=LIMIT)
    temperature = Numbers(1.0, low=0.2, high=5.0)
    truth = choice(TRUTH, *(name for name in CLASSES if name != TRUTH))
