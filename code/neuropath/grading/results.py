"""What grading one submission found: `Graded`, with a `QuestionResult` for each question of the set.

Everything here is plain and validated when it is made, so that what is read from a file was whole when it
was written, and texts are cleaned, so that no value a student chose can break a page or a table.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

from neuropath.project.files import write_json

__all__ = [
    "CRASHED",
    "GRADED",
    "NEEDS_A_PERSON",
    "NOT_ATTEMPTED",
    "NOT_GRADED",
    "STATES",
    "TIMED_OUT",
    "UNREAD",
    "VERSION",
    "Graded",
    "Part",
    "QuestionResult",
    "ResultsError",
    "clean",
    "file_name",
    "number",
    "read",
    "write",
]

VERSION = 1  # of the JSON below; a file of another version is graded again, never guessed at
GRADED, NOT_ATTEMPTED, CRASHED = "graded", "not attempted", "crashed"
TIMED_OUT, NEEDS_A_PERSON = "timed out", "needs a person"
STATES = (GRADED, NOT_ATTEMPTED, CRASHED, TIMED_OUT, NEEDS_A_PERSON)
KINDS = ("auto", "manual")
MESSAGE_LIMIT, ANSWER_LIMIT = 2_000, 50_000  # characters
UNREAD = "(this could not be read in time: look into the notebook)"  # in place of an answer
NOT_GRADED = "not graded: "  # begins the remark on a submission of which nothing could be graded
# Controls (but not tab and newline), halves of surrogate pairs, and what turns the direction of writing.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# Letters and digits of every script, and marks that mean nothing to any system; no space or dot at an end.
_FILE_NAME = re.compile(r"(?![ .])[\w@+., ()-]+(?<![ .])")
# Names of devices: on Windows no file can be called so, with whatever ending.
_DEVICE = re.compile(r" *(con|prn|aux|nul|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *(\.|$)", re.IGNORECASE)
_Record = TypeVar("_Record")


class ResultsError(ValueError):
    """A result that cannot be: the message says what was expected and what came."""


@dataclass(frozen=True)
class Part:
    """One line of a question's score: one check of an automatic question, one rubric row of a manual one.

    `points` is None while a person has not decided. A hidden test (`hidden`) has a `text` for the instructor
    only, and no message at all: its inputs and exceptions are nobody's business.
    """

    text: str
    out_of: float
    points: float | None = None
    message: str = ""
    hidden: bool = False

    def __post_init__(self) -> None:
        where = f"part {self.text!r}"
        _cleaned(self, text=MESSAGE_LIMIT, message=MESSAGE_LIMIT)
        _scored(self, where)
        _expect(isinstance(self.hidden, bool), where, "hidden to be true or false", self.hidden)
        _expect(not (self.hidden and self.message), where, "no message of a hidden test", self.message)


@dataclass(frozen=True)
class QuestionResult:
    """What became of one question. `points` is None exactly when it `needs a person`; it is never nan.

    `message` is the check's own sentence (a misconception's sentence where one was recognised, whose name
    is then `misconception`); `answer` is the text of a manual answer; `seconds` were spent on it.
    """

    id: str
    state: str
    points: float | None
    out_of: float
    message: str = ""
    misconception: str = ""
    seconds: float = 0.0
    title: str = ""
    kind: str = "auto"
    parts: tuple[Part, ...] = ()
    answer: str = ""

    def __post_init__(self) -> None:
        where = f"question {self.id!r}"
        _expect(self.state in STATES, where, f"state to be one of {', '.join(STATES)}", self.state)
        _expect(self.kind in KINDS, where, f"kind to be one of {', '.join(KINDS)}", self.kind)
        object.__setattr__(self, "misconception", self.misconception or "")  # None is welcome
        limits = {"message": MESSAGE_LIMIT, "misconception": 200, "answer": ANSWER_LIMIT}
        _cleaned(self, id=200, title=MESSAGE_LIMIT, **limits)
        _expect(self.id != "", where, "an id", self.id)
        _scored(self, where)
        pending = self.state == NEEDS_A_PERSON
        _expect((self.points is None) == pending, where, f"points None exactly when {NEEDS_A_PERSON}", self)
        _expect(self.state != NOT_ATTEMPTED or not self.points, where, "no points without an attempt", self)
        object.__setattr__(self, "seconds", _finite(self.seconds, where, "seconds"))
        object.__setattr__(self, "parts", tuple(self.parts))
        _expect(all(isinstance(p, Part) for p in self.parts), where, "parts to be Part objects", self.parts)
        object.__setattr__(self, "title", self.title or self.id)

    @property
    def pending(self) -> bool:
        """Whether a person has yet to decide."""
        return self.state == NEEDS_A_PERSON

    @property
    def full(self) -> bool:
        """Whether it earned all there is."""
        return self.points is not None and math.isclose(self.points, self.out_of, abs_tol=1e-9)


@dataclass(frozen=True)
class Graded:
    """One student's submission: who, from which file, question by question, and remarks on the whole."""

    student: str
    name: str
    file: str
    results: tuple[QuestionResult, ...]
    remarks: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        where = f"the submission of {self.student!r}"
        _cleaned(self, student=200, name=500, file=1_000)
        _expect(self.student != "", where, "a student id", self.student)
        object.__setattr__(self, "results", tuple(self.results))
        object.__setattr__(self, "remarks", tuple(clean(remark, MESSAGE_LIMIT) for remark in self.remarks))
        ids = [result.id for result in self.results]
        doubles = sorted({id for id in ids if ids.count(id) > 1})
        _expect(not doubles, where, "each question once", doubles)

    @property
    def points(self) -> float:
        """The points that are decided; what needs a person counts nothing yet (see `pending`)."""
        return math.fsum(result.points or 0.0 for result in self.results)

    @property
    def out_of(self) -> float:
        """The points there are, those that need a person included."""
        return math.fsum(result.out_of for result in self.results)

    @property
    def pending(self) -> tuple[str, ...]:
        """Ids of the questions that need a person."""
        return tuple(result.id for result in self.results if result.pending)

    @property
    def ungraded(self) -> str:
        """Why nothing of the submission could be graded; "" where something was, by machine or person."""
        why = next((remark for remark in self.remarks if remark.startswith(NOT_GRADED)), "")
        return why.removeprefix(NOT_GRADED) if all(result.pending for result in self.results) else ""

    def with_results(self, results: Sequence[QuestionResult]) -> Graded:
        """The same submission with other results."""
        return replace(self, results=tuple(results))

    def to_json(self) -> dict[str, Any]:
        """Plain values, with the version of this format."""
        return {"version": VERSION, **json.loads(json.dumps(asdict(self), allow_nan=False))}

    @classmethod
    def from_json(cls, values: Any) -> Graded:
        """The inverse of `to_json`. ResultsError for another version, or fields that do not fit."""
        if not isinstance(values, Mapping) or values.get("version") != VERSION:
            came = values.get("version") if isinstance(values, Mapping) else type(values).__name__
            raise ResultsError(f"expected results of version {VERSION}, received {came!r}: grade it again")
        plain = {key: value for key, value in values.items() if key != "version"}
        plain["results"] = [_question(item) for item in _list(plain.get("results"), "results")]
        plain["remarks"] = _list(plain.get("remarks", []), "remarks")
        return _record(cls, plain)


def read(path: str | PathLike[str]) -> Graded:
    """The results in a file. ResultsError, with the path, where it is no such file."""
    try:
        return Graded.from_json(json.loads(Path(path).read_text(encoding="utf-8")))
    except ValueError as error:  # JSONDecodeError, UnicodeDecodeError and ResultsError are ValueErrors
        raise ResultsError(f"{path}: {error}") from None


def write(path: str | PathLike[str], graded: Graded) -> None:
    """Write results, whole or not at all."""
    write_json(path, graded.to_json())


def clean(text: Any, limit: int = MESSAGE_LIMIT) -> str:
    """The text without what a page or a table cannot show, and no longer than `limit` characters."""
    if not isinstance(text, str):
        raise ResultsError(f"expected text, received {type(text).__name__}: {text!r:.80}")
    text = _UNPRINTABLE.sub("\ufffd", str.__str__(text).replace("\r\n", "\n").replace("\r", "\n"))
    cut = " … (cut here)"
    return text if len(text) <= limit else text[: limit - len(cut)] + cut


def number(points: float) -> str:
    """Points as people write them: `3`, `2.5`, `0.33`."""
    return f"{points:.2f}".rstrip("0").rstrip(".") if points else "0"


def file_name(student: str, suffix: str = "") -> str:
    """A file name for a student's id: one name for one id, and never a way out of its folder.

    An id that cannot be a name on every system gets a readable one that ends in `~` and a hash of the id: no
    id that is kept as it is has a `~`.
    """
    kept = student
    if not _FILE_NAME.fullmatch(student) or _DEVICE.match(student):
        words = "-".join(re.findall(r"[\w@+., ()-]+", student)).strip(" .-") or "student"
        digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
        kept = f"{'id-' * bool(_DEVICE.match(words))}{words}~{digest[:12]}"
    if len((kept + suffix).encode()) > 200:
        raise ResultsError(
            f"the student id {student[:40]!r}… is too long to name a file: shorten it in the roster"
        )
    return kept + suffix


def _question(values: Any) -> QuestionResult:
    if not isinstance(values, Mapping):
        raise ResultsError(f"expected a question's fields, received {type(values).__name__}")
    parts = [_record(Part, part) for part in _list(values.get("parts", []), "parts")]
    return _record(QuestionResult, {**values, "parts": parts})


def _record(kind: type[_Record], values: Any) -> _Record:
    """A dataclass from its fields by name; ResultsError names the unknown and the missing ones."""
    if not isinstance(values, Mapping):
        raise ResultsError(f"expected the fields of {kind.__name__}, received {type(values).__name__}")
    unknown = sorted(set(values) - {f.name for f in fields(kind)})  # type: ignore[arg-type]
    if unknown:
        raise ResultsError(f"{kind.__name__} has no field {', '.join(map(repr, unknown))}")
    try:
        return kind(**values)
    except TypeError as error:  # "missing 1 required positional argument: 'id'"
        raise ResultsError(f"{kind.__name__}: {error}") from None


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ResultsError(f"expected {name} to be a list, received {type(value).__name__}")
    return value


def _cleaned(record: Any, **limits: int) -> None:
    for name, limit in limits.items():
        object.__setattr__(record, name, clean(getattr(record, name), limit))


def _scored(record: Any, where: str) -> None:
    """`out_of` ≥ 0 and `points` None or between 0 and `out_of`, as floats."""
    out_of = _finite(record.out_of, where, "out_of")
    _expect(out_of >= 0, where, "out_of ≥ 0", out_of)
    object.__setattr__(record, "out_of", out_of)
    if record.points is not None:
        points = _finite(record.points, where, "points")
        _expect(-1e-9 <= points <= out_of + 1e-9, where, f"points between 0 and {number(out_of)}", points)
        object.__setattr__(record, "points", min(max(points, 0.0), out_of))


def _finite(value: Any, where: str, name: str) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    _expect(good, where, f"{name} to be a finite number", value)
    return float(value)


def _expect(condition: bool, where: str, expected: str, came: Any) -> None:
    if not condition:
        raise ResultsError(f"{where}: expected {expected}, received {came!r:.200}")
