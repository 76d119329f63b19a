"""Measures everything in this process, on the BLAS core type it was started with, and writes the file.

Called by `python -m benchmarks`, which sets the environment first: it is read when libraries are loaded.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks import machine
from benchmarks.measure import Agreement, Work, alternate
from benchmarks.report import Row, rows_of, run_of
from benchmarks.shares import PASSES, shares
from neuropath.project.files import write_json

# Name on the command line -> module with works(quick).
WORKS = {
    "mlp": "mlp",
    "lenet": "lenet",
    "mobilenet": "mobilenet",
    "layers": "layers",
    "head": "head",
    "input": "input_pipeline",
}
NAMES = (*WORKS, "stage1", "memory")
ROUNDS = 7

Found = Row | Agreement


def timed(work: Work, rounds: int, core: str) -> Iterator[Found]:
    """Rounds of one work, as rows; what was checked before, as agreements."""
    yield from work.agreements
    calls = {**work.ours, **{name: call for name, call in work.others.items() if call is not None}}
    with tqdm(total=rounds * len(calls), desc=work.name, leave=False, mininterval=0.5) as bar:
        yield from rows_of(work, alternate(calls, rounds, bar.update), core)


def group(name: str, rounds: int, quick: bool, core: str) -> Iterator[Found]:
    """Everything of one name."""
    if name == "stage1":
        from benchmarks import frozen

        with contextlib.redirect_stdout(io.StringIO()):  # what training prints
            yield from list(frozen.measure(core, quick))
    elif name == "memory":
        from benchmarks import memory

        if memory.available():
            yield from tqdm(memory.rows(quick), desc="memory", leave=False)
    else:
        for work in import_module(f"benchmarks.{WORKS[name]}").works(quick):
            yield from timed(work, rounds, core)
            del work
            gc.collect()


def run(names: list[str], rounds: int = ROUNDS, quick: bool = False) -> dict[str, Any]:
    """One run as plain values. AssertionError where two sides do not do the same work."""
    start, before, here = time.perf_counter(), machine.load(), machine.describe()
    found: list[Found] = []
    for name in names:
        found += group(name, rounds, quick, "" if quick else here["blas"]["core"])  # quick: no targets
    found_shares = [s for name in names if name in PASSES for s in shares(name, quick)]
    return run_of(
        [f for f in found if isinstance(f, Row)],
        [f for f in found if isinstance(f, Agreement)],
        found_shares,
        kind="quick"
        if quick
        else "part"
        if set(names) < set(NAMES)
        else "short"
        if rounds < ROUNDS
        else "full",
        recorded=machine.now(),
        machine=here,
        rounds=rounds,
        load=[before, machine.load()],
        seconds=round(time.perf_counter() - start, 1),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", default=list(NAMES), choices=NAMES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    write_json(args.out, run(args.only, args.rounds, args.quick))


if __name__ == "__main__":
    main()
