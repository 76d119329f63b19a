"""Stage 1 on features that are computed once, beside the usual way: a row made by `frozen_features`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import targets
from benchmarks.measure import Agreement
from benchmarks.report import Row, row

IMAGES, EPOCHS, SIDE, TOLERANCE = 2857, 30, 96, 1e-3  # of which nearly 2,000 are to train on
USUAL = "the base in every step"


def measure(core: str, quick: bool = False) -> Iterator[Row | Agreement]:
    """Both ways train the same head with the same batches and masks; the losses of all epochs must agree.

    Each way is carried out once: it is long enough, and its batches are rounds enough.
    """
    from benchmarks.frozen_features import WAYS, run
    from neuropath.project import callbacks
    from neuropath.project.settings import Settings
    from neuropath.project.train import load_data

    settings = {"images": 300 if quick else IMAGES, "epochs": 3 if quick else EPOCHS, "size": SIDE}
    patience, callbacks.PATIENCE = callbacks.PATIENCE, settings["epochs"]  # no early stop: all epochs of both
    try:
        with tempfile.TemporaryDirectory() as folder:
            data = load_data(Settings(out=Path(folder), **settings))
            found = {way: run(way, data, settings, Path(folder)) for way in WAYS}
    finally:
        callbacks.PATIENCE = patience
    (slow, usual), (fast, ours) = found["images"], found["features"]
    if len(usual) != len(ours):
        raise AssertionError(f"stage 1 took {len(ours)} epochs by features and {len(usual)} by images")
    worst = float(np.abs(ours / usual - 1).max())
    if not worst <= TOLERANCE:
        raise AssertionError(f"stage 1: losses {worst:.1e} apart, expected at most {TOLERANCE:.0e}")
    yield Agreement("stage 1, losses of all epochs", worst, TOLERANCE)
    title = (
        f"stage 1, {len(data.rows('train')):,} images of {SIDE}², {settings['epochs']} epochs (both Keras)"
    )
    aim = targets.target("stage 1", USUAL, core)
    yield row("stage1", title, "features once", USUAL, "s", [fast], [slow], aim)
