"""Logs as training gives them, and what a callback does with them: ours and Keras' go through the same.

All numbers are multiples of 1/64, which float32 holds exactly: Keras compares in float32.
"""

import warnings

import numpy as np

GRAIN = 64


class Fake:
    """What a callback asks of a model; its weights say which epoch they are from."""

    def __init__(self, optimizer=None):
        self.optimizer, self.stop_training, self.weights, self.written = optimizer, False, [np.zeros(1)], []

    def get_weights(self):
        return [w.copy() for w in self.weights]

    def set_weights(self, weights):
        self.weights = [w.copy() for w in weights]

    def save(self, path, overwrite=True):
        with open(path, "w") as file:
            file.write(str(self.weights[0][0]))


def sequence(rng):
    """Epochs of logs: falling or rising in the large, with plateaus, ties, and at times NaN or no number."""
    value, trend = rng.integers(GRAIN, 2 * GRAIN), rng.integers(-6, 4)
    nan, missing = rng.choice((0, 0, 0.15), 2)
    epochs = []
    for _ in range(rng.integers(1, 26)):
        if rng.random() > 0.35:  # else a plateau: the very same number again
            value += trend + rng.integers(-5, 6)
        shown = np.nan if rng.random() < nan else rng.choice((value, value, value, 10**6)) / GRAIN
        epochs.append({"loss": 1.0} | ({} if rng.random() < missing else {"val_loss": float(shown)}))
    return epochs


def drive(callback, model, epochs):
    """What fit would do; all that can be seen of the callback, epoch by epoch."""
    callback.set_model(model)
    seen = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both warn of a number that is missing
        callback.on_train_begin({})
        for epoch, logs in enumerate(epochs):
            callback.on_epoch_begin(epoch, {})
            model.weights = [np.array([epoch + 1.0])]
            logs = dict(logs)
            callback.on_epoch_end(epoch, logs)
            rate = float(np.asarray(model.optimizer.learning_rate)) if model.optimizer else None
            state = [getattr(callback, name, None) for name in ("wait", "stopped_epoch", "cooldown_counter")]
            best = getattr(callback, "best", None)
            seen.append((*state, None if best is None else str(float(best)), rate, logs.get("learning_rate")))
            if model.stop_training:
                break
        callback.on_train_end({})
    return seen, float(model.weights[0][0]), model.stop_training
