"""The instructor's page of a graded set: how it went, what was missed most, and what needs a person.

What waits for a person is no zero: no mean, median or percentage counts it before it is decided.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from urllib.parse import quote

from neuropath.grading import pages
from neuropath.grading.overview_questions import by_question, full_points, section, share, unnamed, whose
from neuropath.grading.pages import bar, counted, escaped, prose
from neuropath.grading.results import Graded, QuestionResult, file_name, number
from neuropath.project.files import write_text

__all__ = ["page", "write"]


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
    answers = by_question([one for one in graded if not one.ungraded])
    body = [f"<h1>{escaped(title)}</h1>", *_numbers(graded, roster or {})]
    if notes:
        body += ['<ul class="muted small">', *(f"<li>{prose(note)}</li>" for note in notes), "</ul>"]
    if graded:
        results = {id: [result for _, result in given] for id, given in answers.items()}
        body += [_totals(graded), _most_missed(results), *_needs_person(graded)]
        body.append("<h2>Question by question</h2>")
        body += [section(index, given) for index, given in enumerate(answers.values(), 1)]
        body.append(_submissions(graded, feedback))
    return pages.document(f"Overview · {title}", "\n".join(body), wide=True)


def _shares(graded: Sequence[Graded]) -> list[float]:
    """Of each submission the part of the points that was earned, of those that are decided, if any are."""
    possible = [sum(one.out_of for one in each.results if not one.pending) for each in graded]
    return [one.points / points for one, points in zip(graded, possible, strict=True) if points]


def _numbers(graded: Sequence[Graded], roster: Mapping[str, str]) -> Iterator[str]:
    facts = [counted(len(graded), "submission"), *_middle([one for one in graded if not one.ungraded])]
    yield f'<p class="facts">{"".join(f"<span>{escaped(fact)}</span>" for fact in facts)}</p>'
    yield from _waiting(graded)
    if lost := unnamed([result for one in graded for result in one.results]):
        yield (
            f"<p>{counted(lost, 'answer')} {'was' if lost == 1 else 'were'} not found by name: below stands, "
            "question by question, what may be meant, and whose it is.</p>"
        )
    here = {one.student for one in graded}
    missing = [f"{name} ({id})" if name else id for id, name in roster.items() if id not in here]
    if missing:
        yield f"<p>No submission of {counted(len(missing), 'student')}: {escaped(', '.join(missing))}.</p>"


def _middle(read: Sequence[Graded]) -> Iterator[str]:
    """Mean and median: in points where all are final, else as shares of what is decided."""
    if any(one.pending for one in read):
        if shares := _shares(read):
            yield f"mean {statistics.fmean(shares):.0%} of the points decided so far"
            yield f"median {statistics.median(shares):.0%}"
    elif read:
        points = [one.points for one in read]
        top = number(max(one.out_of for one in read))
        yield f"mean {number(statistics.fmean(points))} of {top}"
        yield f"median {number(statistics.median(points))} of {top}"


def _waiting(graded: Sequence[Graded]) -> Iterator[str]:
    """What is in no number yet."""
    if waiting := sum(bool(one.pending) and not one.ungraded for one in graded):
        yield (
            f'<p class="wait"><span aria-hidden="true">…</span> {counted(waiting, "total")} not final yet: '
            "a person is needed (below). Until then shares are those of the points that are decided.</p>"
        )
    if unread := sum(bool(one.ungraded) for one in graded):
        yield (
            f'<p class="wait"><span aria-hidden="true">…</span> {counted(unread, "submission")} could not be '
            "graded at all (below), and counts in no mean, median or percentage.</p>"
        )


def _totals(graded: Sequence[Graded]) -> str:
    """A histogram of the totals in ten equal bins of the share of the points that are decided."""
    read = [one for one in graded if not one.ungraded]
    bins = [0] * 10
    for part in _shares(read):
        bins[min(int(part * 10 + 1e-9), 9)] += 1
    if not any(bins):
        return "<h2>Totals</h2>\n<p>Nothing is decided yet.</p>"
    what = "the points decided so far" if any(one.pending for one in read) else "all points"
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
        f'<svg role="img" aria-label="Submissions by share of {what}. {said}" width="330" height="160" '
        f'viewBox="0 0 330 160">{"".join(columns)}'
        '<line x1="10" y1="120.5" x2="310" y2="120.5" stroke="currentColor"/>'
        f'{ticks}<text x="160" y="156" text-anchor="middle">share of {what}, in %</text></svg>'
    )


def _most_missed(questions: Mapping[str, Sequence[QuestionResult]]) -> str:
    order = {id: index for index, id in enumerate(questions, 1)}
    shares = {id: share(results) for id, results in questions.items()}
    ranked = sorted(questions, key=lambda id: (shares[id] is None, shares[id] or 0.0, order[id]))
    rows = []
    for id in ranked:
        part = shares[id]
        title = f"{order[id]}. {prose(questions[id][0].title)}"
        drawn = "" if part is None else bar(part, f"{part:.0%} of the points", 80)
        waiting = sum(result.pending for result in questions[id])
        rows.append(
            f'<tr><th scope="row"><a href="#q{order[id]}">{title}</a></th>'
            f'<td>{drawn}</td><td class="n">{"open" if part is None else f"{part:.0%}"}</td>'
            f'<td class="n">{full_points(questions[id])}</td>'
            f'<td class="n">{waiting or ""}</td></tr>'
        )
    return (
        '<h2>Most missed first</h2>\n<div class="scroll"><table>\n<thead><tr><th scope="col">Question</th>'
        '<th scope="col" colspan="2">Points earned</th>'
        '<th scope="col" class="n">Full points</th><th scope="col" class="n">Waiting</th></tr></thead>\n'
        f"<tbody>\n{chr(10).join(rows)}\n</tbody></table></div>\n"
        '<p class="small muted">Answers that wait for a person are in no percentage. While answers in words '
        "wait, those not attempted are in none either: else they alone would decide it.</p>"
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
        yield whose(f"<code>{escaped(id)}</code>: {counted(len(students), 'answer')}", students)
    if unread:
        yield whose(f"could not be graded at all: {counted(len(unread), 'submission')}", unread)
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
