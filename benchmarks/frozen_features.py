"""Stage 1 by frozen features against the usual way: the same losses, how much sooner? Not a timed test.

    python -m benchmarks.frozen_features [--images 2000] [--epochs 30] [--size 96]

The head of the classifier is trained twice from the same weights on the same batches in the same order with
the same dropout masks: (a) the usual way, the frozen base runs in every step; (b) its features are computed
once and the head is trained on them. Both losses, epoch by epoch, are printed and must agree to 1e-3
relative: what is left is rounding, the base's sums being taken over batches of another size. No early
stopping: both do all epochs.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its log lines; oneDNN stays on

import numpy as np

from benchmarks.input_pipeline import machine
from neuropath.project import callbacks
from neuropath.project.callbacks import read_history
from neuropath.project.dataset import MRIData
from neuropath.project.settings import Settings
from neuropath.project.train import frozen_stage, load_data, new_model

WAYS = ("images", "features")


def run(way: str, data: MRIData, settings: dict, folder: Path) -> tuple[float, np.ndarray]:
    """(seconds, training loss of each epoch) of stage 1 carried out in one of the WAYS."""
    how = Settings(out=folder / way, stage1=way, **settings)
    from neuropath.project.strategy import Distribution

    model = new_model(how, len(data.class_names))
    model.features.predict(data.images[:128, ..., None], verbose=0)  # compiled before the clock starts
    start = time.perf_counter()
    frozen_stage(model, data, how, Distribution(how.out))
    seconds = time.perf_counter() - start
    return seconds, np.array([row["loss"] for row in read_history(how.out / "history.csv")])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, default in (("images", 2857), ("epochs", 30), ("size", 96)):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args()
    settings = vars(args)
    callbacks.PATIENCE = args.epochs
    with tempfile.TemporaryDirectory() as folder:
        data = load_data(Settings(out=Path(folder), **settings))
        found = {way: run(way, data, settings, Path(folder)) for way in WAYS}
    (slow, usual), (fast, ours) = found["images"], found["features"]
    worst = np.abs(ours[: len(usual)] / usual[: len(ours)] - 1).max()
    print(machine())
    print(f"{len(data.rows('train')):,} training images of {args.size}×{args.size}")
    for way, (seconds, losses) in found.items():
        print(f"stage 1 by {way:<9} {len(losses)} epochs in {seconds:6.1f} s, last loss {losses[-1]:.5f}")
    print(f"{slow / fast:.1f}× sooner, losses at most {worst:.1e} apart")
    assert len(usual) == len(ours), "early stopping came at different epochs"
    assert worst < 1e-3, "the two ways are not the same training"


if __name__ == "__main__":
    main()
