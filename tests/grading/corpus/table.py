"""All submissions, each with what it does and what it should get; run this file to read the table."""

from __future__ import annotations

from corpus.answers import BY_HAND, POINTS
from corpus.case import Case
from corpus.files import FILES
from corpus.greedy import GREEDY
from corpus.harmful import HARMFUL
from corpus.honest import HONEST
from corpus.hostile import HOSTILE
from corpus.snooping import SNOOPING
from corpus.unlucky import UNLUCKY

CASES: tuple[Case, ...] = (*HONEST, *UNLUCKY, *GREEDY, *HOSTILE, *HARMFUL, *SNOOPING, *FILES)
QUESTIONS = (*POINTS, *BY_HAND)


def rows() -> list[str]:
    """The table in Markdown: what differs from “right” (or from “untouched”) is named."""
    lines = ["| submission | what it does | score | questions |", "| --- | --- | --- | --- |"]
    for case in CASES:
        differs = [f"{id}: {state}{_shown(points)}" for id, (state, points) in case.but.items()]
        lines.append(f"| {case.name} | {case.does} | {case.score:g} | {'; '.join([case.base, *differs])} |")
    return lines


def _shown(points: float | None) -> str:
    return "" if points is None else f", {points:g}"


if __name__ == "__main__":
    print("\n".join(rows()))
