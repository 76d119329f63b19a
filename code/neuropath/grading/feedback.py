"""The page a student gets back: what each question earned, what the check saw, and where to look again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from neuropath.grading import pages, returned, verdicts
from neuropath.grading.pages import badge, counted, escaped, prose, verdict
from neuropath.grading.results import (
    CRASHED,
    GRADED,
    NEEDS_A_PERSON,
    NOT_ATTEMPTED,
    NOT_GRADED,
    TIMED_OUT,
    Graded,
    Part,
    QuestionResult,
    file_name,
    number,
)
from neuropath.grading.submission import AGAIN, FILE, SMALLER
from neuropath.lessons.check import load_checks
from neuropath.project.files import write_text

__all__ = ["Link", "book_links", "page", "paths", "write", "write_all"]

# What to do next, for each state and kind of question.
_NEXT = {
    (
        NOT_ATTEMPTED,
        "auto",
    ): "Nothing to grade was found here. If you did answer it, see that the answer has the "
    "very name the question asks for, and that the notebook you handed in is the one with your work.",
    (
        NOT_ATTEMPTED,
        "manual",
    ): "Nothing to read was found here. If you did answer it, see that your text stands "
    "in the cell that begins with `Answer to {id}:`, below that line.",
    (
        CRASHED,
        "auto",
    ): "Your code stopped with an error when it was called, so that the rest of this question could not be "
    "looked at. Call it yourself, in a cell below it, with other inputs than those you tried: other sizes, "
    "other values.",
    (
        TIMED_OUT,
        "auto",
    ): "Your code ran longer than a question may. Look for a loop that does not end, or for "
    "one over single numbers where one operation on the whole array would do.",
    (NEEDS_A_PERSON, "auto"): "This could not be decided automatically: a person will look at it.",
    (NEEDS_A_PERSON, "manual"): "A person reads this answer; its points come later.",
}
_INSTRUCTORS = ". Grade again; if it stays so, look into the notebook"  # no advice for the student
_SESSION = re.compile(r"session(\d+)\w*/part_([a-z])_")


class Link(NamedTuple):
    """Where a question stands in the book; `url` is "" while the book has no public address."""

    words: str
    url: str = ""


def book_links(address: str = "") -> dict[str, Link]:
    """A link for each exercise of the book that has a self-check. `address` is the published book's."""
    links = {}
    for id, entry in load_checks().items():
        page = str(entry.get("page", ""))
        place = _SESSION.search(page)
        where = f"Session {place[1]}, Part {place[2].upper()}" if place else page
        url = f"{address.rstrip('/')}/{page}.html#{entry.get('label', '')}" if address and page else ""
        links[id] = Link(f"{where}: exercise “{entry.get('title') or id}”", url)
    return links


def write_all(
    folder: str | PathLike[str],
    graded: Sequence[Graded],
    *,
    title: str,
    links: Mapping[str, Link] | None = None,
) -> list[Path]:
    """A page for each student, `folder/STUDENT.html`; gives their paths, in order."""
    pages_of = paths(folder, graded)
    for path, one in zip(pages_of, graded, strict=True):
        write(path, one, title=title, links=links)
    return pages_of


def paths(folder: str | PathLike[str], graded: Sequence[Graded]) -> list[Path]:
    """The paths of the pages of these students, in order."""
    return [Path(folder) / file_name(one.student, ".html") for one in graded]


def write(
    path: str | PathLike[str], graded: Graded, *, title: str, links: Mapping[str, Link] | None = None
) -> None:
    """One student's page, whole or not at all. The same results give the same bytes."""
    write_text(path, returned.signed(page(graded, title=title, links=links)))


def page(graded: Graded, *, title: str, links: Mapping[str, Link] | None = None) -> str:
    """One student's page as HTML. `title` is the problem set's; `links` lead back into the book."""
    body = "\n".join(
        [
            f"<h1>{escaped(title)}</h1>",
            f'<p class="muted"><span dir="auto">{escaped(graded.name or graded.student)}</span> · '
            f'<span dir="auto">{escaped(graded.file)}</span></p>',
            *(_ungraded(graded) if graded.ungraded else _all(graded, links or {})),
            '<p class="muted small">If something here looks wrong, tell your instructor which question it is '
            "and what you expected.</p>",
        ]
    )
    return pages.document(f"{title} · {graded.name or graded.student}", body)


def _all(graded: Graded, links: Mapping[str, Link]) -> Iterator[str]:
    """The score, and a card for each question."""
    yield from _score(graded)
    yield from _remarks([_addressed(remark, graded) for remark in graded.remarks])
    yield _summary(graded.results)
    for index, result in enumerate(graded.results, 1):
        yield _question(index, result, links.get(result.id))


def _ungraded(graded: Graded) -> Iterator[str]:
    """The one card of a submission of which nothing could be graded, and why."""
    why = _to_student(graded.ungraded)
    mark, hue = pages.MARKS[NEEDS_A_PERSON]
    yield f'<p class="score">open <small>of {counted(graded.out_of)}</small></p>'
    yield (
        f'<section class="question {hue}" id="q0" aria-labelledby="h0">\n'
        '<h2 id="h0">Nothing of this submission could be graded</h2>\n'
        f'<p class="facts">{badge(mark, hue, NEEDS_A_PERSON)}</p>\n'
        f'<p class="said" dir="auto">{prose(why)}</p>\n<p>No points were taken off. Your instructor has been '
        "told, too.</p>\n</section>"
    )
    yield from _remarks([remark for remark in graded.remarks if not remark.startswith(NOT_GRADED)])


def _to_student(why: str) -> str:
    """Why a file was not graded: what the instructor should ask for is said to who can do it."""
    why = why.replace(AGAIN, f"hand in {FILE}").replace(SMALLER, SMALLER.replace("Ask for it", "Hand it in"))
    return why.replace(_INSTRUCTORS, "")


def _addressed(remark: str, graded: Graded) -> str:
    """A remark as the student reads it. Once a person gave all points, no other file is asked for."""
    if not remark.startswith(NOT_GRADED):
        return remark
    why = remark.removeprefix(NOT_GRADED)
    if graded.pending:
        return f"{NOT_GRADED}{_to_student(why)}"
    for advice in (f": {AGAIN}", f". {SMALLER}", _INSTRUCTORS):
        why = why.replace(advice, "")
    return f"the file was not graded by the machine ({why}): a person gave the points here"


def _score(graded: Graded) -> Iterator[str]:
    so_far = " so far" if graded.pending else ""
    yield (f'<p class="score">{number(graded.points)} <small>of {counted(graded.out_of)}{so_far}</small></p>')
    if graded.pending:
        open_points = sum(result.out_of for result in graded.results if result.pending)
        count = len(graded.pending)
        yield (
            f'<p class="wait"><span aria-hidden="true">…</span> {counted(count, "question")} '
            f"{'waits' if count == 1 else 'wait'} for a person; {counted(open_points)} "
            f"{'is' if open_points == 1 else 'are'} not decided yet.</p>"
        )


def _remarks(remarks: Sequence[str]) -> Iterator[str]:
    if remarks:
        yield "<h2>About this submission</h2>\n<ul>"
        yield from (f'<li dir="auto">{prose(remark)}</li>' for remark in remarks)
        yield "</ul>"


def _summary(results: Sequence[QuestionResult]) -> str:
    rows = "".join(
        f'<tr><th scope="row"><a href="#q{i}">{i}. {prose(result.title)}</a></th>'
        f'<td>{badge(*verdict(result))}</td><td class="n">{_fraction(result)}</td></tr>\n'
        for i, result in enumerate(results, 1)
    )
    return (
        '<div class="scroll"><table class="summary">\n<caption>All questions</caption>\n<thead><tr>'
        '<th scope="col">Question</th><th scope="col">What became of it</th>'
        f'<th scope="col" class="n">Points</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>'
    )


def _fraction(score: QuestionResult | Part) -> str:
    points = "open" if score.points is None else number(score.points)
    return f"{points} / {number(score.out_of)}"


def _question(index: int, result: QuestionResult, link: Link | None) -> str:
    mark, hue, words = verdict(result)
    lines = [
        f'<section class="question {hue}" id="q{index}" aria-labelledby="h{index}">',
        f'<h2 id="h{index}">Question {index} · {prose(result.title)}</h2>',
        f'<p class="facts">{badge(mark, hue, words)} <span>{pages.points(result)}</span></p>',
    ]
    if result.message:
        lead = "A common slip" if result.misconception else "What was seen"
        lines.append(
            f'<p class="muted small">{lead}:</p>\n<p class="said" dir="auto">{prose(result.message)}</p>'
        )
    if advice := _advice(result):
        lines.append(f"<p>{prose(advice.replace('{id}', result.id))}</p>")
    elif result.full and result.kind == "auto" and not result.message:
        lines.append("<p>All of it is right.</p>")
    lines += _parts(result)
    if result.answer:
        lines.append(
            "<details><summary>Your answer, as it was read</summary>"
            f'<pre dir="auto">{escaped(result.answer)}</pre></details>'
        )
    if link and not result.full:
        lines.append(f"<p>Look again at {_anchor(link)}.</p>")
    return "\n".join([*lines, "</section>"])


def _advice(result: QuestionResult) -> str:
    """What to do next; "" where the points say all."""
    if result.state == CRASHED and (said := verdicts.advice(result.message)):
        return said
    return _NEXT.get((result.state, result.kind)) or _NEXT.get((result.state, "auto"), "")


def _anchor(link: Link) -> str:
    if not link.url.startswith(("https://", "http://")):
        return escaped(link.words)
    return f'<a href="{escaped(link.url)}">{escaped(link.words)}</a>'


def _parts(result: QuestionResult) -> Iterator[str]:
    """The lines of the score, where there is more than one, or a person gave them."""
    if not result.parts or (len(result.parts) == 1 and result.kind == "auto" and not result.parts[0].hidden):
        return
    if result.kind == "manual" and result.state != GRADED:
        return  # a rubric is the instructor's until a person has filled it for this answer
    head = "What was asked" if result.kind == "manual" else "Test"
    yield f'<table>\n<thead><tr><th scope="col">{head}</th>'
    yield '<th scope="col" class="n">Points</th></tr></thead>\n<tbody>'
    for part in result.parts:
        yield f'<tr><td>{_part(part, result)}</td><td class="n">{_fraction(part)}</td></tr>'
    yield "</tbody></table>"


def _part(part: Part, result: QuestionResult) -> str:
    if part.hidden:  # its title is the instructor's, and it has no message
        if part.points is None or result.state != GRADED:
            return "A test that is not shown"
        passed = abs(part.points - part.out_of) < 1e-9
        return f"A test that is not shown: {'passed' if passed else 'did not pass'}"
    said = part.message if part.message != result.message else ""
    comment = f'<div class="said" dir="auto">{prose(said)}</div>' if said else ""
    return prose(part.text) + comment
