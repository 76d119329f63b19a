"""Session 03 A: what borrowed features are worth, near home and far from it; and what too large a rate does.

    python -m neuropath.lessons.record transfer-sources   # NEUROPATH_DATA names the folder of the two files
    python -m neuropath.lessons.record transfer-rates

The first asks four sources of features (a base trained on the simulated anatomy, one trained on photographs,
a random one, and plain pixels) about two targets, the phantom and Cheng's set, at growing numbers of training
images. The second trains a whole base at four learning rates and looks at what it still knows. Patients are
never on both sides. The strength of the probe's regularisation is chosen on validation patients, all else is
fixed beforehand.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .record_common import file, told

SIDE, CLASSES = 96, 17
SIZES = (50, 100, 200, 400, 800, 1600)
STRENGTHS = (0.001, 0.01, 0.1)  # C of scikit-learn, on standardised features
RATES = (1e-5, 1e-4, 1e-3, 1e-2)
# Each base sees pictures of the size it was trained on, ImageNet's also smaller ones. None: the file's.
BASES: dict[str, tuple[str | None, int]] = {
    "phantom": ("bundled", SIDE),
    "imagenet": (None, 224),
    "imagenet, 96 px": (None, SIDE),
    "random": ("none", SIDE),
}
PIXELS = 32  # the picture as 32 × 32 numbers: the baseline without any network
BATCH = 32

Rows = dict[str, np.ndarray]  # "train", "val", "test": indices


def transfer_sources(
    *, seeds: Iterable[int] = (0, 1, 2), folds: Iterable[int] = (1, 2, 3, 4, 5), images: int = 3000
) -> dict[str, Any]:
    """Accuracy of a linear probe by target, source and number of training images."""
    seeds, folds, runs = list(seeds), list(folds), []
    for target, repeats in (("phantom", seeds), ("figshare", folds)):
        known: dict[str, np.ndarray] = {}
        for repeat in repeats:
            if target == "phantom":  # other patients each time; figshare's slices stay the same
                known.clear()
            X, y, rows = _phantom(images, repeat) if target == "phantom" else _figshare(repeat)
            for source, F in _sources(X, rows["train"], file("arrays"), repeat, known):
                for size in (n for n in SIZES if n <= len(rows["train"])):
                    kept = {**rows, "train": rows["train"][:size]}
                    row = {"target": target, "source": source, "repeat": repeat, "size": size}
                    runs.append(told({**row, "accuracy": probe(F, y, kept)[0]}))
    about = {"name": "phantom, figshare", "source": "neuropath.phantom; figshare 1512427", "images": images}
    sides = {name: side for name, (_, side) in BASES.items()} | {"pixels": PIXELS}
    return {
        "data": about,
        "settings": {"alpha": 0.35, "sides": sides, "strengths": list(STRENGTHS)},
        "seeds": seeds,
        "folds": folds,
        "runs": runs,
        "first_layer": first_layer(),
    }


def _phantom(images: int, seed: int) -> tuple[np.ndarray, np.ndarray, Rows]:
    """Slices, labels, and the rows of each part; training rows patient by patient, in random order."""
    from neuropath.phantom import generate

    made = generate(images, size=SIDE, seed=seed, progress=False)
    rows = {part: np.flatnonzero(made.split == part) for part in ("train", "val", "test")}
    rank = np.random.default_rng((seed, 5)).permutation(made.patient.max() + 1)
    rows["train"] = rows["train"][np.argsort(rank[made.patient[rows["train"]]], kind="stable")]
    return made.images, made.labels, rows


def _figshare(fold: int) -> tuple[np.ndarray, np.ndarray, Rows]:
    """Real slices by the published patient-wise folds; the fold after the test fold validates."""
    from neuropath.project.data_loader import MRIDataLoader

    found = MRIDataLoader("figshare", path=file("data"), fold=fold, cache=None, progress=False).load()
    rows = {part: np.asarray(found.rows(part)) for part in ("train", "val", "test")}
    rows["train"] = np.random.default_rng((fold, 5)).permutation(rows["train"])
    return found.images, np.asarray(found.labels), rows


def _sources(
    X: np.ndarray, train: np.ndarray, imagenet: Path, seed: int, known: dict[str, np.ndarray]
) -> Iterator[tuple[str, np.ndarray]]:
    """(name, features (N, d)) of slices (N, S, S) bytes; a random base gets its statistics from `train`.

    What does not depend on `train` is looked up in `known`, or put there.
    """
    from neuropath.project.pretrain_measure import features

    for name, (weights, side) in BASES.items():
        if name not in known or weights == "none":
            pictures = _resized(X, side)
            known[name] = features(pictures, weights or imagenet, seed, pictures[train])
        yield name, known[name]
    yield "pixels", _resized(X, PIXELS).reshape(len(X), -1) / 255


def _resized(X: np.ndarray, side: int) -> np.ndarray:
    """Pictures (N, S, S) bytes -> (N, side, side)."""
    from PIL import Image

    if X.shape[1] == side:
        return X
    return np.stack(
        [np.asarray(Image.fromarray(x).resize((side, side), Image.Resampling.BILINEAR)) for x in X]
    )


def first_layer(slices: int = 60) -> dict[str, Any]:
    """How much each first-layer filter of ImageNet's base answers: spread over the places of pictures.

    Pictures: 24 crops of the two photographs that scikit-learn ships, in colour and made grey, and slices.
    `grey_share` is |sum over the colours| / sum of absolute values of a filter's weights: 0, pure contrast of
    colours; 1, blind to them.
    """
    from sklearn.datasets import load_sample_image

    with np.load(file("arrays"), allow_pickle=False) as arrays:
        K, (gamma, beta, mean, var) = (
            arrays["Conv1/kernel"],
            (arrays[f"bn_Conv1/{name}"] for name in ("gamma", "beta", "moving_mean", "moving_variance")),
        )
    photos = [load_sample_image(name).astype(float) for name in ("flower.jpg", "china.jpg")]
    corners = [(y, x) for y in (0, 100, 200) for x in (0, 150, 300, 410)]
    colour = np.stack([photo[y : y + 224, x : x + 224] for photo in photos for y, x in corners])
    grey = colour @ [0.299, 0.587, 0.114]
    pictures = {"colour": colour, "grey": _three(grey), "phantom": _three(_phantom(slices, 0)[0])}
    pictures["figshare"] = _three(_figshare(1)[0][:: 3064 // slices])
    found: dict[str, Any] = {"grey_share": np.abs(K.sum(axis=2)).sum((0, 1)) / np.abs(K).sum((0, 1, 2))}
    for name, X in pictures.items():
        windows = np.lib.stride_tricks.sliding_window_view(X / 127.5 - 1, (3, 3), axis=(1, 2))
        Z = np.einsum("nhwcij,ijco->nhwo", windows[:, ::2, ::2], K, optimize=True)
        answers = np.clip((Z - mean) / np.sqrt(var + 1e-3) * gamma + beta, 0, 6)
        found[name] = answers.std(axis=(0, 1, 2))
    return {name: [float(v) for v in values] for name, values in found.items()}


def _three(grey: np.ndarray) -> np.ndarray:
    """(N, H, W) -> (N, H, W, 3), three equal channels."""
    return np.repeat(grey[..., None].astype(float), 3, axis=3)


def probe(F: np.ndarray, y: np.ndarray, rows: Rows) -> tuple[float, np.ndarray, np.ndarray]:
    """(test accuracy, weights (d, K), biases (K,)) of logistic regression on features F (N, d).

    Weights and biases are for the features as they come: the standardising is folded into them.
    """
    from sklearn.linear_model import LogisticRegression

    train = F[rows["train"]].astype("float64")
    mean, scale = train.mean(axis=0), train.std(axis=0) + 1e-6
    best: tuple[float, Any] = (-1.0, None)
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, max_iter=300, class_weight="balanced", tol=1e-3)
        model.fit((train - mean) / scale, y[rows["train"]])
        right = float(model.score((F[rows["val"]] - mean) / scale, y[rows["val"]]))
        if right > best[0]:
            best = right, model
    model = best[1]
    accuracy = float(model.score((F[rows["test"]] - mean) / scale, y[rows["test"]]))
    W, b = np.zeros((F.shape[1], int(y.max()) + 1)), np.full(int(y.max()) + 1, model.intercept_.min() - 10)
    W[:, model.classes_] = (model.coef_ / scale).T  # a class without a training image is never answered
    b[model.classes_] = model.intercept_
    return accuracy, W, b - mean @ W


def transfer_rates(
    *,
    seeds: Iterable[int] = (0, 1, 2),
    rates: Iterable[float] = RATES,
    size: int = 400,
    epochs: int = 8,
    images: int = 3000,
) -> dict[str, Any]:
    """Probe first, then all layers train at one rate: test accuracy by epoch, a fresh probe at the end."""
    seeds, rates, runs = list(seeds), list(rates), []
    for seed in seeds:
        X, y, rows = _phantom(images, seed)
        rows["train"] = rows["train"][:size]
        for rate in rates:
            start = time.perf_counter()
            row = {"seed": seed, "rate": rate, **_trained_at(rate, X, y, rows, seed, epochs)}
            runs.append(told({**row, "seconds": time.perf_counter() - start}))
    settings = {"alpha": 0.35, "side": SIDE, "size": size, "epochs": epochs, "optimizer": "Adam"}
    about = {"name": "phantom", "source": "neuropath.phantom", "images": images}
    return {"data": about, "settings": settings, "seeds": seeds, "rates": rates, "runs": runs}


def _trained_at(
    rate: float, X: np.ndarray, y: np.ndarray, rows: Rows, seed: int, epochs: int
) -> dict[str, Any]:
    """Fine-tune everything but the batch statistics; the head starts as the probe."""
    import keras

    from neuropath.project import bases

    keras.utils.set_random_seed(seed)
    model, features = _network(y.max() + 1)
    pixels = X[..., None].astype("float32")

    def looked() -> np.ndarray:
        return np.asarray(features.predict(pixels, batch_size=128, verbose=0))

    before = looked()
    first, W, b = probe(before, y, rows)
    model.get_layer("head").set_weights([W, b])
    bases.set_trainable(model.get_layer("mobilenet"), "all")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    train, test = rows["train"], rows["test"]
    how = {"batch_size": BATCH, "epochs": epochs, "verbose": 0}
    past = model.fit(pixels[train], y[train], validation_data=(pixels[test], y[test]), **how).history
    after = looked()
    return {
        "accuracy": [first, *(float(a) for a in past["val_accuracy"])],
        "train_loss": [float(loss) for loss in past["loss"]],
        "probe_before": first,
        "probe_after": probe(after, y, rows)[0],
        "moved": float(np.linalg.norm(after - before) / np.linalg.norm(before)),
    }


def _network(classes: int) -> tuple[Any, Any]:
    """(pixels -> logits, pixels -> features) on the bundled base: pooling and one dense layer."""
    import keras

    from neuropath.project import bases
    from neuropath.project.weights import load_base

    base = load_base("mobilenet", (SIDE, SIDE, 1), "bundled", 0.35)
    pixels = keras.Input((SIDE, SIDE, 1))
    maps = base(bases.preprocess(pixels, "mobilenet", "matched"))
    pooled = keras.layers.GlobalAveragePooling2D()(maps)
    logits = keras.layers.Dense(int(classes), name="head")(pooled)
    return keras.Model(pixels, logits), keras.Model(pixels, pooled)
