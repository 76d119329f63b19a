"""The questions of the instructor's page: how the answers ended, what was missed, and whose they are."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from neuropath.grading import pages
from neuropath.grading.pages import badge, bar, counted, escaped, prose
from neuropath.grading.results import GRADED, NOT_ATTEMPTED, STATES, Graded, QuestionResult
from neuropath.grading.verdicts import NO_NAME

__all__ = ["by_question", "full_points", "outcomes", "section", "share", "unnamed", "whose"]

Answers = list[tuple[Graded, QuestionResult]]
# What a question's answers are sorted into: graded ones by their share of the points, the others by state.
_OUTCOMES = ("full points", "more than half", "up to half", "no points", *STATES[1:])


def by_question(graded: Sequence[Graded]) -> dict[str, Answers]:
    """{id: one answer a student}, in the order of the set."""
    questions: dict[str, Answers] = {}
    for one in graded:
        for result in one.results:
            questions.setdefault(result.id, []).append((one, result))
    return questions


def counting(results: Sequence[QuestionResult]) -> list[QuestionResult]:
    """The answers that enter the percentages: the decided ones.

    While answers in words wait, those not attempted would be all that is decided, and say 0 % of a question
    that nobody has read; so they enter with the others.
    """
    decided = [result for result in results if result.points is not None]
    if any(result.pending and result.kind == "manual" for result in results):
        return [result for result in decided if result.state != NOT_ATTEMPTED]
    return decided


def share(results: Sequence[QuestionResult]) -> float | None:
    """The part of the points that was earned, of those that count; None while none does."""
    counted_in = counting(results)
    possible = sum(result.out_of for result in counted_in)
    return sum(result.points or 0.0 for result in counted_in) / possible if possible else None


def full_points(results: Sequence[QuestionResult]) -> str:
    """`3 of 8` answers that count earned all, "" while none counts."""
    counted_in = counting(results)
    return f"{sum(result.full for result in counted_in)} of {len(counted_in)}" if counted_in else ""


def outcomes(results: Sequence[QuestionResult]) -> dict[str, int]:
    """How many answers ended how, in a fixed order, without what never happened."""
    count = Counter(_outcome(result) for result in results)
    return {name: count[name] for name in _OUTCOMES if count[name]}


def _outcome(result: QuestionResult) -> str:
    if result.state != GRADED or result.points is None:
        return result.state
    if result.full:
        return "full points"
    if not result.points:
        return "no points"
    return "more than half" if result.points > result.out_of / 2 else "up to half"


def unnamed(results: Sequence[QuestionResult]) -> int:
    """How many answers were not found by their name."""
    return sum(one.state == NOT_ATTEMPTED and one.message.startswith(NO_NAME) for one in results)


def whose(what: str, students: Sequence[str], *, shown: bool = False) -> str:
    """An item of a list, `what` (HTML), with the students it is about; folded unless `shown`."""
    listed = f'<span dir="auto">{escaped(", ".join(students))}</span>'
    return f'<li dir="auto">{what} <details{" open" * shown}><summary>whose</summary>{listed}</details></li>'


def section(index: int, answers: Answers) -> str:
    """All about one question: how its answers ended, why, and whose they are."""
    results = [result for _, result in answers]
    first = results[0]
    lines = [
        f'<section class="question" id="q{index}" aria-labelledby="h{index}">',
        f'<h3 id="h{index}">{index}. {prose(first.title)}</h3>',
        f'<p class="facts muted small"><code>{escaped(first.id)}</code> <span>{counted(first.out_of)}</span> '
        f"<span>{statistics.median(result.seconds for result in results):.2f} s (median)</span></p>",
        _distribution(results),
        *_unattempted(answers),
        *_tests_missed(results),
        *_misconceptions(results),
    ]
    return "\n".join([*lines, "</section>"])


def _distribution(results: Sequence[QuestionResult]) -> str:
    rows = ""
    for name, count in outcomes(results).items():
        words = f"{count} of {len(results)}"
        rows += (
            f'<tr><th scope="row">{_sign(name)}</th><td>{bar(count / len(results), words)}</td>'
            f'<td class="n">{count}</td></tr>\n'
        )
    return (
        f'<table class="narrow">\n<caption>How the answers ended</caption>\n<tbody>\n{rows}</tbody></table>'
    )


def _sign(name: str) -> str:
    if name in pages.MARKS:
        return badge(*pages.MARKS[name], name)
    marks = {"full points": ("✓", "good"), "no points": ("✕", "bad")}
    return badge(*marks.get(name, ("◐", "part")), name)


def _tests_missed(results: Sequence[QuestionResult]) -> Iterator[str]:
    """Of a question with several parts, how many had full points in each; the hidden ones by their titles."""
    seen: dict[tuple[str, bool], list[bool]] = {}
    for result in results:
        for part in result.parts if result.state == GRADED else ():
            if part.points is not None:
                seen.setdefault((part.text, part.hidden), []).append(part.points >= part.out_of - 1e-9)
    if len(seen) < 2:
        return
    yield "<details><summary>By part</summary><table><tbody>"
    for (text, hidden), full in seen.items():
        label = f"{prose(text)}{' (hidden)' * hidden}"
        yield f'<tr><th scope="row">{label}</th><td class="n">{sum(full)} of {len(full)} in full</td></tr>'
    yield "</tbody></table></details>"


def _unattempted(answers: Answers) -> Iterator[str]:
    """Why there was nothing to grade, and whose: names that are missing, starters that are as they were."""
    said: dict[str, list[Graded]] = {}
    for one, result in answers:
        if result.state == NOT_ATTEMPTED and result.message:
            said.setdefault(result.message, []).append(one)
    if not said:
        return
    names = unnamed([result for _, result in answers])
    lost = f" ({counted(names, 'answer')} not found by name)" if names else ""
    yield f'<p class="small muted">Why there was nothing to grade{lost}:</p>\n<ul>'
    for why, students in sorted(said.items(), key=lambda item: -len(item[1])):
        files = [f"{one.name or one.student} ({one.file})" for one in students]
        # A missing name can be put right in the file, so these stand open.
        yield whose(f"{len(students)} × {prose(why)}", files, shown=why.startswith(NO_NAME))
    yield "</ul>"


def _misconceptions(results: Sequence[QuestionResult]) -> Iterator[str]:
    count = Counter((r.misconception, r.message) for r in results if r.misconception)
    if not count:
        return
    yield '<p class="small muted">Misconceptions that were recognised:</p>\n<ul>'
    for (name, message), times in count.most_common():
        yield f"<li>{times} × <code>{escaped(name)}</code>: {prose(message)}</li>"
    yield "</ul>"
