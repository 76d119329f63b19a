"""A neuron and its loss as a computation graph: numbers forward, derivatives backward, one edge at a time."""

from __future__ import annotations

from .explorer import Explorer, Numbers, choice, whole

WEIGHTS, BIAS, INPUTS, TARGET = [1.0, -0.5], 0.5, [1.5, 2.0], 0
LAST = 11  # stages: five forward, one seed, five backward


class GraphExplorer(Explorer):
    """Walk through a neuron's computation graph, forward and then backward.

    Forward: m₁ = w₁x₁, m₂ = w₂x₂, z = m₁ + m₂ + b, a = σ(z), then the loss (a − y)² or the cross-entropy
    −y log a − (1 − y) log(1 − a). Backward: each node's derivative is the sum, over the edges that leave it,
    of the derivative at the far end times the local derivative on the edge. With `sharing` "one" a single w
    feeds both products, as in a convolution, and collects two contributions. Once all derivatives are known,
    moving a leaf shows the loss beside what the leaf's derivative foretold: L + dL/dx · Δx. Session 01 C.

    Traits: `weights` (2,) in −3 … 3, of which the second sleeps while one weight is shared; `bias` in
    −3 … 3; `inputs` (2,) in −3 … 3; `target` 0 or 1; `loss` squared or cross-entropy; `sharing` two or one;
    `stage` in 0 … 11: 0 leaves only, 1–5 forward, 6 the seed dL/dL = 1, 7–11 backward.
    """

    module = "graph"
    ALT = (
        "A computation graph: weights 1 and −0.5 meet inputs 1.5 and 2 in two products, "
        "1.5 and −1; with the bias 0.5 they sum to z = 1; the sigmoid makes a = 0.731; with the target 0 "
        "the squared error is 0.534. Each edge carries a local derivative. Backward, the derivative of "
        "the loss is 1.462 at a, 0.287 at z, at both products and at b, 0.431 at the first weight and "
        "0.575 at the second."
    )
    weights = Numbers(WEIGHTS, (2,), -3.0, 3.0)
    bias = Numbers(BIAS, low=-3.0, high=3.0)
    inputs = Numbers(INPUTS, (2,), -3.0, 3.0)
    target = whole(TARGET, 0, 1)
    loss = choice("squared", "cross-entropy")
    sharing = choice("two", "one")
    stage = whole(LAST, 0, LAST)
