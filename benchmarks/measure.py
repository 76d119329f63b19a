"""Works that several sides carry out, proof that they do the same, and rounds in which they alternate."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

import numpy as np

from neuropath.scratch import Sequential

Call = Callable[[], object]
SLICE = 0.1  # seconds that a side has at least in a round: shorter calls are repeated
WITH_TORCH = find_spec("torch") is not None


@dataclass(frozen=True)
class Agreement:
    """How far apart two sides' results were before anything was timed: |ours - theirs| / |theirs|."""

    what: str
    distance: float
    tolerance: float


@dataclass(frozen=True)
class Work:
    """One piece of work and who does it: each function does it once (or `per` times).

    ours: {form: function}; others: {name: function}, or None for a side that is not installed. A pair of one
    of ours and one of the others becomes a row. key: under which `targets` has what is aimed at; aimed: for
    which of our forms, default all. unit: of what is shown, s, ms or µs.
    """

    group: str
    name: str
    ours: dict[str, Call]
    others: dict[str, Call | None]
    agreements: Sequence[Agreement] = field(default=())
    key: str = ""
    aimed: Sequence[str] = ()
    per: int = 1
    unit: str = "ms"


@dataclass(frozen=True)
class Pass:
    """What our side does in a work, `per` times a call, and the network that does it: for `shares`.

    work: the name of the `Work` that it belongs to.
    """

    work: str
    network: Sequential
    call: Call
    per: int = 1


def torch_side(make: Callable[[], Call]) -> Call | None:
    """What `make` gives, on one thread; None where torch is not installed."""
    if not WITH_TORCH:
        return None
    import torch

    torch.set_num_threads(1)
    return make()


def distance(ours: np.ndarray | Iterable, theirs: np.ndarray | Iterable) -> float:
    """|ours - theirs| / |theirs| over all numbers of an array, or of a list of arrays."""
    ours, theirs = ([a] if isinstance(a, np.ndarray) else [np.asarray(x) for x in a] for a in (ours, theirs))
    if [a.shape for a in ours] != [a.shape for a in theirs]:
        raise AssertionError(
            f"two sides gave arrays of shapes {[a.shape for a in ours][:4]}… and "
            f"{[a.shape for a in theirs][:4]}…: they do not do the same work"
        )
    gap = math.fsum(float(np.sum((a.astype("float64") - b) ** 2)) for a, b in zip(ours, theirs, strict=True))
    size = math.fsum(float(np.sum(b.astype("float64") ** 2)) for b in theirs)
    assert size != 0, "nothing but zeros: this comparison proves nothing"
    return math.sqrt(gap / size)


def agree(what: str, ours: object, theirs: object, tolerance: float) -> Agreement:
    """The agreement of two results; AssertionError where they are further apart than `tolerance`."""
    apart = distance(ours, theirs)  # type: ignore[arg-type]
    if not apart <= tolerance:  # nan is no agreement
        raise AssertionError(
            f"{what}: the two sides are {apart:.1e} apart, expected at most {tolerance:.0e}: they do not do "
            "the same work, and no time was taken."
        )
    return Agreement(what, apart, tolerance)


def warm_up(call: Call, seconds: float = SLICE) -> int:
    """Call until nothing is new to it (compiled, cached), and say how many calls make up `seconds`."""
    call()
    once = math.inf
    for _ in range(2):
        start = time.perf_counter()
        call()
        once = min(once, time.perf_counter() - start)
        if once >= seconds:
            return 1
    return math.ceil(seconds / max(once, 1e-9))


def alternate(
    calls: dict[str, Call], rounds: int, tick: Callable[[], object] = lambda: None, seconds: float = SLICE
) -> dict[str, np.ndarray]:
    """Seconds a call of each side, (rounds,) numbers: the sides take turns, so a busy machine slows all.

    Each round starts with another side, so that nobody is always the first. tick is called after each turn.
    """
    names = list(calls)
    repeats = {name: warm_up(call, seconds) for name, call in calls.items()}
    found = {name: np.empty(rounds) for name in names}
    gc.collect()
    for i in range(rounds):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            start = time.perf_counter()
            for _ in range(repeats[name]):
                calls[name]()
            found[name][i] = (time.perf_counter() - start) / repeats[name]
            tick()
    return found


def quartiles(values: np.ndarray) -> tuple[float, float, float]:
    """(first quartile, median, third quartile)."""
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return float(low), float(middle), float(high)
