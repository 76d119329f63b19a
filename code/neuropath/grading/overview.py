"""The instructor's page of a graded set: how it went, what was missed most, and what needs a person."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from urllib.parse import quote

from neuropath.grading import pages
from neuropath.grading.pages import badge, bar, counted, escaped, prose
from neuropath.grading.results import GRADED, NOT_ATTEMPTED, STATES, Graded, QuestionResult, file_name, number
from neuropath.grading.verdicts import NO_NAME
from neuropath.project.files import write_text

__all__ = ["outcomes", "page", "share", "write"]

# What a question's answers are sorted into: graded ones by their share of the points, the others by state.
_OUTCOMES = ("full points", "more than half", "up to half", "no points", *STATES[1:])


def write(
    path: str | PathLike[str],
    graded: Sequence[Graded],
    *,
    title: str,
    notes: Sequence[str] = (),
    roster: Mapping[str, str] | None = None,
    feedback: str = "feedback",
) -> None:
    """The page, whole or not at all.

    `notes` stand at the top (what isolated the submissions, say), `roster` (id → name) tells who handed in
    nothing, `feedback` is the folder of the students' pages, relative to this one ("" for no links).
    """
    write_text(path, page(graded, title=title, notes=notes, roster=roster, feedback=feedback))


def page(
    graded: Sequence[Graded],
    *,
    title: str,
    notes: Sequence[str] = (),
    roster: Mapping[str, str] | None = None,
    feedback: str = "feedback",
) -> str:
    """The page as HTML; arguments as for `write`."""
    by_question = _by_question([one for one in graded if not one.ungraded])
    body = [f"<h1>{escaped(title)}</h1>", *_numbers(graded, roster or {})]
    if notes:
        body += ['<ul class="muted small">', *(f"<li>{prose(note)}</li>" for note in notes), "</ul>"]
    if graded:
        body += [_totals(graded), _most_missed(by_question), *_needs_person(graded)]
        body.append("<h2>Question by question</h2>")
        body += [_question(index, results) for index, results in enumerate(by_question.values(), 1)]
        body.append(_submissions(graded, feedback))
    return pages.document(f"Overview · {title}", "\n".join(body), wide=True)


def share(results: Sequence[QuestionResult]) -> float | None:
    """The part of the points that was earned, of those that are decided; None while none is."""
    decided = [result for result in results if result.points is not None]
    possible = sum(result.out_of for result in decided)
    return sum(result.points or 0.0 for result in decided) / possible if possible else None


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


def _by_question(graded: Sequence[Graded]) -> dict[str, list[QuestionResult]]:
    """{id: one result a student}, in the order of the set."""
    questions: dict[str, list[QuestionResult]] = {}
    for one in graded:
        for result in one.results:
            questions.setdefault(result.id, []).append(result)
    return questions


def _numbers(graded: Sequence[Graded], roster: Mapping[str, str]) -> Iterator[str]:
    facts = [counted(len(graded), "submission")]
    if graded:
        points = [one.points for one in graded]
        top = number(max(one.out_of for one in graded))
        facts += [f"mean {number(statistics.fmean(points))} of {top}"]
        facts += [f"median {number(statistics.median(points))} of {top}"]
    yield f'<p class="facts">{"".join(f"<span>{escaped(fact)}</span>" for fact in facts)}</p>'
    if waiting := sum(bool(one.pending) for one in graded):
        yield (
            f'<p class="wait"><span aria-hidden="true">…</span> {counted(waiting, "total")} not final yet: '
            "a person is needed (below). Until then these count the decided points.</p>"
        )
    if lost := unnamed([result for one in graded for result in one.results]):
        yield (
            f"<p>{counted(lost, 'answer')} {'was' if lost == 1 else 'were'} not found by name: below stands, "
            "question by question, what may be meant.</p>"
        )
    here = {one.student for one in graded}
    missing = [f"{name} ({id})" if name else id for id, name in roster.items() if id not in here]
    if missing:
        yield f"<p>No submission of {counted(len(missing), 'student')}: {escaped(', '.join(missing))}.</p>"


def _totals(graded: Sequence[Graded]) -> str:
    """A histogram of the totals in ten equal bins of the share of all points."""
    bins = [0] * 10
    for one in graded:
        part = one.points / one.out_of if one.out_of else 0.0
        bins[min(int(part * 10 + 1e-9), 9)] += 1
    said = "; ".join(f"{i * 10} to {i * 10 + 10} %: {count}" for i, count in enumerate(bins) if count)
    top, columns = max(bins), []
    for i, count in enumerate(bins):
        height = 100 * count / top
        columns.append(
            f'<rect class="fill" x="{12 + i * 30}" y="{120 - height:.1f}" width="26" height="{height:.1f}"/>'
        )
        if count:
            columns.append(
                f'<text x="{25 + i * 30}" y="{114 - height:.1f}" text-anchor="middle">{count}</text>'
            )
    ticks = "".join(
        f'<text x="{10 + i * 30}" y="138" text-anchor="middle">{i * 10}</text>' for i in range(0, 11, 2)
    )
    return (
        "<h2>Totals</h2>\n"
        f'<svg role="img" aria-label="Submissions by share of all points. {said}" width="330" height="160" '
        f'viewBox="0 0 330 160">{"".join(columns)}'
        '<line x1="10" y1="120.5" x2="310" y2="120.5" stroke="currentColor"/>'
        f'{ticks}<text x="160" y="156" text-anchor="middle">share of all points, in %</text></svg>'
    )


def _most_missed(questions: Mapping[str, Sequence[QuestionResult]]) -> str:
    order = {id: index for index, id in enumerate(questions, 1)}
    shares = {id: share(results) for id, results in questions.items()}
    ranked = sorted(questions, key=lambda id: (shares[id] is None, shares[id] or 0.0, order[id]))
    rows = []
    for id in ranked:
        part = shares[id]
        full = sum(result.full for result in questions[id])
        decided = sum(not result.pending for result in questions[id])
        cell = "open" if part is None else f"{part:.0%}"
        title = f"{order[id]}. {prose(questions[id][0].title)}"
        drawn = "" if part is None else bar(part, f"{part:.0%} of the points", 80)
        rows.append(
            f'<tr><th scope="row"><a href="#q{order[id]}">{title}</a></th>'
            f'<td>{drawn}</td><td class="n">{cell}</td>'
            f'<td class="n">{full} of {decided}</td></tr>'
        )
    return (
        '<h2>Most missed first</h2>\n<div class="scroll"><table>\n<thead><tr><th scope="col">Question</th>'
        '<th scope="col" colspan="2">Points earned</th>'
        '<th scope="col" class="n">Full points</th></tr></thead>\n'
        f"<tbody>\n{chr(10).join(rows)}\n</tbody></table></div>"
    )


def _needs_person(graded: Sequence[Graded]) -> Iterator[str]:
    waiting: dict[str, list[str]] = {}
    unread = [one.name or one.student for one in graded if one.ungraded]
    for one in graded:
        for id in () if one.ungraded else one.pending:
            waiting.setdefault(id, []).append(one.name or one.student)
    if not waiting and not unread:
        return
    yield "<h2>Needs a person</h2>\n<p>The rows to fill are in <code>needs_person.csv</code>.</p>\n<ul>"
    for id, students in waiting.items():
        yield _whose(f"<code>{escaped(id)}</code>: {counted(len(students), 'answer')}", students)
    if unread:
        yield _whose(f"could not be graded at all: {counted(len(unread), 'submission')}", unread)
    yield "</ul>"


def _whose(what: str, students: Sequence[str]) -> str:
    listed = f'<span dir="auto">{escaped(", ".join(students))}</span>'
    return f"<li>{what} <details><summary>whose</summary>{listed}</details></li>"


def _question(index: int, results: Sequence[QuestionResult]) -> str:
    first = results[0]
    lines = [
        f'<section class="question" id="q{index}" aria-labelledby="h{index}">',
        f'<h3 id="h{index}">{index}. {prose(first.title)}</h3>',
        f'<p class="facts muted small"><code>{escaped(first.id)}</code> <span>{counted(first.out_of)}</span> '
        f"<span>{statistics.median(result.seconds for result in results):.2f} s (median)</span></p>",
        _distribution(results),
        *_unattempted(results),
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


def _unattempted(results: Sequence[QuestionResult]) -> Iterator[str]:
    """Why there was nothing to grade: names that are missing, starters that are as they were."""
    count = Counter(one.message for one in results if one.state == NOT_ATTEMPTED and one.message)
    if not count:
        return
    names = unnamed(results)
    said = f" ({counted(names, 'answer')} not found by name)" if names else ""
    yield f'<p class="small muted">Why there was nothing to grade{said}:</p>\n<ul>'
    yield from (f'<li dir="auto">{times} × {prose(why)}</li>' for why, times in count.most_common())
    yield "</ul>"


def _misconceptions(results: Sequence[QuestionResult]) -> Iterator[str]:
    count = Counter((r.misconception, r.message) for r in results if r.misconception)
    if not count:
        return
    yield '<p class="small muted">Misconceptions that were recognised:</p>\n<ul>'
    for (name, message), times in count.most_common():
        yield f"<li>{times} × <code>{escaped(name)}</code>: {prose(message)}</li>"
    yield "</ul>"


def _total(one: Graded) -> str:
    points = "open" if one.ungraded else number(one.points)
    return f"{points} / {number(one.out_of)}{' so far' * bool(one.pending and not one.ungraded)}"


def _submissions(graded: Sequence[Graded], feedback: str) -> str:
    rows = []
    for one in sorted(graded, key=lambda one: one.student):
        name = f'<span dir="auto">{escaped(one.name or one.student)}</span>'
        if feedback:
            target = f"{feedback}/{quote(file_name(one.student, '.html'))}"
            name = f'<a href="{escaped(target)}">{name}</a>'
        states = ", ".join(f"{n} {state}" for state, n in Counter(r.state for r in one.results).items())
        states = "could not be graded" if one.ungraded else states
        remarks = "".join(f'<div class="small muted" dir="auto">{prose(text)}</div>' for text in one.remarks)
        rows.append(
            f'<tr><th scope="row">{name}<div class="small muted">{escaped(one.student)}</div></th>'
            f'<td class="n">{_total(one)}</td>'
            f"<td>{states}{remarks}</td></tr>"
        )
    return (
        '<h2>Submissions</h2>\n<div class="scroll"><table>\n<thead><tr><th scope="col">Student</th>'
        '<th scope="col" class="n">Points</th><th scope="col">Questions, remarks</th></tr></thead>\n'
        f"<tbody>\n{chr(10).join(rows)}\n</tbody></table></div>"
    )
