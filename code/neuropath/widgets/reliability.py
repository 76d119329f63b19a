"""A reliability diagram and its temperature: how sure a model says it is, and how often it is right."""

from __future__ import annotations

import numpy as np

from .draws import normals
from .explorer import Explorer, Numbers, whole

TEMPERATURE, BINS, CLASSES, SHARPNESS, SEED = 1.0, 10, 4, 2.5, 1
SIZE, SIGNAL = 1000, 2.0


def sample(seed: int, classes: int, sharpness: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits (SIZE, classes) and labels (SIZE,) that the explorer makes of these traits."""
    labels = np.arange(SIZE) % classes
    features = normals(seed, SIZE * classes).reshape(SIZE, classes) + SIGNAL * np.eye(classes)[labels]
    return sharpness * SIGNAL * features, labels


class ReliabilityExplorer(Explorer):
    """Turn the temperature T of softmax(z / T) and watch reliability, calibration error and loss.

    A thousand pictures with logits from a seeded generator. Features are N(2 e_y, 1), for which Bayes' rule
    asks for the logits 2 × features; the model gives `sharpness` times as much, so that T = sharpness would
    be right but for chance. Bins are equal and closed on the right; ECE = Σ nᵦ / n |confidenceᵦ − accuracyᵦ|
    as in `neuropath.project.metrics`, NLL the mean of −log p(true class). Session 06.

    Traits: `temperature` in 0.25 … 5; `bins` 5 … 20; `classes` 2 … 10; `sharpness` in 0.25 … 4, whose
    buttons are 2.5 (overconfident), 1 (honest) and 0.5 (timid); `seed` of the pictures, 0 … 999.
    """

    module = "reliability"
    ALT = (
        "Left, a reliability diagram with ten bins of confidence: in most of them the bar that shows how "
        "many answers are right stays well below the diagonal. Right, the loss over the temperature falls "
        "steeply to a minimum near 2.5 and rises slowly after it, and the calibration error has its dip "
        "there, too, while accuracy is a level line at 0.82. At temperature 1 the calibration error is 0.114."
    )
    temperature = Numbers(TEMPERATURE, low=0.25, high=5.0)
    bins = whole(BINS, 5, 20)
    classes = whole(CLASSES, 2, 10)
    sharpness = Numbers(SHARPNESS, low=0.25, high=4.0)
    seed = whole(SEED, 0, 999)
