"""From probabilities to a verdict: scores, their intervals, the confusion matrix, and one metrics.json."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from typing import Any

import numpy as np

from . import metrics
from .files import atomic

__all__ = ["ClassScore", "Evaluation", "ModelEvaluator"]

Interval = tuple[float, float] | None


@dataclass(frozen=True)
class ClassScore:
    """One class. None: not defined (no image of it, or it was never called). Intervals are 95 %."""

    support: int
    precision: float | None
    recall: float | None
    f1: float | None
    precision_interval: Interval
    recall_interval: Interval
    f1_interval: Interval


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What was found. confusion_matrix: (K, K), truth in rows. split: how test images were set apart."""

    accuracy: float
    accuracy_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    ece: float
    per_class: dict[str, ClassScore]
    confusion_matrix: np.ndarray
    calibration: np.ndarray
    class_names: tuple[str, ...]
    images: int
    groups: int | None
    split: str
    seed: int

    def accuracy_by(self, kinds: Sequence[str]) -> float:
        """Accuracy when only the kind of a class counts, e.g. its sequence: kinds gives one word a class."""
        if len(kinds) != len(self.class_names):
            raise ValueError(
                f"accuracy_by expects one kind for each of {len(self.class_names)} classes, "
                f"received {len(kinds)}."
            )
        same = np.asarray(kinds)[:, None] == np.asarray(kinds)[None, :]
        return float(self.confusion_matrix[same].sum() / self.confusion_matrix.sum())

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as metrics.json holds them."""
        plain = {
            name: value for name, value in vars(self).items() if name not in ("per_class", "calibration")
        }
        return plain | {
            "per_class": {name: asdict(score) for name, score in self.per_class.items()},
            "confusion_matrix": self.confusion_matrix.tolist(),
            "class_names": list(self.class_names),
        }

    def save(self, path: str | PathLike[str], **more: Any) -> None:
        """Write metrics.json, whole or not at all; `more` is added (e.g. the data's provenance)."""
        text = json.dumps(self.to_dict() | more, indent=2, ensure_ascii=False, allow_nan=False)
        with atomic(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    def report(self) -> str:
        """A table for people: one line a class, the weakest recall first."""

        def worst(item: tuple[str, ClassScore]) -> float:
            return math.inf if item[1].recall is None else item[1].recall

        width = max(len(name) for name in self.class_names)
        lines = [f"{'class':{width}}  images  precision  recall (95 %)        F1"]
        for name, score in sorted(self.per_class.items(), key=worst):
            low, high = score.recall_interval or (math.nan, math.nan)
            lines.append(
                f"{name:{width}}  {score.support:6d}  {_share(score.precision):>9}  "
                f"{_share(score.recall):>5} ({low:.2f}–{high:.2f})  {_share(score.f1):>5}"
            )
        lines += [
            "",
            f"accuracy  {_with(self.accuracy, self.accuracy_interval)}",
            f"macro-F1  {_with(self.macro_f1, self.macro_f1_interval)}",
            f"calibration error  {self.ece:.3f}",
            f"{self.images} images"
            + (f" of {self.groups} patients" if self.groups else "")
            + f"; test images set apart: {self.split}",
        ]
        return "\n".join(lines)


class ModelEvaluator:
    """Scores a model on images it has not seen.

    split: how the test images were set apart ("patient", "slice", "folds"), recorded beside every score
    because a score means little without it. seed: of the run; it also draws the bootstrap.
    """

    def __init__(self, class_names: Sequence[str], *, split: str, seed: int, resamples: int = 1000):
        if len(set(class_names)) != len(class_names) or len(class_names) < 2:
            raise ValueError(f"class_names expects at least 2 different names, received {list(class_names)}.")
        self.class_names, self.split, self.seed = tuple(class_names), split, seed
        self.resamples = resamples

    def evaluate_model(
        self, model: Any, images: np.ndarray, labels: np.ndarray, groups: np.ndarray | None = None
    ) -> Evaluation:
        """Predict with model.predict (a NeuropathologyModel, or any Keras model), then `evaluate`."""
        return self.evaluate(labels, np.asarray(model.predict(images, batch_size=64)), groups)

    def evaluate(
        self, labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray | None = None
    ) -> Evaluation:
        """Scores from labels (N,) or one-hot (N, K), probabilities (N, K), and patients (N,) where known.

        With patients the intervals of accuracy and F1 come from redrawing patients. Those of precision and
        recall are Wilson's, as if images were independent: with several slices a patient they are too narrow.
        Raises ValueError where shapes or values cannot be.
        """
        labels, probabilities = self._check(np.asarray(labels), np.asarray(probabilities), groups)
        predicted = probabilities.argmax(axis=1)
        confusion = metrics.confusion_matrix(labels, predicted, len(self.class_names))
        redrawn = self._redraw(labels, predicted, groups)
        return Evaluation(
            accuracy=float(metrics.accuracy(confusion)),
            accuracy_interval=metrics.percentile_interval(metrics.accuracy(redrawn)),
            macro_f1=float(metrics.macro_f1(confusion)),
            macro_f1_interval=metrics.percentile_interval(metrics.macro_f1(redrawn)),
            ece=metrics.expected_calibration_error(labels, probabilities),
            per_class=self._per_class(confusion, metrics.f1_scores(redrawn)),
            confusion_matrix=confusion,
            calibration=metrics.calibration_bins(labels, probabilities),
            class_names=self.class_names,
            images=len(labels),
            groups=None if groups is None else len(np.unique(groups)),
            split=self.split,
            seed=self.seed,
        )

    def _redraw(self, labels: np.ndarray, predicted: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
        rng, classes = np.random.default_rng(self.seed), len(self.class_names)
        return metrics.bootstrap_confusions(
            labels, predicted, classes, rng=rng, groups=groups, resamples=self.resamples
        )

    def _per_class(self, confusion: np.ndarray, redrawn_f1: np.ndarray) -> dict[str, ClassScore]:
        right, support, called = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
        precisions, recalls = metrics.precisions(confusion), metrics.recalls(confusion)
        f1 = metrics.f1_scores(confusion)
        return {
            name: ClassScore(
                support=int(support[k]),
                precision=_number(precisions[k]),
                recall=_number(recalls[k]),
                f1=_number(f1[k]),
                precision_interval=metrics.wilson_interval(int(right[k]), int(called[k]))
                if called[k]
                else None,
                recall_interval=metrics.wilson_interval(int(right[k]), int(support[k]))
                if support[k]
                else None,
                f1_interval=metrics.percentile_interval(redrawn_f1[:, k]),
            )
            for k, name in enumerate(self.class_names)
        }

    def _check(
        self, labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        classes = len(self.class_names)
        if labels.ndim == 2 and labels.shape[1] == classes:
            labels = labels.argmax(axis=1)
        n = len(labels)
        if n == 0 or labels.ndim != 1 or probabilities.shape != (n, classes):
            raise ValueError(
                f"evaluate expects labels (N,) and probabilities (N, {classes}) with N ≥ 1, received "
                f"{labels.shape} "
                f"and {probabilities.shape}."
            )
        if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= classes:
            raise ValueError(
                f"labels expects integers from 0 to {classes - 1}, received {np.unique(labels)[:20]}."
            )
        if not np.isfinite(probabilities).all() or np.abs(probabilities.sum(axis=1) - 1).max() > 1e-3:
            raise ValueError(
                "probabilities expects rows that sum to 1, received rows that do not, or nan: did "
                "the training diverge, "
                "or are these logits?"
            )
        if groups is not None and len(groups) != n:
            raise ValueError(f"groups expects one patient an image ({n}), received {len(groups)}.")
        return labels.astype(np.int64), probabilities


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _with(value: float, interval: Interval) -> str:
    return f"{value:.3f}" + (f"  (95 %: {interval[0]:.3f}–{interval[1]:.3f})" if interval else "")
