"""Session 03 D: what a pretrained base is worth, measured; every gradient is computed by neuropath.scratch.

    python -m neuropath.lessons.record transfer-phantom     # a quarter of an hour of one core
    python -m neuropath.lessons.record transfer-figshare    # two minutes; NEUROPATH_DATA names the folder

Each seed is a cohort of simulated patients (or, on figshare, each published fold a test set). All learners of
a seed see the same images, and all are tested on the same other patients. Nothing is chosen by validation:
epochs and rates are fixed beforehand, and the last weights count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from neuropath import scratch as nn
from neuropath.project.augment import batches
from neuropath.project.metrics import accuracy, confusion_matrix, macro_f1

from .record_common import file, told

SIDE, CLASSES, BATCH = 96, 17, 32
TEST_SEED = 10_000  # of the cohort on which all are tested
HEAD_EPOCHS, HEAD_RATE = 30, 1e-3
PEAK = 1e-3  # highest rate of stage 2 and from scratch: the project's default on these weights
EPOCHS = {100: (60, 16), 350: (35, 12), 1000: (30, 10)}  # images: (from scratch, stage 2)
SCRATCH_BATCH = 16  # twice as many steps an epoch: from scratch there is more to learn
FREEZING = {"size": 350, "epochs": 8, "cases": ((20, 1e-3), ("all", 1e-4), ("all", 1e-3), ("all", 1e-2))}
FIGSHARE_SIZES = (50, 150, 450, 1200)  # and all


def transfer_phantom(
    *,
    seeds: Iterable[int] = (0, 1, 2),
    epochs: dict[int, tuple[int, int]] = EPOCHS,
    test: int = 1000,
    head_epochs: int = HEAD_EPOCHS,
    freezing: dict[str, Any] = FREEZING,
) -> dict[str, Any]:
    """Random and pretrained base, frozen, fine-tuned, from scratch; by training images, layers and rates."""
    unseen = _cohort(test, TEST_SEED)
    runs: list[dict[str, Any]] = []
    frozen_some: list[dict[str, Any]] = []
    sizes, seeds = list(epochs), list(seeds)
    for seed in seeds:
        X, y = _cohort(max(sizes), seed)
        for size in sizes:
            for row in _learners((X[:size], y[:size]), unseen, seed, *epochs[size], head_epochs):
                runs.append(told({"size": size, "seed": seed, **row}))
        few = X[: freezing["size"]], y[: freezing["size"]]
        for row in _freezing(few, unseen, seed, head_epochs, freezing):
            frozen_some.append(told({"size": freezing["size"], "seed": seed, **row}))
    return {
        "data": {"name": "phantom", "source": "neuropath.phantom", "test": test, "test_seed": TEST_SEED},
        "settings": {
            "alpha": 0.35,
            "side": SIDE,
            "batch_size": BATCH,
            "scratch_batch": SCRATCH_BATCH,
            "head_epochs": head_epochs,
            "head_rate": HEAD_RATE,
            "peak_rate": PEAK,
            "epochs": {str(n): list(e) for n, e in epochs.items()},
            "freezing": dict(freezing),
        },
        "seeds": seeds,
        "sizes": sizes,
        "runs": runs,
        "freezing": frozen_some,
    }


Images = tuple[np.ndarray, np.ndarray]  # (N, H, W) bytes, labels (N,)


def _cohort(images: int, seed: int) -> Images:
    from neuropath.phantom import generate

    made = generate(images, size=SIDE, seed=seed, progress=False)
    return made.images, made.labels


def _learners(
    few: Images, unseen: Images, seed: int, scratch_epochs: int, epochs: int, head_epochs: int
) -> Iterator[dict[str, Any]]:
    """The four learners, one row of scores each."""
    for name, base in (("random, frozen", "random"), ("frozen", "bundled")):
        network = classifier(base, seed, few[0])
        train_head(network, *few, seed=seed, epochs=head_epochs)
        yield _scores(name, network, few, unseen)
    fine_tune(network, *few, seed=seed, epochs=epochs)  # goes on where "frozen" stopped
    yield _scores("fine-tuned", network, few, unseen)
    network = classifier("random", seed)
    how: dict[str, Any] = {"train_batch_norm": True, "batch_size": SCRATCH_BATCH}
    fine_tune(network, *few, seed=seed, epochs=scratch_epochs, **how)
    yield _scores("from scratch", network, few, unseen)


def _freezing(
    few: Images, unseen: Images, seed: int, head_epochs: int, plan: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Stage 2 from one and the same stage 1: some or all layers, three rates, statistics held or moving."""
    network = classifier("bundled", seed)
    train_head(network, *few, seed=seed, epochs=head_epochs)
    stage_1 = network.get_weights()
    cases = [(layers, rate, False) for layers, rate in plan["cases"]]
    for layers, rate, moving in [*cases, ("all", PEAK, True)]:
        network.set_weights(stage_1)
        how = {"unfreeze": layers, "rate": rate, "train_batch_norm": moving}
        fine_tune(network, *few, seed=seed, epochs=plan["epochs"], **how)
        yield {**how, **_scores("fine-tuned", network, few, unseen)}


def classifier(base: str, seed: int, images: np.ndarray | None = None) -> nn.Classifier:
    """The 17-class network on a "bundled" or "random" base; images (N, H, W) recalibrate a random one."""
    rng = np.random.default_rng((seed, 3))
    if base == "bundled":
        from neuropath.project.weights import load_base

        body = nn.MobileNetV2.from_keras(load_base("mobilenet", (SIDE, SIDE, 3), "bundled", 0.35))
    else:
        body = nn.MobileNetV2((SIDE, SIDE, 3), 0.35, rng=rng)
        for layer in _norms(body):
            layer.momentum = 0.9  # 0.999 would hardly leave its start in a few hundred steps
    network = nn.Classifier(body, CLASSES, rng=rng, grey=True, head_momentum=0.9)
    if base == "random" and images is not None:
        recalibrate(network, images)
    return network


def _norms(graph: nn.Graph) -> list[nn.BatchNormalization]:
    return [layer for layer in graph.layers if isinstance(layer, nn.BatchNormalization)]


def recalibrate(network: nn.Classifier, images: np.ndarray) -> None:
    """Set the base's moving statistics to their mean over batches of images, (N, H, W) bytes; no training.

    In batch k the momentum is (k - 1) / k: the moving average is then the mean.
    """
    norms, features = _norms(network.base), network.features
    kept = [(layer.trainable, layer.momentum) for layer in norms]
    for k, start in enumerate(range(0, len(images), 2 * BATCH), start=1):
        for layer in norms:
            layer.trainable, layer.momentum = True, (k - 1) / k
        features.forward(images[start : start + 2 * BATCH, ..., None].astype("float32"), training=True)
    for layer, (trainable, momentum) in zip(norms, kept, strict=True):
        layer.trainable, layer.momentum = trainable, momentum


def pooled(network: nn.Classifier, images: np.ndarray) -> np.ndarray:
    """Features (N, 1280) of images (N, H, W)."""
    features = network.features
    parts = [images[i : i + BATCH, ..., None] for i in range(0, len(images), BATCH)]
    return np.concatenate([features.forward(part) for part in parts])


def train_head(network: nn.Classifier, X: np.ndarray, y: np.ndarray, *, seed: int, epochs: int) -> None:
    """Stage 1: the base's features once, then the head alone."""
    head = network.head
    head.compile(nn.Adam(HEAD_RATE))
    rng = np.random.default_rng((seed, 1))
    head.fit(pooled(network, X), y, rng=rng, batch_size=BATCH, epochs=epochs, verbose=0)


def fine_tune(
    network: nn.Classifier,
    X: np.ndarray,
    y: np.ndarray,
    *,
    seed: int,
    epochs: int,
    unfreeze: int | str = "all",
    rate: float = PEAK,
    train_batch_norm: bool = False,
    batch_size: int = BATCH,
) -> None:
    """Stage 2 on augmented images: the rate rises for two epochs, then falls along half a cosine."""
    network.fine_tune(unfreeze, train_batch_norm=train_batch_norm)
    steps, rng = -(-len(X) // batch_size), np.random.default_rng((seed, 2))
    rise = min(2, epochs - 1) * steps
    schedule = nn.CosineDecay(0.0, epochs * steps - rise, warmup_target=rate, warmup_steps=rise)
    network.compile(nn.Adam(schedule))
    for _ in range(epochs):
        for images, labels in batches(X, y, rng=rng, batch_size=batch_size):
            network.train_step(images, labels)


def _scores(name: str, network: nn.Classifier, few: Images, unseen: Images) -> dict[str, Any]:
    kept = network.predict(few[0][..., None])
    return {
        "learner": name,
        **scores(unseen[1], network.predict(unseen[0][..., None]), CLASSES),
        "train_accuracy": float(np.mean(kept == few[1])),
    }


def scores(labels: np.ndarray, predicted: np.ndarray, classes: int) -> dict[str, float]:
    """Accuracy and macro-F1."""
    confusion = confusion_matrix(labels, predicted, classes)
    return {"accuracy": float(accuracy(confusion)), "macro_f1": float(macro_f1(confusion))}


def transfer_figshare(*, sizes: Iterable[int] = FIGSHARE_SIZES, penalty: float = 1e-2) -> dict[str, Any]:
    """Linear probes on frozen features of real slices: ImageNet's base and a random one, fold by fold."""
    from neuropath.project.data_loader import MRIDataLoader

    found = MRIDataLoader("figshare", path=file("data"), progress=False).load()
    X, y, folds = found.images, found.labels, np.asarray(found.folds)
    runs = []
    for name, F in _bases(X, file("weights")):
        for fold in np.unique(folds):
            train, test = np.flatnonzero(folds != fold), folds == fold
            order = np.random.default_rng((int(fold), 4)).permutation(train)
            for size in [*sizes, len(train)]:
                W, scale = probe(F[order[:size]], y[order[:size]], len(found.class_names), penalty)
                row = scores(y[test], predict(W, scale, F[test]), len(found.class_names))
                whole = size == len(train)
                runs.append(told({"base": name, "fold": int(fold), "size": size, "all": whole, **row}))
    about = {"name": "figshare", "source": found.source, "images": len(y), "classes": found.class_names}
    return {"data": about, "settings": {"alpha": 0.35, "side": 224, "penalty": penalty}, "runs": runs}


def _bases(X: np.ndarray, weights: Path) -> Iterator[tuple[str, np.ndarray]]:
    """("imagenet" or "random", features (N, 1280)) of images (N, 224, 224)."""
    from neuropath.project.weights import load_base

    rng, shape = np.random.default_rng(0), (*X.shape[1:3], 3)
    theirs = nn.MobileNetV2.from_keras(load_base("mobilenet", shape, weights, 0.35))
    for name, body in (("imagenet", theirs), ("random", nn.MobileNetV2(shape, 0.35, rng=rng))):
        network = nn.Classifier(body, 3, rng=rng, grey=True)
        if name == "random":
            recalibrate(network, X[:: max(1, len(X) // 300)])
        yield name, pooled(network, X)


Scale = tuple[np.ndarray, np.ndarray]


def probe(F: np.ndarray, y: np.ndarray, classes: int, penalty: float) -> tuple[np.ndarray, Scale]:
    """Softmax regression with an L2 penalty on standardised features (N, d): weights (d + 1, K), the scale.

    The problem is convex (Session 03 B, the linear probe): L-BFGS finds its one minimum.
    """
    scale = F.mean(axis=0), F.std(axis=0) + 1e-6
    A = _standardised(F, scale)

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        W = flat.reshape(A.shape[1], classes)
        loss, dZ = nn.sparse_categorical_crossentropy(A @ W, y)
        return loss + penalty / 2 * float(flat @ flat), (A.T @ dZ + penalty * W).ravel()

    start = np.zeros(A.shape[1] * classes)
    return nn.lbfgs(objective, start, max_iterations=500, tolerance=1e-4).x.reshape(-1, classes), scale


def predict(W: np.ndarray, scale: Scale, F: np.ndarray) -> np.ndarray:
    """Labels (N,) from features (N, d)."""
    return (_standardised(F, scale) @ W).argmax(axis=1)


def _standardised(F: np.ndarray, scale: Scale) -> np.ndarray:
    A = (F.astype("float64") - scale[0]) / scale[1]
    return np.column_stack([A, np.ones(len(A))])
