"""784-128-64-10, one epoch of 12,800 examples in batches of 64: beside torch, Keras and naive NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.measure import Agreement, Pass, Work
from benchmarks.naive import ColumnNetwork
from benchmarks.sides import (
    Batches,
    Side,
    agree_on_steps,
    keras_dtype,
    keras_side,
    numpy_side,
    torch_trainer,
    torch_trainer_side,
)
from neuropath import scratch as nn

SIZES = (784, 128, 64, 10)
EXAMPLES, STEPS, TOLERANCE = 12_800, 10, 1e-9
RATE = {"SGD": 2.0**-4, "Adam": 2.0**-10}
BETAS = 0.875, 1 - 2.0**-10  # exact in float32, to which TensorFlow rounds them even among float64
EPSILON = 1e-18  # too small to matter: Keras adds it elsewhere than torch and the textbook


def works(quick: bool = False) -> Iterator[Work]:
    for optimizer in RATE:
        yield epoch(optimizer, examples(quick))


def passes(quick: bool = False) -> Iterator[Pass]:
    data = examples(quick)
    for optimizer in RATE:
        model = network(optimizer, data.X.dtype)
        yield Pass(title(optimizer, data), model, data.epoch(numpy_side(model, data)))


def examples(quick: bool) -> Batches:
    rng = np.random.default_rng(0)
    number = 1280 if quick else EXAMPLES
    X, y = rng.random((number, 784), dtype=np.float32), rng.integers(0, 10, number).astype(np.int32)
    return Batches(X, y)


def title(optimizer: str, data: Batches) -> str:
    return f"MLP 784-128-64-10, {optimizer}, epoch of {len(data.y):,}, batch {data.size}"


def network(optimizer: str, dtype: Any) -> nn.Sequential:
    model, rate = nn.mlp(SIZES, rng=np.random.default_rng(1), dtype=dtype), RATE[optimizer]
    chosen = nn.SGD(rate) if optimizer == "SGD" else nn.Adam(rate, *BETAS, epsilon=EPSILON)
    model.compile(chosen, nn.sparse_categorical_crossentropy)
    return model


def epoch(optimizer: str, data: Batches) -> Work:
    """An epoch of every side, from the same weights, with the same batches in the same order."""
    found = check(optimizer, data)
    ours, sides = everyone(optimizer, data)
    others = {name: side and data.epoch(side) for name, side in sides.items()}
    return Work("mlp", title(optimizer, data), {"NumPy": data.epoch(ours)}, others, found, "mlp")


def check(optimizer: str, data: Batches) -> list[Agreement]:
    """Ten steps of all sides in float64."""
    with keras_dtype("float64"):
        ours, others = everyone(optimizer, data.in_float64(STEPS))
        return agree_on_steps(f"MLP, {optimizer}, float64", ours, others, STEPS, TOLERANCE)


def everyone(optimizer: str, data: Batches) -> tuple[Side, dict[str, Side | None]]:
    """All sides, in the dtype of the data, with the same weights."""
    model = network(optimizer, data.X.dtype)
    sides = {
        "torch eager": torch_trainer_side(lambda: torch_mlp(model, optimizer, data)),
        "train_on_batch": keras_side(keras_mlp(model, optimizer), data),
        "naive NumPy": naive(model, optimizer, data),
    }
    return numpy_side(model, data), sides


def keras_mlp(model: nn.Sequential, optimizer: str) -> Any:
    import keras

    hidden = [keras.layers.Dense(units, "relu") for units in SIZES[1:-1]]
    twin = keras.Sequential([keras.Input((SIZES[0],)), *hidden, keras.layers.Dense(SIZES[-1])])
    twin.set_weights(list(model.params.values()))
    makers = {"SGD": keras.optimizers.SGD, "Adam": lambda rate: keras.optimizers.Adam(rate, *BETAS, EPSILON)}
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    twin.compile(makers[optimizer](RATE[optimizer]), loss)
    return twin


def torch_mlp(model: nn.Sequential, optimizer: str, data: Batches) -> Side:
    import torch

    from benchmarks import torch_networks as nets

    net = nets.mlp(SIZES).to(nets.tensor(data.X[:1]).dtype)
    nets.fill(net, model.layers)
    makers = {"SGD": torch.optim.SGD, "Adam": lambda p, rate: torch.optim.Adam(p, rate, BETAS, EPSILON)}
    return torch_trainer(net, makers[optimizer](net.parameters(), RATE[optimizer]), data)


def naive(model: nn.Sequential, optimizer: str, data: Batches) -> Side:
    weights = [np.array(p.T if p.ndim == 2 else p[:, None], "float64") for p in model.params.values()]
    network = ColumnNetwork(weights, RATE[optimizer], (*BETAS, EPSILON) if optimizer == "Adam" else None)
    X = np.ascontiguousarray(data.X.T, dtype="float64")  # examples in columns, as such code has them

    def step(i: int) -> object:
        return network.step(X[:, data.rows(i)], data.y[data.rows(i)])

    def in_our_order() -> list[np.ndarray]:
        return [w.T.copy() if w.shape[1] > 1 else w[:, 0].copy() for w in network.parameters.values()]

    return Side(step, in_our_order)
