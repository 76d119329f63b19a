"""What one entry of the table of twins says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

Make = Callable[..., Any]

KINDS = (
    "layer",
    "model",
    "network",
    "loss",
    "function",
    "regularizer",
    "initializer",
    "optimizer",
    "clipping",
    "schedule",
    "callback",
)
# What "equal" means where it is no number.
WORDS = {
    "initializer": "the same law",
    "callback": "the same decisions",
}


def power(exponent: int) -> str:
    """A whole exponent as raised digits, for tables."""
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Standard normal numbers: no zeros, no ones, no ties for a slip to hide behind."""
    return rng.normal(size=shape)


def whole(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Small whole numbers: full of ties, and without rounding even in float32."""
    return rng.integers(-3, 4, shape).astype(np.float64)


def _nothing(**_: Any) -> bool:
    return False


@dataclass(frozen=True)
class Pair:
    """One twin. `make` gives ours in float64, `keras` theirs, both from each combination of `options`."""

    name: str  # in neuropath.scratch
    kind: str  # one of KINDS
    twin: str  # public name in Keras
    make: Make  # make(**option); layers, models, networks: make(rng, …), callbacks: make(folder, …)
    keras: Make  # keras(keras, **option), callbacks: keras(keras, folder, **option)
    shape: tuple[int, ...] = (7, 5)  # of the input, batch first
    order: tuple[str, ...] = ()  # our parameter (and state) names in the order of Keras' weights
    options: Mapping[str, tuple] = field(default_factory=dict)  # compared over their product
    excluded: Callable[..., bool] = _nothing  # combinations of options that cannot be: excluded(**option)
    target: Make | None = None  # losses: target(rng, shape)
    draw: Make = normal  # of inputs and of upstream gradients: draw(rng, shape)
    inputs: int = 1  # how many arrays a layer takes; more than one are a list
    modes: tuple[str, ...] = ("inference", "training")  # layers: how they are run; "frozen" is possible too
    single: bool = False  # the twin computes in float32, whatever it is given: `draw` must leave no rounding
    differs: str = ""  # what is not the same and why, for the reader; "" where nothing is
    rtol: float = 1e-10  # how far apart values and gradients may be in float64, relative to the largest

    def variants(self) -> Iterator[dict[str, Any]]:
        """Every combination of the options, as keyword arguments."""
        for values in product(*self.options.values()):
            chosen = dict(zip(self.options, values, strict=True))
            if not self.excluded(**chosen):
                yield chosen

    @property
    def agreement(self) -> str:
        """In which sense the two are equal: in words, or the relative tolerance as a power of ten."""
        if self.rtol == 0:
            return "the last bit"
        return WORDS.get(self.kind, f"10{power(round(math.log10(self.rtol)))}")
