"""Where MobileNetV2's time goes: single layers beside tf.function, and each kind's share of our time."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks import mobilenet as net
from benchmarks.measure import Call, Work, agree, quartiles
from neuropath import scratch as nn

# Layers of MobileNetV2 at α = 0.35, one of each kind, where they have most to do.
LAYERS = {
    "first convolution": "Conv1",
    "1×1 convolution": "block_2_expand",
    "normalisation": "block_2_expand_BN",
    "ReLU6": "block_2_expand_relu",
    "depthwise convolution": "block_2_depthwise",
    "depthwise convolution, stride 2": "block_3_depthwise",
}
PASSES = 7


def works(quick: bool = False) -> Iterator[Work]:
    """Each layer's forward pass on the maps it meets in the network, at inference."""
    side, batch = 96, 4 if quick else 32
    model = net.keras_network(0.35, side)
    network = nn.MobileNetV2.from_keras(model)
    sources = {name: network.sources[network.names.index(name)][0] for name in LAYERS.values()}
    network.watch = tuple({source for source in sources.values() if source != "input"})
    network.forward(net.pixels(batch, side))
    maps = {"input": net.pixels(batch, side), **network.values}
    for kind, name in LAYERS.items():
        yield single(kind, name, network[name], model.get_layer(name), maps[sources[name]])


def single(kind: str, name: str, ours: nn.Layer, theirs: Any, X: np.ndarray) -> Work:
    """One layer, ours and Keras' compiled by tf.function."""
    import tensorflow as tf

    compiled, x = tf.function(lambda x: theirs(x)), tf.constant(X)
    found = [agree(f"layer {name}", ours.forward(X), compiled(x).numpy(), net.SINGLE)]
    others: dict[str, Call | None] = {"tf.function": lambda: compiled(x)}
    title = f"{kind}, on maps {' × '.join(map(str, X.shape))}"
    return Work("layers", title, {"NumPy": lambda: ours.forward(X)}, others, found, unit="ms")


def kind_of(layer: nn.Layer) -> str:
    """The kind under which a layer's time is counted."""
    if isinstance(layer, nn.Conv2D):
        return "1×1 convolutions" if layer.window.is_point else "first convolution"
    for class_, kind in ((nn.DepthwiseConv2D, "depthwise convolutions"), (nn.ReLU, "ReLU6")):
        if isinstance(layer, class_):
            return kind
    return "normalisations" if isinstance(layer, nn.BatchNormalization) else "frames, sums, pooling"


class Stopwatch:
    """`with Stopwatch(network) as seconds:` — what each kind of layer takes, summed over all calls inside."""

    METHODS = ("forward", "apply", "backward", "backward_params")

    def __init__(self, network: nn.Graph):
        self.layers, self.seconds = network.layers, defaultdict(float)
        self.running = False  # a method that calls another of the same layer is counted once

    def __enter__(self) -> dict[str, float]:
        for layer in self.layers:
            for name in self.METHODS:
                if hasattr(layer, name):
                    setattr(layer, name, self._timed(getattr(layer, name), kind_of(layer)))
        return self.seconds

    def __exit__(self, *_: object) -> None:
        for layer in self.layers:
            for name in self.METHODS:
                vars(layer).pop(name, None)

    def _timed(self, method: Callable, kind: str) -> Callable:
        def call(*args: Any, **options: Any) -> Any:
            if self.running:
                return method(*args, **options)
            self.running, start = True, time.perf_counter()
            try:
                return method(*args, **options)
            finally:
                self.seconds[kind] += time.perf_counter() - start
                self.running = False

        return call


def shares(quick: bool = False) -> Iterator[dict[str, Any]]:
    """{"work", "ms": {kind: milliseconds}} of MobileNetV2, forward and with backward; medians of passes."""
    for alpha, side, batch in [(0.35, 96, 4)] if quick else net.BACKWARD:
        network = nn.MobileNetV2((side, side, 3), alpha, rng=np.random.default_rng(0), pooling="avg")
        X, dY, size = net.pixels(batch, side), net.upstream(batch), f"α {alpha:g}, {side}², batch {batch}"
        passes: dict[str, Call] = {
            "forward": net.bound(network.forward, X),
            "forward + backward": net.bound(net.our_backward(network), X, dY),
        }
        for kind, call in passes.items():
            yield {"work": f"MobileNetV2 {kind}, {size}", "ms": _by_kind(network, call)}


def _by_kind(network: nn.Graph, call: Call) -> dict[str, float]:
    call()
    found = []
    for _ in range(PASSES):
        with Stopwatch(network) as seconds:
            start = time.perf_counter()
            call()
            whole = time.perf_counter() - start
        found.append({**seconds, "the rest": whole - sum(seconds.values())})
    return {kind: 1e3 * quartiles(np.array([f[kind] for f in found]))[1] for kind in found[0]}
