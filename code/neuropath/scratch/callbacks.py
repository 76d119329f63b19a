"""Callbacks that watch one number of the logs, and one that writes them down. Semantics: Keras'.

Decisions are the same as Keras' on the same logs, a NaN included: no comparison with it is
true, so a NaN never is an improvement, and nothing improves on a NaN that came first. Two things differ:
Keras rounds numbers to float32 before it compares them, and an unknown `mode` is refused here.
"""

from __future__ import annotations

import csv
import warnings
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from .callback_base import Callback, CallbackList, LambdaCallback, Logs
from .checks import is_number

__all__ = [
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "LambdaCallback",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
]

DIRECTIONS = {"loss": "min", "accuracy": "max"}  # what mode="auto" knows


class Monitor(Callback):
    """A callback that asks of one number: is it better than the best so far, by more than min_delta?"""

    def __init__(self, monitor: str, mode: str, min_delta: float, verbose: int):
        super().__init__()
        name = type(self).__name__
        if mode not in ("auto", "min", "max"):
            raise ValueError(f'{name} expects mode "auto", "min" or "max", received {mode!r}.')
        if not is_number(min_delta):
            raise ValueError(f"{name} expects a finite min_delta, received {min_delta}.")
        known = DIRECTIONS.get(monitor.removeprefix("val_"))
        if mode == "auto" and known is None:
            raise ValueError(
                f'{name} expects mode="min" or mode="max" for monitor={monitor!r}, received "auto": '
                f"that is enough for {', '.join(DIRECTIONS)} only."
            )
        self.monitor, self.min_delta, self.verbose = monitor, abs(min_delta), verbose
        self.mode = str(known) if mode == "auto" else mode
        self.best: float | None = None

    def is_improvement(self, value: float, reference: float | None) -> bool:
        """Is value better than the reference? Anything is better than none."""
        if reference is None:
            return True
        if self.mode == "min":
            return bool(value + self.min_delta < reference)
        return bool(value - self.min_delta > reference)

    def monitored(self, logs: Logs) -> float | None:
        """The number that is watched; None, with a warning, where it is not among the logs."""
        if self.monitor not in logs:
            warnings.warn(
                f"{type(self).__name__} expects {self.monitor!r} among the logs, received "
                f"{sorted(logs)}: give fit validation_data, or watch another one.",
                stacklevel=4,
            )
        return logs.get(self.monitor)

    def say(self, text: str) -> None:
        """Print it, with verbose=1."""
        if self.verbose:
            print(text)


class EarlyStopping(Monitor):
    """Stop when the number has not improved for `patience` epochs. Twin: `keras.callbacks.EarlyStopping`.

    baseline: patience is only renewed by improvements that also beat it. restore_best_weights: end with the
    weights of the best epoch, stopped early or not. start_from_epoch: earlier ones do not count.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ):
        super().__init__(monitor, mode, min_delta, verbose)
        self.patience, self.start_from_epoch = patience, start_from_epoch
        _check_whole("EarlyStopping", patience=patience, start_from_epoch=start_from_epoch)
        self.baseline, self.restore_best_weights = baseline, restore_best_weights
        self.on_train_begin()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget an earlier training."""
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best = None
        self.best_weights: list[Any] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare, remember, perhaps stop."""
        value = self.monitored(logs or {})
        if value is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.is_improvement(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.is_improvement(value, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience:  # never in the first epoch, which is the best so far
            self.stopped_epoch, self.model.stop_training = epoch, True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Put the best weights back, if that was asked for."""
        if self.stopped_epoch:
            self.say(f"epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            self.say(f"restoring the weights of epoch {self.best_epoch + 1}, the best")
            self.model.set_weights(self.best_weights)


class ModelCheckpoint(Monitor):
    """Save the model after every epoch, or the best only. Twin: `keras.callbacks.ModelCheckpoint`.

    filepath ends in .npz and may name {epoch} (from 1) and logs, "{epoch:02d}-{val_loss:.2f}.npz"; missing
    folders are made, and a file is replaced whole or not at all. save_freq: "epoch", or every so many
    batches. initial_value_threshold: what the first best must beat. `best` outlives a training.
    """

    def __init__(
        self,
        filepath: str | PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ):
        super().__init__(monitor, mode, 0.0, verbose)
        self.filepath = fspath(filepath)
        if not self.filepath.endswith(".npz"):
            raise ValueError(f"ModelCheckpoint expects a filepath that ends in .npz, received {filepath!r}.")
        if save_freq != "epoch":
            _check_whole("ModelCheckpoint", 1, save_freq=save_freq)
        self.save_best_only, self.save_freq, self.best = save_best_only, save_freq, initial_value_threshold
        self._epoch, self._batches = 0, 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Remember which epoch the batches belong to."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save after every save_freq batches, counted across epochs."""
        self._batches += 1
        if self.save_freq != "epoch" and self._batches >= int(self.save_freq):
            self._batches = 0
            self._save(self._epoch, {"batch": batch + 1} | (logs or {}))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save, if this epoch is to be kept."""
        if self.save_freq == "epoch":
            self._save(epoch, logs or {})

    def _save(self, epoch: int, logs: Logs) -> None:
        if not self._wanted(epoch, logs):
            return
        try:
            path = Path(self.filepath.format(**{"epoch": epoch + 1} | logs))
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(
                f"ModelCheckpoint expects names among {['epoch', *sorted(logs)]} in {self.filepath!r}, "
                f"received another: {error}."
            ) from error
        path.parent.mkdir(parents=True, exist_ok=True)
        self.model.save(path)
        self.say(f"epoch {epoch + 1}: saved {path}")

    def _wanted(self, epoch: int, logs: Logs) -> bool:
        """Without save_best_only, and (with a warning) without the number, everything is kept."""
        if not self.save_best_only or (value := self.monitored(logs)) is None:
            return True
        if not self.is_improvement(value, self.best):
            self.say(f"epoch {epoch + 1}: {self.monitor} {value:.5f} is no better than {self.best:.5f}")
            return False
        self.best = value
        return True


class ReduceLROnPlateau(Monitor):
    """Multiply the learning rate by `factor` when the number has not improved for `patience` epochs.

    After that, `cooldown` epochs do not count; the rate never falls below min_lr. Adds "learning_rate" (the
    one of the epoch that ended) to the logs and so to the history.
    Twin: `keras.callbacks.ReduceLROnPlateau`.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ):
        super().__init__(monitor, mode, min_delta, verbose)
        if not (is_number(factor) and 0 < factor < 1):
            raise ValueError(f"ReduceLROnPlateau expects a factor in (0, 1), received {factor}.")
        if not (is_number(min_lr) and min_lr >= 0):
            raise ValueError(f"ReduceLROnPlateau expects a finite min_lr >= 0, received {min_lr}.")
        _check_whole("ReduceLROnPlateau", patience=patience, cooldown=cooldown)
        self.factor, self.patience, self.cooldown, self.min_lr = factor, patience, cooldown, min_lr
        self.on_train_begin()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget an earlier training; the rate stays where it is."""
        self.best, self.cooldown_counter, self.wait = None, 0, 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare, count, perhaps reduce."""
        logs = {} if logs is None else logs
        logs["learning_rate"] = self.model.optimizer.learning_rate
        value = self.monitored(logs)
        if value is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
        if self.is_improvement(value, self.best):
            self.best, self.wait = value, 0
        elif self.cooldown_counter == 0:
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch, logs["learning_rate"])

    def _reduce(self, epoch: int, rate: float) -> None:
        if rate > self.min_lr:
            self.model.optimizer.learning_rate = max(rate * self.factor, self.min_lr)
            self.cooldown_counter, self.wait = self.cooldown, 0
            self.say(f"epoch {epoch + 1}: learning rate {self.model.optimizer.learning_rate:g}")


class CSVLogger(Callback):
    """One line an epoch: its number from 0, then its logs by name. Twin: `keras.callbacks.CSVLogger`.

    The columns are those of the first epoch (and, as in Keras, val_… ones if it had none); what is missing
    later is "NA". append: keep what the file holds, and write no second header. The file is closed between
    epochs, so that a kill loses nothing.
    """

    def __init__(self, filename: str | PathLike[str], separator: str = ",", append: bool = False):
        super().__init__()
        if not isinstance(separator, str) or len(separator) != 1:
            raise ValueError(f"CSVLogger expects a separator of one character, received {separator!r}.")
        self.filename, self.separator, self.append = Path(filename), separator, append
        self.keys: list[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Empty the file, unless it is appended to."""
        self.keys = None
        open(self.filename, "a" if self.append else "w").close()  # a folder that is missing shows now

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the line."""
        logs = logs or {}
        rows: list[list[Any]] = []
        if self.keys is None:
            names = sorted(logs)
            with_val = any(name.startswith("val_") for name in names)
            self.keys = names if with_val else names + [f"val_{name}" for name in names]
            if not (self.filename.exists() and self.filename.stat().st_size):
                rows.append(["epoch", *self.keys])
        rows.append([epoch, *(logs.get(key, "NA") for key in self.keys)])
        with open(self.filename, "a", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=self.separator).writerows(rows)


def _check_whole(owner: str, least: int = 0, **values: Any) -> None:
    for name, value in values.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError(f"{owner} expects {name} to be a whole number >= {least}, received {value!r}.")
