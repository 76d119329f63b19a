"""LeNet-5 (with ReLU and max pooling), one training step: beside torch, channels-last, and train_on_batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.measure import Agreement, Pass, Work
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

BATCH, BATCHES, STEPS = 64, 20, 10
TOLERANCE, RATE = 1e-9, 2.0**-4
TITLE = f"LeNet-5, training step, batch {BATCH}"


def works(quick: bool = False) -> Iterator[Work]:
    yield steps(examples(quick))


def passes(quick: bool = False) -> Iterator[Pass]:
    data = examples(quick)
    model = trainable(data.X.dtype)
    yield Pass(TITLE, model, data.epoch(numpy_side(model, data)), len(data))


def examples(quick: bool) -> Batches:
    rng, number = np.random.default_rng(0), BATCH * (10 if quick else BATCHES)
    X = rng.random((number, 28, 28, 1), dtype=np.float32)
    return Batches(X, rng.integers(0, 10, number).astype(np.int32), BATCH)


def trainable(dtype: Any) -> nn.Sequential:
    model = nn.lenet5(rng=np.random.default_rng(1), dtype=dtype)
    model.compile(nn.SGD(RATE), nn.sparse_categorical_crossentropy)
    return model


def keras_network(model: nn.Sequential) -> Any:
    import keras

    la = keras.layers
    twin = keras.Sequential(
        [
            *(keras.Input((28, 28, 1)), la.Conv2D(6, 5, padding="same", activation="relu"), la.MaxPool2D(2)),
            *(la.Conv2D(16, 5, activation="relu"), la.MaxPool2D(2), la.Flatten()),
            *(la.Dense(120, "relu"), la.Dense(84, "relu"), la.Dense(10)),
        ]
    )
    twin.set_weights(list(model.params.values()))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    twin.compile(keras.optimizers.SGD(RATE), loss)
    return twin


def torch_network(model: nn.Sequential, data: Batches) -> Side:
    import torch

    from benchmarks import torch_networks as nets

    net = nets.lenet().to(nets.tensor(data.X[:1]).dtype, memory_format=torch.channels_last)
    nets.fill(net, model.layers)
    return torch_trainer(net, torch.optim.SGD(net.parameters(), RATE), data)


def everyone(data: Batches) -> tuple[Side, dict[str, Side | None]]:
    """All sides, in the dtype of the data, with the same weights and SGD."""
    model = trainable(data.X.dtype)
    sides = {
        "torch channels-last": torch_trainer_side(lambda: torch_network(model, data)),
        "train_on_batch": keras_side(keras_network(model), data),
    }
    return numpy_side(model, data), sides


def check(data: Batches) -> list[Agreement]:
    """Ten steps of all sides in float64."""
    with keras_dtype("float64"):
        return agree_on_steps("LeNet-5, float64", *everyone(data.in_float64(STEPS)), STEPS, TOLERANCE)


def steps(data: Batches) -> Work:
    """Steps over the same batches, from the same weights."""
    found, (ours, sides) = check(data), everyone(data)
    others = {name: side and data.epoch(side) for name, side in sides.items()}
    return Work("lenet", TITLE, {"NumPy": data.epoch(ours)}, others, found, "lenet", per=len(data))
