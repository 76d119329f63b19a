"""A neuron and its half-plane: two weights, a bias, and twelve points to tell apart."""

from __future__ import annotations

from typing import Any

import traitlets

from .explorer import Explorer, Numbers, choice

POINTS = [
    *([1.4, 0.8], [2.3, -0.6], [-2.3, -1.6], [0.9, -1.0], [-1.5, 2.1], [1.7, 2.0]),
    *([-1.8, -2.2], [-1.0, 1.2], [-1.7, -1.1], [0.9, 2.2], [1.6, -0.2], [0.3, 1.7]),
]
LABELS = [1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1]
WEIGHTS, BIAS, PROBE = [-1.0, 1.5], 0.5, [-0.6, -2.4]


class NeuronExplorer(Explorer):
    """Drag a neuron's weights and bias; watch which side of its border each point falls on.

    The score is w·x + b, the answer activation(w·x + b), and a point counts as class 1 where the score is
    positive. The score is also the arrow's length times the distance from the border, drawn as a dotted line.
    "Perceptron step" takes the next misclassified point and applies Rosenblatt's rule
    w ← w + (y − ŷ)x, b ← b + (y − ŷ). Session 01 A.

    Traits: `weights` (2,), `bias`, `probe` (2,) the input whose score is spelled out, `activation` one of
    step, sigmoid, tanh, relu; `points` (N, 2) within −3 … 3 and `labels` (N,) of 0 and 1.
    """

    module = "neuron"
    ALT = (
        "A plane with twelve points: six circles of class 1, mostly to the upper right, and six crosses of "
        "class 0, mostly to the left. A neuron with weights (-1, 1.5) and bias 0.5, drawn as an arrow, "
        "cuts the plane by a straight line at a right angle to the arrow and calls the side it points to "
        "class 1. Six of the points, ringed, lie on the wrong side. A dotted line leads from a diamond, the "
        "input (-0.6, -2.4), straight to the border, 1.39 away; its score is -2.5."
    )
    weights = Numbers(WEIGHTS, (2,))
    bias = Numbers(BIAS)
    probe = Numbers(PROBE, (2,))
    activation = choice("step", "sigmoid", "tanh", "relu")
    points = Numbers(POINTS, (None, 2))
    labels = Numbers(LABELS, (None,))

    @traitlets.validate("points", "labels")
    def _one_label_per_point(self, proposal: dict[str, Any]) -> Any:
        """To change both, do it inside `with explorer.hold_trait_notifications():`."""
        if len(self.labels) != len(self.points) or not set(self.labels) <= {0, 1}:
            raise traitlets.TraitError(
                f"NeuronExplorer expects one label, 0 or 1, per point; received {len(self.points)} points "
                f"and labels {self.labels}."
            )
        return proposal["value"]
