"""The loop of `Sequential.fit`: epochs of shuffled mini-batches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .data_checks import Pair, check_fit_options, split_off
from .history import History, Mean, Progress

if TYPE_CHECKING:
    from .sequential import Sequential

ADVICE = (
    "Try, in this order: a learning rate 10 times smaller; inputs scaled to about [0, 1]; "
    "he_normal or glorot_uniform kernels; a look at the targets for wild values."
)


class Loop:
    """One call of fit: its options, its history."""

    def __init__(
        self,
        model: Sequential,
        rng: np.random.Generator,
        batch_size: int,
        epochs: int,
        shuffle: bool,
        callbacks: Iterable[Any],
        verbose: int,
    ):
        self.callbacks = check_fit_options(rng, batch_size, epochs, callbacks)
        self.model, self.rng, self.shuffle = model, rng, shuffle
        self.batch_size, self.epochs, self.verbose = batch_size, epochs, verbose

    def run(self, X: np.ndarray, y: np.ndarray, validation_data: Any, validation_split: float) -> History:
        """Check everything, then train until the epochs are over or a callback says stop."""
        model = self.model
        (X, y), validation = self._prepare(X, y, validation_data, validation_split)
        model.history, model.stop_training = History(), False
        progress = Progress(self.verbose, self.epochs, -(-len(X) // self.batch_size))
        try:
            for epoch in range(self.epochs):
                logs = self._epoch(epoch, X, y, progress)
                if validation is not None:
                    scores = model._evaluate(*validation, self.batch_size)
                    logs |= {f"val_{name}": value for name, value in scores.items()}
                model.history.append(logs)
                progress.epoch(epoch, logs)
                for callback in self.callbacks:
                    callback.on_epoch_end(epoch, dict(logs))
                if model.stop_training:
                    break
        finally:
            progress.close()
        return model.history

    def _prepare(
        self, X: np.ndarray, y: np.ndarray, validation_data: Any, validation_split: float
    ) -> tuple[Pair, Pair | None]:
        X, y = self.model._check_data(X, y)
        train, validation = split_off(X, y, validation_split)
        if validation_data is None:
            return train, validation
        if validation is not None:
            raise ValueError("fit expects validation_data or validation_split, received both: leave one out.")
        if not isinstance(validation_data, (tuple, list)) or len(validation_data) != 2:
            kind = type(validation_data).__name__
            raise ValueError(f"fit expects validation_data=(X_val, y_val), received {kind}.")
        X_val, y_val = validation_data
        return train, self.model._check_data(X_val, y_val, "_val")

    def _epoch(self, epoch: int, X: np.ndarray, y: np.ndarray, progress: Progress) -> dict[str, float]:
        """One pass; the means of loss and accuracy over it, each batch as it was met."""
        order = self.rng.permutation(len(X)) if self.shuffle else np.arange(len(X))
        mean = Mean()
        for batch, start in enumerate(range(0, len(X), self.batch_size)):
            rows = order[start : start + self.batch_size]
            try:
                with np.errstate(over="ignore", invalid="ignore"):  # train_step looks at the loss itself
                    logs = self.model.train_step(X[rows], y[rows])
            except FloatingPointError as error:
                raise FloatingPointError(
                    f"{error} in epoch {epoch + 1}, batch {batch + 1}. {ADVICE}"
                ) from error
            mean.add(logs, len(rows))
            progress.batch()
        return mean.result()
