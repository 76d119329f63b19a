"""The classifier's head, an epoch on the features of 2,000 images: our `fit`, Keras', a loop in torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.measure import Agreement, Call, Pass, Work, torch_side
from benchmarks.mlp import BETAS, EPSILON
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
from neuropath.scratch import Adam, Classifier, Graph, MobileNetV2, sparse_categorical_crossentropy

IMAGES, BATCH, CLASSES, EPOCHS = 2000, 32, 17, 3  # epochs a call: `fit` takes a while to begin
STEPS, TOLERANCE, RATE = 5, 1e-9, 2.0**-10
RATES, NO_DROPOUT = (0.5, 0.3), (0.0, 0.0)


def works(quick: bool = False) -> Iterator[Work]:
    yield epochs(features(quick))


def passes(quick: bool = False) -> Iterator[Pass]:
    data, ours = features(quick), our_head(RATES)
    yield Pass(title(data), ours, our_epochs(ours, data), EPOCHS)


def title(data: Batches) -> str:
    return f"the classifier's head, epoch of {len(data.y):,}, batch {data.size}"


def features(quick: bool) -> Batches:
    rng, number = np.random.default_rng(0), 320 if quick else IMAGES
    X = rng.gamma(0.5, 1.0, (number, 1280)).astype("float32")  # pooled ReLU6 maps are never negative
    return Batches(X, rng.integers(0, CLASSES, number).astype(np.int32), BATCH)


def our_head(rates: tuple[float, float], dtype: Any = "float32") -> Graph:
    """Features (N, 1280) to logits: the head of the real classifier, its second half."""
    rng = np.random.default_rng(0)
    base = MobileNetV2((32, 32, 3), 0.35, rng=rng, dtype=dtype)
    head = Classifier(base, CLASSES, rng=rng, rates=rates).head
    head.compile(Adam(RATE, *BETAS, epsilon=EPSILON), sparse_categorical_crossentropy)
    return head


def keras_head(ours: Graph, rates: tuple[float, float]) -> Any:
    import keras

    la = keras.layers
    layers = [
        *(la.BatchNormalization(), la.Dense(512, "relu"), la.Dropout(rates[0])),
        *(la.Dense(256, "relu"), la.BatchNormalization(), la.Dropout(rates[1]), la.Dense(CLASSES)),
    ]
    twin = keras.Sequential([keras.Input((1280,)), *layers])
    twin.set_weights(
        [a for la in ours.layers for a in (*la.params.values(), *getattr(la, "state", {}).values())]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    twin.compile(keras.optimizers.Adam(RATE, *BETAS, EPSILON), loss)
    return twin


def torch_head(ours: Graph, rates: tuple[float, float]) -> tuple[Any, Any]:
    import torch

    from benchmarks import torch_networks as nets

    net = nets.head(1280, (512, 256), CLASSES, rates).to(nets.tensor(np.empty(0, ours.dtype)).dtype)
    nets.fill(net, ours.layers)
    return net, torch.optim.Adam(net.parameters(), RATE, BETAS, EPSILON)


def our_epochs(ours: Graph, data: Batches) -> Call:
    rng, options = np.random.default_rng(1), {"batch_size": data.size, "epochs": EPOCHS, "verbose": 0}
    return lambda: ours.fit(data.X, data.y, rng=rng, **options)


def torch_epochs(ours: Graph, data: Batches) -> Call:
    """The usual eager loop, shuffled anew each epoch, without metrics."""
    import torch

    from benchmarks.torch_networks import tensor

    net, optimizer = torch_head(ours, RATES)
    X, y = tensor(data.X), tensor(data.y.astype(np.int64))

    def call() -> None:
        net.train()
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(y)).split(data.size):
                optimizer.zero_grad(set_to_none=True)
                torch.nn.functional.cross_entropy(net(X[rows]), y[rows]).backward()
                optimizer.step()

    return call


def check(data: Batches) -> list[Agreement]:
    """Without dropout, whose masks are everyone's own, all sides take the same steps in float64."""
    data = data.in_float64(STEPS)
    with keras_dtype("float64"):
        ours = our_head(NO_DROPOUT, "float64")
        sides: dict[str, Side | None] = {
            "torch": torch_trainer_side(lambda: torch_trainer(*torch_head(ours, NO_DROPOUT), data)),
            "Keras": keras_side(keras_head(ours, NO_DROPOUT), data),
        }
        name = "head without dropout, float64"
        return agree_on_steps(name, numpy_side(ours, data), sides, STEPS, TOLERANCE)


def epochs(data: Batches) -> Work:
    """Epochs of the head: two normalisations, three dense layers, two dropouts, Adam."""
    found, ours = check(data), our_head(RATES)
    theirs = keras_head(ours, RATES)
    options: dict[str, Any] = {"batch_size": data.size, "epochs": EPOCHS, "verbose": 0}
    others: dict[str, Call | None] = {
        "torch eager": torch_side(lambda: torch_epochs(ours, data)),
        "fit": lambda: theirs.fit(data.X, data.y, **options),
    }
    return Work("head", title(data), {"NumPy": our_epochs(ours, data)}, others, found, "head", per=EPOCHS)
