"""Session 02 D on MNIST: LeNet-5 in neuropath.scratch, as it is built today and as it was in 1998, nearly.

    python -m neuropath.lessons.record mnist-lenet      # or mnist-lenet-1998: a few minutes each

Both are recorded by `record`, where the command and the form of a result are.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from neuropath import scratch as nn
from neuropath.lessons.datasets import Dataset

RATE, BATCH = 1e-3, 64


def mnist_lenet(data: Dataset, *, epochs: int = 10, seed: int = 0) -> dict[str, Any]:
    """LeNet-5 with ReLU and max pooling: He initialisation, Adam 1e-3, batches of 64."""
    return _run(data, epochs, seed, activation="relu", pooling="max", kernel_initializer="he_normal")


def mnist_lenet_1998(data: Dataset, *, epochs: int = 10, seed: int = 0) -> dict[str, Any]:
    """The same with tanh and average pooling, nearer to the original; Glorot initialisation."""
    return _run(data, epochs, seed, activation="tanh", pooling="average", kernel_initializer="glorot_uniform")


def _run(data: Dataset, epochs: int, seed: int, **options: Any) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    model = nn.lenet5(rng=rng, input_shape=(*data.X_train.shape[1:], 1), **options)
    model.compile(optimizer=nn.Adam(RATE), loss=nn.sparse_categorical_crossentropy)
    X_train, X_val, X_test = (X[..., None] for X in (data.X_train, data.X_val, data.X_test))
    done = []
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        history = model.fit(
            *(X_train, data.y_train),
            rng=rng,
            batch_size=BATCH,
            validation_data=(X_val, data.y_val),
            verbose=0,
        ).history
        figures = {key: float(values[-1]) for key, values in history.items()}
        done.append({"epoch": epoch, "seconds": time.perf_counter() - start, **figures})
        print(f"epoch {epoch}: " + ", ".join(f"{k} {v:.4f}" for k, v in done[-1].items()), flush=True)
    return {
        "sizes": [list(data.X_train.shape[1:]), *_sizes(model, X_test[:1])],
        "parameters": int(model.count_params()),
        "settings": {"optimizer": f"Adam({RATE:g})", "batch_size": BATCH, **options},
        "seed": seed,
        "epochs": done,
        "test": {key: float(value) for key, value in model.evaluate(X_test, data.y_test).items()},
        "wrong": _wrong(model, X_test, data.y_test),
        "filters": model.params["conv2d_1/W"][:, :, 0].transpose(2, 0, 1).astype(float).tolist(),
    }


def _sizes(model: nn.Sequential, X: np.ndarray) -> list[list[int]]:
    """The shape after each pooling and each dense layer, without the batch."""
    found = []
    for layer in model.layers:
        X = layer.forward(X)
        if "Pool" in type(layer).__name__ or isinstance(layer, nn.Dense):
            found.append(list(X.shape[1:]))
    return found


def _wrong(model: nn.Sequential, X: np.ndarray, y: np.ndarray) -> list[list[float]]:
    """[index, truth, answer, probability of the answer] of each test image that it gets wrong."""
    P = model.predict_proba(X)
    found = np.flatnonzero(P.argmax(axis=1) != y)
    return [[int(i), int(y[i]), int(P[i].argmax()), float(P[i].max())] for i in found]
