"""What `fit` calls on its way, and how. Hooks and their arguments are Keras'.

A callback is any object with on_epoch_end(epoch, logs); whatever other hook it has is called too. Epochs and
batches count from 0. Setting `model.stop_training = True` ends training after the present batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

HOOKS = (
    "on_train_begin",
    "on_train_end",
    "on_epoch_begin",
    "on_epoch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
)
Logs = dict[str, float]


class Callback:
    """The hooks, all empty: override those you need. Twin: `keras.callbacks.Callback`.

    `model` is the one being trained, `params` its {"verbose", "epochs", "steps"}; fit sets both.
    """

    def __init__(self) -> None:
        self.model: Any = None
        self.params: dict[str, int] = {}

    def set_model(self, model: Any) -> None:
        """Called by fit, first of all."""
        self.model = model

    def set_params(self, params: dict[str, int]) -> None:
        """Called by fit, second."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch, with its logs; not after an error."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch: logs are its means and, named val_…, those of the validation data."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch: logs are the means of this epoch so far."""


class LambdaCallback(Callback):
    """Functions in place of a class: LambdaCallback(on_epoch_end=lambda epoch, logs: print(logs)).

    Twin: `keras.callbacks.LambdaCallback`. Raises ValueError for a hook that fit does not call.
    """

    def __init__(self, **hooks: Callable[..., None] | None) -> None:
        super().__init__()
        for name, function in hooks.items():
            if name not in HOOKS or not (function is None or callable(function)):
                raise ValueError(
                    f"LambdaCallback expects functions for {', '.join(HOOKS)}, received {name}={function!r}."
                )
            if function is not None:
                setattr(self, name, function)


class CallbackList:
    """Calls a hook of all callbacks, in their order. Twin: `keras.callbacks.CallbackList`.

    One that lacks the hook is passed over. All of them receive one dictionary of logs: what one adds to it,
    the next ones see.
    """

    def __init__(self, callbacks: Iterable[Any], model: Any, params: dict[str, int]):
        self.callbacks = tuple(callbacks)
        for callback in self.callbacks:
            for setter, value in (("set_model", model), ("set_params", params)):
                getattr(callback, setter, _ignore)(value)
        self.hooks = {h: [getattr(c, h) for c in self.callbacks if hasattr(c, h)] for h in HOOKS}

    def call(self, hook: str, *when: int, logs: Logs | None = None) -> Logs:
        """hook(*when, logs) of everybody; the logs as they then are."""
        logs = dict(logs or {})
        for called in self.hooks[hook]:
            called(*when, logs)
        return logs


def _ignore(*_: Any) -> None:
    """What a callback does that has no such hook."""
