"""Session 03 E on Cheng's real slices: the two stages fold by fold, and the price of wrongly scaled pixels.

    python -m neuropath.lessons.record figshare-folds           # an hour of one core
    python -m neuropath.lessons.record preprocessing-figshare   # some ten minutes of one core

NEUROPATH_DATA names the folder with the set and with ImageNet's weights (see record_common.FILES). Each of
the author's five patient-wise folds is the test set once, the fold after it validates, and three train.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from .record_common import file

EPOCHS, FINE_TUNE_EPOCHS = 20, 10
FOLDS = (1, 2, 3, 4, 5)
SIDE, BATCH = 224, 64
# What reaches the base is scale · pixel + offset. "twice": x/127.5 − 1 inside the model and outside it.
SCALES = {
    "matched": (1 / 127.5, -1.0),
    "unit": (1 / 255, 0.0),
    "raw": (1.0, 0.0),
    "twice": (1 / 127.5**2, -1 / 127.5 - 1.0),
}


def figshare_folds(*, seed: int = 0, folds: Iterable[int] = FOLDS, **options: Any) -> dict[str, Any]:
    """`neuropath train` with a frozen and with a fine-tuned base: five folds, and slices at random.

    options: other fields of `Settings`.
    """
    runs = [_two_runs({"split": "fold", "fold": fold}, seed, options) for fold in folds]
    runs.append(_two_runs({"split": "slice"}, seed, options))
    about = {"name": "figshare", "images": 3064, "classes": ["glioma", "meningioma", "pituitary"]}
    settings = {"alpha": 0.35, "side": SIDE, "weights": "imagenet"}
    settings |= {"epochs": EPOCHS, "fine_tune_epochs": FINE_TUNE_EPOCHS, **options}
    return {"data": about, "settings": settings, "seed": seed, "runs": runs}


def _two_runs(how: dict[str, Any], seed: int, options: dict[str, Any]) -> dict[str, Any]:
    """One row: the split, how many images test, and the accuracy of either network."""
    from neuropath.project.settings import Settings
    from neuropath.project.train import train

    row: dict[str, Any] = dict(how)
    given = {"data": "figshare", "path": file("data"), "weights": str(file("weights")), "epochs": EPOCHS}
    for name, epochs in (("frozen", 0), ("fine_tuned", FINE_TUNE_EPOCHS)):
        with tempfile.TemporaryDirectory() as folder:
            chosen = {**given, **how, "fine_tune_epochs": epochs, "seed": seed, **options}
            result = train(Settings(out=Path(folder) / "run", **chosen))
        assert result is not None  # only helping workers get none
        row |= {"images": result.images, name: result.accuracy}
    print(row, flush=True)
    return row


def preprocessing_figshare(*, seed: int = 0, epochs: int = EPOCHS) -> dict[str, Any]:
    """The head of the classifier, trained on features of wrongly scaled pixels; and a right one, fed them.

    "trained": train, validate and test at one scale. "switched": trained on "matched", tested at the scale.
    """
    from neuropath.project.data_loader import MRIDataLoader

    found = MRIDataLoader("figshare", path=file("data"), split="fold", fold=1, progress=False).load()
    assert found.folds is not None  # this set has its author's
    model = _model(seed)
    features = {name: _features(model.base, found.images, *how) for name, how in SCALES.items()}
    start, runs = model.head.get_weights(), []
    for fold in FOLDS:
        val = fold % len(FOLDS) + 1
        parts = [np.flatnonzero(it) for it in _parts(found.folds, fold, val)]
        for scale, F in features.items():
            model.head.set_weights(start)
            _train_head(model, F, found.labels, parts, seed, epochs)
            runs.append(_scored(model, {"trained": scale}, fold, F, found.labels, parts[2]))
            if scale == "matched":
                for other, G in features.items():
                    row = {"trained": scale, "fed": other}
                    runs.append(_scored(model, row, fold, G, found.labels, parts[2]))
    settings = {"alpha": 0.35, "side": SIDE, "weights": "imagenet", "epochs": epochs, "scales": SCALES}
    about = {"name": "figshare", "source": found.source, "images": len(found.labels)}
    return {"data": about, "settings": settings, "seed": seed, "runs": runs}


def _parts(folds: np.ndarray, test: int, val: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (folds != test) & (folds != val), folds == val, folds == test


def _model(seed: int) -> Any:
    from neuropath.project import NeuropathologyModel

    weights = file("weights")
    model = NeuropathologyModel(3, (SIDE, SIDE, 1), weights=weights, head_momentum=0.9, seed=seed)
    model.build_model()
    return model


def _features(base: Any, images: np.ndarray, scale: float, offset: float) -> np.ndarray:
    """Images (N, H, W) -> features (N, 1280) of scale · pixel + offset."""
    pooled = []
    for first in range(0, len(images), BATCH):
        x = images[first : first + BATCH, ..., None].astype("float32") * scale + offset
        maps = np.asarray(base.predict_on_batch(np.repeat(x, 3, axis=-1).astype("float32")))
        pooled.append(maps.mean(axis=(1, 2)))
    print(f"features at scale {scale:g}, offset {offset:g}", flush=True)
    return np.concatenate(pooled)


def _train_head(
    model: Any, F: np.ndarray, y: np.ndarray, parts: list[np.ndarray], seed: int, epochs: int
) -> None:
    """Stage 1 as `frozen_stage` has it; the head is left with the weights of its best epoch."""
    from neuropath.project import ArrayGenerator, create_callbacks

    train, val, _ = parts
    model.compile_model(1e-3, head_only=True, steps_per_execution=8)
    with tempfile.TemporaryDirectory() as folder:
        how = {"stage": "frozen", "seed": seed, "network": model.head, "best_at_end": True}
        model.head.fit(
            ArrayGenerator(F[train], y[train], seed=seed, batch_size=32),
            validation_data=ArrayGenerator(F[val], y[val], seed=0, shuffle=False, batch_size=128),
            epochs=epochs,
            shuffle=False,
            callbacks=create_callbacks(Path(folder), **how),
            verbose=0,
        )


def _scored(
    model: Any, row: dict[str, Any], fold: int, F: np.ndarray, y: np.ndarray, rows: np.ndarray
) -> dict[str, Any]:
    answers = np.asarray(model.head.predict_on_batch(F[rows])).argmax(axis=1)
    right = int(np.sum(answers == y[rows]))
    row = {**row, "fold": fold, "images": len(rows), "right": right, "accuracy": right / len(rows)}
    print(row, flush=True)
    return row
