"""Make the bundled backbone: `python -m neuropath.project.pretrain --out FILE --minutes 60 --seed 0`.

A MobileNetV2 (α = 0.35) learns ten made-up objects in the phantom's normal anatomy (`pretrain_data`) with the
heads of `pretrain_task`, coarse to fine: 64-pixel pictures with large objects, then 96-pixel ones with
smaller objects. Work comes in rounds of fresh pictures, made by other processes while the last ones are
learned. After each round the state is on disk (FILE.checkpoint.keras) and a row in FILE.log.csv; the same
command goes on where it stopped. The clock sets how many rounds there are, so the log is part of the recipe:
`--replay LOG` repeats its rounds, whatever the clock says.
"""

from __future__ import annotations

import argparse
import csv
import math
import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Keras is imported where it is needed: the processes that make pictures import this file without it.
from .pretrain_data import SLICES, Batch, make_batch

__all__ = ["Plan", "Stage", "main", "pretrain", "stage_at"]

ROUND = 6000  # pictures
EPOCHS = 2  # visits to each picture
BATCH = 64
PEAK = 1e-3  # learning rate
WARM = 0.02  # share of the time in which it rises
HELD_OUT, CALIBRATION = 1200, 3000  # pictures of heads never trained on: for the scores, for batch statistics
SHOWN = ("round", "size", "rate", "progress", "seconds", "loss", "kind_accuracy")  # of the log


@dataclass(frozen=True)
class Stage:
    """`until` which share of the time; size of the pictures; range of the objects' radii (head units)."""

    until: float
    size: int
    radii: tuple[float, float]


STAGES = (Stage(0.50, 64, (0.15, 0.36)), Stage(1.01, 96, (0.075, 0.28)))


@dataclass(frozen=True)
class Plan:
    """What to do. `pictures` a round; `replay` a log whose sizes and rates are repeated."""

    out: Path
    minutes: float = 60.0
    seed: int = 0
    pictures: int = ROUND
    jobs: int = 1
    replay: Path | None = None

    def beside(self, ending: str) -> Path:
        return self.out.with_name(self.out.stem + ending)


def stage_at(progress: float) -> Stage:
    return next(stage for stage in STAGES if progress < stage.until)


def rate_at(progress: float) -> float:
    """Linear warm-up, then half a cosine to nothing."""
    if progress < WARM:
        return PEAK * (progress + 0.002) / (WARM + 0.002)
    return max(PEAK * 0.5 * (1 + math.cos(math.pi * (progress - WARM) / (1 - WARM))), 1e-6)


def pretrain(plan: Plan) -> Path:
    """Train, resume, export; returns the weights' file. ValueError for a plan that cannot be carried out."""
    if plan.out.suffix != ".npz":
        raise ValueError(f"--out expects a path that ends in .npz, received {str(plan.out)!r}.")
    if plan.minutes <= 0 or plan.pictures < 2 * BATCH or plan.seed < 0 or plan.jobs < 1:
        raise ValueError(f"Expected positive minutes, at least {2 * BATCH} pictures a round, a seed ≥ 0 and "
                         f"at least 1 job, received {plan}.")  # fmt: skip
    plan.out.parent.mkdir(parents=True, exist_ok=True)
    rows = _read(plan.beside(".log.csv"))
    with _processes(plan.jobs) as pool:
        model = _resume(plan, rows)
        model = _rounds(plan, model, rows, pool)
        _export(plan, model, pool)
    return plan.out


def _rounds(plan: Plan, model: Any, rows: list[dict[str, str]], pool: Executor) -> Any:
    import keras

    from . import pretrain_task as task

    coming: dict[tuple[int, int], list] = {}
    for number, (progress, rate, stage) in _schedule(plan, rows):
        started = time.monotonic()
        made = coming.pop((number, stage.size), None) or _order(plan, plan.pictures, number, stage, pool)
        coming = {(number + 1, stage.size): _order(plan, plan.pictures, number + 1, stage, pool)}
        if model.input_shape[1] != stage.size:
            model = task.resized(model, stage.size, plan.seed)
        model.optimizer.learning_rate = rate
        keras.utils.set_random_seed(1000 * plan.seed + number)  # the order of the pictures
        x, y = task.arrays(_join(made))
        history = model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0).history
        row = {"round": number, "size": stage.size, "pictures": len(x), "rate": f"{rate:.3e}"}
        row |= {"progress": f"{progress:.4f}", "seconds": f"{time.monotonic() - started:.1f}"}
        row |= {name: f"{values[-1]:.4f}" for name, values in history.items()}
        _keep(plan, model, rows, row)
        print(" ".join(f"{name}={row[name]}" for name in SHOWN), flush=True)
    for futures in coming.values():
        for future in futures:
            future.cancel()
    return model


def _schedule(plan: Plan, rows: list[dict[str, str]]) -> Iterator[tuple[int, tuple[float, float, Stage]]]:
    """(round, (progress, learning rate, stage)) from the replayed log or from the clock, after `rows`."""
    if plan.replay:
        for row in _read(plan.replay)[len(rows) :]:
            progress = float(row["progress"])
            stage = next(s for s in STAGES if s.size == int(row["size"]))
            yield int(row["round"]), (progress, float(row["rate"]), stage)
        return
    while (progress := sum(float(row["seconds"]) for row in rows) / 60 / plan.minutes) < 1:
        yield len(rows), (progress, rate_at(progress), stage_at(progress))


def _order(plan: Plan, count: int, number: int, stage: Stage, pool: Executor) -> list:
    seed = (plan.seed, stage.size, number)
    return make_batch(count, size=stage.size, radii=stage.radii, seed=seed, pool=pool)


def _join(futures: list) -> Batch:
    import numpy as np

    parts = [future.result() for future in futures]
    names = Batch.__dataclass_fields__
    return Batch(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _resume(plan: Plan, rows: list[dict[str, str]]) -> Any:
    """The model as the checkpoint has it, or a new one if no round is done."""
    import keras

    from . import pretrain_task as task

    checkpoint = plan.beside(".checkpoint.keras")
    if not rows:
        keras.utils.set_random_seed(plan.seed)
        return task.build(STAGES[0].size, plan.seed)
    if not checkpoint.is_file():
        raise ValueError(
            f"{plan.beside('.log.csv')} has {len(rows)} rounds but {checkpoint} is missing: put it back to "
            "go on, or delete the log to start anew."
        )
    return keras.saving.load_model(checkpoint)


def _keep(plan: Plan, model: Any, rows: list[dict[str, str]], row: dict[str, Any]) -> None:
    """Checkpoint first, then the log: a crash between the two repeats one round and loses none."""
    from .files import atomic

    with atomic(plan.beside(".checkpoint.keras")) as temporary:
        model.save(temporary)
    rows.append({k: str(v) for k, v in row.items()})
    with atomic(plan.beside(".log.csv")) as temporary, open(temporary, "w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _export(plan: Plan, model: Any, pool: Executor) -> None:
    """Recalibrate the batch statistics, score on held-out heads, write the weights in float16."""
    from . import pretrain_task as task
    from .weights import save_base_weights

    stage = STAGES[-1]
    model = task.resized(model, stage.size, plan.seed)
    others = _order(plan, CALIBRATION, 1_000_000, stage, pool)
    held_out = _order(plan, HELD_OUT, 1_000_001, stage, pool)
    task.recalibrate(model, _join(others).images)
    scores = model.evaluate(*task.arrays(_join(held_out)), batch_size=BATCH, verbose=0, return_dict=True)
    save_base_weights(task.base_of(model), plan.out)
    print("held out:", " ".join(f"{k}={v:.3f}" for k, v in scores.items()), flush=True)
    print(f"{plan.out}: {plan.out.stat().st_size:,} bytes", flush=True)


@contextmanager
def _processes(jobs: int) -> Iterator[Executor]:
    """Fresh processes with one BLAS thread each; they do not load Keras."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    before = {name: os.environ.get(name) for name in threads}
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
    try:
        os.environ.update(threads)
        pool.submit(int).result()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _read(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m neuropath.project.pretrain", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where the weights go (.npz)")
    parser.add_argument("--minutes", type=float, default=60.0, help="training time, all runs together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", type=int, default=ROUND, help=f"a round (a multiple of {SLICES})")
    cores = os.cpu_count() or 2
    parser.add_argument("--jobs", type=int, default=max(1, cores // 2), help="processes that make pictures")
    parser.add_argument("--replay", type=Path, help="a log whose rounds are repeated instead of the clock's")
    pretrain(Plan(**vars(parser.parse_args(arguments))))


if __name__ == "__main__":
    main()
