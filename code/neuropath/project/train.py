"""Training from a data set's name to a finished run: load, stage 1, stage 2, evaluate, explain, write.

    neuropath train --data phantom --out runs/first

Stage 1 trains the head on a frozen base, whose features are computed once; stage 2 lets the base train too.
Every epoch of stage 2 is kept on disk: the same command, given again after a kill, goes on where it stopped
and ends with the weights of a run that was never stopped.
"""

from __future__ import annotations

import math
import os
import sys
from importlib.util import find_spec
from typing import Any

import keras
import numpy as np

from .augment import AUGMENTATIONS
from .callbacks import create_callbacks, latest, read_history, stopped
from .data_loader import MRIDataLoader
from .dataset import MRIData
from .evaluate_model import Evaluation
from .finish import finish
from .generator import ArrayGenerator, CachedGenerator
from .neuropathology_model import NeuropathologyModel
from .report import DataError
from .runs import MODEL, claimed, fingerprint, same_data, write_classes
from .settings import Settings
from .strategy import Distribution, distributed, is_chief

__all__ = ["cosine", "fine_tune_stage", "frozen_stage", "load_data", "new_model", "train"]

FROZEN, FINE_TUNED = "frozen", "fine-tuned"  # the stages' names in history.csv
STAGE1 = "stage1.keras"  # the network as stage 1 leaves it
STEPS = 8  # of the head, in one call of the compiled function
WARM_UP = 2  # epochs in which the cosine schedule rises


def train(settings: Settings) -> Evaluation | None:
    """One run, whole or resumed. Returns the test set's scores (None on workers that only help).

    Raises DataError for data that cannot be used, WeightsUnavailable for weights that cannot be had,
    ValueError for a folder that holds another run.
    """
    if settings.tensorboard and find_spec("tensorboard") is None:
        raise ValueError(
            "--tensorboard expects the package tensorboard: install it, or leave the option out."
        )
    with claimed(settings, is_chief(settings)) as folder, distributed(settings) as here:
        data = load_data(settings)
        if (folder / STAGE1).is_file() or (folder / MODEL).is_file():
            same_data(folder, data)
        keras.utils.set_random_seed(settings.seed)
        if not (folder / MODEL).is_file():
            model = stage_1(settings, data, here)
            if settings.fine_tune_epochs:
                fine_tune_stage(model, data, settings, here)
            if here.chief:
                os.replace(folder / "best.keras", folder / MODEL)  # from now on: training is over
    return finish(settings, data) if here.chief else None


def load_data(settings: Settings) -> MRIData:
    """The data set, split. DataError lists everything wrong with it, or says that nothing validates."""
    loader = MRIDataLoader(
        settings.data, path=settings.path, size=settings.side, split=settings.split, groups=settings.groups,
        seed=settings.seed, fold=settings.fold, drop_small=settings.drop_small, images=settings.images,
        data_seed=settings.seed, sites=tuple(settings.sites), slices=settings.slice_range,
        jobs=settings.jobs,
    )  # fmt: skip
    data = loader.load()
    print(data)
    if not len(data.rows("val")):
        raise DataError(
            "training expects validation images (they choose the best epoch), received a split without any: "
            "more patients, or another split, are needed."
        )
    return data


def new_model(settings: Settings, classes: int) -> NeuropathologyModel:
    """The classifier, with its base's weights, for grey images."""
    model = NeuropathologyModel(
        classes, (settings.side, settings.side, 1), settings.base_model, weights=settings.base_weights,
        alpha=settings.alpha, preprocessing=settings.preprocessing, head_momentum=settings.head_momentum,
        seed=settings.seed,
    )  # fmt: skip
    model.build_model()
    return model


def stage_1(settings: Settings, data: MRIData, here: Distribution) -> NeuropathologyModel:
    """The network after stage 1: trained now, or as an earlier start of this run left it.

    A random base has nothing to freeze: it goes to stage 2 as it is.
    """
    kept = here.folder / STAGE1
    if kept.is_file():
        return NeuropathologyModel.load_model(kept)
    model = new_model(settings, len(data.class_names))
    write_classes(here.folder, data)
    if settings.base_weights != "none":
        frozen_stage(model, data, settings, here)
        model = NeuropathologyModel.load_model(here.folder / "best.keras")
    model.save_model(here.folder / STAGE1)
    return model


def frozen_stage(
    model: NeuropathologyModel, data: MRIData, settings: Settings, here: Distribution
) -> keras.callbacks.History:
    """Stage 1: train the head alone, on features that the frozen base computes once.

    With stage1="images" the base runs at every step, the usual way: the losses are the same, the time is not.
    """
    (x, y), (x_val, y_val) = data.part("train"), data.part("val")
    print(
        f"stage 1: {settings.epochs} epochs of the head on {len(x):,} images, base frozen ({settings.stage1})"
    )
    target = model.model
    if settings.stage1 == "features":
        x, x_val = (model.features.predict(_plain(some), verbose=0) for some in (x, x_val))
        target = model.head
    else:
        x, x_val = (some[..., None].astype("float32") for some in (x, x_val))
    # The head alone takes very short steps.
    several: dict[str, Any] = {"steps_per_execution": STEPS} if target is model.head else {}
    model.compile_model(settings.learning_rate, head_only=target is model.head, **several)
    return target.fit(
        ArrayGenerator(x, y, seed=settings.seed, batch_size=settings.batch_size),
        validation_data=ArrayGenerator(x_val, y_val, seed=0, shuffle=False, batch_size=128),
        epochs=settings.epochs,
        shuffle=False,  # the generator shuffles
        callbacks=create_callbacks(
            here.folder, stage=FROZEN, seed=settings.seed, network=model.model, best_at_end=True
        ),
        verbose=_verbose(),
    )


def fine_tune_stage(
    model: NeuropathologyModel, data: MRIData, settings: Settings, here: Distribution
) -> keras.callbacks.History:
    """Stage 2: let the base train as well, on images that are augmented anew in every epoch; resumable."""
    history = read_history(here.folder / "history.csv")
    start = sum(row["stage"] == FROZEN for row in history)
    kept, done = latest(here.folder) or (None, start)
    here.agree(start, done, int(fingerprint(data)[:5], 16))
    with here.scope():
        # A kept network comes with its optimiser.
        model = NeuropathologyModel.load_model(kept) if kept else _unfrozen(model, settings, here)
    schedule = cosine(settings, start) if settings.schedule == "cosine" else None
    over = schedule is None and stopped([row for row in history if start <= row["epoch"] < done])
    print(f"stage 2: epochs {done - start + 1} to {settings.fine_tune_epochs}, unfrozen: {settings.unfreeze}")
    return here.fit(
        model.model,
        CachedGenerator(
            *data.part("train"), seed=settings.seed, batch_size=settings.batch_size, epoch=done,
            how=AUGMENTATIONS[settings.augment],
        ),
        validation_data=_plain(*data.part("val")),
        initial_epoch=done,
        epochs=done if over else start + settings.fine_tune_epochs,
        callbacks=create_callbacks(
            here.folder, stage=FINE_TUNED, initial_epoch=done, seed=settings.seed, keep_last=True,
            schedule=schedule, tensorboard=settings.tensorboard,
        ),
        verbose=_verbose(),
    )  # fmt: skip


def _unfrozen(model: NeuropathologyModel, settings: Settings, here: Distribution) -> NeuropathologyModel:
    """The network of stage 1, ready for stage 2; made anew where it is to live on several devices."""
    if here.strategy:
        model = NeuropathologyModel.load_model(here.folder / STAGE1)
    scratch = settings.base_weights == "none"
    model.fine_tune_model(
        "all" if scratch else settings.layers,
        settings.fine_tune_rate,
        train_batch_norm=scratch or settings.train_batch_norm,
    )
    return model


def cosine(settings: Settings, start: int):
    """epoch -> learning rate of stage 2: a short rise, then half a cosine to (almost) nothing.

    A function of the epoch alone, so that a resumed run has the rates of one that was not stopped. Loshchilov
    and Hutter 2017, arXiv:1608.03983, without restarts.
    """
    peak, epochs = settings.fine_tune_rate, settings.fine_tune_epochs

    def rate(epoch: int, _: float = 0.0) -> float:
        step = epoch - start
        if step < WARM_UP:
            return peak * (step + 1) / (WARM_UP + 1)
        share = (step - WARM_UP) / max(epochs - WARM_UP, 1)
        return max(peak * 0.5 * (1 + math.cos(math.pi * share)), 1e-7)

    return rate


def _plain(images: np.ndarray, labels: np.ndarray | None = None) -> CachedGenerator:
    """Images in order, unchanged, in large batches."""
    return CachedGenerator.plain(images, np.zeros(len(images)) if labels is None else labels, batch_size=128)


def _verbose() -> int:
    """Keras' bar where somebody looks; a line an epoch in a file."""
    return 1 if sys.stdout.isatty() else 2
