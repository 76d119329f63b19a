"""Optimisers: opt.step(params, grads) changes the arrays of params in place. State is keyed by name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Arrays = Mapping[str, np.ndarray]


class SGD:
    """W ← W - η g; with momentum μ, v ← μ v - η g and W ← W + v (no factor 1 - μ).

    Twin: `keras.optimizers.SGD`.
    """

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.0):
        self.learning_rate = _positive("SGD", "learning_rate", learning_rate)
        self.momentum = _share("SGD", "momentum", momentum)
        self.state: dict[str, np.ndarray] = {}  # name -> velocity
        self.iterations = 0

    def step(self, params: Arrays, grads: Arrays) -> None:
        """One update. Raises ValueError where params and grads do not match."""
        _check_match(params, grads, self.state)
        self.iterations += 1
        for name, W in params.items():
            update = self.learning_rate * grads[name]
            if self.momentum:
                if name not in self.state:
                    self.state[name] = np.zeros_like(W)
                velocity = self.state[name]
                velocity *= self.momentum
                velocity -= update
                W += velocity
            else:
                W -= update


class Adam:
    """Steps of about η along m / √v, moving averages of g and g² freed of their bias. Kingma and Ba (2015).

    ε = 1e-7 stands beside the *uncorrected* √v, the correction being folded into the step, as in Keras.
    Twin: `keras.optimizers.Adam`.
    """

    def __init__(
        self, learning_rate: float = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7
    ):
        self.learning_rate = _positive("Adam", "learning_rate", learning_rate)
        self.beta_1, self.beta_2 = _share("Adam", "beta_1", beta_1), _share("Adam", "beta_2", beta_2)
        self.epsilon = _positive("Adam", "epsilon", epsilon)
        self.state: dict[str, np.ndarray] = {}  # name -> (3, *shape): m, v and room to work in
        self.iterations = 0

    def step(self, params: Arrays, grads: Arrays) -> None:
        """One update. Raises ValueError where params and grads do not match."""
        _check_match(params, grads, {name: s[0] for name, s in self.state.items()})
        self.iterations += 1
        t = self.iterations
        rate = self.learning_rate * np.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        for name, W in params.items():
            if name not in self.state:
                self.state[name] = np.zeros((3, *W.shape), W.dtype)
            (m, v, work), g = self.state[name], grads[name]
            np.subtract(g, m, out=work)  # m += (1 - β₁)(g - m)
            work *= 1 - self.beta_1
            m += work
            np.square(g, out=work)  # v += (1 - β₂)(g² - v)
            work -= v
            work *= 1 - self.beta_2
            v += work
            np.sqrt(v, out=work)  # W -= rate · m / (√v + ε)
            work += self.epsilon
            np.divide(m, work, out=work)
            work *= float(rate)
            W -= work


def _positive(owner: str, name: str, value: float) -> float:
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"{owner} expects a finite {name} > 0, received {value}.")
    return float(value)


def _share(owner: str, name: str, value: float) -> float:
    if not 0 <= value < 1:
        raise ValueError(f"{owner} expects {name} in [0, 1), received {value}.")
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
        if name in state and state[name].shape != W.shape:
            raise ValueError(
                f"This optimiser has trained a {name!r} of shape {state[name].shape}, received {W.shape}: "
                "make a new optimiser for a new model."
            )
