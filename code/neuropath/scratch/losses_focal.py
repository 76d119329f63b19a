"""Focal losses: cross-entropy in which examples that are already right count less. Lin et al. (2017).

-(1 - p)^γ log p: at γ = 0 this is cross-entropy; at γ = 2 an example with p = 0.9 keeps a hundredth of its
weight. Both take logits; conventions as in `losses`.
"""

from __future__ import annotations

import numpy as np

from .activations import log_softmax, sigmoid
from .checks import is_number, not_negative, share
from .losses import Weights
from .losses_common import binary_entropy, mean_over_batch, one_of_many, yes_or_no


def binary_focal_crossentropy(
    logits: np.ndarray,
    y: np.ndarray,
    *,
    gamma: float = 2.0,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    label_smoothing: float = 0.0,
    sample_weight: Weights = None,
) -> tuple[float, np.ndarray]:
    """Mean over all entries of q^γ times binary cross-entropy; q is the probability of the other class.

    y in [0, 1], shaped as the logits. With apply_class_balancing the entries are also multiplied by
    alpha (y = 1) or 1 - alpha (y = 0). Derived in eq-engine-focal-binary (page engine). Twin:
    `keras.losses.BinaryFocalCrossentropy(from_logits=True)`. Raises ValueError for targets outside [0, 1],
    gamma < 0, alpha outside [0, 1].
    """
    logits, y = yes_or_no(logits, y, label_smoothing, "binary_focal_crossentropy")
    gamma = not_negative("binary_focal_crossentropy", "gamma", gamma)
    alpha = share("binary_focal_crossentropy", "alpha", alpha, whole=True)
    p, other = sigmoid(logits), sigmoid(-logits)  # 1 - p would round to 0 long before the other does
    q = y * other + (1 - y) * p
    entropy, focus = binary_entropy(logits, y), q**gamma
    # product rule; q' / q is at most 1, where q itself may vanish
    slope_of_log_q = (1 - 2 * y) * p * other / np.where(q > 0, q, 1)
    slopes = focus * (p - y + gamma * slope_of_log_q * entropy)
    if apply_class_balancing:
        balance = y * alpha + (1 - y) * (1 - alpha)
        focus, slopes = focus * balance, slopes * balance
    return mean_over_batch(focus * entropy, slopes, sample_weight, "binary_focal_crossentropy")


def categorical_focal_crossentropy(
    logits: np.ndarray,
    Y: np.ndarray,
    *,
    alpha: float = 0.25,
    gamma: float = 2.0,
    label_smoothing: float = 0.0,
    epsilon: float = 1e-7,
    sample_weight: Weights = None,
) -> tuple[float, np.ndarray]:
    """Mean over rows of -α Σ_k Y_k (1 - p_k)^γ log p_k, p = softmax(z); Y (N, K) one-hot or soft.

    As in Keras p is cut to [epsilon, 1 - epsilon], and where it is cut the gradient is 0: an example that is
    certain and wrong teaches nothing any more. epsilon=0 leaves the cut out; the formula stays finite.
    Derived in eq-engine-focal-categorical (page engine). Twin:
    `keras.losses.CategoricalFocalCrossentropy(from_logits=True)`. Raises ValueError for gamma < 0, alpha < 0,
    epsilon outside [0, 0.5).
    """
    logits, Y = one_of_many(logits, Y, label_smoothing, "categorical_focal_crossentropy")
    gamma = not_negative("categorical_focal_crossentropy", "gamma", gamma)
    alpha = not_negative("categorical_focal_crossentropy", "alpha", alpha)
    if not is_number(epsilon) or not 0 <= epsilon < 0.5:
        raise ValueError(f"categorical_focal_crossentropy expects epsilon in [0, 0.5), received {epsilon}.")
    log_p = log_softmax(logits)
    p = np.exp(log_p)
    values, slopes = _focal_of_log_p(log_p, gamma, float(epsilon))
    pull = alpha * Y * slopes  # with respect to log p; and ∂ log p_k / ∂ z_j = [k = j] - p_j
    gradient = pull - p * pull.sum(axis=1, keepdims=True)
    loss = alpha * np.sum(Y * values, axis=1)
    return mean_over_batch(loss, gradient, sample_weight, "categorical_focal_crossentropy")


def _focal_of_log_p(log_p: np.ndarray, gamma: float, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """f = -(1 - p)^γ log p and df / d log p, entry by entry; 0 is the slope wherever p is cut."""
    p = np.exp(log_p)
    inside = (p >= epsilon) & (p <= 1 - epsilon)
    if epsilon:
        log_p = np.where(inside, log_p, np.log(np.clip(p, epsilon, 1 - epsilon)))
    q = -np.expm1(log_p)  # 1 - p, to its last digit
    ratio = np.where(q > 0, log_p / np.where(q > 0, q, 1), -1)  # log p / (1 - p) tends to -1
    focus = q**gamma
    return -focus * log_p, inside * focus * (gamma * np.exp(log_p) * ratio - 1)
