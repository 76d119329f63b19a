"""The table of twins: what the course wrote in NumPy ↔ what Keras wrote, and how they may differ.

One table drives the parity tests and the book's page of twins. Only our own side is imported: `keras` in a
Pair is a function that is *handed* the module, so that reading the table costs no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from neuropath import scratch as nn

Make = Callable[..., Any]


@dataclass(frozen=True)
class Pair:
    """One twin. `make` gives ours in float64, `keras` theirs, both from each combination of `options`."""

    name: str  # in neuropath.scratch (initialisers: in neuropath.scratch.initializers)
    kind: str  # layer, model, loss, optimizer, initializer, regularizer or function
    twin: str  # public name in Keras
    make: Make  # layers: make(rng, **option), everything else: make(**option)
    keras: Make  # keras(keras, **option)
    shape: tuple[int, ...] = (7, 5)  # of the input, batch first
    order: tuple[str, ...] = ()  # our parameter names in the order of Keras' weights
    options: Mapping[str, tuple] = field(default_factory=dict)  # compared over their product
    target: Make | None = None  # losses: target(rng, shape)
    differs: str = ""  # what is not the same, in a sentence for the reader; "" where nothing is
    rtol: float = 1e-10  # how far apart values and gradients may be in float64, relative to the largest

    def variants(self) -> Iterator[dict[str, Any]]:
        """Every combination of the options, as keyword arguments."""
        for values in product(*self.options.values()):
            yield dict(zip(self.options, values, strict=True))


def _l2(l2: float | None) -> nn.L2 | None:
    return None if l2 is None else nn.L2(l2)


def _dense(rng: np.random.Generator, use_bias: bool, l2: float | None) -> nn.Dense:
    return nn.Dense(5, 3, rng=rng, use_bias=use_bias, kernel_regularizer=_l2(l2), dtype="float64")


def _keras_dense(keras: Any, use_bias: bool, l2: float | None) -> Any:
    regularizer = None if l2 is None else keras.regularizers.L2(l2)
    return keras.layers.Dense(3, use_bias=use_bias, kernel_regularizer=regularizer, dtype="float64")


def _mlp(rng: np.random.Generator, activation: str, l2: float | None) -> nn.Sequential:
    return nn.mlp([5, 8, 4, 3], rng=rng, activation=activation, kernel_regularizer=_l2(l2), dtype="float64")


def _keras_mlp(keras: Any, activation: str, l2: float | None) -> Any:
    def dense(units: int, activation: str | None = None) -> Any:
        regularizer = None if l2 is None else keras.regularizers.L2(l2)
        return keras.layers.Dense(units, activation, kernel_regularizer=regularizer, dtype="float64")

    inputs = keras.layers.Input((5,), dtype="float64")
    return keras.Sequential([inputs, dense(8, activation), dense(4, activation), dense(3)])


LAYERS = (
    Pair(
        "Dense",
        "layer",
        "keras.layers.Dense",
        make=_dense,
        keras=_keras_dense,
        order=("W", "b"),
        options={"use_bias": (True, False), "l2": (None, 2.0**-7)},
        differs="Ours is told n_in and takes batches of rank 2; Keras' learns it from the first batch, takes "
        "any rank, and can contain an activation. Ours refuses another dtype, Keras casts to its own.",
    ),
    Pair(
        "ReLU",
        "layer",
        "keras.layers.ReLU",
        make=lambda rng: nn.ReLU(),
        keras=lambda keras: keras.layers.ReLU(dtype="float64"),
        differs="Keras' can also leak, saturate and threshold. The slope at 0 is 0 in both.",
    ),
    Pair(
        "Sigmoid",
        "layer",
        'keras.layers.Activation("sigmoid")',
        make=lambda rng: nn.Sigmoid(),
        keras=lambda keras: keras.layers.Activation("sigmoid", dtype="float64"),
    ),
    Pair(
        "Tanh",
        "layer",
        'keras.layers.Activation("tanh")',
        make=lambda rng: nn.Tanh(),
        keras=lambda keras: keras.layers.Activation("tanh", dtype="float64"),
    ),
    Pair(
        "Softmax",
        "layer",
        "keras.layers.Softmax",
        make=lambda rng: nn.Softmax(),
        keras=lambda keras: keras.layers.Softmax(dtype="float64"),
        shape=(4, 3, 5),
        differs="Ours works along the last axis only and knows no mask.",
    ),
    Pair(
        "Flatten",
        "layer",
        "keras.layers.Flatten",
        make=lambda rng: nn.Flatten(),
        keras=lambda keras: keras.layers.Flatten(dtype="float64"),
        shape=(4, 3, 2, 5),
    ),
    Pair(
        "Dropout",
        "layer",
        "keras.layers.Dropout",
        make=lambda rng, rate: nn.Dropout(rate, rng=rng),
        keras=lambda keras, rate: keras.layers.Dropout(rate, dtype="float64"),
        shape=(200, 50),
        options={"rate": (0.0, 0.25, 0.5)},
        differs="The two draw their masks from different random streams, so no training pass can be equal: "
        "inference is compared exactly, and in training the values that occur, the share that is dropped and "
        "the gradient's own mask.",
    ),
)

MODELS = (
    Pair(
        "Sequential",
        "model",
        "keras.Sequential",
        make=_mlp,
        keras=_keras_mlp,
        shape=(12, 5),
        options={"activation": ("relu", "tanh", "sigmoid"), "l2": (None, 2.0**-7)},
        differs="predict gives labels here, outputs in Keras; validation_data and validation_split together "
        "are refused, not ranked; train_step reports the one batch, Keras' train_on_batch the mean so far.",
    ),
)


def _soft_rows(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.dirichlet(np.ones(shape[-1]), shape[0])


LOSSES = (
    Pair(
        "mean_squared_error",
        "loss",
        "keras.losses.MeanSquaredError",
        make=lambda: nn.mean_squared_error,
        keras=lambda keras: keras.losses.MeanSquaredError(dtype="float64"),
        target=lambda rng, shape: rng.normal(size=shape),
    ),
    Pair(
        "binary_crossentropy",
        "loss",
        "keras.losses.BinaryCrossentropy(from_logits=True)",
        make=lambda: nn.binary_crossentropy,
        keras=lambda keras: keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64"),
        target=lambda rng, shape: rng.uniform(size=shape).round(1),
        differs="Ours refuses targets outside [0, 1]; Keras computes with them.",
    ),
    Pair(
        "categorical_crossentropy",
        "loss",
        "keras.losses.CategoricalCrossentropy(from_logits=True)",
        make=lambda: nn.categorical_crossentropy,
        keras=lambda keras: keras.losses.CategoricalCrossentropy(from_logits=True, dtype="float64"),
        target=_soft_rows,
        differs="For target rows that do not sum to one ours still returns the true gradient, s·p − y; "
        "TensorFlow returns p − y.",
    ),
    Pair(
        "sparse_categorical_crossentropy",
        "loss",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
        make=lambda: nn.sparse_categorical_crossentropy,
        keras=lambda keras: keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64"),
        target=lambda rng, shape: rng.integers(shape[-1], size=shape[0]),
        differs="A label out of range is an error here; TensorFlow raises on a CPU and gives NaN on a GPU.",
    ),
)

OPTIMIZERS = (
    Pair(
        "SGD",
        "optimizer",
        "keras.optimizers.SGD",
        make=nn.SGD,
        keras=lambda keras, **o: keras.optimizers.SGD(**o),
        options={"learning_rate": (2.0**-6, 2.0**-10), "momentum": (0.0, 0.875)},
        differs="Keras rounds learning rate and momentum to float32, even for float64 weights: trajectories "
        "then part at 1e-8. The test uses values that float32 holds exactly. Ours has no Nesterov form.",
    ),
    Pair(
        "Adam",
        "optimizer",
        "keras.optimizers.Adam",
        make=nn.Adam,
        keras=lambda keras, **o: keras.optimizers.Adam(**o),
        options={
            "learning_rate": (2.0**-6, 2.0**-10),
            "beta_1": (0.875, 0.5),
            "beta_2": (1 - 2.0**-10,),
            "epsilon": (1e-7, 2.0**-10),
        },
        differs="As for SGD, rates and β are rounded to float32 by Keras. ε stands beside the uncorrected √v "
        "in both, where the paper's first form has the corrected one. Ours has no AMSGrad form.",
    ),
)


def _initializer(name: str, twin: str, differs: str) -> Pair:
    return Pair(
        name,
        "initializer",
        f"keras.initializers.{twin}",
        make=lambda: nn.initializers.get(name),
        keras=lambda keras: getattr(keras.initializers, twin)(**({} if name == "zeros" else {"seed": 0})),
        options={},
        differs=differs,
    )


STREAMS = "The random streams differ, the distributions do not: bounds, mean and variance are compared."
INITIALIZERS = (
    _initializer("zeros", "Zeros", ""),
    _initializer("glorot_uniform", "GlorotUniform", STREAMS),
    _initializer("glorot_normal", "GlorotNormal", STREAMS),
    _initializer("he_uniform", "HeUniform", STREAMS),
    _initializer("he_normal", "HeNormal", STREAMS),
    _initializer("lecun_uniform", "LecunUniform", STREAMS),
    _initializer("lecun_normal", "LecunNormal", STREAMS),
)

REGULARIZERS = (
    Pair(
        "L2",
        "regularizer",
        "keras.regularizers.L2",
        make=nn.L2,
        keras=lambda keras, l2: keras.regularizers.L2(l2),
        options={"l2": (0.0, 2.0**-7, 0.5)},
        differs="Ours gives its gradient, Keras leaves that to differentiation, and rounds l2 to float32.",
    ),
)

FUNCTIONS = (
    Pair("sigmoid", "function", "keras.ops.sigmoid", lambda: nn.sigmoid, lambda keras: keras.ops.sigmoid),
    Pair("softmax", "function", "keras.ops.softmax", lambda: nn.softmax, lambda keras: keras.ops.softmax),
    Pair(
        "log_softmax",
        "function",
        "keras.ops.log_softmax",
        lambda: nn.log_softmax,
        lambda keras: keras.ops.log_softmax,
    ),
    Pair(
        "log_sum_exp",
        "function",
        "keras.ops.logsumexp",
        lambda: nn.log_sum_exp,
        lambda keras: lambda Z: keras.ops.logsumexp(Z, axis=-1),
        differs="Ours sums along the last axis by default, Keras' over everything.",
    ),
    Pair(
        "one_hot",
        "function",
        "keras.utils.to_categorical",
        lambda: lambda y: nn.one_hot(y, 5, dtype="float64"),
        lambda keras: lambda y: keras.utils.to_categorical(y, 5),
        target=lambda rng, shape: rng.integers(shape[-1], size=shape),
        differs="Ours is told the number of classes and refuses labels outside; Keras can guess it.",
    ),
)

PAIRS: tuple[Pair, ...] = (*LAYERS, *MODELS, *LOSSES, *OPTIMIZERS, *INITIALIZERS, *REGULARIZERS, *FUNCTIONS)

# Public names that have no twin, and why.
WITHOUT_TWIN: dict[str, str] = {
    "History": "a record with the same `.history` as Keras' History; the Sequential pair compares it",
    "Layer": "the common part of the layers; it computes nothing",
    "check_gradient": "it compares with finite differences, which need no framework",
    "create_mnist_model": "an mlp of fixed sizes; the Sequential pair covers it",
    "initializers": "a module; each initialiser in it has its own pair",
    "mlp": "builds a Sequential; that pair is made with it",
    "to_keras": "carries weights to the twin; the Sequential pair's test uses it",
}
