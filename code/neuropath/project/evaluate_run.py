"""A finished run on its own test images again, or on others: another scanner, another data set."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from .data_loader import NAMED, MRIDataLoader
from .evaluate_model import Evaluation, ModelEvaluator
from .finish import evaluate_part, kinds
from .report import DataError
from .runs import Run, same_data
from .settings import Settings
from .train import load_data

__all__ = ["evaluate_elsewhere", "evaluate_run"]


def evaluate_run(folder: str | Path, *, path: str | Path | None = None) -> Evaluation:
    """Scores on the run's own test part, predicted anew from its files; they should equal metrics.json.

    path: where the data lies now, if it was moved. DataError if it is not what it was.
    """
    run = Run.open(folder)
    settings = run.settings if path is None else dataclasses.replace(run.settings, path=Path(path))
    data = load_data(settings)
    _same_classes(run, data.class_names)
    same_data(run.folder, data)
    return evaluate_part(run.model, data, "test", run.settings.seed)


def evaluate_elsewhere(
    folder: str | Path,
    data: str = "phantom",
    *,
    path: str | Path | None = None,
    sites: str = "AB",
    seed: int | None = None,
    images: int = 1500,
) -> Evaluation:
    """Scores of a run on all images of other data, and RUN/elsewhere-NAME.json.

    data: "phantom" makes new patients of a seed (default: the run's + 1) that training did not use, on the
    scanners `sites`: the shift from A and B to C is one letter. Anything else is loaded as training loads it,
    and every image counts. Raises ValueError for the run's own seed or data, DataError for other classes.
    """
    run = Run.open(folder)
    seed = run.settings.seed + 1 if seed is None else seed
    _not_its_own(run.settings, data, path, seed)
    loader = MRIDataLoader(
        data, path=path, size=run.settings.side, split="slice", seed=seed, images=images, data_seed=seed,
        sites=tuple(sites),
    )  # fmt: skip
    loaded = loader.load()
    _same_classes(run, loaded.class_names)
    how = f"other data, all images: {loaded.source}"
    evaluator = ModelEvaluator(run.class_names, split=how, seed=run.settings.seed)
    result = evaluator.evaluate_model(run.model, loaded.images, loaded.labels, loaded.groups)
    name = f"phantom-{sites}-{seed}" if data == "phantom" else Path(data).resolve().name
    result.save(run.folder / f"elsewhere-{name}.json", **kinds(result), data=loaded.provenance())
    return result


def _not_its_own(settings: Settings, data: str, path: str | Path | None, seed: int) -> None:
    """ValueError if the run was trained on these patients or images."""
    if data == settings.data == "phantom" and seed == settings.seed:
        raise ValueError(
            f"--seed expects another seed than the run's ({seed}): its patients were trained on."
        )
    if data != "phantom" and _place(data, path) == _place(settings.data, settings.path):
        raise ValueError(
            f"--data expects other data than the run's own ({data}), most of which was trained on: leave "
            "--data out to score its test images."
        )


def _place(data: str, path: str | Path | None) -> str | Path:
    """What tells two data sets apart: where the images lie, or a name."""
    return data if path is None and data in NAMED else Path(path or data).resolve()


def _same_classes(run: Run, names: tuple[str, ...]) -> None:
    if tuple(names) != run.class_names:
        lists = [
            [n for n in run.class_names if n not in names],
            [n for n in names if n not in run.class_names],
        ]
        ours, theirs = (", ".join(some[:5]) + " …" * (len(some) > 5) or "none" for some in lists)
        raise DataError(
            f"the run knows {len(run.class_names)} classes, the data has {len(names)} (only the run: {ours}; "
            f"only the data: {theirs}): use data with the same classes in the same order."
        )
