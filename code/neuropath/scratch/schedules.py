"""Learning rates that change on the way. A schedule is schedule(step) -> rate, step counted from 0.

Give one to an optimiser in place of a number: SGD(CosineDecay(0.1, 1000)). Steps are batches, not epochs.
Everything is computed in float64; Keras computes in float32.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from .checks import is_number, not_negative, positive

Schedule = Callable[[int], float]


class PiecewiseConstantDecay:
    """values[0] up to and including step boundaries[0], then values[1], … and values[-1] after the last.

    Derived in eq-engine-schedule-piecewise (page engine). Twin:
    `keras.optimizers.schedules.PiecewiseConstantDecay`.
    """

    def __init__(self, boundaries: Sequence[float], values: Sequence[float]):
        if len(boundaries) != len(values) - 1 or not len(boundaries):
            raise ValueError(
                "PiecewiseConstantDecay expects boundaries, and one value more than these, received "
                f"{len(boundaries)} boundaries and {len(values)} values."
            )
        if list(boundaries) != sorted(set(boundaries)):
            raise ValueError(
                f"PiecewiseConstantDecay expects boundaries that increase, received {list(boundaries)}."
            )
        self.boundaries = list(boundaries)
        self.values = [not_negative("PiecewiseConstantDecay", "values", value) for value in values]

    def __call__(self, step: int) -> float:
        """The rate of this step."""
        return self.values[sum(step > boundary for boundary in self.boundaries)]


class ExponentialDecay:
    """initial_learning_rate · decay_rate^(step / decay_steps); staircase: whole powers only.

    Derived in eq-engine-schedule-exponential (page engine). Twin:
    `keras.optimizers.schedules.ExponentialDecay`.
    """

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, decay_rate: float, staircase: bool = False
    ):
        name = type(self).__name__
        self.initial_learning_rate = not_negative(name, "initial_learning_rate", initial_learning_rate)
        self.decay_steps = positive(name, "decay_steps", decay_steps)
        self.decay_rate = positive(name, "decay_rate", decay_rate)
        self.staircase = staircase

    def __call__(self, step: int) -> float:
        """The rate of this step."""
        power = step / self.decay_steps
        with np.errstate(over="ignore"):  # a rate that grows for ever is inf in the end, as in Keras
            factor = np.power(self.decay_rate, math.floor(power) if self.staircase else power)
        return float(self.initial_learning_rate * factor)


class StepDecay(ExponentialDecay):
    """The rate times decay_rate after every decay_steps steps: "divide by 10 every 30 epochs".

    Derived in eq-engine-schedule-step (page engine). Twin:
    `keras.optimizers.schedules.ExponentialDecay(staircase=True)`.
    """

    def __init__(self, initial_learning_rate: float, decay_steps: int, decay_rate: float = 0.1):
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase=True)


class CosineDecay:
    """Half a cosine from initial_learning_rate to alpha times it, in decay_steps steps; then it stays.

    With a warmup_target the rate first rises from initial_learning_rate in a line, warmup_steps long, and the
    cosine starts from the target. Derived in eq-engine-schedule-cosine, eq-engine-schedule-warmup
    (page engine); Loshchilov and Hutter (2016). Twin: `keras.optimizers.schedules.CosineDecay`.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        *,
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ):
        self.initial_learning_rate = not_negative(
            "CosineDecay", "initial_learning_rate", initial_learning_rate
        )
        self.decay_steps = positive("CosineDecay", "decay_steps", decay_steps)
        self.alpha = not_negative("CosineDecay", "alpha", alpha)
        self.warmup_steps = int(not_negative("CosineDecay", "warmup_steps", warmup_steps))
        if warmup_target is None and warmup_steps:
            raise ValueError(
                f"CosineDecay expects a warmup_target, the rate to rise to, beside "
                f"warmup_steps={warmup_steps}, received none."
            )
        self.warmup_target = (
            None if warmup_target is None else not_negative("CosineDecay", "warmup_target", warmup_target)
        )

    def __call__(self, step: int) -> float:
        """The rate of this step."""
        top = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return top + (self.warmup_target - top) * step / self.warmup_steps
            top, step = self.warmup_target, step - self.warmup_steps
        return top * _cosine(min(step / self.decay_steps, 1.0), self.alpha)


class CosineDecayRestarts:
    """Half cosines one after another, each t_mul times as long and m_mul times as high as the one before.

    The first takes first_decay_steps steps; all end at alpha · initial_learning_rate. Derived in
    eq-engine-schedule-restarts (page engine); Loshchilov and Hutter (2016). Twin:
    `keras.optimizers.schedules.CosineDecayRestarts`.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
    ):
        self.initial_learning_rate = not_negative(
            "CosineDecayRestarts", "initial_learning_rate", initial_learning_rate
        )
        self.first_decay_steps = positive("CosineDecayRestarts", "first_decay_steps", first_decay_steps)
        self.m_mul = positive("CosineDecayRestarts", "m_mul", m_mul)
        self.alpha = not_negative("CosineDecayRestarts", "alpha", alpha)
        if not (is_number(t_mul) and t_mul >= 1):
            raise ValueError(f"CosineDecayRestarts expects a finite t_mul >= 1, received {t_mul}.")
        self.t_mul = float(t_mul)

    def __call__(self, step: int) -> float:
        """The rate of this step."""
        restart, done = self._cycle(step)
        return self.initial_learning_rate * _cosine(done, self.alpha, self.m_mul**restart)

    def _cycle(self, step: int) -> tuple[int, float]:
        """(how many restarts there were, share of the present cycle that is over)."""
        length = self.first_decay_steps
        if self.t_mul == 1:
            return int(step // length), step % length / length
        restart = 0
        since = float(step)
        while since >= length:  # a logarithm would round, and miss restarts by a step
            since, length, restart = since - length, length * self.t_mul, restart + 1
        return restart, since / length


class LinearWarmup:
    """In a line from initial_learning_rate to `learning_rate` (a number or schedule), warmup_steps long.

    A schedule starts its own count from 0 when the warm-up is over. Derived in eq-engine-schedule-warmup
    (page engine); Goyal et al. (2017). Twin: `keras.optimizers.schedules.PolynomialDecay(initial,
    warmup_steps, end_learning_rate=learning_rate)` for a number, `CosineDecay(warmup_target=…)` for a cosine.
    """

    def __init__(
        self, learning_rate: float | Schedule, warmup_steps: int, initial_learning_rate: float = 0.0
    ):
        self.after: Schedule | float = (
            learning_rate
            if callable(learning_rate)
            else not_negative("LinearWarmup", "learning_rate", learning_rate)
        )
        self.warmup_steps = positive("LinearWarmup", "warmup_steps", warmup_steps)
        self.initial_learning_rate = not_negative(
            "LinearWarmup", "initial_learning_rate", initial_learning_rate
        )

    def __call__(self, step: int) -> float:
        """The rate of this step."""
        later = max(step - self.warmup_steps, 0)
        top = self.after(int(later)) if callable(self.after) else self.after
        share = min(step / self.warmup_steps, 1.0)
        return self.initial_learning_rate + (top - self.initial_learning_rate) * share


def _cosine(done: float, alpha: float, height: float = 1.0) -> float:
    """Along half a cosine from `height` (done = 0) to 0 (done = 1), squeezed into what is above alpha."""
    return (1 - alpha) * height * (1 + math.cos(math.pi * done)) / 2 + alpha
