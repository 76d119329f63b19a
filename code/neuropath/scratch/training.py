"""The loop of `Sequential.fit`: epochs of shuffled mini-batches, and whom it tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .callback_base import CallbackList, Logs
from .data_checks import Examples, check_fit_options, find_weights, split_off
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
        self.found = check_fit_options(rng, batch_size, epochs, callbacks)
        self.model, self.rng, self.shuffle = model, rng, shuffle
        self.batch_size, self.epochs, self.verbose = batch_size, epochs, verbose

    def prepare(
        self,
        data: tuple[Any, Any, Any],
        validation_data: Any,
        validation_split: float,
        class_weight: Mapping[int, float] | None,
    ) -> tuple[Examples, Examples | None]:
        """(training, validation) once both are fit to be used. class_weight touches the training alone."""
        train, validation = split_off(self.model._check_data(*data), validation_split)
        if class_weight is not None:
            X, y, weights = train
            n_outputs = self.model.forward(X[:1]).shape[1]
            train = (X, y, find_weights(y, n_outputs, self.model._compiled_loss(), class_weight, weights))
        if validation_data is None:
            return train, validation
        if validation is not None:
            raise ValueError("fit expects validation_data or validation_split, received both: leave one out.")
        if not isinstance(validation_data, (tuple, list)) or len(validation_data) not in (2, 3):
            kind = type(validation_data).__name__
            raise ValueError(
                f"fit expects validation_data=(X_val, y_val), received {kind}: weights may be a third entry."
            )
        X_val, y_val, *third = validation_data
        return train, self.model._check_data(X_val, y_val, third[0] if third else None, "_val")

    def run(self, train: Examples, validation: Examples | None) -> History:
        """Train until the epochs are over or a callback says stop."""
        model, steps = self.model, -(-len(train[0]) // self.batch_size)
        progress = Progress(self.verbose, self.epochs, steps)
        params = {"verbose": self.verbose, "epochs": self.epochs, "steps": steps}
        self.callbacks = CallbackList(self.found, model, params)
        model.history, model.stop_training = History(), False
        logs: Logs = {}
        try:
            self.callbacks.call("on_train_begin")
            for epoch in range(self.epochs):
                logs = self._epoch(epoch, train, validation, progress)
                if model.stop_training:
                    break
            self.callbacks.call("on_train_end", logs=logs)
        finally:
            progress.close()
        return model.history

    def _epoch(self, epoch: int, train: Examples, validation: Examples | None, progress: Progress) -> Logs:
        """Train, validate, report."""
        self.callbacks.call("on_epoch_begin", epoch)
        logs = self._batches(epoch, train, progress)
        if validation is not None:
            scores = self.model._evaluate(*validation, self.batch_size)
            logs |= {f"val_{name}": value for name, value in scores.items()}
        self.model.history.append(logs)  # before the callbacks: one that raises loses nothing
        progress.epoch(epoch, logs)
        told = self.callbacks.call("on_epoch_end", epoch, logs=logs)
        self.model.history.append({name: told[name] for name in told if name not in logs})
        return logs

    def _batches(self, epoch: int, train: Examples, progress: Progress) -> Logs:
        """One pass; the means of loss and accuracy over it, each batch as it was met."""
        X, y, weights = train
        order = self.rng.permutation(len(X)) if self.shuffle else np.arange(len(X))
        mean = Mean()
        for batch, start in enumerate(range(0, len(X), self.batch_size)):
            rows = order[start : start + self.batch_size]
            self.callbacks.call("on_train_batch_begin", batch)
            try:
                with np.errstate(over="ignore", invalid="ignore"):  # train_step looks at the loss itself
                    logs = self.model.train_step(X[rows], y[rows], None if weights is None else weights[rows])
            except FloatingPointError as error:
                raise FloatingPointError(
                    f"{error} in epoch {epoch + 1}, batch {batch + 1}. {ADVICE}"
                ) from error
            mean.add(logs, len(rows))
            progress.batch()
            self.callbacks.call("on_train_batch_end", batch, logs=mean.result())
            if self.model.stop_training:
                break
        return mean.result()
