"""Optimisers: opt.step(params, grads) changes the arrays of params in place. State is keyed by name.

Every one of them also takes `weight_decay`, one of `clipnorm`, `clipvalue`, `global_clipnorm`, and a schedule
as learning_rate: see `optimizer_base`. η is the rate, g the gradient, all products and roots go entry by
entry; the last row of an optimiser's state is room to work in, so that a step allocates nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .checks import not_negative, positive, share
from .optimizer_base import Optimizer
from .schedules import Schedule

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop"]


class SGD(Optimizer):
    """W ← W - η g; with momentum μ, v ← μ v - η g and W ← W + v (no factor 1 - μ); Polyak (1964).

    nesterov: W ← W + μ v - η g with the new v, the gradient being taken as if at the point that momentum will
    carry to; Sutskever et al. (2013). Derived in eq-engine-sgd, eq-engine-momentum, eq-engine-nesterov
    (page engine). Twin: `keras.optimizers.SGD`.
    """

    def __init__(
        self,
        learning_rate: float | Schedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options: Any,
    ):
        super().__init__(learning_rate, **options)
        self.momentum, self.nesterov = share(self.name, "momentum", momentum), nesterov
        self.rows = 2 if momentum else 1

    def _update(self, W: np.ndarray, g: np.ndarray, rate: float, *rows: np.ndarray) -> None:
        *velocity, work = rows
        np.multiply(g, rate, out=work)
        if not velocity:
            W -= work
            return
        v = velocity[0]
        v *= self.momentum
        v -= work
        if self.nesterov:
            W -= work
            v = np.multiply(v, self.momentum, out=work)
        W += v


class Adagrad(Optimizer):
    """a ← a + g², W ← W - η g / √(a + ε): rarely used weights keep large steps. Duchi et al. (2011).

    a starts at initial_accumulator_value and only grows, so that steps only shrink. Derived in
    eq-engine-adagrad (page engine). Twin: `keras.optimizers.Adagrad`.
    """

    rows = 2

    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: Any,
    ):
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = not_negative(
            self.name, "initial_accumulator_value", initial_accumulator_value
        )
        self.epsilon = positive(self.name, "epsilon", epsilon)

    def _first_state(self, W: np.ndarray) -> np.ndarray:
        return np.full((self.rows, *W.shape), self.initial_accumulator_value, W.dtype)

    def _update(self, W: np.ndarray, g: np.ndarray, rate: float, *rows: np.ndarray) -> None:
        total, work = rows
        total += np.square(g, out=work)
        _divide_by_root(g, total, self.epsilon, rate, work)
        W -= work


class RMSprop(Optimizer):
    """v ← ρ v + (1 - ρ) g², W ← W - η g / √(v + ε): Adagrad that forgets. Tieleman and Hinton (2012).

    centered: the variance v - ḡ² stands in place of v, ḡ ← ρ ḡ + (1 - ρ) g. momentum μ: the step becomes
    m ← μ m + η g / √…, W ← W - m. ε stands *inside* the root, unlike Adam's. Derived in eq-engine-rmsprop,
    eq-engine-rmsprop-centered (page engine). Twin: `keras.optimizers.RMSprop`.
    """

    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Any,
    ):
        super().__init__(learning_rate, **options)
        self.rho, self.momentum = share(self.name, "rho", rho), share(self.name, "momentum", momentum)
        self.epsilon, self.centered = positive(self.name, "epsilon", epsilon), centered
        self.rows = 2 + (1 if centered else 0) + (1 if momentum else 0)

    def _update(self, W: np.ndarray, g: np.ndarray, rate: float, *rows: np.ndarray) -> None:
        v, *more, work = rows
        _move_towards(v, np.square(g, out=work), 1 - self.rho, work)
        spread = v
        if self.centered:
            mean = more[0]
            _move_towards(mean, g, 1 - self.rho, work)
            spread = np.subtract(v, np.square(mean, out=work), out=work)
        _divide_by_root(g, spread, self.epsilon, rate, work)
        if self.momentum:
            m = more[-1]
            m *= self.momentum
            m += work
            work = m
        W -= work


class Adam(Optimizer):
    """Steps of about η along m / √v, moving averages of g and g² freed of their bias. Kingma and Ba (2014).

    ε = 1e-7 stands beside the *uncorrected* √v, the correction being folded into the step, as in Keras.
    amsgrad: the largest v so far stands in place of v; Reddi et al. (2018). Derived in
    eq-engine-adam-moments, eq-engine-adam-bias, eq-engine-adam, eq-engine-amsgrad (page engine). Twin:
    `keras.optimizers.Adam`.
    """

    rows = 3

    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ):
        super().__init__(learning_rate, **options)
        self.beta_1, self.beta_2 = share(self.name, "beta_1", beta_1), share(self.name, "beta_2", beta_2)
        self.epsilon, self.amsgrad = positive(self.name, "epsilon", epsilon), amsgrad
        self.rows = 4 if amsgrad else 3

    def _update(self, W: np.ndarray, g: np.ndarray, rate: float, *rows: np.ndarray) -> None:
        m, v, *largest, work = rows
        _move_towards(m, g, 1 - self.beta_1, work)
        _move_towards(v, np.square(g, out=work), 1 - self.beta_2, work)
        if largest:
            v = np.maximum(largest[0], v, out=largest[0])
        np.sqrt(v, out=work)  # W -= rate · corrections · m / (√v + ε)
        work += self.epsilon
        np.divide(m, work, out=work)
        t = self.iterations
        work *= float(rate * np.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t))
        W -= work


class AdamW(Adam):
    """Adam whose weights also decay, W ← W - η λ W, *beside* the adaptive step and not through √v.

    An L2 penalty would be divided by √v like every gradient: large gradients, little decay. Loshchilov and
    Hutter (2017). Derived in eq-engine-weight-decay (page engine). Twin: `keras.optimizers.AdamW`, which
    multiplies λ by η too.
    """

    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ):
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options
        )


def _move_towards(average: np.ndarray, value: np.ndarray, share: float, work: np.ndarray) -> None:
    """average += share · (value - average), in place; value may be `work` itself."""
    np.subtract(value, average, out=work)
    work *= share
    average += work


def _divide_by_root(g: np.ndarray, v: np.ndarray, epsilon: float, rate: float, work: np.ndarray) -> None:
    """work ← rate · g / √(v + epsilon)."""
    np.add(v, epsilon, out=work)
    np.sqrt(work, out=work)
    np.divide(g, work, out=work)
    work *= rate
