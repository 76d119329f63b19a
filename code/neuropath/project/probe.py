"""A network with a probe: a zero added to one layer's output, and the derivative of the score by that zero.

Grad-CAM needs ∂(score)/∂A for an activation A in the middle of a network, here even inside a network nested
in another. Adding E = 0 to A changes nothing, and ∂(score)/∂E = ∂(score)/∂A: so the score becomes a plain
function of E, and every backend can differentiate a plain function. Branches around A (the residual paths)
are kept as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np

__all__ = ["activations_and_gradients", "locate"]

_CACHE: WeakKeyDictionary[keras.Model, dict[str, keras.Model]] = WeakKeyDictionary()


def locate(model: keras.Model, layer: str) -> tuple[keras.Model, keras.layers.Layer]:
    """(the model or nested model that holds it, the layer). ValueError names the layers that would do."""
    for owner in (model, *(inner for inner in model.layers if isinstance(inner, keras.Model))):
        for candidate in owner.layers:
            if candidate.name == layer and not isinstance(candidate, keras.Model):
                if len(candidate.output.shape) != 4:
                    raise ValueError(
                        f"layer expects one whose output is a map (N, h, w, C), received {layer!r} with "
                        f"output {candidate.output.shape}: its pixels are gone. Choose a layer of the base."
                    )
                return owner, candidate
    maps = [it.name for owner in model.layers if isinstance(owner, keras.Model) for it in owner.layers]
    raise ValueError(
        f"layer expects the name of a layer, received {layer!r}; the base's last ones: {maps[-12:]}."
    )


def activations_and_gradients(
    model: keras.Model, images: np.ndarray, layer: str, classes: np.ndarray | None = None, of: str = "logit"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(A (N, h, w, C), ∂score/∂A (same), probabilities (N, K)) at `layer`, for images (N, H, W, C) in 0–255.

    classes (N,): whose score; None takes each image's most probable one. of: "logit", the score before the
    softmax, as in the paper, or "probability". All images go through together: in inference mode they do not
    see each other.
    """
    probed, last = _probed(model, layer), model.layers[-1]
    activations, features = probed(_inputs(probed, images), training=False)
    probabilities = keras.ops.convert_to_numpy(last(features))
    chosen = probabilities.argmax(axis=1) if classes is None else np.asarray(classes)
    pick = keras.ops.one_hot(chosen, probabilities.shape[1])

    def score(probe: Any) -> Any:
        _, features = probed(_inputs(probed, images, probe), training=False)
        return keras.ops.sum(_output(last, features, of) * pick)

    gradients = _gradient(score, keras.ops.zeros_like(activations))
    return keras.ops.convert_to_numpy(activations), keras.ops.convert_to_numpy(gradients), probabilities


def _output(last: keras.layers.Layer, features: Any, of: str) -> Any:
    """The last layer's output, or with of="logit" what its softmax is applied to."""
    if of == "probability":
        return last(features)
    if of != "logit":
        raise ValueError(f'of expects "logit" or "probability", received {of!r}.')
    if getattr(last, "activation", None) is not keras.activations.softmax:
        raise ValueError(f'of="logit" expects a network that ends in a Dense softmax, received {last.name}.')
    return keras.ops.matmul(features, last.kernel) + last.bias


def _gradient(function: Callable[[Any], Any], point: Any) -> Any:
    """The derivative of a scalar function at a tensor: the one place that asks which backend runs."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(point)
            value = function(point)
        return tape.gradient(value, point)
    if backend == "jax":
        import jax

        return jax.grad(function)(point)
    raise NotImplementedError(
        f"Grad-CAM expects Keras on tensorflow or jax, received {backend}: set KERAS_BACKEND."
    )


def _inputs(probed: keras.Model, images: np.ndarray, probe: Any = None) -> list[Any]:
    if probe is None:
        probe = keras.ops.zeros((len(images), *probed.inputs[1].shape[1:]))
    return [keras.ops.convert_to_tensor(images, dtype="float32"), probe]


def _probed(model: keras.Model, layer: str) -> keras.Model:
    """[images, probe] -> [activation, input of the last layer]; made once a layer, then remembered."""
    known = _CACHE.setdefault(model, {})
    if layer not in known:
        owner, target = locate(model, layer)
        probe = keras.Input(target.output.shape[1:], name="probe")
        seen: list[Any] = []

        def with_probe(x: Any) -> Any:
            seen.append(target(x))
            return keras.ops.add(seen[-1], probe)

        if owner is model:
            features = _walk(model, model.inputs, {layer: with_probe})
        else:

            def nested(x: Any) -> Any:
                return _walk(owner, [x], {layer: with_probe}, to_the_end=True)

            features = _walk(model, model.inputs, {owner.name: nested})
        known[layer] = keras.Model([*model.inputs, probe], [seen[0], features])
    return known[layer]


def _walk(
    model: keras.Model, inputs: list[Any], replaced: dict[str, Callable[[Any], Any]], to_the_end: bool = False
) -> Any:
    """Call the model's operations again in their order, some replaced; what the last one gets (or gives).

    A nested model must sit in a chain: Keras tells its tensors inside, not those of the call, so it gets what
    was computed last, and the one after it gets what it gave.
    """
    tensors = {id(old): new for old, new in zip(model.inputs, inputs, strict=True)}
    steps = [it for it in model.operations if not isinstance(it, keras.layers.InputLayer)]
    x, after_nested = inputs[0], False
    for step in steps:
        nested = isinstance(step, keras.Model)
        if not (nested or after_nested):
            x = keras.tree.map_structure(lambda old: tensors[id(old)], step.input)
        if step is steps[-1] and not to_the_end:
            return x
        x = replaced.get(step.name, step)(x)
        if not nested:
            tensors[id(step.output)] = x
        after_nested = nested
    return x
