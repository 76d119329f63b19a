"""The notebooks of a problem set: the student's and the instructor's. The same set gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from neuropath.grading import accept, names
from neuropath.grading.bank import Bank
from neuropath.grading.cells import Asked, needs_of, question_cells, with_given
from neuropath.grading.draw import draw
from neuropath.grading.names import HEAVY, Import
from neuropath.grading.problems import MANUAL, ProblemSet
from neuropath.grading.questions import question
from neuropath.grading.results import number
from neuropath.grading.spec import SpecError
from neuropath.publish import install
from neuropath.publish.markdown import fenced
from neuropath.publish.notebook import Cell

FOUND = (
    "**How your answers are found.** By their names: keep the names of the functions and variables that the "
    "cells begin with, and put your answer in place of the `...`. Cells may be added and moved."
)
WRITTEN = (
    " Answers in words go into the cells that begin with the words “Answer to”, below that line; keep the "
    "line itself."
)
DRAWN = " Numbers in a line that ends with `# yours` were drawn for you: leave them as they are."
HELD = " In a line that ends with `# yours` leave the number as it is, and compute with its name."
LIBRARIES = {"setup": Import("neuropath.lessons", "setup", "setup")}


class Paper:
    """A problem set put together from a bank of exercises. SpecError says what keeps it from being one."""

    def __init__(self, problems: ProblemSet, bank: Bank):
        self.set, self.bank = problems, bank
        self.questions = tuple(question(one, bank.exercises[one.id]) for one in problems.questions)
        self.questions = tuple(with_given(asked) for asked in self.asked())
        self.needs = [needs_of(asked) for asked in self.asked()]
        if errors := [*self._missing(), *self._clashes()]:
            raise SpecError(problems.id, errors)

    @property
    def points(self) -> str:
        """The points of the whole set, as people write them."""
        return number(sum(one.points for one in self.questions))

    @property
    def has_variants(self) -> bool:
        """Whether any number can be drawn."""
        return any(one.variant for one in self.questions)

    def drawn(self, student: str | None) -> dict[str, dict[str, Any]]:
        """What is drawn for a student, for each question with variants; the defaults without a student."""
        return {one.id: draw(student, one.id, one.variant) for one in self.questions if one.variant}

    def asked(self, student: str | None = None) -> list[Asked]:
        """The questions in their places, with the student's numbers, or as the book has them."""
        drawn = self.drawn(student) if student else {}
        return [
            Asked(one, self.bank.exercises[one.id], self.bank, position, drawn.get(one.id, {}))
            for position, one in enumerate(self.questions, 1)
        ]

    # -- what the cells need ---------------------------------------------------------------------------------

    @cached_property
    def setup(self) -> str:
        """The one setup cell: the imports that the questions use, and `setup()`."""
        wanted = {one for needed in self.needs for one in needed.imports.values()}
        return names.setup_cell(wanted | set(LIBRARIES.values()), keras=self.set.needs == "keras")

    def _missing(self) -> Iterable[str]:
        for one, needed in zip(self.questions, self.needs, strict=True):
            yield from accept.without_line(one, needed.missing)
            if missing := needed.missing.difference(one.variant):
                unknown = ", ".join(f"`{name}`" for name in sorted(missing))
                yield (
                    f"question `{one.id}` uses {unknown}, which neither its cells nor the setup cell of its "
                    "page define: it cannot leave its page."
                )

    def _clashes(self) -> Iterable[str]:
        known: dict[str, tuple[Import, str]] = {name: (one, "the set") for name, one in LIBRARIES.items()}
        for one, needed in zip(self.questions, self.needs, strict=True):
            for name, wanted in needed.imports.items():
                before, owner = known.setdefault(name, (wanted, one.id))
                if before != wanted:
                    yield f"`{owner}` and `{one.id}` mean different things by `{name}`: split the set."
                heavy = wanted.module.split(".")[0] in HEAVY
                if heavy and self.set.needs == "numpy":
                    yield f"question `{one.id}` imports {wanted.module}: write `needs: keras` into the spec."

    # -- notebooks -------------------------------------------------------------------------------------------

    def student(self, student: str | None = None, name: str = "") -> dict[str, Any]:
        """The student's notebook: no solution, no test, no rubric; without a student, with the defaults."""
        cells = [*self._head(self._for(student, name), student), *self._setup()]
        for asked, needed in zip(self.asked(student), self.needs, strict=True):
            cells += self._placed(question_cells(asked), needed.statements)
        return self._notebook(cells, student)

    def instructor(self, student: str | None = None, name: str = "") -> dict[str, Any]:
        """The notebook with solutions, rubrics, hidden tests and expected values; it earns full marks."""
        title = (
            f"{self._for(student, name)}\n\n**Instructor's copy: it holds everything. Do not hand it out.**"
        )
        cells = [*self._head(title.strip(), student), *self._setup()]
        space = accept.run_setup(self.setup)
        for asked, needed in zip(self.asked(student), self.needs, strict=True):
            cells += self._placed(question_cells(asked, solved=True), needed.statements)
            cells += self._kept(asked, accept.expected(asked, space) if asked.is_auto else [])
        return self._notebook(cells, student)

    def _placed(self, cells: list[Cell], statements: list[str]) -> list[Cell]:
        """A question's cells, below the statements of its page's setup that it needs (such as `rng = …`)."""
        if not statements:
            return cells
        head, *rest = cells
        return [head, _code("\n".join(statements), f"{head['id']}:setup"), *rest]

    def _for(self, student: str | None, name: str) -> str:
        return f"**For:** {name} ({student})" if name else f"**For:** {student}" if student else ""

    def _head(self, who: str, student: str | None) -> list[Cell]:
        facts = [f"**Points:** {self.points}"]
        if self.set.due:
            facts.insert(0, f"**Due:** {due(self.set.due)}")
        parts = [f"# {self.set.title}", " · ".join(facts), who, self.set.instructions]
        how = FOUND + (WRITTEN if any(one.kind == MANUAL for one in self.questions) else "")
        if self.has_variants:
            how += DRAWN if student else HELD
        return [_markdown("\n\n".join(part for part in parts if part), "head"), _markdown(how, "how")]

    def _setup(self) -> list[Cell]:
        url = self.bank.book.repository["url"]
        return [_code(install.source(url), install.TAG), _code(self.setup, "setup")]

    def _kept(self, asked: Asked, expected: list[tuple[dict[str, Any], Any]]) -> list[Cell]:
        """What only the instructor sees below a question: expected values and tests."""
        parts = []
        if expected:
            parts.append("**Expected**\n\n" + "\n".join(_expected(*row) for row in expected))
        for entry in asked.question.entries:
            kind = "Hidden test" if entry["hidden"] else "Check"
            worth = f"({number(entry['points'])})"
            parts.append(f"**{kind}** {worth}\n\n{fenced(entry['source'], 'python')}")
        return [_markdown("\n\n".join(parts), f"kept {asked.question.id}")] if parts else []

    def _notebook(self, cells: list[Cell], student: str | None) -> dict[str, Any]:
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        ours = {"set": self.set.id, "student": student or ""}
        metadata = {"kernelspec": kernel, "neuropath": ours}
        return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def student(problems: ProblemSet, bank: Bank, student: str | None = None) -> dict[str, Any]:
    """The student's notebook of one set."""
    return Paper(problems, bank).student(student)


def instructor(problems: ProblemSet, bank: Bank, student: str | None = None) -> dict[str, Any]:
    """The instructor's notebook of one set."""
    return Paper(problems, bank).instructor(student)


def dumps(notebook: dict[str, Any]) -> str:
    """A notebook as the content of its file."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def due(text: str) -> str:
    """An ISO date-time as people read it: Friday, 9 October 2026, 18:00 (UTC+02:00)."""
    when = datetime.fromisoformat(text)
    offset = when.utcoffset() or timedelta()
    zone = f"{when:%z}" if offset else ""
    shown = f"UTC{zone[:3]}:{zone[3:5]}" if zone else "UTC"
    return f"{when:%A}, {when.day} {when:%B %Y}, {when:%H:%M} ({shown})"


def _expected(variant: dict[str, Any], value: Any) -> str:
    drawn = ", ".join(f"{name} = {choice!r}" for name, choice in variant.items())
    return f"- {drawn}: `{value!r}`" if drawn else f"- `{value!r}`"


def _markdown(text: str, name: str) -> Cell:
    return {
        "cell_type": "markdown",
        "id": _id(name),
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }


def _code(text: str, name: str) -> Cell:
    cell: Cell = {"cell_type": "code", "id": _id(name), "execution_count": None, "outputs": []}
    return cell | {"metadata": {}, "source": text.splitlines(keepends=True)}


def _id(name: str) -> str:
    return hashlib.sha256(f"set:{name}".encode()).hexdigest()[:12]


def refused(paper: Paper) -> list[str]:
    """Why the set cannot be handed out: solutions without full marks, starters that count as attempts."""
    space = accept.run_setup(paper.setup)
    return [error for asked in paper.asked() for error in accept.errors(asked, space)]
