"""MobileNetV2, forward (as it is and folded) and forward + backward, beside Keras, tf.function and torch.

from benchmarks.mobilenet import backward, forward
work = forward(0.35, 96, 32)          # a `Work`: asserts that all sides agree, times nothing yet
alternate(work.ours | work.others, rounds=5)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.measure import WITH_TORCH, Agreement, Call, Pass, Work, agree, torch_side
from benchmarks.sides import keras_dtype
from neuropath.scratch import MobileNetV2

FORWARD = ((0.35, 96, 32), (1.0, 224, 1), (1.0, 224, 8))  # width, pixels a side, images
BACKWARD = ((0.35, 96, 32), (1.0, 224, 8))
SINGLE, DOUBLE = 5e-5, 1e-9  # tolerances, in float32 and in float64


def works(quick: bool = False) -> Iterator[Work]:
    """Everything of this group; `quick`: the smallest of each kind, of fewer images."""
    for alpha, side, batch in [(0.35, 96, 4)] if quick else FORWARD:
        yield forward(alpha, side, batch)
    for alpha, side, batch in [(0.35, 96, 4)] if quick else BACKWARD:
        yield backward(alpha, side, batch)


def passes(quick: bool = False) -> Iterator[Pass]:
    """Forward passes of the network as it is, not folded, and forward + backward."""
    for kind, sizes in (("forward", FORWARD), ("forward + backward", BACKWARD)):
        for alpha, side, batch in [(0.35, 96, 4)] if quick else sizes:
            network = MobileNetV2((side, side, 3), alpha, rng=np.random.default_rng(0), pooling="avg")
            X, back = pixels(batch, side), kind != "forward"
            call = bound(our_backward(network), X, upstream(batch)) if back else bound(network.forward, X)
            yield Pass(f"MobileNetV2 {title(kind, alpha, side, batch)}", network, call)


def title(kind: str, alpha: float, side: int, batch: int) -> str:
    return f"{kind}, α {alpha:g}, {side}², batch {batch}"


def keras_network(alpha: float, side: int, dtype: str = "float32", seed: int = 0) -> Any:
    """Keras' MobileNetV2 with average pooling and random weights with which deep maps stay alive."""
    import keras

    rng = np.random.default_rng(seed)
    with keras_dtype(dtype):
        model = keras.applications.MobileNetV2(
            (side, side, 3), alpha, include_top=False, weights=None, pooling="avg"
        )
    model.set_weights([_random(w, rng) for w in model.weights])
    return model


def _random(weight: Any, rng: np.random.Generator) -> np.ndarray:
    shape, path = weight.shape, weight.path
    if "variance" in path or "gamma" in path:
        return rng.uniform(0.5, 1.5, shape)
    if "mean" in path or "beta" in path:
        return rng.normal(0, 0.3, shape)
    return rng.normal(0, np.sqrt(2 / np.prod(shape[:2] if "depthwise" in path else shape[:-1])), shape)


def pixels(batch: int, side: int, dtype: str = "float32") -> np.ndarray:
    """Images (batch, side, side, 3) in [-1, 1]."""
    return np.random.default_rng(1).uniform(-1, 1, (batch, side, side, 3)).astype(dtype)


def forward(alpha: float, side: int, batch: int) -> Work:
    """Features of `batch` images, without and with the normalisations folded away. All sides agree."""
    model, X = keras_network(alpha, side), pixels(batch, side)
    network = MobileNetV2.from_keras(model)
    folded, name = network.fold_batchnorm(), title("forward", alpha, side, batch)
    compiled, x = tf_forward(model), tensor(X)
    ours = {"NumPy": lambda: network.forward(X), "NumPy, folded": lambda: folded.forward(X)}
    others: dict[str, Call | None] = {
        "predict_on_batch": lambda: model.predict_on_batch(X),
        "tf.function": lambda: compiled(x),
        "predict": lambda: model.predict(X, batch_size=batch, verbose=0),
        "torch channels-last": torch_side(lambda: bound(torch_forward(network, alpha), torch_images(X))),
    }
    expected = network.forward(X)
    found = [agree(f"{name}, folded", folded.forward(X), expected, SINGLE)]
    for other, call in others.items():
        if call is not None:
            found.append(agree(f"{name}, {other}", expected, np.asarray(call()), SINGLE))
    return Work("mobilenet", f"MobileNetV2 {name}", ours, others, found, f"forward {alpha:g}")


def bound(function: Callable, *arguments: Any) -> Call:
    return lambda: function(*arguments)


def tensor(X: np.ndarray) -> Any:
    import tensorflow as tf

    return tf.constant(X)


def torch_images(X: np.ndarray) -> Any:
    from benchmarks.torch_networks import images

    return images(X, turned=True)


def torch_slopes(dY: np.ndarray) -> Any:
    from benchmarks.torch_networks import tensor

    return tensor(dY)


def tf_forward(model: Any, any_batch: bool = False) -> Callable:
    """The model compiled by tf.function, for tensors of one shape; any_batch: of one shape but for N."""
    import tensorflow as tf

    spec = [tf.TensorSpec(model.input_shape)] if any_batch else None
    return tf.function(lambda x: model(x, training=False), input_signature=spec)


def torch_forward(network: MobileNetV2, alpha: float) -> Callable:
    import torch

    from benchmarks import torch_networks as nets

    net = nets.mobilenet(alpha)
    nets.fill(net, network.layers, turned=True)
    net.eval()

    def call(x: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return net(x)

    return call


def backward(alpha: float, side: int, batch: int) -> Work:
    """Forward and backward to all parameters, normalisations in training mode. All sides agree in float64.

    (In float32 two correct sides are 1e-2 apart: the kinks of ReLU6 under a batch's own statistics.)
    """
    name = title("forward + backward", alpha, side, batch)
    found = check_gradients(name, alpha, side, min(batch, 4))
    model, X = keras_network(alpha, side), pixels(batch, side)
    network, dY = MobileNetV2.from_keras(model), upstream(batch)
    others: dict[str, Call | None] = {
        "tf.function": bound(tf_backward(model, network), tensor(X), tensor(dY)),
        "torch channels-last": torch_side(
            lambda: bound(torch_backward(network, alpha), torch_images(X), torch_slopes(dY))
        ),
    }
    ours = {"NumPy": bound(our_backward(network), X, dY)}
    return Work("mobilenet", f"MobileNetV2 {name}", ours, others, found, f"backward {alpha:g}")


def upstream(batch: int, dtype: str = "float32") -> np.ndarray:
    """A random dL/d(features) (batch, 1280)."""
    return (np.random.default_rng(2).normal(size=(batch, 1280)) / batch).astype(dtype)


def our_backward(network: MobileNetV2) -> Callable[[np.ndarray, np.ndarray], list[np.ndarray]]:
    """A training step without its last line, the optimiser's: no dL/dX, as in `train_step`."""

    def call(X: np.ndarray, dY: np.ndarray) -> list[np.ndarray]:
        network.forward(X, training=True)
        network._backward_params(dY)
        return [grad for layer in network.layers for grad in layer.grads.values()]

    return call


def tf_backward(model: Any, network: MobileNetV2, any_batch: bool = False) -> Callable:
    """The gradients compiled by tf.function, in the order of our network's."""
    import tensorflow as tf

    names = [name for name in network.names if network[name].params]
    variables = [w.value for name in names for w in model.get_layer(name).trainable_weights]
    spec = [tf.TensorSpec(model.input_shape), tf.TensorSpec(model.output_shape)] if any_batch else None

    @tf.function(input_signature=spec)
    def step(x: tf.Tensor, d: tf.Tensor) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(x, training=True) * d)
        return tape.gradient(loss, variables)

    return step


def torch_backward(network: MobileNetV2, alpha: float) -> Callable:
    from benchmarks import torch_networks as nets

    net = nets.mobilenet(alpha).to(nets.tensor(np.empty(0, network.dtype)).dtype)
    nets.fill(net, network.layers, turned=True)
    net.train()

    def call(x: Any, d: Any) -> list[np.ndarray]:
        net.zero_grad(set_to_none=True)
        net(x).backward(d)
        return nets.gradients(net)

    return call


def check_gradients(name: str, alpha: float, side: int, batch: int) -> list[Agreement]:
    """The gradients of all parameters in float64 beside tf.function's and torch's, before they are timed."""
    model = keras_network(alpha, side, "float64")
    network = MobileNetV2.from_keras(model)
    X, dY = pixels(batch, side, "float64"), upstream(batch, "float64")
    found = our_backward(network)(X, dY)
    theirs = tf_backward(model, network)(tensor(X), tensor(dY))
    agreements = [agree(f"{name}, tf.function, float64", found, theirs, DOUBLE)]
    if WITH_TORCH:
        from benchmarks.torch_networks import arrays

        layers = [layer for layer in network.layers if layer.params]
        as_torch = [a for layer in layers for a in arrays(layer, layer.grads, turned=True)]
        theirs = torch_backward(network, alpha)(torch_images(X), torch_slopes(dY))
        agreements.append(agree(f"{name}, torch, float64", as_torch, theirs, DOUBLE))
    return agreements
