"""Training on several replicas, by `tf.distribute`: what `model.fit` does, for the strategies that it cannot.

Keras 3.15 on TensorFlow 2.21 was tried first. Its `fit` fails under MultiWorkerMirroredStrategy at the first
batch (`Trainer._maybe_symbolic_build` hands a PerReplica value to `reduce`), and under MirroredStrategy as
soon as a batch cannot be halved (AddN: "must have the same size and shape"). So the loop is written out here,
with public functions only; strategy, all-reduce and communication are TensorFlow's.

Every replica gets an equal share of every batch, and gradients are averaged: a step is that of one device
with the same batch, up to rounding, except that each replica's BatchNormalization sees its own share. Keras
lets the moving statistics of the replicas drift apart; they are averaged after every epoch, so that what is
validated is what is saved, on every worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from .callbacks import leaves
from .generator import ArrayGenerator

__all__ = ["Replicated", "all_equal", "shares"]


def shares(arrays: Sequence[np.ndarray], replicas: int, *, pad: bool = False) -> list[list[np.ndarray]]:
    """Cut arrays (B, …) into equal shares, one a replica: what cannot be shared is left out, or made up for.

    pad: repeat the first row instead; a last array says with 1 and 0 which rows count. [] if nothing is left.
    """
    rows = len(arrays[0])
    extra = -rows % replicas if pad else 0
    rows -= 0 if pad else rows % replicas
    if not rows:
        return []
    each = (rows + extra) // replicas
    index = np.concatenate([np.arange(rows), np.zeros(extra, int)])
    counts = np.arange(rows + extra) < rows
    whole = [*(array[index] for array in arrays), *([counts.astype("float32")] if pad else [])]
    return [[array[k * each : (k + 1) * each] for array in whole] for k in range(replicas)]


class Replicated:
    """`fit` for a compiled classifier that was built, or loaded, in the scope of a strategy.

    model: its optimiser is used; the loss is the cross-entropy of integer labels, as `compile_model` sets it.
    """

    def __init__(self, model: keras.Model, strategy: Any):
        import tensorflow as tf

        self.tf, self.model, self.strategy = tf, model, strategy
        self.replicas = strategy.num_replicas_in_sync
        with strategy.scope():
            model.optimizer.build(model.trainable_variables)
        self._train = self._on_all(self._train_share)
        self._test = self._on_all(self._test_share)
        self._moving = [
            kept
            for layer in leaves(model)
            if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable
            for kept in (layer.moving_mean, layer.moving_variance)
        ]
        self._sums = self._on_all(lambda: tf.concat([kept.value + 0 for kept in self._moving], 0))

    def fit(
        self,
        data: ArrayGenerator,
        *,
        validation_data: ArrayGenerator,
        initial_epoch: int,
        epochs: int,
        callbacks: list[keras.callbacks.Callback],
        verbose: int,
    ) -> keras.callbacks.History:
        """As `keras.Model.fit`, with the same logs: loss, accuracy, val_loss, val_accuracy.

        Raises ValueError if no batch has an image for every replica.
        """
        listed = keras.callbacks.CallbackList(
            callbacks, add_history=True, model=self.model, epochs=epochs, steps=len(data), verbose=0
        )
        self.model.stop_training = False
        listed.on_train_begin()
        for epoch in range(initial_epoch, epochs):
            listed.on_epoch_begin(epoch)
            logs = self._epoch(data, validation_data)
            listed.on_epoch_end(epoch, logs)
            if verbose:
                said = " - ".join(f"{name}: {value:.4g}" for name, value in logs.items())
                print(f"Epoch {epoch + 1}/{epochs} - {said}", flush=True)
            if self.model.stop_training:
                break
        listed.on_train_end()
        return self.model.history

    def _epoch(self, data: ArrayGenerator, validation_data: ArrayGenerator) -> dict[str, float]:
        data.on_epoch_begin()
        logs = self._pass(self._train, data, pad=False)
        data.on_epoch_end()
        self._average()
        tested = self._pass(self._test, validation_data, pad=True)
        return logs | {f"val_{name}": value for name, value in tested.items()}

    def _pass(self, step: Callable[..., Any], data: ArrayGenerator, *, pad: bool) -> dict[str, float]:
        """One step a batch; {"accuracy", "loss"} over all replicas of all workers."""
        sums = np.zeros(3)  # images, right ones, loss
        for index in range(len(data)):
            cut = shares(data[index], self.replicas, pad=pad)
            if cut:
                given = [self._per_replica([share[k] for share in cut]) for k in range(len(cut[0]))]
                sums += keras.ops.convert_to_numpy(step(*given))
        if not sums[0]:
            raise ValueError(
                f"training on {self.replicas} replicas expects batches of at least as many images: give "
                "--batch-size a multiple of the replicas, and more images than that."
            )
        return {"accuracy": float(sums[1] / sums[0]), "loss": float(sums[2] / sums[0])}

    def _per_replica(self, values: list[np.ndarray]) -> Any:
        """Every worker makes the same batch and takes its own shares of it."""
        return self.strategy.experimental_distribute_values_from_function(
            lambda context: self.tf.convert_to_tensor(values[context.replica_id_in_sync_group])
        )

    def _on_all(self, share: Callable[..., Any]) -> Callable[..., Any]:
        """`share` on every replica at once, and the sum of what it gives; one graph for all batch sizes."""

        def step(*given: Any) -> Any:
            return self.strategy.reduce("SUM", self.strategy.run(share, args=given), axis=None)

        return self.tf.function(step, autograph=False, reduce_retracing=True)

    def _train_share(self, x: Any, y: Any) -> Any:
        model, tf = self.model, self.tf
        with tf.GradientTape() as tape:
            losses, right = self._score(x, y, training=True)
            # Keras' optimisers add up the replicas' gradients: each gives its part of the mean.
            loss = model.optimizer.scale_loss(tf.reduce_mean(losses) / self.replicas)
        gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
        model.optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return tf.stack([tf.cast(tf.size(right), "float32"), tf.reduce_sum(right), tf.reduce_sum(losses)])

    def _test_share(self, x: Any, y: Any, counts: Any) -> Any:
        losses, right = self._score(x, y, training=False)
        return self.tf.stack([self.tf.reduce_sum(some * counts) for some in (counts * 0 + 1, right, losses)])

    def _average(self) -> None:
        """Give every replica the mean of all replicas' moving statistics."""
        if self._moving:
            means = keras.ops.convert_to_numpy(self._sums()) / self.replicas
            ends = np.cumsum([int(np.prod(kept.shape)) for kept in self._moving])
            for kept, mean in zip(self._moving, np.split(means, ends[:-1]), strict=True):
                kept.assign(mean)

    def _score(self, x: Any, y: Any, *, training: bool) -> tuple[Any, Any]:
        """(cross-entropy (B,), 1 where the most probable class is right (B,))."""
        predicted = self.model(x, training=training)
        right = self.tf.cast(
            self.tf.equal(self.tf.argmax(predicted, axis=1), self.tf.cast(y, "int64")), "float32"
        )
        return keras.losses.sparse_categorical_crossentropy(y, predicted), right


def all_equal(strategy: Any, numbers: Sequence[int]) -> bool:
    """Whether every replica of every worker has the same numbers; the answer is the same on all of them.

    Σ over n replicas of d and of d²: n Σd² = (Σd)² holds for equal numbers only (Cauchy and Schwarz).
    """
    import tensorflow as tf

    values = np.array(numbers, dtype="float64")
    given = np.concatenate([values, values**2])
    total = tf.function(
        lambda: strategy.reduce("SUM", strategy.run(lambda: tf.constant(given) * 1), axis=None),
        autograph=False,
    )
    once, squares = np.split(keras.ops.convert_to_numpy(total()), 2)
    return bool((strategy.num_replicas_in_sync * squares == once**2).all())
