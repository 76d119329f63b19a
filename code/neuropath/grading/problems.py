"""What a problem set is, and what a grading key holds. Standard library only: grading reads them anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from neuropath.grading.limits import Limits

AUTO, MANUAL = "auto", "manual"
ANSWER_LINE = "Answer to {id}:"  # the first line of the Markdown cell that answers a manual question
PLACEHOLDER = "*Write here.*"
# Below a question's heading: where in the book it stands, as a link once the book has an address.
ORIGIN = re.compile(r"^\*From \[?(?:Part|Appendix) [^\n]*\*\n+", re.MULTILINE)


@dataclass(frozen=True)
class Chosen:
    """One question as the spec names it; None where it leaves the points to the page."""

    id: str
    points: float | None = None
    hidden_points: float | None = None


@dataclass(frozen=True)
class ProblemSet:
    """A spec, read and found sound. `due` is ISO 8601 with an offset, "" if there is none.

    `pages` are the instructor's own pages, as the spec names them.
    """

    id: str
    title: str
    questions: tuple[Chosen, ...]
    due: str = ""
    instructions: str = ""
    pages: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    needs: str = "numpy"


@dataclass(frozen=True)
class Question:
    """One question as grading needs it.

    `entries` are what `lessons.check.run_check` takes, each with `points`, `hidden` and `title`: first the
    check whose messages may be shown, then the hidden ones, of which only passed or not passed may be told.
    Their points add up to `points`. `variant` maps a name to its choices, the default first. `starter` is
    the text of the starter cell with the default variant. `rubric` is a list of {points, text}. `given` is
    what a manual question hands out: an answer without its line is told from the question by these texts.
    """

    id: str
    title: str
    kind: str
    points: float
    answer: str = ""
    entries: tuple[Mapping[str, Any], ...] = ()
    rubric: tuple[Mapping[str, Any], ...] = ()
    variant: Mapping[str, list[Any]] = field(default_factory=dict)
    starter: str = ""
    placeholder: str = PLACEHOLDER
    given: tuple[str, ...] = ()

    @property
    def answer_line(self) -> str:
        """The line by which a manual answer is found."""
        return ANSWER_LINE.format(id=self.id)


@dataclass(frozen=True)
class Key:
    """The grading key: everything that decides marks, and nothing that a student may see.

    `roster` holds the rows of roster.csv (`id`, `name` and whatever columns came with them); `drawn` maps a
    student to what was drawn for each question with variants. `digest` changes with anything that grading
    uses. `secret` seeds the random inputs of checks. `address` is that of the published book, "" without one.
    """

    set: ProblemSet
    questions: tuple[Question, ...]
    secret: str
    digest: str
    roster: tuple[Mapping[str, str], ...] = ()
    drawn: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    version: int = 1
    address: str = ""

    @property
    def points(self) -> float:
        """The points of the whole set."""
        return sum(question.points for question in self.questions)

    @property
    def students(self) -> dict[str, str]:
        """id → name, in the order of the roster."""
        return {row["id"]: row["name"] for row in self.roster}

    def variant(self, student: str | None, question: str) -> dict[str, Any]:
        """What was drawn for this student; the defaults where there is no such student in the roster."""
        choices = next(q.variant for q in self.questions if q.id == question)
        drawn = self.drawn.get(student or "", {}).get(question)
        return dict(drawn) if drawn is not None else {name: values[0] for name, values in choices.items()}


def question_from(plain: Mapping[str, Any]) -> Question:
    """A question from its plain values (`dataclasses.asdict`, through JSON)."""
    lists = {name: tuple(plain.get(name, ())) for name in ("entries", "rubric", "given")}
    return Question(**{**plain, **lists})


def set_from(plain: Mapping[str, Any]) -> ProblemSet:
    """A problem set from its plain values."""
    questions = tuple(Chosen(**one) for one in plain["questions"])
    whole = {
        "questions": questions,
        "pages": tuple(plain["pages"]),
        "limits": Limits.from_json(plain["limits"]),
    }
    return ProblemSet(**{**plain, **whole})
