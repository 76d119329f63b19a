"""Callbacks: on the same logs the same decisions, and files with the same content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from neuropath import scratch as nn

from .pair import Pair

SINGLE = "Keras rounds numbers to float32 before it compares them. Ours refuses an unknown mode."
GRAIN = 1 / 64  # logs in the test are multiples of it, which float32 holds exactly


def _watcher(name: str, options: dict[str, tuple], differs: str = SINGLE) -> Pair:
    return Pair(
        name,
        "callback",
        f"keras.callbacks.{name}",
        make=lambda folder, **o: getattr(nn, name)(**o),
        keras=lambda keras, folder, **o: getattr(keras.callbacks, name)(**o),
        options=options,
        differs=differs,
    )


def _checkpoint(folder: Path, name: str, **options: Any) -> nn.ModelCheckpoint:
    return nn.ModelCheckpoint(folder / f"{name}.npz", **options)


def _keras_checkpoint(keras: Any, folder: Path, name: str, **options: Any) -> Any:
    return keras.callbacks.ModelCheckpoint(folder / f"{name}.keras", **options)


def _hooks(name: str, differs: str = "") -> Pair:
    """The classes themselves: the test derives from them, or hands them functions, and records the calls."""
    return Pair(
        name,
        "callback",
        f"keras.callbacks.{name}",
        make=lambda folder: getattr(nn, name),
        keras=lambda keras, folder: getattr(keras.callbacks, name),
        differs=differs,
    )


CALLBACKS = (
    _hooks("Callback", "Ours has the hooks of training; Keras' has those of evaluate and predict too."),
    _hooks("LambdaCallback", "Ours refuses a name that is no hook of fit; Keras takes any."),
    _hooks(
        "CallbackList",
        "Ours has one method, call(hook, …), and calls any object that has the hook; Keras' has a method for "
        "each hook, and keeps a History.",
    ),
    _watcher(
        "EarlyStopping",
        {
            "min_delta": (0.0, GRAIN, -4 * GRAIN),
            "patience": (0, 2, 4),
            "mode": ("auto", "min", "max"),
            "baseline": (None, 1.5),
            "restore_best_weights": (False, True),
            "start_from_epoch": (0, 3),
        },
    ),
    _watcher(
        "ReduceLROnPlateau",
        {
            "factor": (0.5, 0.25),
            "patience": (0, 1, 3),
            "mode": ("auto", "min", "max"),
            "min_delta": (0.0, 2 * GRAIN),
            "cooldown": (0, 2),
            "min_lr": (0.0, 2.0**-7),
        },
        f"{SINGLE} Ours also refuses a factor of 0 or below.",
    ),
    Pair(
        "ModelCheckpoint",
        "callback",
        "keras.callbacks.ModelCheckpoint",
        make=_checkpoint,
        keras=_keras_checkpoint,
        options={
            "name": ("best", "{epoch:02d}-{loss:.1f}"),
            "save_best_only": (False, True),
            "mode": ("auto", "min", "max"),
            "initial_value_threshold": (None, 1.5),
        },
        differs=f"{SINGLE} Ours writes .npz, whole or not at all.",
    ),
    Pair(
        "CSVLogger",
        "callback",
        "keras.callbacks.CSVLogger",
        make=lambda folder, **o: nn.CSVLogger(folder / "log.csv", **o),
        keras=lambda keras, folder, **o: keras.callbacks.CSVLogger(folder / "log.csv", **o),
        options={"separator": (",", ";"), "append": (False, True)},
        differs="The same bytes. Ours closes the file after each epoch.",
    ),
)
