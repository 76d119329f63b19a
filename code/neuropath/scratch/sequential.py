"""A stack of layers that can be trained: forward, loss, backward, step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np

from . import decisions, storage, training
from .data_checks import (
    CROSS_ENTROPIES,
    Examples,
    as_column,
    check_inputs,
    check_targets,
    check_whole,
    find_weights,
)
from .flat import FlatParameters, layer_names, named
from .history import History, Mean
from .layers import Layer, Sigmoid, Softmax
from .losses import Loss, sparse_categorical_crossentropy
from .losses_common import base_loss
from .optimizers import Adam


class Sequential:
    """Layers applied one after another. Twin: `keras.Sequential`.

    model = Sequential([Dense(64, 32, rng=rng), ReLU(), Dense(32, 10, rng=rng)])
    model.compile(optimizer=Adam(1e-3), loss=sparse_categorical_crossentropy)
    history = model.fit(X, y, rng=rng, epochs=10)
    """

    def __init__(self, layers: Iterable[Layer]):
        self.layers = list(layers)
        if not self.layers:
            raise ValueError("Sequential expects at least one layer, received none.")
        for layer in self.layers:
            _check_layer(layer)
        if len({id(layer) for layer in self.layers}) < len(self.layers):
            raise ValueError("Sequential received one layer object twice, expected a new object each time.")
        self.names = layer_names(self.layers)
        self.optimizer: Any = None
        self.loss: Loss | None = None
        self.history = History()
        self.stop_training = False
        self._flat: FlatParameters | None = None

    @property
    def params(self) -> dict[str, np.ndarray]:
        """The layers' own parameter arrays (not copies), named "dense_1/W" and so on."""
        return named(self.names, [layer.params for layer in self.layers])

    @property
    def grads(self) -> dict[str, np.ndarray]:
        """The layers' own gradient arrays, named as the parameters."""
        return named(self.names, [layer.grads for layer in self.layers])

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the parameters; float32 where there are none."""
        return next((p.dtype for p in self.params.values()), np.dtype("float32"))

    def count_params(self) -> int:
        """How many numbers the layers hold."""
        return sum(p.size for p in self.params.values())

    def flatten(self) -> tuple[np.ndarray, np.ndarray]:
        """Re-home parameters and gradients as views of two flat vectors, (P,) each, and return these.

        Values stay as they are; the optimiser's update then is one vector operation.
        """
        if self._flat is None or not self._flat.still_home():
            self._flat = FlatParameters(self.layers)
        return self._flat.params, self._flat.grads

    def summary(self) -> None:
        """Print a table: each layer, the shapes of its parameters, how many numbers these are."""
        print(f"{'layer':<14}{'parameters':<34}{'count':>10}")
        for name, layer in zip(self.names, self.layers, strict=True):
            shapes = ", ".join(f"{key} {p.shape}" for key, p in layer.params.items())
            print(f"{name:<14}{shapes:<34}{sum(p.size for p in layer.params.values()):>10,}")
        print(f"{'total':<48}{self.count_params():>10,}")

    def forward(self, X: np.ndarray, training: bool = False) -> np.ndarray:
        """The outputs, in a classifier the logits: (N, …) -> (N, K)."""
        for layer in self.layers:
            X = layer.forward(X, training=training)
        return X

    def backward(self, dY: np.ndarray) -> np.ndarray:
        """From dL/d(outputs) to dL/dX; every layer's grads are overwritten on the way."""
        for layer in reversed(self.layers):
            dY = layer.backward(dY)
        return dY

    def _backward_params(self, dY: np.ndarray) -> None:
        """`backward` only as far as there is something to train, and without that layer's dX."""
        free = [bool(layer.params) and getattr(layer, "trainable", True) for layer in self.layers]
        first = free.index(True) if any(free) else len(self.layers)
        for layer in reversed(self.layers[first + 1 :]):
            dY = layer.backward(dY)
        for layer in self.layers[first : first + 1]:
            getattr(layer, "backward_params", layer.backward)(dY)

    def compile(self, optimizer: Any = None, loss: Loss = sparse_categorical_crossentropy) -> None:
        """Choose the optimiser (default `Adam()`) and the loss, a function from `neuropath.scratch`.

        A loss with options is functools.partial(categorical_crossentropy, label_smoothing=0.1). A layer whose
        `trainable` is False is left alone by the optimiser.
        """
        if not callable(loss):
            raise TypeError(f"compile expects a loss function such as mean_squared_error, received {loss!r}.")
        if base_loss(loss) in CROSS_ENTROPIES and isinstance(self.layers[-1], (Sigmoid, Softmax)):
            last = type(self.layers[-1]).__name__
            raise ValueError(
                f"compile expects a model of logits for a cross-entropy, received one that ends in {last}: "
                f"leave the last {last} out; the loss contains it and predict_proba applies it."
            )
        self.optimizer = Adam() if optimizer is None else optimizer
        if not hasattr(self.optimizer, "step") or isinstance(self.optimizer, type):
            raise TypeError(f"compile expects an optimizer with step(params, grads), received {optimizer!r}.")
        self.loss = loss
        self.flatten()

    def train_step(
        self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None
    ) -> dict[str, float]:
        """Forward, loss, backward and one optimiser step on one batch; loss and accuracy before the step.

        sample_weight (N,) weighs the loss, not the accuracy. Raises FloatingPointError, and changes no
        parameter, where the loss is not finite.
        """
        loss = self._compiled_loss()
        outputs = self.forward(X, training=True)
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        value, dY = loss(outputs, as_column(np.asarray(y), outputs.shape, loss), **weights)
        logs = self._logs(value, outputs, y)
        if not np.isfinite(logs["loss"]):
            raise FloatingPointError(f"The loss is {logs['loss']}")
        self._backward_params(dY)
        self.optimizer.step(*self._trained())
        return logs

    def _trained(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """What the optimiser may change: one flat vector, or arrays by name where it matters which is which:
        where a layer is frozen, or each array is clipped by its own norm.
        """
        frozen = [not getattr(layer, "trainable", True) for layer in self.layers]
        params, grads = self.flatten()
        if not any(frozen) and getattr(self.optimizer, "clipnorm", None) is None:
            return {"all": params}, {"all": grads}
        free = [({}, {}) if f else (la.params, la.grads) for f, la in zip(frozen, self.layers, strict=True)]
        return named(self.names, [p for p, _ in free]), named(self.names, [g for _, g in free])

    def _compiled_loss(self) -> Loss:
        if self.loss is None:
            raise ValueError("This model has no loss yet: call model.compile(optimizer=…, loss=…) first.")
        return self.loss

    def _logs(self, value: float, outputs: np.ndarray, y: np.ndarray) -> dict[str, float]:
        penalty = sum(layer.penalty() for layer in self.layers if hasattr(layer, "penalty"))
        share = decisions.accuracy(outputs, np.asarray(y), self.layers[-1], self.loss)
        return {"loss": value + penalty} | ({} if share is None else {"accuracy": share})

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        *,
        rng: np.random.Generator,
        batch_size: int = 32,
        epochs: int = 1,
        validation_data: tuple[np.ndarray, np.ndarray] | None = None,
        validation_split: float = 0.0,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: np.ndarray | None = None,
        callbacks: Iterable[Any] = (),
        verbose: int = 1,
    ) -> History:
        """Train for `epochs` passes over X (N, …) and y (N,) or (N, K); the History is also `model.history`.

        validation_split sets aside the last rows, before shuffling. class_weight {label: weight} or
        sample_weight (N,) multiply the examples' losses, see `losses_common`; the validation loss is weighted
        by what is split off of sample_weight, or by a third entry of validation_data. Callbacks: see
        `callbacks`. verbose: 1 a progress bar, 2 a line an epoch, 0 silence. Raises ValueError or TypeError
        for data that cannot be learnt from, FloatingPointError (with epoch, batch and what to try) once the
        loss is not finite.
        """
        loop = training.Loop(self, rng, batch_size, epochs, shuffle, callbacks, verbose)
        data = (X, y, sample_weight)
        return loop.run(*loop.prepare(data, validation_data, validation_split, class_weight))

    def evaluate(
        self, X: np.ndarray, y: np.ndarray, *, batch_size: int = 256, sample_weight: np.ndarray | None = None
    ) -> dict[str, float]:
        """Loss (penalties included, as in Keras) and, for a classifier, accuracy, in inference mode."""
        check_whole("evaluate", "batch_size", batch_size)
        return self._evaluate(*self._check_data(X, y, sample_weight), batch_size)

    def _evaluate(
        self, X: np.ndarray, y: np.ndarray, weights: np.ndarray | None, batch_size: int
    ) -> dict[str, float]:
        loss, mean = self._compiled_loss(), Mean()
        for start in range(0, len(X), batch_size):
            rows = slice(start, start + batch_size)
            given = {} if weights is None else {"sample_weight": weights[rows]}
            with np.errstate(over="ignore", invalid="ignore"):  # a bad loss is reported as such
                outputs = self.forward(X[rows])
                mean.add(self._logs(loss(outputs, y[rows], **given)[0], outputs, y[rows]), len(outputs))
        return mean.result()

    def _check_data(self, X: Any, y: Any, weights: Any = None, suffix: str = "") -> Examples:
        X = self._check_inputs(X, f"X{suffix}")
        shape = self.forward(X[:1]).shape
        y = check_targets(y, (len(X), *shape[1:]), self._compiled_loss(), f"y{suffix}")
        return X, y, find_weights(y, shape[1], self._compiled_loss(), None, weights)

    def _check_inputs(self, X: np.ndarray, what: str = "X") -> np.ndarray:
        X = check_inputs(X, self.dtype, what)
        try:
            self.forward(X[:1])
        except ValueError as error:
            raise ValueError(f"{what} of shape {X.shape} does not fit the model. {error}") from error
        return X

    def _outputs(self, X: np.ndarray, batch_size: int = 256) -> np.ndarray:
        X = self._check_inputs(X)
        return np.concatenate([self.forward(X[i : i + batch_size]) for i in range(0, len(X), batch_size)])

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probabilities (N, K), rows that sum to one; a model with one output gives P(y = 1) as (N, 1)."""
        return decisions.probabilities(self._outputs(X), self.layers[-1], self.loss)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Class labels (N,), as scikit-learn's predict. (Keras' gives outputs: that is `forward` here.)"""
        return decisions.classes(self._outputs(X), self.layers[-1], self.loss)

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all parameters and moving statistics, layer by layer, in Keras' order."""
        return storage.get_weights(self)

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """Put back what `get_weights` gave. Raises ValueError where the shapes differ."""
        storage.set_weights(self, weights)

    def save(self, path: str | PathLike[str]) -> None:
        """Write parameters and moving statistics to `path`.npz, whole or not at all. See `storage`."""
        storage.save(self, path)

    def load(self, path: str | PathLike[str]) -> None:
        """Read what `save` wrote for a model of the same layers; any doubt raises and changes nothing."""
        storage.load(self, path)


def _check_layer(layer: object) -> None:
    if isinstance(layer, Sequential):
        raise TypeError("Sequential expects layers, received a Sequential: put its layers in, *inner.layers.")
    if isinstance(layer, type) or not (hasattr(layer, "forward") and hasattr(layer, "params")):
        raise TypeError(f"Sequential expects layer objects such as ReLU(), received {layer!r}.")
