"""How long a class takes to grade: `neuropath grade` beside `nbgrader autograde`, on the same set.

    python -m benchmarks.grading                                    # ours alone
    python -m benchmarks.grading --nbgrader /tmp/nbg/bin/python     # both, and the ratio
    python -m benchmarks.grading --count 6 --rounds 1               # does it work? The figures mean little.

Session 01's ready set is handed out as an nbgrader assignment, and 200 submissions are written: most answers
right, some wrong, some missing. Both sides grade them from the command line, on the same two cores, in turns;
nbgrader, which starts a kernel for each, grades the first few, in two processes at once. Both must give each
of these the same points, or nothing is told. nbgrader comes from an environment of its own, its kernels from
ours. A whole run is recorded in benchmarks/recorded/grading.json.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.measure import quartiles
from benchmarks.report import number
from neuropath.grading import handout, keys, sandbox
from neuropath.grading.problems import Key
from neuropath.project.files import write_json

ROOT = Path(__file__).resolve().parents[1]
SET = ROOT / "code" / "neuropath" / "grading" / "sets" / "session01.yml"
RECORDED = ROOT / "benchmarks" / "recorded" / "grading.json"
COUNT, BESIDE, ROUNDS, CORES = 200, 40, 3, 2
TARGET = 5.0  # times as fast
RIGHT, WRONG = 0.8, 0.1  # of the answers; the rest is left as it was handed out


# -- the class ----------------------------------------------------------------------------------------------


def prepare(folder: Path, count: int, beside: int) -> Key:
    """Key, submissions for us in `in`, and for nbgrader a course in `course0`, `course1` with half each."""
    handout.hand_out(SET, ROOT, folder / "out", folder / "key", nbgrader=True)
    key = keys.read(folder / "key")
    (folder / "in").mkdir()
    courses = [folder / f"course{half}" for half in range(CORES)]
    for course in courses:
        shutil.copytree(folder / "key" / "nbgrader", course)
    source = course_notebook(courses[0], key)
    for student in range(count):
        text = json.dumps(submission(source, key, random.Random(student)))
        (folder / "in" / f"{name(student)}.ipynb").write_text(text, encoding="utf-8")
        if student < beside:
            path = courses[student % CORES] / "submitted" / name(student) / key.set.id / f"{key.set.id}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
    return key


def name(student: int) -> str:
    return f"student{student:03}"


def course_notebook(course: Path, key: Key) -> dict[str, Any]:
    """The source assignment, with its solutions."""
    path = course / "source" / key.set.id / f"{key.set.id}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


def submission(source: dict[str, Any], key: Key, rng: random.Random) -> dict[str, Any]:
    """The notebook as one student hands it in: each answer right, wrong in a known way, or missing."""
    by_id = {question.id: question for question in key.questions}
    cells = []
    for cell in source["cells"]:
        ours = cell["metadata"].get("nbgrader", {})
        text = "".join(cell["source"])
        id = ours.get("grade_id", "").removesuffix("-answer")
        if ours.get("solution") and id in by_id and cell["cell_type"] == "code":
            text = answered(text, by_id[id], rng.random())
        elif ours.get("solution"):
            text = f"Answer to {id}:\n\nIn my own words."
        elif "BEGIN HIDDEN" in text:
            raise SystemExit(
                "Expected a set without hidden tests: nbgrader would take them out of the notebook."
            )
        cells.append(cell | {"source": text})
    return source | {"cells": cells}


def answered(text: str, question: Any, chance: float) -> str:
    """What stands in a student's cell, from the instructor's (starter and solution between two marks)."""
    starter, _, rest = text.partition("### BEGIN SOLUTION\n")
    solution = rest.partition("### END SOLUTION")[0]
    known = list(question.entries[0]["misconceptions"].values())
    if chance < RIGHT:
        return starter + solution
    return f"{starter}\n{known[0]['code']}" if chance < RIGHT + WRONG and known else starter


# -- the two sides ------------------------------------------------------------------------------------------


def ours(folder: Path, out: Path) -> float:
    """Seconds that the whole class takes, from the command line to the last file."""
    command = [sys.executable, "-m", "neuropath.cli", "grade", str(folder / "in")]
    command += ["--key", str(folder / "key"), "--out", str(out), "--jobs", str(CORES)]
    return seconds([command], [ROOT], {})


def theirs(folder: Path, python: str, key: Key) -> float:
    """Seconds that nbgrader takes for its few: two processes, each with half of them."""
    courses = [folder / f"course{half}" for half in range(CORES)]
    command = [python, "-m", "nbgrader", "autograde", key.set.id, "--force"]
    return seconds([command] * CORES, courses, kernels(folder, python))


def release(folder: Path, python: str, key: Key) -> None:
    """`nbgrader generate_assignment`, without which nothing can be graded."""
    command = [python, "-m", "nbgrader", "generate_assignment", key.set.id]
    for half in range(CORES):
        seconds([command], [folder / f"course{half}"], kernels(folder, python))


def kernels(folder: Path, python: str) -> dict[str, str]:
    """nbgrader's environment: its own programs, and kernels that are this interpreter, with its packages."""
    spec = folder / "jupyter" / "kernels" / "python3" / "kernel.json"
    if not spec.exists():
        start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps({"argv": start, "display_name": "Python 3", "language": "python"}))
    path = f"{Path(python).absolute().parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {"JUPYTER_PATH": str(folder / "jupyter"), "PATH": path}


def seconds(commands: Sequence[list[str]], places: Sequence[Path], more: dict[str, str]) -> float:
    """Wall seconds of commands that run at once. SystemExit, with its last words, where one fails."""
    environment = machine.environment() | more
    start = time.perf_counter()
    running = [
        subprocess.Popen(
            command, cwd=place, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for command, place in zip(commands, places, strict=True)
    ]
    said = [process.communicate()[0] for process in running]
    took = time.perf_counter() - start
    for process, words in zip(running, said, strict=True):
        if process.returncode:
            raise SystemExit(f"{' '.join(map(str, process.args))} failed:\n{words[-2000:]}")
    return took


# -- do they do the same? -----------------------------------------------------------------------------------


def our_points(out: Path) -> dict[str, float]:
    with open(out / "marks.csv", encoding="utf-8-sig", newline="") as file:
        return {row["student"]: float(row["points_so_far"]) for row in csv.DictReader(file)}


def their_points(folder: Path, python: str) -> dict[str, float]:
    found = {}
    for half in range(CORES):
        course = folder / f"course{half}"
        seconds([[python, "-m", "nbgrader", "export"]], [course], kernels(folder, python))
        with open(course / "grades.csv", encoding="utf-8", newline="") as file:
            found |= {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    return found


def agree(mine: dict[str, float], other: dict[str, float]) -> None:
    """SystemExit unless both sides gave the same points to all that both have graded."""
    differ = {
        student: (mine[student], points) for student, points in other.items() if mine[student] != points
    }
    if differ or not other:
        raise SystemExit(
            f"The two sides do not give the same points, so their times are not compared: {differ}"
        )
    if len(set(other.values())) < min(3, len(other)):
        raise SystemExit("All submissions have the same points: that they agree proves nothing.")


# -- a run --------------------------------------------------------------------------------------------------


@contextmanager
def two_cores() -> Iterator[list[int]]:
    """This process and all that it starts keep to two cores."""
    if not hasattr(os, "sched_setaffinity"):
        yield []
        return
    before = os.sched_getaffinity(0)
    chosen = sorted(before)[:CORES]
    os.sched_setaffinity(0, chosen)
    try:
        yield chosen
    finally:
        os.sched_setaffinity(0, before)


def measure(count: int, beside: int, rounds: int, python: str | None) -> dict[str, Any]:
    """Rounds in which the sides take turns, as plain values: seconds a submission, and the ratio."""
    before = machine.load()
    with tempfile.TemporaryDirectory() as place, two_cores() as cores:
        folder = Path(place)
        key = prepare(folder, count, beside)
        found: dict[str, list[float]] = {"ours": [], "nbgrader": []}
        if python:
            release(folder, python, key)
        for turn in range(rounds):
            out = folder / f"results{turn}"
            found["ours"].append(ours(folder, out) / count)
            if python:
                found["nbgrader"].append(theirs(folder, python, key) / beside)
                agree(our_points(out), their_points(folder, python))
    ratios = [b / a for a, b in zip(found["ours"], found["nbgrader"], strict=False)]
    return {
        "schema": 1,
        "what": "seconds a submission, Session 01's ready set",
        "recorded": machine.now(),
        "processor": machine.processor(),
        "cores": len(cores) or CORES,
        "load": [before, machine.load()],
        "isolation": sandbox.describe().level,
        "versions": {**machine.versions(), **({"nbgrader": version_of(python)} if python else {})},
        "submissions": {"ours": count, "nbgrader": beside if python else 0},
        "rounds": rounds,
        "seconds": found,
        "median": {side: quartiles(np.array(values))[1] for side, values in found.items() if values},
        "ratio": quartiles(np.array(ratios)) if ratios else None,
        "target": TARGET,
    }


def version_of(python: str) -> str:
    done = subprocess.run(
        [python, "-c", "import nbgrader; print(nbgrader.__version__)"], capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{python} cannot import nbgrader: uv pip install --python {python} nbgrader")
    return done.stdout.strip()


def told(run: dict[str, Any]) -> str:
    """The run as people read it."""
    lines = [
        f"{title:19} {number(run['median'][side])} s a submission, {run['submissions'][side]} of them"
        for side, title in (("ours", "neuropath grade"), ("nbgrader", "nbgrader autograde"))
        if side in run["median"]
    ]
    if run["ratio"]:
        low, ratio, high = run["ratio"]
        verdict = "reached" if ratio >= run["target"] else "MISSED"
        lines += [f"ratio {number(ratio)} ({number(low)}–{number(high)}), aimed at ≥ {TARGET:g}: {verdict}"]
    where = f"{run['processor']}, {run['cores']} cores, isolation: {run['isolation']}"
    return "\n".join([*lines, f"{where}, load {run['load'][0]}–{run['load'][1]}"])


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.grading",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--nbgrader", metavar="PYTHON", help="an interpreter that has nbgrader")
    parser.add_argument("--count", type=int, default=COUNT, help=f"submissions (default {COUNT})")
    parser.add_argument("--beside", type=int, default=BESIDE, help=f"of them for nbgrader (default {BESIDE})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"default {ROUNDS}")
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    args = parser.parse_args(argv)
    if min(args.rounds, args.count) < 1 or args.beside < CORES:
        parser.error(f"--rounds and --count expect 1 or more, --beside {CORES} or more")
    if args.nbgrader:
        version_of(args.nbgrader)
    level = sandbox.describe().level
    sandbox.close_all()
    if level == sandbox.NONE:
        raise SystemExit("Submissions cannot be shut in on this machine: there is nothing to measure.")
    run = measure(args.count, min(args.beside, args.count), args.rounds, args.nbgrader)
    whole = args.count >= COUNT and args.beside >= BESIDE and args.rounds >= ROUNDS and args.nbgrader
    if path := args.out or (RECORDED if whole else None):
        write_json(path, run)
        print(f"written: {path}", file=sys.stderr)
    print(told(run))


if __name__ == "__main__":
    main()
