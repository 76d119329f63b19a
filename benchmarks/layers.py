"""Single layers of MobileNetV2 beside tf.function. Each kind's share of our time: `shares`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks import mobilenet as net
from benchmarks.measure import Call, Work, agree
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
