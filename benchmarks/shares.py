"""Where our time goes: what each kind of work takes of a pass, and what its matrix products take alone."""

from __future__ import annotations

import functools
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.measure import Call, Pass, quartiles, warm_up
from neuropath import scratch as nn
from neuropath.scratch import conv

# Name on the command line -> module with passes(quick): MobileNetV2's belong to "layers".
PASSES = {"layers": "mobilenet", "mlp": "mlp", "lenet": "lenet", "head": "head"}
REPEATS = 7
METHODS = ("forward", "apply", "backward", "backward_params")
KINDS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((nn.Dense,), "dense layers"),
    ((nn.DepthwiseConv2D,), "depthwise convolutions"),
    ((nn.ReLU,), "ReLU"),
    ((nn.BatchNormalization,), "normalisations"),
    ((nn.MaxPool2D,), "pooling"),
    ((nn.Dropout,), "dropout"),
)
PATCHES, METRICS, OPTIMISER, REST = "copying patches", "loss and metrics", "optimiser", "the rest"


def kind_of(layer: nn.Layer) -> str:
    """The kind under which a layer's time is counted."""
    if isinstance(layer, nn.Conv2D):
        return "1×1 convolutions" if layer.window.is_point else "k×k convolutions"
    named = (kind for classes, kind in KINDS if isinstance(layer, classes))
    return next(named, REST if isinstance(layer, nn.Flatten) else "frames, sums, means")


class Stopwatch:
    """`with Stopwatch(network) as seconds:` — what each kind of work takes, summed over all calls inside.

    Methods are watched on the classes, because a layer that is merged at inference is a copy. What one
    watched call spends in another is counted there alone.
    """

    def __init__(self, network: nn.Sequential):
        self.network, self.seconds = network, defaultdict(float)
        self._inner = 0.0  # seconds spent in watched calls within the one that runs
        self._stack = ExitStack()

    def __enter__(self) -> dict[str, float]:
        for class_, name in watched(self.network):
            self._watch(class_, name, kind_of)
        self._watch(conv, "columns", lambda X: PATCHES)
        if self.network.optimizer is not None:
            self._watch(type(self.network.optimizer), "step", lambda optimizer: OPTIMISER)
            self._watch(type(self.network), "_logs", lambda network: METRICS)
            loss = TimedLoss(self.network.loss)
            loss.timed = self._timed(self.network.loss, lambda outputs: METRICS)
            self._stack.enter_context(patch.object(self.network, "loss", loss))
        return self.seconds

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _watch(self, owner: Any, name: str, kind: Callable[[Any], str]) -> None:
        self._stack.enter_context(patch.object(owner, name, self._timed(getattr(owner, name), kind)))

    def _timed(self, function: Callable, kind: Callable[[Any], str]) -> Callable:
        """The function, its time counted under the kind that its first argument has."""

        def call(*args: Any, **options: Any) -> Any:
            outer, self._inner = self._inner, 0.0
            start = time.perf_counter()
            try:
                return function(*args, **options)
            finally:
                took = time.perf_counter() - start
                self.seconds[kind(args[0])] += took - self._inner
                self._inner = outer + took

        return call


class TimedLoss(functools.partial):
    """A loss whose calls go to `timed`; a partial, in which `base_loss` still finds the loss itself."""

    timed: Callable

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self.timed(*args, **options)


def watched(network: nn.Sequential) -> Iterator[tuple[type, str]]:
    """(class, method) of all layers."""
    for class_ in dict.fromkeys(map(type, network.layers)):
        yield from ((class_, name) for name in METHODS if hasattr(class_, name))


def products(network: nn.Sequential, call: Call) -> Counter[tuple[int, int, int]]:
    """How often a call multiplies an (m, k) by a (k, n) matrix: {(m, k, n): times}.

    Of dense layers and of convolutions, whose gradient for X counts as the one product that it is in
    mathematics, however it is cut up. Depthwise convolutions are no products.
    """
    found: Counter[tuple[int, int, int]] = Counter()
    with ExitStack() as stack:
        for class_, name in watched(network):
            twice = name == "forward" and hasattr(class_, "apply")  # which it calls
            if class_ in (nn.Dense, nn.Conv2D) and not twice:
                stack.enter_context(patch.object(class_, name, _counted(class_, name, found)))
        call()
    return found


def _counted(class_: type, name: str, found: Counter[tuple[int, int, int]]) -> Callable:
    """The method, whose product is added to `found` at each call."""
    method = getattr(class_, name)

    def run(layer: Any, A: np.ndarray, **options: Any) -> Any:
        result, W = method(layer, A, **options), layer.params["W"]
        units, n_in = W.shape[-1], W.size // W.shape[-1]
        rows = (A if name.startswith("backward") else result).size // units
        shapes = {"backward": (rows, units, n_in), "backward_params": (n_in, rows, units)}
        found[shapes.get(name, (rows, n_in, units))] += 1
        return result

    return run


def bare(m: int, k: int, n: int) -> float:
    """Seconds of one float32 product in the fastest of the orders in which its matrices can lie in memory."""
    rng, best = np.random.default_rng(0), math.inf
    for order_a, order_b in product("CF", repeat=2):
        A = np.asarray(rng.random((m, k), dtype=np.float32), order=order_a)
        B = np.asarray(rng.random((k, n), dtype=np.float32), order=order_b)
        for left, right in ((A, B), (B.T, A.T)):
            out = np.empty((len(left), right.shape[1]), np.float32)
            call = functools.partial(np.matmul, left, right, out=out)
            best = min(best, _fastest(call, warm_up(call, 1e-4)))
    return best


def _fastest(call: Call, calls: int) -> float:
    """Seconds of one of so many calls, the least of all repeats: a floor is not what a busy machine adds."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        seconds.append((time.perf_counter() - start) / calls)
    return min(seconds)


def by_kind(network: nn.Sequential, call: Call) -> dict[str, float]:
    """{kind: seconds} of a call, medians over repeats; with what is in no watched call."""
    call()
    found = []
    for _ in range(REPEATS):
        with Stopwatch(network) as seconds:
            start = time.perf_counter()
            call()
            whole = time.perf_counter() - start
        found.append({**seconds, REST: seconds[REST] + whole - sum(seconds.values())})
    return {kind: quartiles(np.array([f[kind] for f in found]))[1] for kind in found[0]}


def shares(name: str, quick: bool = False) -> Iterator[dict[str, Any]]:
    """{"group", "work", "ms": {kind: milliseconds}, "products": milliseconds} of each pass of a name."""
    for one in import_module(f"benchmarks.{PASSES[name]}").passes(quick):
        yield share(one, PASSES[name])


def share(one: Pass, group: str) -> dict[str, Any]:
    """What one pass's time goes to. products: what its matrix products alone take."""
    scale, alone = 1e3 / one.per, products(one.network, one.call)
    return {
        "group": group,
        "work": one.work,
        "ms": {kind: scale * s for kind, s in by_kind(one.network, one.call).items()},
        "products": scale * math.fsum(times * bare(*shape) for shape, times in alone.items()),
    }
