"""The points that a person gave, kept by what they were given for: the words of an answer, and a rubric.

OUT/given/NAME.json    one answer's points and comments; NAME is a hash of student, question, rubric, answer
OUT/rubric_changed.csv those for an answer that is still there, by a rubric that is not; written anew each run
OUT/set_aside.csv      all others that belong to no answer of today; written anew each run

A changed notebook, a mended key or a mended grader loses none of them: they are found again wherever student,
question, rubric (texts and points) and answer are the same, and set aside, but never removed, where not.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from neuropath.grading import tables
from neuropath.grading.marks import parts_of
from neuropath.grading.merging import decided
from neuropath.grading.pages import counted
from neuropath.grading.results import ANSWER_LIMIT, UNREAD, Graded, Part, QuestionResult
from neuropath.project.files import write_json

__all__ = [
    "ASIDE",
    "FOLDER",
    "OTHER_RUBRIC",
    "Given",
    "GivenError",
    "carried",
    "has",
    "keep",
    "read_all",
    "write_aside",
]

FOLDER, ASIDE, OTHER_RUBRIC = "given", "set_aside.csv", "rubric_changed.csv"
HEADER = (
    *("student", "question", "part", "rubric", "out_of", "points", "comment"),
    *("given", "why", "answer_hash", "answer"),
)
WHAT = "points that a person gave for"
ANSWER, RUBRIC = "the answer changed", "the rubric changed"
DECIDED = "it is decided without a person now"
ABSENT, UNASKED, UNGRADED = "no submission now", "no such question now", "the file is not graded now"


class GivenError(ValueError):
    """A file of given points that cannot be read: the message says which, and what to do."""


@dataclass(frozen=True)
class Given:
    """One answer's points and comments. `answer_hash` is of what they were given for, `when` in UTC."""

    student: str
    question: str
    answer_hash: str
    parts: tuple[Part, ...]
    answer: str = ""
    when: str = ""

    @property
    def name(self) -> str:
        """The same for the same student, question, rubric and answer; so given anew, points are replaced."""
        rows = [[part.text, part.out_of] for part in self.parts]
        text = json.dumps([self.student, self.question, rows, self.answer_hash])
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:40]


def given_for(student: str, result: QuestionResult, sha: str) -> Given:
    """What points of a person would be given for here; `sha` is of the notebook.

    Where the text does not tell all of the answer (none, cut, not read, with a picture), the notebook counts.
    """
    answer = result.answer
    whole = bool(answer) and len(answer) < ANSWER_LIMIT and answer != UNREAD and "attachment:" not in answer
    text = "text\0" + answer if whole else "\0".join(("notebook", sha, answer))
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return Given(student, result.id, digest, parts_of(result), answer)


def read_all(out: str | PathLike[str]) -> list[Given]:
    """All that is kept, in order of student, question and time. GivenError for a damaged file."""
    found = [_read(path) for path in sorted((Path(out) / FOLDER).glob("[!.]*.json"))]
    return sorted(found, key=lambda one: (one.student, one.question, one.when, one.name))


def _read(path: Path) -> Given:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        one = Given(**{**plain, "parts": tuple(Part(**part) for part in plain["parts"])})
    except (ValueError, TypeError, KeyError) as error:
        raise GivenError(
            f"{path}: these points of a person cannot be read ({error}). Move the file away, and merge the "
            "table that they came from once more: its copy is in the folder `filled`"
        ) from None
    return one


def has(given: Sequence[Given], row: Mapping[str, str]) -> bool:
    """Whether points and comment in this row of a filled table are kept for just this, used or set aside."""
    return any(_is_of(one, row) and any(_is(part, row) for part in one.parts) for one in given)


def _is_of(one: Given, row: Mapping[str, str]) -> bool:
    texts = {"student": one.student, "question": one.question, "answer": one.answer}
    return all(tables.same(row.get(column, ""), text) for column, text in texts.items())


def _is(part: Part, row: Mapping[str, str]) -> bool:
    points = "" if part.points is None else f"{part.points:g}"
    texts = {"rubric": part.text, "points": points, "comment": part.message}
    return all(
        tables.same(row.get(column, "").replace(",", "."), text.replace(",", "."))
        for column, text in texts.items()
    )


def carried(bare: Sequence[Graded], shas: Mapping[str, str], given: Sequence[Given]) -> list[Graded]:
    """The results with the points that a person gave for just these answers. `shas`: student → notebook's."""
    known = {one.name: one for one in given}
    return [
        one.with_results([_with(result, known, one.student, shas[one.student]) for result in one.results])
        for one in bare
    ]


def _with(result: QuestionResult, known: Mapping[str, Given], student: str, sha: str) -> QuestionResult:
    found = known.get(given_for(student, result, sha).name) if result.pending else None
    return decided(result, found.parts) if found else result


def keep(
    out: str | PathLike[str],
    bare: Sequence[Graded],
    before: Sequence[Graded],
    after: Sequence[Graded],
    shas: Mapping[str, str],
) -> int:
    """Keep what differs between `before` and `after` a merge; gives the number of submissions."""
    changed = set()
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for one, old, new in zip(bare, before, after, strict=True):
        for result, was, now in zip(one.results, old.results, new.results, strict=True):
            if was != now:
                found = given_for(one.student, result, shas[one.student])
                plain = asdict(found) | {"parts": [asdict(part) for part in now.parts], "when": when}
                write_json(Path(out) / FOLDER / f"{found.name}.json", plain)
                changed.add(one.student)
    return len(changed)


def write_aside(
    out: str | PathLike[str], bare: Sequence[Graded], shas: Mapping[str, str], given: Sequence[Given]
) -> list[str]:
    """Write what is set aside, or remove the tables where nothing is; gives what to tell of it.

    Points for an answer that is still there, to a rubric that is not, have a table of their own: without its
    column `rubric` it can be merged. It has the newest points for each answer, so none is there twice.
    """
    aside = list(_aside(bare, shas, given))
    mended = {(one.student, one.question): one for one, why in aside if why == RUBRIC}
    again = [(one, why) for one, why in aside if mended.get((one.student, one.question)) is one]
    others = [(one, why) for one, why in aside if mended.get((one.student, one.question)) is not one]
    _write(Path(out) / OTHER_RUBRIC, again)
    _write(Path(out) / ASIDE, others)
    return [*_told_of_rubrics(Path(out) / OTHER_RUBRIC, again), *_told(Path(out) / ASIDE, others)]


def _write(path: Path, aside: Sequence[tuple[Given, str]]) -> None:
    if aside:
        tables.write(path, HEADER, [row for one, why in aside for row in _rows(one, why)])
    else:
        path.unlink(missing_ok=True)


def _told_of_rubrics(path: Path, aside: Sequence[tuple[Given, str]]) -> list[str]:
    if not aside:
        return []
    return [
        f"{WHAT} {counted(len(aside), 'answer')} are set aside, because {RUBRIC}: they are kept in {path}. "
        "Where they hold for the new rubric, remove the column `rubric` from that table and merge it; points "
        "go to the lines by their numbers (`part`), so remove rows that do not hold"
    ]


def _told(path: Path, aside: Sequence[tuple[Given, str]]) -> list[str]:
    changed = {(one.student, one.question) for one, why in aside if why in (ANSWER, RUBRIC)}
    rest = {(one.student, one.question) for one, _ in aside} - changed
    why = " or ".join(sorted({why for _, why in aside if why in (ANSWER, RUBRIC)}))
    others = " or ".join(sorted({why for _, why in aside} - {ANSWER, RUBRIC}))
    said = f"{WHAT} {counted(len(changed), 'answer')} are set aside, because {why}: they are kept in {path}"
    told = f"{WHAT} {counted(len(rest), 'answer')} are not used, because {others}: they are kept in {path}"
    return [said] * bool(changed) + [told] * bool(rest)


def _aside(
    bare: Sequence[Graded], shas: Mapping[str, str], given: Sequence[Given]
) -> Iterator[tuple[Given, str]]:
    """What belongs to no answer of today, and why; not what newer points for the same question replaced."""
    now = {(one.student, r.id): (one, r) for one in bare for r in one.results}
    used = {
        (one.student, r.id): given_for(one.student, r, shas[one.student]).name
        for one, r in now.values()
        if r.pending
    }
    names = {one.name for one in given}
    held = {which for which, name in used.items() if name in names}
    students = {one.student for one in bare}
    for one in given:
        which = (one.student, one.question)
        if which not in now:
            yield one, UNASKED if one.student in students else ABSENT
        elif which not in held and any(part.points is not None or part.message for part in one.parts):
            yield one, _why(one, *now[which], shas[one.student])


def _why(given: Given, graded: Graded, result: QuestionResult, sha: str) -> str:
    if graded.ungraded:
        return UNGRADED
    if not result.pending and result.kind == "auto":
        return DECIDED
    same = given.answer_hash == given_for(given.student, result, sha).answer_hash
    return RUBRIC if same else ANSWER


def _rows(one: Given, why: str) -> Iterator[list[str | float]]:
    for number, part in enumerate(one.parts, 1):
        points: Any = "" if part.points is None else part.points
        row: list[str | float] = [one.student, one.question, number, part.text, part.out_of, points]
        yield [*row, part.message, one.when, why, one.answer_hash, one.answer]
