"""A finished run on its own test images again, or on others: another scanner, another data set."""

from __future__ import annotations

from pathlib import Path

from .data_loader import MRIDataLoader
from .evaluate_model import Evaluation, ModelEvaluator
from .finish import evaluate_part, kinds
from .report import DataError
from .runs import Run
from .train import load_data

__all__ = ["evaluate_elsewhere", "evaluate_run"]


def evaluate_run(folder: str | Path) -> Evaluation:
    """Scores on the run's own test part, predicted anew from its files; they should equal metrics.json."""
    run = Run.open(folder)
    data = load_data(run.settings)
    _same_classes(run, data.class_names)
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
    and every image counts. Raises ValueError for the run's own seed, DataError for other classes.
    """
    run = Run.open(folder)
    seed = run.settings.seed + 1 if seed is None else seed
    if data == "phantom" and run.settings.data == "phantom" and seed == run.settings.seed:
        raise ValueError(
            f"--seed expects another seed than the run's ({seed}): its patients were trained on."
        )
    loader = MRIDataLoader(
        data, path=path, size=run.settings.side, split="slice", seed=seed, images=images, data_seed=seed,
        sites=tuple(sites),
    )  # fmt: skip
    loaded = loader.load()
    _same_classes(run, loaded.class_names)
    how = f"other data, all images: {loaded.source}"
    evaluator = ModelEvaluator(run.class_names, split=how, seed=run.settings.seed)
    result = evaluator.evaluate_model(run.model, loaded.images, loaded.labels, loaded.groups)
    name = f"phantom-{sites}-{seed}" if data == "phantom" else Path(data).name
    result.save(run.folder / f"elsewhere-{name}.json", **kinds(result), data=loaded.provenance())
    return result


def _same_classes(run: Run, names: tuple[str, ...]) -> None:
    if tuple(names) != run.class_names:
        other = sorted(set(names) ^ set(run.class_names))
        raise DataError(
            f"the run knows {len(run.class_names)} classes, the data has {len(names)}; different: "
            f"{other[:8]}. "
            "Use data with the same classes in the same order."
        )
