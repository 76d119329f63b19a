"""What all optimisers share: a rate or a schedule, clipped gradients, decayed weights, state by name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .clipping import check_bound, clip_by_global_norm, clip_by_norm, clip_by_value
from .schedules import Schedule

Arrays = Mapping[str, np.ndarray]


class Optimizer:
    """opt.step(params, grads) changes the arrays of params in place.

    A subclass sets `rows`, how many arrays of the parameter's shape it keeps, and writes
    `_update(W, g, rate, *rows)`. Whatever is missing from params is left alone: a frozen layer is one that is
    not handed in. In each step, in Keras' order: gradients are clipped, weights decay by W ← W - η λ W, the
    rule itself is applied. Twin: `keras.optimizers.Optimizer`.
    """

    rows = 1

    def __init__(
        self,
        learning_rate: float | Schedule,
        *,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
    ):
        self.schedule: Schedule | None = learning_rate if callable(learning_rate) else None
        self._rate = 0.0 if callable(learning_rate) else self._positive("learning_rate", learning_rate)
        self.weight_decay = None if weight_decay is None else self._not_negative("weight_decay", weight_decay)
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        given = {name: check_bound(name, c) for name, c in clips.items() if c is not None}
        if len(given) > 1:
            raise ValueError(
                f"{type(self).__name__} expects one of clipnorm, clipvalue and global_clipnorm, "
                f"received {given}."
            )
        self.clipnorm, self.clipvalue = given.get("clipnorm"), given.get("clipvalue")
        self.global_clipnorm = given.get("global_clipnorm")
        self.state: dict[str, np.ndarray] = {}  # name -> (rows, *shape); the last row is room to work in
        self.iterations = 0

    @property
    def learning_rate(self) -> float:
        """The rate of the next step. It can be set, unless a schedule decides."""
        return self._rate if self.schedule is None else float(self.schedule(self.iterations))

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        if self.schedule is not None:
            raise TypeError(
                f"The learning rate of this {type(self).__name__} follows {type(self.schedule).__name__} and "
                "cannot be set: make the optimiser with a number."
            )
        self._rate = self._not_negative("learning_rate", value)

    def step(self, params: Arrays, grads: Arrays) -> None:
        """One update. Raises ValueError where params and grads do not match, and then changes nothing."""
        _check_match(params, grads, self.state)
        rate, grads = self.learning_rate, self._clipped(grads)
        self.iterations += 1
        for name, W in params.items():
            if name not in self.state:
                self.state[name] = self._first_state(W)
            if self.weight_decay:
                W -= W * (self.weight_decay * rate)
            self._update(W, grads[name], rate, *self.state[name])

    def _update(self, W: np.ndarray, g: np.ndarray, rate: float, *rows: np.ndarray) -> None:
        raise NotImplementedError(f"{type(self).__name__} must define _update(W, g, rate, *rows).")

    def _first_state(self, W: np.ndarray) -> np.ndarray:
        return np.zeros((self.rows, *W.shape), W.dtype)

    def _clipped(self, grads: Arrays) -> Arrays:
        if self.clipnorm is not None:
            return clip_by_norm(grads, self.clipnorm)
        if self.clipvalue is not None:
            return clip_by_value(grads, self.clipvalue)
        return grads if self.global_clipnorm is None else clip_by_global_norm(grads, self.global_clipnorm)

    def _positive(self, name: str, value: float) -> float:
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{type(self).__name__} expects a finite {name} > 0, received {value}.")
        return float(value)

    def _not_negative(self, name: str, value: float) -> float:
        if not (np.isfinite(value) and value >= 0):
            raise ValueError(f"{type(self).__name__} expects a finite {name} >= 0, received {value}.")
        return float(value)

    def _share(self, name: str, value: float) -> float:
        if not 0 <= value < 1:
            raise ValueError(f"{type(self).__name__} expects {name} in [0, 1), received {value}.")
        return float(value)


def _check_match(params: Arrays, grads: Arrays, state: Arrays) -> None:
    if params.keys() != grads.keys():
        odd = ", ".join(sorted(params.keys() ^ grads.keys()))
        raise ValueError(f"step expects one gradient for each parameter; without a partner: {odd}.")
    for name, W in params.items():
        if grads[name].shape != W.shape:
            raise ValueError(
                f"step expects a gradient of shape {W.shape} for {name!r}, received {grads[name].shape}."
            )
        if name in state and state[name].shape[1:] != W.shape:
            raise ValueError(
                f"This optimiser has trained a {name!r} of shape {state[name].shape[1:]}, "
                f"received {W.shape}: make a new optimiser for a new model."
            )
