"""Exercises: which cells belong to which, whether their metadata is whole, and their self-checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from neuropath.publish import checks, schema
from neuropath.publish.blocks import Directive, walk
from neuropath.publish.book import Book
from neuropath.publish.errors import BookError, PageError
from neuropath.publish.page import Page


@dataclass
class Cell:
    """One code cell of an exercise: its metadata, its code and where it stands."""

    meta: dict[str, Any]
    code: str
    line: int
    block: Directive

    @property
    def kind(self) -> str:
        """starter, solution, check, hidden or manual."""
        return str(self.meta["kind"])

    @property
    def first(self) -> int:
        """The line of the page on which its code begins."""
        content = self.block.content
        return self.block.content_line + len(content) - len(content.lstrip("\n"))


@dataclass
class Exercise:
    """One exercise of a page. `id` is "" where it has no cells of its own kind (a pencil exercise)."""

    label: str
    title: str
    file: str
    line: int
    page: Page
    gated: bool = False
    cells: list[Cell] = field(default_factory=list)
    plain_cells: list[Directive] = field(default_factory=list)
    solutions: list[Directive] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id that its cells carry."""
        return str(self.cells[0].meta["id"]) if self.cells else ""

    def of_kind(self, kind: str) -> list[Cell]:
        """Its cells of one kind."""
        return [cell for cell in self.cells if cell.kind == kind]

    @property
    def check(self) -> Cell | None:
        """The cell that defines the self-check, if there is one."""
        return next(iter(self.of_kind("check")), None)

    def merged(self) -> dict[str, Any]:
        """The whole metadata, gathered from its cells; hidden tests keep theirs to themselves."""
        whole: dict[str, Any] = {}
        for cell in self.cells:
            if cell.kind == "hidden":
                continue
            whole |= {key: value for key, value in cell.meta.items() if key != "kind"}
        return whole


def collect(page: Page) -> list[Exercise]:
    """All exercises of a page, with their solutions; BookError with everything that is wrong with them."""
    found, errors = _gather(page)
    for exercise in found:
        wrong = schema.exercise_errors(exercise)
        errors += wrong or _undecided(exercise)
    if errors:
        raise BookError(errors)
    return found


def _undecided(exercise: Exercise) -> list[PageError]:
    """Checks and hidden tests that would pass whatever comes."""
    tests = (*exercise.of_kind("check"), *exercise.of_kind("hidden"))
    return [exercise.page.error(*slip) for test in tests for slip in checks.slips(test)]


def _gather(page: Page) -> tuple[list[Exercise], list[PageError]]:
    found: dict[str, Exercise] = {}
    errors: list[PageError] = []
    inside: Exercise | None = None
    for block in walk(page.blocks):
        if not isinstance(block, Directive):
            continue
        if block.name in ("exercise", "exercise-start"):
            gated = block.name == "exercise-start"
            new = Exercise(block.label, block.argument, page.file, block.line, page, gated)
            found[block.label] = new
            inside = new if gated else inside
        elif block.name in ("solution", "solution-start"):
            solved = found.get(block.argument)
            if solved is None:
                errors.append(
                    page.error(block.line, f"this solution names `{block.argument}`, no exercise above it.")
                )
                continue
            solved.solutions.append(block)
            inside = solved if block.name == "solution-start" else inside
        elif block.name in ("exercise-end", "solution-end"):
            inside = None
        elif block.name == "code-cell":
            errors += _place(page, block, inside)
    return list(found.values()), errors


def _place(page: Page, block: Directive, inside: Exercise | None) -> list[PageError]:
    """Give a cell to the exercise or solution it stands in."""
    meta = block.options.get("exercise")
    if meta is None:
        if inside:
            inside.plain_cells.append(block)
        return []
    if inside is None:
        return [
            page.error(
                block.line, "a cell with `exercise:` stands inside exercise-start … or solution-start …."
            )
        ]
    if errors := schema.cell_errors(page, block, meta):
        return errors
    inside.cells.append(Cell(meta, block.content.strip("\n"), block.line, block))
    return []


def duplicates(book: Book) -> Iterator[PageError]:
    """Ids that two exercises share."""
    seen: dict[str, Exercise] = {}
    for page in book.notebooks:
        for exercise in _gather(page)[0]:
            if exercise.id and (before := seen.get(exercise.id)):
                message = (
                    f"exercise id `{exercise.id}` is taken: {before.file}:{before.line} has it; rename one."
                )
                yield PageError(exercise.file, exercise.line, message)
            seen.setdefault(exercise.id, exercise)


def compiled(exercises: list[Exercise]) -> dict[str, dict[str, Any]]:
    """What the package carries: id → source and name of the check, answer, hints, misconceptions, …"""
    return {exercise.id: entry(exercise, exercise.check) for exercise in exercises if exercise.check}


def entry(exercise: Exercise, test: Cell) -> dict[str, Any]:
    """What `lessons.check.run_check` needs of one test: the check, or a hidden one."""
    whole = exercise.merged()
    found = {
        "answer": whole["answer"],
        "function": schema.function_of(test.code).name,
        "hints": whole.get("hints", []),
        "label": exercise.label,
        "misconceptions": {
            name: {"code": wrong["code"].rstrip("\n"), "message": wrong["message"].strip()}
            for name, wrong in whole.get("misconceptions", {}).items()
        },
        "page": exercise.page.docname,
        "points": whole.get("points", 1),
        "source": test.code,
        "title": exercise.title,
        "variant": whole.get("variant", {}),
    }
    if "tolerance" in whole:
        found["tolerance"] = whole["tolerance"]
    return found
