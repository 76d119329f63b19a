"""The page "Benchmarks" on grading: what `python -m benchmarks.grading` recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = "grading.json"
FACTS = ("recorded", "processor", "cores", "load", "isolation", "versions", "submissions", "median", "ratio")


def grading_table(folder: Path) -> str:
    """Seconds a submission, ours and nbgrader's, as MyST. ValueError where nothing usable is recorded."""
    path = folder / FILE
    if not path.exists():
        raise ValueError(f"{path} is not there: record it by python -m benchmarks.grading --nbgrader PYTHON.")
    run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if lacking := [fact for fact in FACTS if fact not in run]:
        raise ValueError(f"{path}: expected a whole run, received one without {', '.join(lacking)}.")
    (low, middle, high), median, counts = run["ratio"], run["median"], run["submissions"]
    rows = [
        f"| `neuropath grade` | {counts['ours']} | {median['ours']:.3f} s | |",
        f"| `nbgrader autograde` {run['versions']['nbgrader']} | {counts['nbgrader']} "
        f"| {median['nbgrader']:.2f} s | {middle:.0f} ({low:.0f}–{high:.0f}) |",
    ]
    said = (
        f"{run['processor']}, {run['cores']} cores, two processes on each side; {run['recorded']}; "
        f"isolation: {run['isolation']}; {run['load'][0]:.1f} to {run['load'][1]:.1f} processes "
        "wanting a core."
    )
    head = ["| program | submissions | a submission | ratio |", "| --- | ---: | ---: | ---: |"]
    return "\n".join([said, "", *head, *rows])
