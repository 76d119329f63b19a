"""One row of the table: a submission, what it does, and what each question should come to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus.answers import BY_HAND, POINTS
from corpus.notebooks import Edit, Notebook, World

Outcome = tuple[str, float | None]  # state and points
NOT: Outcome = ("not attempted", 0)
WRONG: Outcome = ("graded", 0)
CRASHED: Outcome = ("crashed", 0)
TIMED: Outcome = ("timed out", 0)
NO_VALUE: Outcome = WRONG  # a function gave something that is no number, text, array, list …
PERSON: Outcome = ("needs a person", None)
FULL = sum(POINTS.values())  # of what is graded without a person

BASES: dict[str, dict[str, Outcome]] = {
    "right": {id: ("graded", points) for id, points in POINTS.items()} | dict.fromkeys(BY_HAND, PERSON),
    "untouched": dict.fromkeys([*POINTS, *BY_HAND], NOT),
    "unreadable": dict.fromkeys([*POINTS, *BY_HAND], PERSON),
}
Writer = Callable[[Path, Notebook], None]


def as_json(path: Path, book: Notebook) -> None:
    """The file as Colab would write it."""
    path.write_text(json.dumps(book.whole), encoding="utf-8")


@dataclass(frozen=True)
class Case:
    """A submission. `name` is the student's id, too.

    does : in words; score : points without those that a person gives; but : what differs from `base`, by
    question; says : patterns that messages match, by question; remark : one that a remark on the whole
    matches; file : the name it is handed in under.
    """

    name: str
    does: str
    score: float
    edits: tuple[Edit, ...] = ()
    but: Mapping[str, Outcome] = field(default_factory=dict)
    base: str = "right"
    says: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""
    file: str = ""
    writer: Writer = as_json

    @property
    def expected(self) -> dict[str, Outcome]:
        """State and points of every question."""
        return BASES[self.base] | self.but

    def write(self, world: World) -> Path:
        """Hand it in."""
        book = Notebook(self.name, world)
        if self.base == "right":
            book.fill()
        for edit in self.edits:
            edit(book)
        path = world.submitted / (self.file or f"set1_{self.name}_late.ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        self.writer(path, book)
        return path
