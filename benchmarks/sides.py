"""Who trains: NumPy, Keras' train_on_batch, an eager loop in torch. Each takes steps and shows weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.measure import Agreement, Call, agree, torch_side
from neuropath.scratch import Sequential


@contextmanager
def keras_dtype(dtype: str) -> Iterator[None]:
    """Keras makes layers, and casts data and losses, in this dtype; afterwards as before."""
    import keras

    policy, floatx = keras.config.dtype_policy(), keras.config.floatx()
    keras.config.set_dtype_policy(dtype)
    keras.config.set_floatx(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


@dataclass(frozen=True)
class Side:
    """step(i) trains on batch i; weights() are copies of the trained arrays, in our order and shapes."""

    step: Callable[[int], object]
    weights: Callable[[], list[np.ndarray]]


@dataclass(frozen=True)
class Batches:
    """X (N, …) and y (N,), of which batch i is a run of `size` rows."""

    X: np.ndarray
    y: np.ndarray
    size: int = 64

    def __len__(self) -> int:
        return len(self.y) // self.size

    def in_float64(self, number: int) -> Batches:
        """The first `number` batches, for a check."""
        rows = slice(number * self.size)
        return Batches(self.X[rows].astype("float64"), self.y[rows], self.size)

    def rows(self, i: int) -> slice:
        return slice(i * self.size, (i + 1) * self.size)

    def epoch(self, side: Side) -> Call:
        """One pass, batch by batch."""

        def call() -> None:
            for i in range(len(self)):
                side.step(i)

        return call


def numpy_side(model: Sequential, data: Batches) -> Side:
    """`train_step`: it computes loss and accuracy too."""

    def step(i: int) -> object:
        return model.train_step(data.X[data.rows(i)], data.y[data.rows(i)])

    return Side(step, lambda: [p.copy() for layer in model.layers for p in layer.params.values()])


def keras_side(model: Any, data: Batches) -> Side:
    """`train_on_batch`: it computes the loss too."""

    def step(i: int) -> object:
        return model.train_on_batch(data.X[data.rows(i)], data.y[data.rows(i)])

    return Side(step, lambda: [np.array(w) for w in model.trainable_weights])


def torch_trainer(net: Any, optimizer: Any, data: Batches) -> Side:
    """The usual eager loop, without metrics. net is filled with our numbers already."""
    import torch

    from benchmarks.torch_networks import as_ours, images, tensor

    X = images(data.X) if data.X.ndim == 4 else tensor(data.X)
    y = tensor(data.y.astype(np.int64))

    def step(i: int) -> object:
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(net(X[data.rows(i)]), y[data.rows(i)])
        loss.backward()
        optimizer.step()
        return loss

    return Side(step, lambda: [as_ours(p) for p in net.parameters()])


def torch_trainer_side(make: Callable[[], Side]) -> Side | None:
    """The side that `make` gives, or None without torch."""
    return torch_side(make)  # type: ignore[arg-type, return-value]


def movement(side: Side, steps: int) -> list[np.ndarray]:
    """How far the first `steps` batches move the weights."""
    before = side.weights()
    for i in range(steps):
        side.step(i)
    return [after.astype("float64") - b for after, b in zip(side.weights(), before, strict=True)]


def agree_on_steps(
    name: str, ours: Side, others: dict[str, Side | None], steps: int, tolerance: float
) -> list[Agreement]:
    """That all sides, started at the same weights, move them the same way.

    In float64 wherever possible: in float32 a ReLU or a maximum that rounding decides the other way sends two
    correct sides apart by a percent within ten steps.
    """
    moved = movement(ours, steps)
    return [
        agree(f"{name}, {other}, {steps} steps", moved, movement(side, steps), tolerance)
        for other, side in others.items()
        if side is not None
    ]
