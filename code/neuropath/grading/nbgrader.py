"""The set as an nbgrader source assignment, for courses that already run nbgrader.

An export, not our way of grading: nbgrader runs tests in the student's own process (the guide says why that
matters). Cells carry its metadata of schema version 3; what it strips stands between its own marks.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from neuropath.grading.assemble import Paper, dumps
from neuropath.grading.bank import Bank
from neuropath.grading.cells import Asked, question_cells
from neuropath.grading.keys import write_private
from neuropath.grading.problems import ProblemSet
from neuropath.publish.notebook import Cell

SCHEMA = 3
SOLUTION = ("### BEGIN SOLUTION", "### END SOLUTION")
HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "{id}"
# The starter stays above this line, so nothing is raised here.
c.ClearSolutions.code_stub = {{"python": "# your answer goes into the lines above"}}
c.ClearSolutions.text_stub = "*Write here.*"
"""


def export(problems: ProblemSet, bank: Bank, folder: Path) -> Path:
    """Write `folder`/source/ID/ID.ipynb and nbgrader_config.py; return the notebook's path.

    `nbgrader generate_assignment ID`, run in `folder`, makes the release. It holds solutions: for its
    owner's eyes.
    """
    path = Path(folder) / "source" / problems.id / f"{problems.id}.ipynb"
    write_private(path, dumps(notebook(Paper(problems, bank))))
    write_private(Path(folder) / "nbgrader_config.py", CONFIG.format(id=problems.id))
    return path


def notebook(paper: Paper) -> dict[str, Any]:
    """The source assignment's notebook."""
    whole = paper.student()
    starts = {question_cells(asked)[0]["id"]: asked for asked in paper.asked()}
    cells: list[Cell] = []
    asked: Asked | None = None
    for cell in whole["cells"]:
        asked = starts.get(cell["id"], asked)
        cells += _graded(cell, asked) if asked else [cell]
    return whole | {"cells": cells}


def _graded(cell: Cell, asked: Asked) -> list[Cell]:
    """The cell as nbgrader wants it: the starter with its solution, the call of the check as a test."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        if not source.startswith(asked.question.answer_line):
            return [cell]
        lines = [asked.question.answer_line, "", *_between(SOLUTION, _solved_text(asked))]
        return [_with(cell, "\n".join(lines), asked, "answer", points=True)]
    if source == asked.starter:
        solved = [source, *_between(SOLUTION, _solution(asked))]
        cells = [_with(cell, "\n".join(solved), asked, "answer")]
        return cells + (_tests(asked) if asked.is_own else [])
    if asked.call in source:
        return _tests(asked)
    return [cell]


def _tests(asked: Asked) -> list[Cell]:
    """One locked cell for each test; the hidden ones between the marks that nbgrader strips."""
    found = []
    for number, entry in enumerate(asked.question.entries, 1):
        if number == 1 and not asked.is_own:
            lines = [f"_result = {asked.call}", "assert _result, str(_result)"]
        else:
            lines = [*_between(HIDDEN, _hidden(entry, asked)), "# Tests that are not shown are run here."]
        cell: Cell = {"cell_type": "code", "execution_count": None, "outputs": []}
        cell |= {"id": f"{asked.position:02}test{number:02}", "metadata": {}}
        found.append(_with(cell, "\n".join(lines), asked, f"test-{number}", points=entry["points"]))
    return found


def _hidden(entry: Any, asked: Asked) -> list[str]:
    kept = {key: entry[key] for key in ("source", "function", "answer", "variant", "misconceptions")}
    said = "str(_result)" if not entry["hidden"] else '"a test that is not shown did not pass"'
    return [
        "from neuropath.lessons.check import run_check",
        f"_entry = {json.loads(json.dumps(kept))!r}",
        f"_result = run_check(_entry, {entry['answer']}, id={asked.question.id!r})",
        f"assert _result, {said}",
    ]


def _between(marks: tuple[str, str], lines: list[str]) -> list[str]:
    return [marks[0], *lines, marks[1]]


def _solution(asked: Asked) -> list[str]:
    """The solution's code without its own calls of the check: those are cells of their own."""
    code = "\n".join(cell.code for cell in asked.exercise.of_kind("solution"))
    lines = [line for line in code.split("\n") if not line.startswith(asked.call)]
    return "\n".join(lines).rstrip("\n").split("\n")


def _solved_text(asked: Asked) -> list[str]:
    """Solution and rubric: nbgrader puts its stub in their place."""
    cells = question_cells(asked, solved=True)
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    answer = next(text for text in texts if text.startswith(asked.question.answer_line))
    rubric = next((text for text in texts if text.startswith("**Rubric**")), "")
    solution = answer.removeprefix(asked.question.answer_line).strip()
    return f"{solution}\n\n{rubric}".strip().split("\n")


def _with(cell: Cell, source: str, asked: Asked, name: str, points: Any = None) -> Cell:
    """The cell with nbgrader's metadata; `points` is a number, True for all of the question's, or None."""
    id = re.sub(r"[^A-Za-z0-9_-]", "-", f"{asked.question.id}-{name}")
    ours: dict[str, Any] = {"grade_id": id, "schema_version": SCHEMA, "task": False}
    ours |= {"grade": points is not None, "solution": name == "answer", "locked": name != "answer"}
    if points is not None:
        ours["points"] = asked.question.points if points is True else points
    return cell | {"metadata": {"nbgrader": ours}, "source": source.splitlines(keepends=True)}
