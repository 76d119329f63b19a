"""What the tests of MobileNetV2 and of the classifier share: live Keras networks, real slices, distances."""

import io
import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from neuropath.scratch.mobilenet_v2 import MobileNetV2

SHARED = Path(os.environ.get("NEUROPATH_DATA") or Path(__file__).parents[3] / "shared" / "data")
IMAGENET = SHARED / "mobilenet_v2_0.35_224_no_top.weights.h5"
SLICES = SHARED / "cheng_figshare_3064_224.npz"
needs_shared = pytest.mark.skipif(
    not (IMAGENET.is_file() and SLICES.is_file()), reason="shared/data is not beside the project"
)


def keras_mobilenet(keras, input_shape, alpha, dtype="float64", **options):
    """Keras' network without weights; its own warnings about odd sizes and channels are not ours."""
    policy, floatx = keras.config.dtype_policy(), keras.config.floatx()
    keras.config.set_dtype_policy(dtype)
    keras.config.set_floatx(dtype)  # of the input
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return keras.applications.MobileNetV2(
                input_shape=input_shape, alpha=alpha, weights=None, **({"include_top": False} | options)
            )
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


def enliven(model, rng):
    """Random weights with which deep maps neither vanish nor explode, and odd normalisations."""
    weights = []
    for w in model.weights:
        fan_in = np.prod(w.shape[:2]) if "depthwise" in w.path else np.prod(w.shape[:-1])
        weights.append(rng.normal(size=w.shape) * np.sqrt(2 / fan_in))
        if "variance" in w.path or "gamma" in w.path:
            weights[-1] = rng.uniform(0.5, 1.5, w.shape)
        elif "mean" in w.path or "beta" in w.path:
            weights[-1] = rng.normal(size=w.shape) * 0.3
    model.set_weights(weights)
    return model


def live_twins(keras, rng, input_shape=(64, 64, 3), alpha=0.35, dtype="float64", **options):
    """(ours, Keras') with the same live weights."""
    model = enliven(keras_mobilenet(keras, input_shape, alpha, dtype, **options), rng)
    return MobileNetV2.from_keras(model), model


def in_float64(network):
    """The same MobileNetV2 in float64: what both float32 networks round."""
    names = [name for name in network.names if name in ("Conv1", "Conv_1") or name.endswith("_project")]
    filters = [network[name].params["W"].shape[3] for name in names]
    rng = np.random.default_rng(0)
    exact = MobileNetV2(network.input_shape, filters, rng=rng, dtype="float64")
    exact.set_weights(network.get_weights())
    return exact


def slices(count):
    """`count` real slices (N, 224, 224) uint8, spread over the Cheng set."""
    from PIL import Image

    with np.load(SLICES) as data:
        jpeg, offsets = data["jpeg"], data["offsets"]
    chosen = np.linspace(0, len(offsets) - 2, count).astype(int)
    return np.stack(
        [np.asarray(Image.open(io.BytesIO(jpeg[offsets[i] : offsets[i + 1]].tobytes()))) for i in chosen]
    )


def distance(ours, theirs):
    """|ours - theirs| / |theirs| over all numbers of an array, or of a list of them: global and relative."""
    ours, theirs = ([a] if isinstance(a, np.ndarray) else list(a) for a in (ours, theirs))
    assert [a.shape for a in ours] == [a.shape for a in theirs]
    gap = sum(float(np.sum((a.astype("float64") - b) ** 2)) for a, b in zip(ours, theirs, strict=True))
    size = sum(float(np.sum(b.astype("float64") ** 2)) for b in theirs)
    assert size > 0, "nothing but zeros: this comparison proves nothing"
    return (gap / size) ** 0.5


def keras_gradients(model, X, dY, training):
    """(output, dX, {path: gradient}) of Keras for an upstream gradient dY(output)."""
    import tensorflow as tf

    x, variables = tf.constant(X), model.trainable_variables
    with tf.GradientTape() as tape:
        tape.watch(x)
        Y = model(x, training=training)
    dX, *slopes = tape.gradient(Y, [x, *[v.value for v in variables]], tf.constant(dY))
    return Y.numpy(), dX.numpy(), [s.numpy() for s in slopes]
