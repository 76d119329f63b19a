"""Optimisers, clipped gradients and learning-rate schedules."""

from __future__ import annotations

from typing import Any

import numpy as np

from neuropath import scratch as nn

from .pair import Pair

# All numbers are exact in float32: Keras rounds rates and factors to it, whatever the weights are.
RATE, DECAY, BETA_2, EPSILON = 2.0**-10, 2.0**-8, 1 - 2.0**-10, 2.0**-23
ROUNDED = (
    "Keras rounds rates and factors to float32 even for float64 weights: trajectories then part at 1e-8. "
    "The test uses numbers that float32 holds exactly."
)


def _optimizer(name: str, options: dict[str, tuple], more: str = "") -> Pair:
    return Pair(
        name,
        "optimizer",
        f"keras.optimizers.{name}",
        make=lambda **o: getattr(nn, name)(**o),
        keras=lambda keras, **o: getattr(keras.optimizers, name)(**o),
        options=options,
        differs=f"{ROUNDED} {more}".strip(),
    )


OPTIMIZERS = (
    _optimizer(
        "SGD",
        {
            "learning_rate": (2.0**-6, RATE),
            "momentum": (0.0, 0.875),
            "nesterov": (False, True),
            "weight_decay": (None, DECAY),
        },
    ),
    _optimizer(
        "Adagrad",
        {
            "learning_rate": (RATE,),
            "initial_accumulator_value": (0.125, 0.0),
            "epsilon": (EPSILON, 2.0**-10),
            "weight_decay": (None, DECAY),
        },
    ),
    _optimizer(
        "RMSprop",
        {
            "learning_rate": (RATE,),
            "rho": (0.875, 0.5),
            "momentum": (0.0, 0.5),
            "epsilon": (EPSILON, 2.0**-10),
            "centered": (False, True),
        },
    ),
    _optimizer(
        "Adam",
        {
            "learning_rate": (RATE,),
            "beta_1": (0.875, 0.5),
            "beta_2": (BETA_2,),
            "epsilon": (EPSILON, 2.0**-10),
            "amsgrad": (False, True),
        },
        "ε stands beside the uncorrected √v in both, where the paper's first form has the corrected one.",
    ),
    _optimizer(
        "AdamW",
        {
            "learning_rate": (RATE,),
            "weight_decay": (DECAY, 0.0),
            "beta_1": (0.875,),
            "beta_2": (BETA_2,),
            "epsilon": (EPSILON, 2.0**-10),
            "amsgrad": (False, True),
        },
        "Both multiply the decay by the learning rate; the paper keeps the two apart.",
    ),
)


def _clipping(name: str, option: str) -> Pair:
    """Keras clips inside its optimisers: with a rate of 1 the step is the clipped gradient."""
    return Pair(
        name,
        "clipping",
        f"keras.optimizers.SGD({option}=…)",
        make=lambda bound: lambda grads: getattr(nn, name)(grads, bound),
        keras=lambda keras, bound: keras.optimizers.SGD(1.0, **{option: bound}),
        options={"bound": (0.125, 1.0, 64.0)},
        differs="A bound of 0 is refused; Keras takes it for no clipping.",
    )


CLIPPING = (
    _clipping("clip_by_value", "clipvalue"),
    _clipping("clip_by_norm", "clipnorm"),
    _clipping("clip_by_global_norm", "global_clipnorm"),
)


SINGLE = "Ours always computes in float64, Keras in float32 unless it is given NumPy's float64 numbers."


def _float64(value: Any) -> Any:
    """Keras makes float32 of Python's floats, and leaves NumPy's as they are."""
    if isinstance(value, list):
        return [_float64(v) for v in value]
    return np.float64(value) if isinstance(value, float) else value


def _schedule(name: str, options: dict[str, tuple], differs: str = "", **more: Any) -> Pair:
    """The same name and arguments on both sides."""

    def theirs(keras: Any, **o: Any) -> Any:
        return getattr(keras.optimizers.schedules, name)(**{key: _float64(v) for key, v in o.items()})

    twin = f"keras.optimizers.schedules.{name}"
    return Pair(
        name,
        "schedule",
        twin,
        lambda **o: getattr(nn, name)(**o),
        theirs,
        options=options,
        differs=f"{SINGLE} {differs}".strip(),
        **more,
    )


def _keras_steps(keras: Any, initial_learning_rate: float, decay_steps: int, decay_rate: float) -> Any:
    return keras.optimizers.schedules.ExponentialDecay(
        np.float64(initial_learning_rate), decay_steps, np.float64(decay_rate), staircase=True
    )


def _keras_warmup(keras: Any, learning_rate: float, warmup_steps: int, initial_learning_rate: float) -> Any:
    return keras.optimizers.schedules.PolynomialDecay(
        np.float64(initial_learning_rate), warmup_steps, np.float64(learning_rate)
    )


SCHEDULES = (
    _schedule(
        "PiecewiseConstantDecay",
        {"boundaries": ([10, 40], [5, 200]), "values": ([0.1, 0.03, 0.001], [1e-3, 0.0, 0.5])},
    ),
    _schedule(
        "ExponentialDecay",
        {
            "initial_learning_rate": (0.1,),
            "decay_steps": (1, 7, 100),
            "decay_rate": (0.5, 0.96, 1.00001),
            "staircase": (False, True),
        },
    ),
    Pair(
        "StepDecay",
        "schedule",
        "keras.optimizers.schedules.ExponentialDecay(staircase=True)",
        lambda **o: nn.StepDecay(**o),
        _keras_steps,
        options={"initial_learning_rate": (0.1,), "decay_steps": (1, 30), "decay_rate": (0.1, 0.5)},
        differs=SINGLE,
    ),
    _schedule(
        "CosineDecay",
        {
            "initial_learning_rate": (0.1, 0.0),
            "decay_steps": (1, 50, 200),
            "alpha": (0.0, 0.25),
            "warmup_target": (None, 0.3),
            "warmup_steps": (0, 20),
        },
        "warmup_steps without a warmup_target are refused; Keras leaves the warm-up out.",
        excluded=lambda warmup_target, warmup_steps, **_: warmup_target is None and warmup_steps > 0,
    ),
    _schedule(
        "CosineDecayRestarts",
        {
            "initial_learning_rate": (0.1,),
            "first_decay_steps": (10, 25),
            "t_mul": (1.0, 1.5, 2.0),
            "m_mul": (1.0, 0.5),
            "alpha": (0.0, 0.25),
        },
        "Keras finds the cycle by a logarithm, whose rounding can miss a restart by one step; ours counts. "
        "Steps at which a cycle begins are left out of the comparison.",
    ),
    Pair(
        "LinearWarmup",
        "schedule",
        "keras.optimizers.schedules.PolynomialDecay",
        lambda **o: nn.LinearWarmup(**o),
        _keras_warmup,
        options={
            "learning_rate": (0.1, 1e-3),
            "warmup_steps": (1, 20),
            "initial_learning_rate": (0.0, 0.01),
        },
        differs=f"{SINGLE} Keras has no warm-up by this name: its polynomial of degree one, rising, is it. "
        "Ours may go on with another schedule.",
    ),
)
