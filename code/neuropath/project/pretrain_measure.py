"""What the bundled backbone is worth: its frozen features against a random backbone's.

`python -m neuropath.project.pretrain_measure --seeds 0 1 2`. Logistic regression on pooled features of the
phantom's 17 classes, patients of the training split to patients of the test split; its strength of
regularisation is chosen on the validation patients. The random backbone has its batch statistics
recalibrated on the training images first: without that it is no fair baseline.
"""

from __future__ import annotations

import argparse
from os import PathLike

import numpy as np

from neuropath.phantom import PhantomSet, generate

from .neuropathology_model import NeuropathologyModel

__all__ = ["compare", "features", "probe"]

STRENGTHS = (0.001, 0.01, 0.1)  # C of scikit-learn, on standardised features
CALIBRATION = 1024  # images


def features(images: np.ndarray, weights: str | PathLike[str], seed: int, known: np.ndarray) -> np.ndarray:
    """Pooled features (N, 1280) of images (N, S, S) uint8 from a frozen MobileNetV2 (α = 0.35).

    weights: "bundled", "none" (random, recalibrated on `known`, (M, S, S)) or a file.
    """
    model = NeuropathologyModel(input_shape=(*images.shape[1:], 1), weights=weights, seed=seed)
    model.build_model()
    if weights == "none":
        model.recalibrate(known[:CALIBRATION])
    return np.asarray(model.features.predict(images[..., None], batch_size=128, verbose=0))


def probe(x: np.ndarray, data: PhantomSet) -> tuple[float, float]:
    """(accuracy, macro-F1) on test patients of logistic regression on features x (N, D)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, f1_score
    from sklearn.preprocessing import StandardScaler

    train = data.split == "train"
    x = StandardScaler().fit(x[train]).transform(x)

    def fitted(strength: float) -> LogisticRegression:
        model = LogisticRegression(C=strength, max_iter=200, class_weight="balanced", tol=1e-3)
        return model.fit(x[train], data.labels[train])

    def score(model: LogisticRegression, split: str) -> tuple[float, float]:
        chosen = data.split == split
        answers, truth = model.predict(x[chosen]), data.labels[chosen]
        macro = f1_score(truth, answers, average="macro", zero_division=0, labels=np.unique(data.labels))
        return float(accuracy_score(truth, answers)), float(macro)

    best = max((fitted(strength) for strength in STRENGTHS), key=lambda model: score(model, "val")[1])
    return score(best, "test")


def compare(
    seed: int, *, images: int = 4449, size: int = 96, weights: str | PathLike[str] = "bundled"
) -> dict[str, tuple[float, float]]:
    """(accuracy, macro-F1) of `weights` and of "none" on the phantom of this seed."""
    data = generate(images, size=size, seed=seed, progress=False)
    known = data.images[data.split == "train"]
    return {str(w): probe(features(data.images, w, seed, known), data) for w in (weights, "none")}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m neuropath.project.pretrain_measure", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--images", type=int, default=4449)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--weights", default="bundled", help="bundled, or a file")
    options = parser.parse_args(arguments)
    gains = []
    for seed in options.seeds:
        result = compare(seed, images=options.images, size=options.size, weights=options.weights)
        (a, f), (b, g) = result.values()
        gains.append(f - g)
        print(f"seed {seed}: trained accuracy {a:.3f} macro-F1 {f:.3f}; random {b:.3f} {g:.3f}", flush=True)
    print(f"macro-F1 gain: mean {np.mean(gains):+.3f}, from {min(gains):+.3f} to {max(gains):+.3f}")


if __name__ == "__main__":
    main()
