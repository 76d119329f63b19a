"""A student's notebook to be edited, and the edits that the table of submissions is written in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.answers import RIGHT, WORDS


@dataclass(frozen=True)
class World:
    """What a submission may be after; `<KEY>` … in its text stand for it. `ids` are the set's questions."""

    ids: tuple[str, ...]
    key: Path
    handed: Path
    submitted: Path
    marks: Path
    port: int
    marker: str

    def filled(self, source: str) -> str:
        """A source with the names of this world."""
        for name in ("key", "submitted", "marks", "port", "marker"):
            source = source.replace(f"<{name.upper()}>", str(getattr(self, name)))
        return source


class Notebook:
    """The notebook that one student was given, to be filled in. `whole` is what is written."""

    def __init__(self, student: str, world: World):
        self.student, self.world = student, world
        self.whole = json.loads((world.handed / f"{student}.ipynb").read_text(encoding="utf-8"))
        self.places: dict[str, dict] = {}
        current = ""
        for cell in self.cells:
            if id := self._question_of(cell):
                current = id
            elif (cell["cell_type"] == "code" and "..." in text(cell)) or text(cell).startswith("Answer to "):
                self.places[current] = cell
        self.yours = {id: _yours(text(cell)) for id, cell in self.places.items()}

    @property
    def cells(self) -> list[dict[str, Any]]:
        """Its cells, to be changed in place."""
        return self.whole["cells"]

    def _question_of(self, cell: dict[str, Any]) -> str:
        head, _, rest = text(cell).partition(" ·")
        found = head.startswith("## Question ") and cell["cell_type"] == "markdown" and rest
        return self.world.ids[int(head.split()[2]) - 1] if found else ""

    def questions(self) -> dict[str, list[dict]]:
        """The cells of each question, from its heading on; "" has those before the first."""
        found: dict[str, list[dict]] = {"": []}
        current = ""
        for cell in self.cells:
            current = self._question_of(cell) or current
            found.setdefault(current, []).append(cell)
        return found

    def source(self, id: str, source: str) -> str:
        """An answer with the line that was drawn for this student."""
        return self.world.filled(source.replace("YOURS", self.yours[id]))

    def answer(self, id: str, source: str) -> None:
        """Put code into the question's cell."""
        self.places[id]["source"] = self.source(id, source)

    def words(self, id: str, said: str) -> None:
        """Write below the question's line."""
        self.places[id]["source"] = f"Answer to {id}:\n\n{said}"

    def add(self, source: str, at: int | None = None, kind: str = "code") -> None:
        """A cell more, at the end or in this place."""
        made = code(self.world.filled(source)) if kind == "code" else markdown(source)
        self.cells.insert(len(self.cells) if at is None else at, made)

    def fill(self) -> None:
        """All right answers."""
        for id, source in RIGHT.items():
            self.answer(id, source)
        for id, said in WORDS.items():
            self.words(id, said)


Edit = Callable[[Notebook], Any]


def text(cell: dict[str, Any]) -> str:
    """A cell's source in one piece."""
    return "".join(cell["source"])


def _yours(source: str) -> str:
    return "\n".join(line.strip() for line in source.split("\n") if line.endswith("# yours"))


def code(source: str) -> dict[str, Any]:
    """A code cell."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def markdown(source: str) -> dict[str, Any]:
    """A text cell."""
    return {"cell_type": "markdown", "source": source, "metadata": {}}


# -- edits --------------------------------------------------------------------------------------------------


def answer(id: str, source: str) -> Edit:
    """This code in the question's cell."""
    return lambda book: book.answer(id, source)


def before(id: str, source: str) -> Edit:
    """This code above the right answer, in the same cell."""
    return lambda book: book.answer(id, f"{source}\n{RIGHT[id]}")


def after(id: str, source: str) -> Edit:
    """This code below the right answer, in the same cell."""
    return lambda book: book.answer(id, f"{RIGHT[id]}\n{source}")


def words(id: str, said: str) -> Edit:
    """These words as the answer."""
    return lambda book: book.words(id, said)


def first(source: str) -> Edit:
    """A code cell above all others."""
    return lambda book: book.add(source, at=0)


def last(source: str) -> Edit:
    """A code cell below all others."""
    return lambda book: book.add(source)


def again(id: str, source: str) -> Edit:
    """A second cell that answers the question, at the end."""
    return lambda book: book.add(book.source(id, source))


def drop(*ids: str) -> Edit:
    """Delete these questions, heading and all."""

    def edit(book: Notebook) -> None:
        kept = [cells for id, cells in book.questions().items() if id not in ids]
        book.cells[:] = [cell for cells in kept for cell in cells]

    return edit
