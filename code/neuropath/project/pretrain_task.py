"""The source task's network: MobileNetV2 at α = 0.35, a linear head for each question, two dense heads.

Only Keras is used (`Model.fit` trains it), so that it runs on TensorFlow and on JAX alike.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from . import bases
from .pretrain_data import CHANNELS, HEADS, Batch
from .weights import BUNDLED_ALPHA

__all__ = ["DENSE", "arrays", "base_of", "build", "recalibrate", "resized"]

# Layers that get a dense head, and their pixel in pixels of the picture. Without these heads the prototype
# learned nothing: the pooled heads alone give early layers too weak a gradient.
DENSE = {"block_5_add": 8, "block_12_add": 16}
LOSS_WEIGHTS = {"kind": 1.0, "polarity": 0.5, "modality": 0.5, "level": 0.3, "place": 0.4, "traits": 1.0}
# The object covers a few per cent of the cells: unless it weighs much it drowns in the tissues, and for
# minutes the network learns modality and level only.
OBJECT_WEIGHT, DETAIL_WEIGHT = 8.0, 2.0
WEIGHT_DECAY = 1e-4


def build(size: int, seed: int) -> keras.Model:
    """The network for pictures (size, size, 1) in 0–255: outputs are logits, named after their heads."""
    pixels = keras.Input((size, size, 1), name="pixels")
    base = bases.build_base("mobilenet", (size, size, 3), None, BUNDLED_ALPHA)
    bases.redraw(base, seed)
    bases.set_momentum(base, bases.FROM_SCRATCH_MOMENTUM)
    inner = [base.get_layer(name).output for name in DENSE]
    taps = keras.Model(base.input, [*inner, base.output], name="taps")
    *maps, top = taps(bases.preprocess(pixels, "mobilenet", "matched"))
    pooled = layers.GlobalAveragePooling2D(name="pool")(top)
    outputs = {name: layers.Dense(n, name=name)(pooled) for name, n in HEADS.items()}
    for name, x in zip(DENSE, maps, strict=True):
        outputs[f"{name}_mask"] = layers.Conv2D(1, 1, name=f"{name}_mask")(x)
        outputs[f"{name}_detail"] = layers.Conv2D(len(CHANNELS) - 1, 1, name=f"{name}_detail")(x)
    model = keras.Model(pixels, outputs, name="source_task")
    # XLA pays on JAX (and GPUs) but made training on TensorFlow 4 to 17 times slower on a CPU.
    jit = "auto" if keras.backend.backend() == "jax" else False
    optimizer = keras.optimizers.AdamW(1e-3, weight_decay=WEIGHT_DECAY, clipnorm=5.0)
    model.compile(optimizer, jit_compile=jit, **_losses())
    return model


def _losses() -> dict[str, Any]:
    one_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    yes_no = keras.losses.BinaryCrossentropy(from_logits=True)
    losses: dict[str, Any] = {name: yes_no if name == "traits" else one_of for name in HEADS}
    losses |= {f"{name}_{what}": yes_no for name in DENSE for what in ("mask", "detail")}
    weights = LOSS_WEIGHTS | {f"{name}_mask": OBJECT_WEIGHT for name in DENSE}
    weights |= {f"{name}_detail": DETAIL_WEIGHT for name in DENSE}
    metrics = {name: ["accuracy"] for name in HEADS if name != "traits"}
    return {"loss": losses, "loss_weights": weights, "metrics": metrics}


def base_of(model: keras.Model) -> keras.Model:
    """The MobileNetV2 in `model`, with its own layers' names, as `save_base_weights` writes it."""
    taps = model.get_layer("taps")
    return keras.Model(taps.input, taps.outputs[-1], name="mobilenet")


def resized(model: keras.Model, size: int, seed: int) -> keras.Model:
    """The same network for another size of pictures: same weights, same state of the optimiser."""
    other = build(size, seed)
    other.set_weights(model.get_weights())
    if model.optimizer.built:
        other.optimizer.build(other.trainable_variables)
        for new, old in zip(other.optimizer.variables, model.optimizer.variables, strict=True):
            new.assign(old)
    return other


def arrays(batch: Batch) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """(pictures (N, S, S, 1), answers by head) as `Model.fit` takes them; masks as shares in [0, 1]."""
    answers: dict[str, np.ndarray] = {name: getattr(batch, name).astype("int32") for name in HEADS}
    answers["traits"] = batch.traits.astype("float32")
    dense = batch.dense.astype("float32") / 255
    for name, pixel in DENSE.items():
        n, side, step = len(dense), dense.shape[1], pixel // 8
        cells = dense.reshape(n, side // step, step, side // step, step, -1)
        cells = cells.mean(axis=(2, 4))
        answers[f"{name}_mask"], answers[f"{name}_detail"] = cells[..., :1], cells[..., 1:]
    return batch.images[..., None], answers


def recalibrate(model: keras.Model, images: np.ndarray, batch_size: int = 128) -> None:
    """Batch statistics of the final weights over `images` (N, S, S) in place of the moving averages."""
    signed = np.repeat(images[..., None], 3, axis=-1).astype("float32") / 127.5 - 1
    starts = range(0, len(images) - batch_size + 1, batch_size)
    bases.recalibrate_batch_norm(base_of(model), (signed[i : i + batch_size] for i in starts))
