"""The brain-MRI classifier in NumPy: pixels, MobileNetV2, and the head of `neuropath.project`.

trained = NeuropathologyModel.load_model("run/model.keras")   # Keras
network = classifier.from_keras(trained)                      # NumPy: the same logits, the same gradients
network.fine_tune(20)                                         # the last 20 layers of the base may move
network.compile(Adam(1e-4))
network.fit(images, labels, rng=rng, batch_size=16)
network.to_keras(trained)                                     # and back
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from . import weights_map
from .activations import one_hot, softmax
from .graph import INPUT, Graph, Node
from .image_graph import ImageGraph
from .layers import Dense, Dropout, Layer, ReLU
from .mobilenet_v2 import MobileNetV2
from .normalization import BatchNormalization
from .pooling import GlobalAveragePooling2D
from .preprocessing import Concatenate, Rescaling

HEAD = ("global_avg_pool", "bn1", "fc1", "dropout1", "fc2", "bn2", "dropout2", "output")


class Classifier(ImageGraph):
    """Pixels 0–255 (N, H, W, 1 or 3), bytes or floats, to logits (N, num_classes). Nodes as Keras' layers.

    base: a MobileNetV2 without a top, whose layers this network shares; it is frozen, see `fine_tune`. grey:
    images have one channel, which the base gets three times. rescale: (scale, offset), to the base's [-1, 1].
    Twin: `neuropath.project.NeuropathologyModel`, whose softmax is `predict_proba` here.
    """

    def __init__(
        self,
        base: MobileNetV2,
        num_classes: int = 17,
        *,
        rng: np.random.Generator,
        grey: bool = False,
        units: tuple[int, int] = (512, 256),
        rates: tuple[float, float] = (0.5, 0.3),
        rescale: tuple[float, float] = (1 / 127.5, -1.0),
        head_momentum: float = 0.99,
        watch: Iterable[str] = (),
    ):
        _check_base(base, num_classes, grey)
        self.base = base
        nodes: list[Node] = [("grey_to_rgb", Concatenate(), [INPUT] * 3)] if grey else []
        nodes.append(("preprocessing", Rescaling(*rescale, dtype=base.dtype)))
        nodes += _moved(base, "preprocessing")
        nodes += _head(base, (*units, num_classes), rates, head_momentum, rng)
        super().__init__(nodes, (*base.input_shape[:2], 1 if grey else base.input_shape[2]), watch)
        self.fine_tune(0)

    def fine_tune(
        self, unfreeze: int | str = 20, *, train_batch_norm: bool = False, train_head_norm: bool = True
    ) -> int:
        """Let the last `unfreeze` layers of the base train, or "all", or none (0); returns how many then do.

        The base's normalisations stay frozen, in inference mode, unless train_batch_norm; bn1 and bn2 train
        unless train_head_norm is False. Compile anew afterwards: the optimiser starts afresh.
        Twin: `NeuropathologyModel.fine_tune_model` (which for "all" counts Keras' InputLayer too).
        """
        whole = isinstance(unfreeze, (int, np.integer)) and not isinstance(unfreeze, bool) and unfreeze >= 0
        if unfreeze != "all" and not whole:
            raise ValueError(f'fine_tune expects a number of layers >= 0 or "all", received {unfreeze!r}.')
        layers = self.base.layers
        frozen = 0 if unfreeze == "all" else max(0, len(layers) - int(unfreeze))
        for i, layer in enumerate(layers):
            layer.trainable = i >= frozen and (train_batch_norm or not isinstance(layer, BatchNormalization))
        for name in ("bn1", "bn2"):
            self[name].trainable = train_head_norm
        return sum(layer.trainable for layer in layers)

    @property
    def features(self) -> ImageGraph:
        """Pixels to pooled features (N, 1280), the same layers: of a frozen base they need computing once."""
        nodes = _nodes(self)[: self.names.index("bn1")]
        return ImageGraph(nodes, self.input_shape)

    @property
    def head(self) -> Graph:
        """Features (N, 1280) to logits, the same layers: trained on `features`, it trains the network."""
        start = self.names.index("bn1")
        return Graph([node[:2] for node in _nodes(self)[start:]])

    def grad_cam(
        self, X: np.ndarray, layer: str, labels: Sequence[int] | np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """(heat maps (N, h, w) in 0–1 at the node `layer`, probabilities (N, K)); Selvaraju et al. (2016).

        labels: whose logit is explained, one an image; default each image's most probable class.
        Twin: `neuropath.project.explain.grad_cam`.
        """
        if layer not in self.names or self.names.index(layer) >= self.names.index("global_avg_pool"):
            raise ValueError(f"grad_cam expects a node with maps, such as 'out_relu', received {layer!r}.")
        kept, self.watch = self.watch, (layer,)
        try:
            logits = self.forward(X)
            chosen = logits.argmax(axis=1) if labels is None else np.asarray(labels)
            if chosen.shape != logits.shape[:1]:
                raise ValueError(f"grad_cam expects {len(X)} labels, one an image, received {labels!r}.")
            self.backward(one_hot(chosen, logits.shape[1], logits.dtype))
            A, slopes = self.values[layer], self.slopes[layer]
        finally:
            self.watch = kept
        maps = np.maximum((slopes.mean(axis=(1, 2), keepdims=True) * A).sum(axis=3), 0)
        peak = maps.max(axis=(1, 2), keepdims=True)
        return np.divide(maps, peak, out=np.zeros_like(maps), where=peak > 0), softmax(logits)


def from_keras(
    trained: Any, *, rng: np.random.Generator | None = None, watch: Iterable[str] = ()
) -> Classifier:
    """The whole trained classifier in NumPy: numbers, dtype, momenta, and which layers are frozen.

    trained: a NeuropathologyModel with a mobilenet base, or its Keras model. rng: for dropout, needed to
    train. Raises ValueError for another architecture.
    """
    model = getattr(trained, "model", trained)
    theirs = weights_map.layers_of(model)
    if missing := [name for name in ("preprocessing", *HEAD) if name not in theirs]:
        raise ValueError(
            f"Expected a NeuropathologyModel, received {model.name!r}, without a layer {missing[0]!r}."
        )
    pixels = theirs["preprocessing"]  # Keras on TensorFlow rounds its numbers to float32, even in float64
    base = next((layer for layer in model.layers if hasattr(layer, "layers")), model)
    network = Classifier(
        MobileNetV2.from_keras(base),
        theirs["output"].units,
        rng=np.random.default_rng(0) if rng is None else rng,
        grey="grey_to_rgb" in theirs,
        units=(theirs["fc1"].units, theirs["fc2"].units),
        rates=(theirs["dropout1"].rate, theirs["dropout2"].rate),
        rescale=(float(np.float32(pixels.scale)), float(np.float32(pixels.offset))),
        watch=watch,
    )
    weights_map.take(network, model)
    return network


def _head(
    base: MobileNetV2,
    units: tuple[int, int, int],
    rates: tuple[float, float],
    momentum: float,
    rng: np.random.Generator,
) -> list[Node]:
    """From the maps of the base to logits."""
    n_in, norm = base["Conv_1"].params["W"].shape[3], partial(BatchNormalization, dtype=base.dtype)
    dense = partial(Dense, rng=rng, dtype=base.dtype)
    return [
        ("global_avg_pool", GlobalAveragePooling2D()),
        ("bn1", norm(n_in, momentum)),
        ("fc1", dense(n_in, units[0])),
        ("fc1_relu", ReLU()),
        ("dropout1", Dropout(rates[0], rng=rng)),
        ("fc2", dense(units[0], units[1])),
        ("fc2_relu", ReLU()),
        ("bn2", norm(units[1], momentum)),
        ("dropout2", Dropout(rates[1], rng=rng)),
        ("output", dense(units[1], units[2])),
    ]


def _check_base(base: MobileNetV2, num_classes: int, grey: bool) -> None:
    if base.names[-1] != "out_relu":
        raise ValueError(
            f"Classifier expects a base that ends in maps, received one that ends in {base.names[-1]!r}."
        )
    if num_classes < 2:
        raise ValueError(f"Classifier expects num_classes >= 2, received {num_classes}.")
    if grey and base.input_shape[2] != 3:
        raise ValueError(
            f"Classifier with grey=True expects a base for 3 channels, received {base.input_shape[2]}."
        )


def _nodes(graph: Graph) -> list[tuple[str, Layer, tuple[str, ...]]]:
    return list(zip(graph.names, graph.layers, graph.sources, strict=True))


def _moved(graph: Graph, start: str) -> list[Node]:
    """The nodes of a graph, for a larger one in which its input is the node `start`."""
    return [
        (name, layer, [start if s == INPUT else s for s in sources]) for name, layer, sources in _nodes(graph)
    ]
