"""One question of a problem set as notebook cells: for the student, or solved for the instructor."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from neuropath.grading import names
from neuropath.grading.bank import Bank
from neuropath.grading.names import Needs, Setup
from neuropath.grading.problems import AUTO, MANUAL, ORIGIN, Question
from neuropath.grading.results import number
from neuropath.publish import leftovers, variants
from neuropath.publish.blocks import Block, Directive, Heading, Text, directives
from neuropath.publish.context import Context
from neuropath.publish.exercises import Exercise
from neuropath.publish.markdown import render
from neuropath.publish.notebook import Assembler, Cell

SILENT = "This question has no self-check: `{answer}` is checked when the work is graded."


@dataclass
class Asked:
    """A question in its place: the `position`-th of its set, with what was drawn for one student."""

    question: Question
    exercise: Exercise
    bank: Bank
    position: int
    drawn: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        """Whether it comes from the instructor's own page."""
        return self.question.id in self.bank.own

    @property
    def is_auto(self) -> bool:
        """Whether checks decide it."""
        return self.question.kind == AUTO

    @property
    def call(self) -> str:
        """The self-check's call, with the numbers that were drawn."""
        given = [f"{name}={value!r}" for name, value in self.drawn.items()]
        return f"check({', '.join([_quoted(self.question.id), self.question.answer, *given])})"

    @property
    def starter(self) -> str:
        """The starter cell's code, with the numbers that were drawn."""
        return variants.with_values(self.question.starter, self.drawn)


def needs_of(asked: Asked) -> Needs:
    """What its cells, and those of its solution, need of the page's setup.

    Names that only the solution uses are no business of the student's cells: their imports come along, so
    that nobody has to guess them, and what nothing binds is the solution's own matter.
    """
    setup = Setup.of(setup_of(asked.exercise))
    shown = names.needs(sources(question_cells(asked)), setup)
    solved = names.needs(sources(question_cells(asked, solved=True)), setup)
    statements = shown.statements + [text for text in solved.statements if text not in shown.statements]
    return Needs(shown.imports | solved.imports, statements, shown.missing)


def with_given(asked: Asked) -> Question:
    """The question; a manual one with the texts that it hands out above the cell for the answer."""
    if asked.is_auto:
        return asked.question
    # What does not depend on the published address stays the same key.
    texts = (ORIGIN.sub("", "".join(cell["source"])) for cell in question_cells(asked))
    return replace(
        asked.question, given=tuple(t for t in texts if not t.startswith(asked.question.answer_line))
    )


def unheld(asked: Asked) -> set[str]:
    """Variants whose names its cells or its solution use at top level, and that no line `# yours` holds."""
    code = "\n".join(sources(question_cells(asked, solved=True)))
    held = names.bound(variants.given("\n".join([asked.question.starter, code])))
    return (names.free(code) | names.bound(code)).intersection(asked.question.variant) - held


def setup_of(exercise: Exercise) -> str:
    """The code of the setup cell of its page; "" where the page has none."""
    cells = directives(exercise.page.blocks, "code-cell")
    return next((cell.content for cell in cells if "setup" in (cell.options.get("tags") or [])), "")


def sources(cells: list[Cell]) -> list[str]:
    """The code of the code cells."""
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def question_cells(asked: Asked, solved: bool = False) -> list[Cell]:
    """Its cells from the heading to the last hint; `solved` puts the solution in the starter's place."""
    return _Builder(asked, solved).cells()


class _Builder(Assembler):
    """Goes through the blocks of one exercise, as the notebook of its page would, and keeps no metadata."""

    def __init__(self, asked: Asked, solved: bool):
        super().__init__(asked.exercise.page, asked.bank.book)
        self.asked, self.solved = asked, solved
        first, last = _lines(asked.exercise, solved)
        drawn = {asked.question.id: asked.drawn}
        self.ctx = Context(self.book, self.page, only=(first, last), drawn=drawn)

    def cells(self) -> list[Cell]:
        """All cells of the question."""
        start = _start(self.asked.exercise)
        heading = Heading(line=start.line, level=2, text=self._heading(start))
        self._prose = [heading, *self._origin(start.line), *start.body]
        for block in _gated(self.page.blocks, start):
            self._take(block, block.name if isinstance(block, Directive) else "")
        self._flush()
        if self.asked.question.kind == MANUAL:
            self._answer()
        elif self.asked.is_own:
            self._markdown(SILENT.format(answer=self.asked.question.answer))
        self._back_matter()
        return self._cells

    def _heading(self, start: Directive) -> str:
        points = self.asked.question.points
        unit = "point" if points == 1 else "points"
        title = start.argument or self.asked.question.id
        return f"Question {self.asked.position} · {title} ({number(points)} {unit})"

    def _origin(self, line: int) -> list[Block]:
        """Where in the book the question stands, so that what it builds on is found."""
        if self.asked.is_own:
            return []
        session = self.page.course.get("session")
        where = f"{self.page.short_name} of Session {session}" if session else self.page.short_name
        return [Text(line=line, text=f"*From {self.ctx.link(where, self.page, self.asked.exercise.label)}*")]

    def _id(self, kind: str) -> str:
        self._counts[kind] += 1
        text = f"{self.asked.question.id}:{kind}:{self._counts[kind]}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def _markdown(self, text: str) -> None:
        if left := leftovers.find(text):
            message = f"its notebook would show raw markup, {left[0]}; write it in a way the notebook can."
            raise self.ctx.error(self.asked.exercise.line, message)
        super()._markdown(text)

    def _code(self, code: str, metadata: dict[str, Any], kind: str) -> None:
        id, answer = self.asked.question.id, self.asked.question.answer
        code = variants.with_values(code, self.asked.drawn)
        code = code.replace(f"check({_quoted(id)}, {answer})", self.asked.call)
        super()._code(code, {}, kind)

    def _code_cell(self, block: Directive) -> None:
        kind = (block.options.get("exercise") or {}).get("kind")
        if kind == "starter" and self.solved:
            self._solution()
        else:  # which leaves out whatever is not for readers
            super()._code_cell(block)

    def _solution(self) -> None:
        """The solution's text and cells, in the order of the page."""
        self._markdown("**Solution.**")
        blocks = _solution_blocks(self.asked.exercise)
        code = "\n".join(b.content for b in blocks if isinstance(b, Directive) and b.name == "code-cell")
        given = variants.given(self.asked.question.starter, names.bound(code))
        if given:  # the numbers that the starter gives, and the solution goes on to use
            self._code(given, {}, "given")
        for block in blocks:
            if isinstance(block, Directive) and block.name == "code-cell":
                self._flush()
                self._code(block.content.strip("\n"), {}, "solution")
            else:
                self._take(block, block.name if isinstance(block, Directive) else "")
        self._flush()

    def _answer(self) -> None:
        """The Markdown cell of a manual answer; solved, with the solution in it."""
        question = self.asked.question
        if not self.solved:
            self._markdown(f"{question.answer_line}\n\n{question.placeholder}")
            return
        rows = [f"- **{number(row['points'])}** {row['text']}" for row in question.rubric]
        self._markdown("**Rubric**\n\n" + "\n".join(rows))
        blocks = _solution_blocks(self.asked.exercise)
        cells = [b for b in blocks if isinstance(b, Directive) and b.name == "code-cell"]
        prose = render([block for block in blocks if block not in cells], self.ctx)
        self._markdown(f"{question.answer_line}\n\n{prose}")
        for block in cells:
            self._code(block.content.strip("\n"), {}, "solution")

    def _back_matter(self) -> None:
        self._notes(title="**Notes**\n\n")
        self._references(title="**References**\n\n")

    def _all_cited(self) -> list[str]:
        return self.ctx.cited  # of this question alone, whatever list its page has


def _start(exercise: Exercise) -> Directive:
    starts = directives(exercise.page.blocks, "exercise-start")
    return next(block for block in starts if block.label == exercise.label)


def _gated(blocks: list[Block], start: Directive) -> list[Block]:
    """The blocks between exercise-start or solution-start and its end."""
    first = next(number for number, block in enumerate(blocks) if block is start) + 1
    ends = (isinstance(block, Directive) and block.name.endswith("-end") for block in blocks[first:])
    return blocks[first : first + next(number for number, is_end in enumerate(ends) if is_end)]


def _solution_blocks(exercise: Exercise) -> list[Block]:
    found: list[Block] = []
    for solution in exercise.solutions:
        found += solution.body
        if solution.name == "solution-start":
            found += _gated(exercise.page.blocks, solution)
    return found


def _lines(exercise: Exercise, solved: bool) -> tuple[int, int]:
    """The lines of the page that the reader gets to see."""
    spans = [span for span in variants.spans(exercise.page) if span.label == exercise.label]
    return exercise.line, spans[-1 if solved else 0].last


def _quoted(text: str) -> str:
    return f'"{text}"'
