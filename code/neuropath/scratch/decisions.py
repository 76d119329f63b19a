"""From a network's outputs to probabilities, labels and accuracy."""

from __future__ import annotations

import numpy as np

from .activations import sigmoid, softmax
from .layers import Sigmoid, Softmax
from .losses import Loss, binary_crossentropy, huber, mean_absolute_error, mean_squared_error
from .losses_common import base_loss
from .losses_focal import binary_focal_crossentropy

REGRESSIONS: tuple[Loss, ...] = (mean_squared_error, mean_absolute_error, huber)
YES_OR_NO: tuple[Loss, ...] = (binary_crossentropy, binary_focal_crossentropy)


def probabilities(outputs: np.ndarray, last_layer: object, loss: Loss | None) -> np.ndarray:
    """(N, K) probabilities: one column P(y = 1) of a binary model, else one column per class.

    Raises ValueError for a model whose outputs are no logits and no probabilities: a regression.
    """
    _refuse_regression(last_layer, loss)
    if isinstance(last_layer, (Sigmoid, Softmax)):
        return outputs
    one_by_one = base_loss(loss) in YES_OR_NO or outputs.shape[1] == 1
    return sigmoid(outputs) if one_by_one else softmax(outputs)


def _refuse_regression(last_layer: object, loss: Loss | None) -> None:
    if (base := base_loss(loss)) in REGRESSIONS and not isinstance(last_layer, (Sigmoid, Softmax)):
        raise ValueError(
            f"A model trained by {getattr(base, '__name__', base)} predicts numbers, which are neither "
            "labels nor probabilities: expected a cross-entropy loss or a final Sigmoid or Softmax; "
            "for the numbers themselves use model.forward(X)."
        )


def classes(outputs: np.ndarray, last_layer: object, loss: Loss | None) -> np.ndarray:
    """Labels (N,) of outputs (N, K); several yes-or-no outputs side by side give 0/1 labels (N, K)."""
    if outputs.shape[1] > 1 and base_loss(loss) not in YES_OR_NO:
        _refuse_regression(last_layer, loss)
        return outputs.argmax(axis=1)
    yes = (probabilities(outputs, last_layer, loss) > 0.5).astype(np.int64)
    return yes[:, 0] if yes.shape[1] == 1 else yes


def accuracy(outputs: np.ndarray, y: np.ndarray, last_layer: object, loss: Loss | None) -> float | None:
    """Share of right labels, or None for a regression; y are labels, one-hot rows or 0/1 columns."""
    if base_loss(loss) in REGRESSIONS and not isinstance(last_layer, (Sigmoid, Softmax)):
        return None
    predicted = classes(outputs, last_layer, loss)
    if predicted.ndim == 1 and y.ndim == 2:
        y = y.argmax(axis=1) if y.shape[1] > 1 else y[:, 0] > 0.5
    elif not np.issubdtype(y.dtype, np.integer):
        y = y > 0.5
    right = predicted == y
    return np.count_nonzero(right) / right.size
