"""Scores of a classifier and how far they can be trusted. NumPy only; truth in rows, always.

Two kinds of interval. Wilson's for a share of n images (a recall, a precision): closed form, right for small
n. The bootstrap for what is no share (F1, macro-F1), and for everything where images are not independent:
slices of one patient resemble each other, so whole patients are drawn, not images.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

__all__ = [
    "accuracy",
    "bootstrap_confusions",
    "calibration_bins",
    "confusion_matrix",
    "expected_calibration_error",
    "f1_scores",
    "macro_f1",
    "percentile_interval",
    "precisions",
    "recalls",
    "wilson_interval",
]

LEVEL = 0.95


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """(classes, classes) int64: entry [t, p] counts images of class t that were called p."""
    return np.bincount(labels * classes + predicted, minlength=classes**2).reshape(classes, classes)


def accuracy(confusion: np.ndarray) -> np.ndarray:
    """Share on the diagonal, for one matrix (K, K) or for many (…, K, K)."""
    return np.trace(confusion, axis1=-2, axis2=-1) / confusion.sum(axis=(-2, -1))


def recalls(confusion: np.ndarray) -> np.ndarray:
    """Share of each class that was found (K,); nan for a class without images."""
    return _ratio(np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-1))


def precisions(confusion: np.ndarray) -> np.ndarray:
    """Share of each call that was right (K,); nan for a class that was never called."""
    return _ratio(np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-2))


def f1_scores(confusion: np.ndarray) -> np.ndarray:
    """2TP / (2TP + FP + FN) of each class (…, K); nan for a class that neither occurs nor is called."""
    return _ratio(
        2 * np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-1) + confusion.sum(axis=-2)
    )


def macro_f1(confusion: np.ndarray) -> np.ndarray:
    """The mean F1 over the classes that occur or are called, as scikit-learn's f1_score(average="macro")."""
    return np.nanmean(f1_scores(confusion), axis=-1)


def wilson_interval(successes: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval for a share (J. Am. Stat. Assoc. 22, 209, 1927); (0, 1) when nothing was seen."""
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, shrink = successes / n, 1 + z * z / n
    middle = (share + z * z / (2 * n)) / shrink
    half = z / shrink * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else float(middle - half)  # exact: rounding would leave 1e-17
    return low, 1.0 if successes == n else float(middle + half)


def bootstrap_confusions(
    labels: np.ndarray,
    predicted: np.ndarray,
    classes: int,
    *,
    rng: np.random.Generator,
    groups: np.ndarray | None = None,
    resamples: int = 1000,
) -> np.ndarray:
    """(resamples, K, K): the confusion matrix of test sets redrawn with replacement, group by group.

    groups: (N,) patient of each image; None draws images. A patient's images come and go together, so their
    counts can be added once and the patients drawn as weights: resamples × patients @ patients × K².
    """
    _, group = np.unique(np.arange(len(labels)) if groups is None else groups, return_inverse=True)
    count = int(group.max()) + 1
    cells = np.zeros((count, classes * classes))
    np.add.at(cells, (group, labels * classes + predicted), 1)
    draws = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    return np.rint(draws @ cells).astype(np.int64).reshape(resamples, classes, classes)


def percentile_interval(values: np.ndarray, level: float = LEVEL) -> tuple[float, float] | None:
    """The middle `level` of resampled values, nan left out; None if fewer than two are numbers."""
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def calibration_bins(labels: np.ndarray, probabilities: np.ndarray, bins: int = 15) -> np.ndarray:
    """(bins, 3): images, mean confidence, accuracy in equal bins of the top probability; nan if empty."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    index = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    n = np.bincount(index, minlength=bins)
    sums = [np.bincount(index, weights=w, minlength=bins) for w in (confidence, right.astype(float))]
    return np.column_stack([n, *(_ratio(total, n) for total in sums)])


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray, bins: int = 15) -> float:
    """Mean gap between confidence and accuracy, bins weighted by size (Guo et al. 2017, arXiv:1706.04599)."""
    n, confidence, right = calibration_bins(labels, probabilities, bins).T
    return float(np.nansum(n * np.abs(confidence - right)) / n.sum())


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, nan where there is no whole."""
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) > 0)
