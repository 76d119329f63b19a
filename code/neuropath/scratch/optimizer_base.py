"""What all optimisers share: a rate or a schedule, clipped gradients, decayed weights, state by name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .checks import not_negative, positive
from .clipping import bound, clip_by_global_norm, clip_by_norm, clip_by_value
from .schedules import Schedule

Arrays = Mapping[str, np.ndarray]


class Optimizer:
    """opt.step(params, grads) changes the arrays of params in place.

    A subclass sets `rows`, how many arrays of the parameter's shape it keeps, and writes
    `_update(W, g, rate, *rows)`. Whatever is missing from params is left alone: a frozen layer is one that is
    not handed in. In each step, in Keras' order: gradients are clipped, weights decay by W ← W - η λ W, the
    rule itself is applied. Derived in eq-engine-weight-decay (page engine). Twin:
    `keras.optimizers.Optimizer`.
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
        self.name = name = type(self).__name__  # who complains
        self._rate = 0.0 if callable(learning_rate) else positive(name, "learning_rate", learning_rate)
        self.weight_decay = None if weight_decay is None else not_negative(name, "weight_decay", weight_decay)
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        given = {kind: bound(kind, c) for kind, c in clips.items() if c is not None}
        if len(given) > 1:
            raise ValueError(
                f"{name} expects one of clipnorm, clipvalue and global_clipnorm, received {given}."
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
                f"The learning rate of this {self.name} follows {type(self.schedule).__name__} and "
                "cannot be set: make the optimiser with a number."
            )
        self._rate = not_negative(self.name, "learning_rate", value)

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
            state = self.state[name]
            self._update(W, grads[name], rate, *(state[i, ...] for i in range(len(state))))  # … : even of ()

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


def _check_match(params: Arrays, grads: Arrays, state: Arrays) -> None:
    for what, arrays in (("params", params), ("grads", grads)):
        if not isinstance(arrays, Mapping):
            raise TypeError(
                f'step expects {what} as a dictionary {{"name": array}}, received {type(arrays).__name__}.'
            )
    if params.keys() != grads.keys():
        odd = ", ".join(sorted(params.keys() ^ grads.keys()))
        raise ValueError(f"step expects one gradient for each parameter; without a partner: {odd}.")
    for name, W in params.items():
        _check_arrays(name, W, grads[name])
        if name in state and (state[name].shape[1:] != W.shape or state[name].dtype != W.dtype):
            raise ValueError(
                f"This optimiser has trained a {name!r} of {state[name].dtype} {state[name].shape[1:]}, "
                f"received {W.dtype} {W.shape}: make a new optimiser for a new model."
            )


def _check_arrays(name: str, W: np.ndarray, g: np.ndarray) -> None:
    """A step is taken in place and in the parameter's own dtype: W must allow that, and g fit."""
    if not isinstance(W, np.ndarray) or W.dtype.kind != "f":
        raise TypeError(f"step expects {name!r} to be an array of floats, received {_kind(W)}.")
    if not W.flags.writeable:
        raise ValueError(f"step expects {name!r} to be an array it may write to, received a read-only one.")
    if not isinstance(g, np.ndarray) or g.dtype != W.dtype:
        raise TypeError(
            f"step expects a gradient of dtype {W.dtype} for {name!r}, as the parameter, received {_kind(g)}."
        )
    if g.shape != W.shape:
        raise ValueError(f"step expects a gradient of shape {W.shape} for {name!r}, received {g.shape}.")


def _kind(value: object) -> str:
    return str(value.dtype) if isinstance(value, np.ndarray) else type(value).__name__
