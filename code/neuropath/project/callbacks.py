"""Between epochs: keep the best network, log, stop, slow down; and go on after a kill as if nothing was.

A run that is killed and resumed must end with the weights of one that was not. Four things would get in the
way, and each has its remedy here: a half-written file (atomic writes), lines of the log after the last kept
network (they are dropped), the patience that EarlyStopping and ReduceLROnPlateau had used up (`Resume`
replays the log to them), and the random numbers of dropout, which Keras does not save (`ReseedDropout` draws
them from the epoch).
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import keras
import numpy as np

from .files import atomic

__all__ = [
    "BestCheckpoint",
    "HistoryLog",
    "LastCheckpoint",
    "ReseedDropout",
    "Resume",
    "create_callbacks",
    "latest",
    "leaves",
    "read_history",
    "stopped",
]

PATIENCE = 10  # epochs without a lower val_loss until EarlyStopping stops
LAST = re.compile(r"last\.(\d+)\.keras")
Row = dict[str, Any]


class BestCheckpoint(keras.callbacks.Callback):
    """Save `network` (default: the model being trained) whenever `monitor` is higher than ever before.

    Keras' ModelCheckpoint(save_best_only=True, mode="max"), but atomic, and able to save the whole network
    while only its head is being trained. at_end: keep the best weights in memory and write them once, when
    training ends, with which the model is left: for a stage that is over in seconds, of which a file an epoch
    would be a large share.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        monitor: str = "val_accuracy",
        best: float = -math.inf,
        network: keras.Model | None = None,
        at_end: bool = False,
    ):
        super().__init__()
        self.path, self.monitor, self.best, self.network = Path(path), monitor, best, network
        self.at_end = at_end
        self.kept: list[np.ndarray] | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Save if this epoch was the best. ValueError if nothing of the monitored name was measured."""
        value = (logs or {}).get(self.monitor)
        if value is None:
            raise ValueError(
                f"The checkpoint expects {self.monitor!r} among what is measured, received "
                f"{sorted(logs or {})}: "
                "give fit validation_data, and compile with metrics=['accuracy']."
            )
        if value > self.best:
            self.best = float(value)
            if self.at_end:
                self.kept = self.model.get_weights()
            else:
                self._save()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Write what was kept in memory, if anything was."""
        if self.kept is not None:
            self.model.set_weights(self.kept)
            self._save()

    def _save(self) -> None:
        with atomic(self.path) as temporary:
            (self.network or self.model).save(temporary)


class LastCheckpoint(keras.callbacks.Callback):
    """Save the model with its optimiser after every epoch as last.0007.keras (epochs done); older ones go."""

    def __init__(self, folder: str | PathLike[str]):
        super().__init__()
        self.folder = Path(folder)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the new file, then remove the old ones: at every moment there is a whole one."""
        current = self.folder / f"last.{epoch + 1:04d}.keras"
        with atomic(current) as temporary:
            self.model.save(temporary)
        for old in self.folder.glob("last.*.keras"):
            if LAST.fullmatch(old.name) and old != current:
                old.unlink(missing_ok=True)


def latest(folder: str | PathLike[str]) -> tuple[Path, int] | None:
    """(file, epochs done) of the newest LastCheckpoint in the folder; None if there is none."""
    found = [
        (path, int(m[1])) for path in Path(folder).glob("last.*.keras") if (m := LAST.fullmatch(path.name))
    ]
    return max(found, key=lambda pair: pair[1], default=None)


class HistoryLog(keras.callbacks.Callback):
    """One line an epoch in a CSV file, rewritten atomically; `rows` are the earlier lines to keep.

    Keras' CSVLogger(append=True), but without half a line after a kill, without an epoch twice after a
    resume, and with new columns where a later stage measures more.
    """

    def __init__(self, path: str | PathLike[str], stage: str = "", rows: Sequence[Row] = ()):
        super().__init__()
        self.path, self.stage, self.rows = Path(path), stage, list(rows)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Add the epoch and write the file."""
        measured = {name: float(value) for name, value in (logs or {}).items()}
        self.rows.append({"epoch": epoch, "stage": self.stage, **measured})
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        with atomic(self.path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)


def read_history(path: str | PathLike[str]) -> list[Row]:
    """The lines of a HistoryLog: epoch (int), stage (text), numbers (if any); [] without a file."""
    path = Path(path)
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    try:
        return [
            {"epoch": int(line.pop("epoch")), "stage": line.pop("stage", "") or ""}
            | {name: float(text) for name, text in line.items() if text}
            for line in lines
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"read_history expects a CSV file that training wrote, received {path}: {error!r}. Move "
            "it away to "
            "start a new log."
        ) from error


def stopped(rows: Sequence[Row]) -> bool:
    """Whether EarlyStopping had ended the stage of which these are the lines: nothing is left to do."""
    losses = [row["val_loss"] for row in rows]
    return bool(losses) and len(losses) - 1 - losses.index(min(losses)) >= PATIENCE


class Resume(keras.callbacks.Callback):
    """Hand the log of before a kill to callbacks that count epochs, once fit has reset them."""

    def __init__(self, rows: Sequence[Row], callbacks: Sequence[keras.callbacks.Callback]):
        super().__init__()
        self.rows, self.callbacks = list(rows), list(callbacks)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Replay, each epoch with the learning rate it had; the last reduction stays in force."""
        for row in self.rows:
            if "learning_rate" in row:
                self.model.optimizer.learning_rate = row["learning_rate"]
            for callback in self.callbacks:
                callback.on_epoch_end(row["epoch"], dict(row))


class ReseedDropout(keras.callbacks.Callback):
    """Draw each dropout layer's random numbers from (seed, layer, epoch): an epoch can be repeated."""

    def __init__(self, seed: int):
        super().__init__()
        self.seed = seed

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Set the state of each generator."""
        # Counted from the end, so that the head draws the same alone and under its base.
        layers = [layer for layer in leaves(self.model) if getattr(layer, "seed_generator", None) is not None]
        for index, layer in enumerate(reversed(layers)):
            drawn = np.random.SeedSequence([self.seed, index, epoch]).generate_state(2)
            layer.seed_generator.state.assign(drawn)


def leaves(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers of a model and of the models nested in it, in order."""
    nested = [leaves(layer) if isinstance(layer, keras.Model) else [layer] for layer in model.layers]
    return [layer for group in nested for layer in group]


def create_callbacks(
    folder: str | PathLike[str],
    *,
    stage: str = "",
    initial_epoch: int = 0,
    seed: int | None = None,
    network: keras.Model | None = None,
    keep_last: bool = False,
    best_at_end: bool = False,
    restore_best_weights: bool = False,
    schedule: Callable[[int], float] | None = None,
    tensorboard: bool = False,
) -> list[keras.callbacks.Callback]:
    """The reference's callbacks. `folder` gets best.keras, history.csv and, if asked, last.*.keras and logs/.

    The checkpoint keeps the highest val_accuracy; EarlyStopping stops after 10 epochs without a lower
    val_loss; ReduceLROnPlateau halves the learning rate after 5, down to 1e-7.

    stage: a name for the log; patience counts within a stage, the best network is the best of all.
    initial_epoch: as `fit` gets it; earlier lines of history.csv are kept, later ones dropped. seed: makes
    dropout repeatable epoch by epoch. network: what to save if not the model in training.
    best_at_end: write best.keras when training ends; until then it lives in memory.
    restore_best_weights: end with the weights of the lowest val_loss, as the reference does; they live in
    memory only, so a resumed run would not have them: off by default (best.keras has the best accuracy).
    schedule: epoch -> learning rate; it takes the place of ReduceLROnPlateau and of EarlyStopping, since a
    planned descent is walked to its end.
    """
    folder = Path(folder)
    rows = [row for row in read_history(folder / "history.csv") if row["epoch"] < initial_epoch]
    best = max((row["val_accuracy"] for row in rows if "val_accuracy" in row), default=-math.inf)
    callbacks = _patient(restore_best_weights, [row for row in rows if row["stage"] == stage])
    if schedule is not None:
        callbacks = [keras.callbacks.LearningRateScheduler(schedule)]
    if seed is not None:
        callbacks.append(ReseedDropout(seed))
    callbacks.append(BestCheckpoint(folder / "best.keras", best=best, network=network, at_end=best_at_end))
    callbacks.append(HistoryLog(folder / "history.csv", stage, rows))  # before `last`: no line is missing
    callbacks += [LastCheckpoint(folder)] * keep_last
    if tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(folder / "logs", histogram_freq=1))
    return callbacks


def _patient(restore_best_weights: bool, earlier: list[Row]) -> list[keras.callbacks.Callback]:
    """ReduceLROnPlateau first: it writes the learning rate into the log; both told what was."""
    slow = keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=5, min_lr=1e-7)
    stop = keras.callbacks.EarlyStopping(
        "val_loss", patience=PATIENCE, restore_best_weights=restore_best_weights
    )
    return [slow, stop, *([Resume(earlier, [slow, stop])] if earlier else [])]
