"""One table of ratios: NumPy beside Keras, TensorFlow and, where it is installed, PyTorch.

    python -m benchmarks                            # everything, on the BLAS core type of this environment
    python -m benchmarks --core both                # on AVX2 and on AVX-512 kernels, one after the other
    python -m benchmarks --only mlp head --rounds 3
    python -m benchmarks --only mlp --quick         # does it work? The figures mean nothing.

A run of everything is recorded in benchmarks/recorded, from which the book's page is made, or in --out.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.machine import environment
from neuropath.project.files import write_json
from neuropath.publish.benchmarks import load, target_file

HERE = Path(__file__).resolve().parent
CORES = ("Haswell", "SkylakeX")


def child(core: str | None, options: list[str]) -> dict[str, Any]:
    """A run in a process of its own, whose libraries are loaded with this core type and one thread."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run.json"
        command = [sys.executable, "-m", "benchmarks.one", "--out", str(out), *options]
        done = subprocess.run(command, cwd=HERE.parent, env=environment(core))
        if done.returncode == -signal.SIGILL:
            raise SystemExit(f"This processor cannot run {core} kernels: leave that --core out.")
        if done.returncode:
            raise SystemExit(
                f"The run on {core or 'the given core type'} failed, see above; nothing was recorded."
            )
        run = load(out)
    found = run["machine"]["blas"]["core"]
    if core and found != core:
        raise SystemExit(
            f"Expected {core} kernels, NumPy's BLAS runs {found}: --core needs NumPy with OpenBLAS."
        )
    if run["machine"]["onednn"] != "on" and run["machine"]["architecture"] in ("x86_64", "AMD64"):
        raise SystemExit(
            "TensorFlow runs without oneDNN here, which slows it down: this would be no comparison."
        )
    return run


def destination(run: dict[str, Any], out: Path | None, several: bool) -> Path | None:
    """Where a run is written: --out (of several: and the core type), else recorded/ if complete."""
    core = run["machine"]["blas"]["core"]
    if out is not None:
        return out.with_name(f"{out.stem}-{core.lower()}{out.suffix}") if several else out
    return target_file(HERE.parent, core) if run["kind"] in ("full", "short") else None


def main() -> None:
    from benchmarks.one import NAMES, ROUNDS
    from benchmarks.report import table

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"default {ROUNDS}; 2 at least")
    parser.add_argument("--core", choices=(*CORES, "both"), help="NumPy's OpenBLAS core type")
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    parser.add_argument("--quick", action="store_true", help="little of everything, 2 rounds: to see it run")
    args = parser.parse_args()
    if args.rounds < 2:
        parser.error(f"--rounds expects 2 or more, received {args.rounds}")
    options = ["--rounds", str(2 if args.quick else args.rounds)] + ["--quick"] * args.quick
    options += ["--only", *args.only] if args.only else []
    cores = CORES if args.core == "both" else (args.core,)
    if find_spec("tensorflow") is None:
        raise SystemExit("The benchmarks expect TensorFlow and Keras: pip install 'neuropath[tensorflow]'.")
    runs = []
    for core in cores:
        runs.append(run := child(core, options))
        if path := destination(run, args.out, len(cores) > 1):
            write_json(path, run)  # at once: a second run that fails takes nothing away
            print(f"written: {path}", file=sys.stderr)
    print(table(runs))


if __name__ == "__main__":
    main()
