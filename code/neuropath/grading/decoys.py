"""Wrong answers of our own making: each test must refuse one of them, and none may learn the right answer."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuropath.grading.cells import Asked, question_cells
from neuropath.grading.trial import BROKE, NOT_ATTEMPTED, PASSED, UNMET, kind, place, tests, tried
from neuropath.lessons.check import RIGHT, run_check
from neuropath.lessons.recording import same

MANY = 64  # numbers of one answer that are looked for in messages, at most
DIGITS = 3  # from so many significant digits on, an equal number is no chance
HUGE = 10**300  # whole numbers from here on are no floats
NUMBER = re.compile(
    r"(?<![\w.])(?P<number>[-+]?(?:\d+(?:[,_]\d{3})*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)(?P<percent>\s?%)?"
)
ODD = np.ones((1, 2, 3), dtype="int8")  # of a shape and type that nobody asks for
Change = Callable[[Any], Any]
CHANGES: tuple[Change, ...] = (
    lambda value: value * np.nan,  # no comparison with it holds
    lambda value: value * 0,
    lambda value: value * 0 + 1,
    lambda value: 2 * value + 1,
    lambda value: -value,
)


def changed(value: Any, change: Change) -> Any:
    """A wrong value of the same kind: each number in it changed; what is no number, in a way of its own."""
    if isinstance(value, bool | np.bool_):
        return not value
    if isinstance(value, str):
        return f"{value}?"
    if isinstance(value, tuple | list):
        parts = [changed(part, change) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    if isinstance(value, dict):
        return {key: changed(part, change) for key, part in value.items()}
    if isinstance(value, np.ndarray) and value.dtype.kind == "b":
        return ~value
    if isinstance(value, int | float | complex | np.number) or (
        isinstance(value, np.ndarray) and value.dtype.kind in "iufc"
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a small whole number may overflow
            try:
                return change(value)
            except OverflowError:  # a whole number that no float can hold
                return value
    return value


class Decoy:
    """A wrong answer. `is_like`: of the kind of the right one, and seen to differ from it."""

    def __init__(self, answer: Any, change: Change | None, other: Any = None):
        self.is_like = False
        if change is None:
            self.answer = (lambda *_, **__: other) if callable(answer) else other
        elif callable(answer):
            self.answer = self._spoilt(answer, change)
        else:
            self.answer = self._changed(answer, change)

    def _changed(self, value: Any, change: Change) -> Any:
        wrong = changed(value, change)
        self.is_like |= not same(wrong, value)
        return wrong

    def _spoilt(self, function: Callable[..., Any], change: Change) -> Callable[..., Any]:
        @functools.wraps(function)
        def spoilt(*args: Any, **kwargs: Any) -> Any:
            return self._changed(function(*args, **kwargs), change)

        return spoilt


def decoys(answer: Any) -> Iterator[Decoy]:
    """Wrong answers in place of this one: None, something odd, and look-alikes."""
    if isinstance(answer, type):
        nothing: Any = type(answer.__name__, (), {})
        yield from (Decoy(None, None, wrong) for wrong in (nothing, None))
        return
    yield from (Decoy(answer, None, wrong) for wrong in (None, ODD))
    yield from (Decoy(answer, change) for change in CHANGES)


def lax(asked: Asked, answer: Any) -> Iterator[str]:
    """A sentence for each test that lets every wrong answer pass. `answer` is the solution's."""
    for number, test in enumerate(tests(asked)):
        if not _refuses(asked, number, answer):
            yield (
                f"{place(asked, test.first)}: the {kind(test)} of `{asked.question.id}` lets anything pass: "
                f"no wrong answer that was tried for `{asked.question.answer}` (None, zeros, twice the right "
                "one) fails an `expect…`; compare the answer with what it should be."
            )


def _refuses(asked: Asked, number: int, answer: Any) -> bool:
    """Whether any wrong answer fails as it should; one that only trips the check counts if need be."""
    tripped = compared = False
    for decoy in decoys(answer):
        outcome = tried(asked, number, decoy.answer).outcome
        if outcome in (UNMET, NOT_ATTEMPTED) or (outcome == BROKE and decoy.is_like):
            return True
        tripped |= outcome == BROKE
        compared |= outcome == PASSED and decoy.is_like
    return tripped and not compared


# -- misconceptions -----------------------------------------------------------------------------------------


def stopping_misconceptions(asked: Asked) -> Iterator[str]:
    """A sentence for each misconception that stops: grading would stop there."""
    chosen = {name: choices[0] for name, choices in asked.question.variant.items()}
    for entry in asked.question.entries:
        for name, wrong in entry["misconceptions"].items():
            try:
                _run(wrong["code"], chosen)[entry["answer"]]
            except Exception as error:
                yield (
                    f"misconception `{name}` of `{asked.question.id}` stops: {type(error).__name__}: {error} "
                    "(it sees only np and the names of the variants)."
                )


def right_misconceptions(asked: Asked, numbers: str = "") -> Iterator[str]:
    """A sentence for each misconception that is right, or taken for it. `numbers` says the variant."""
    for entry in asked.question.entries:
        for name, wrong in entry["misconceptions"].items():
            answer = _run(wrong["code"], asked.drawn)[entry["answer"]]
            if run_check(entry, answer, variant=asked.drawn, id=asked.question.id).outcome == RIGHT:
                yield (
                    f"misconception `{name}` of `{asked.question.id}`{numbers} passes the check: it is "
                    "right, or the check cannot tell. Mend its code, or let the check try more."
                )


def _run(code: str, drawn: Mapping[str, Any]) -> dict[str, Any]:
    space: dict[str, Any] = {"np": np, "__name__": "misconception", **drawn}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(code, "<misconception>", "exec"), space)
    return space


# -- messages -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """A number as a text shows it: its value without a sign, and its significant digits there."""

    text: str
    value: float
    digits: int

    def shows(self, number: float) -> bool:
        """Whether it is this number or its opposite (how far 0 is off), rounded to its own digits."""
        form = f".{self.digits - 1}e"
        return self.digits >= DIGITS and format(self.value, form) == format(abs(number), form)


def leaks(asked: Asked, answer: Any) -> Iterator[str]:
    """A sentence for each check that shows the expected value, in its own message or a misconception's.

    Only where the answer is a value; what a hidden test says is not shown to anybody.
    """
    wanted = [] if callable(answer) else _numbers(answer)[:MANY]
    if not wanted:
        return
    question = "\n".join("".join(cell["source"]) for cell in question_cells(asked))
    known = {one.value for one in _written(question)}
    for test, entry in zip(tests(asked), asked.question.entries, strict=True):
        if entry["hidden"]:
            continue
        for message, own in _messages(asked, entry, answer):
            if shown := [one for one in _written(message) if _told(one, wanted, own, known)]:
                yield (
                    f"{place(asked, test.first)}: the {kind(test)} of `{asked.question.id}` shows the "
                    f"expected value, {shown[0].text}, to students: its message was “{message}”. Say what is "
                    "wrong, not what is right."
                )
                break


def _told(one: Written, wanted: list[float], own: list[float], known: set[float]) -> bool:
    """Whether it tells an expected number, which neither the question nor the wrong answer itself shows."""
    return any(map(one.shows, wanted)) and not any(map(one.shows, own)) and one.value not in known


def _messages(asked: Asked, entry: Mapping[str, Any], answer: Any) -> Iterator[tuple[str, list[float]]]:
    """(what a student would read, the numbers of the wrong answer that it is said about)."""
    for decoy in decoys(answer):
        result = run_check(entry, decoy.answer, variant=asked.drawn, id=asked.question.id)
        yield result.message, _numbers(decoy.answer)
    for wrong in entry["misconceptions"].values():
        yield wrong["message"], []


def _numbers(value: Any) -> list[float]:
    """The finite numbers in a value; True and False are none."""
    if isinstance(value, tuple | list):
        return [number for part in value for number in _numbers(part)]
    if isinstance(value, dict):
        return _numbers(list(value.values()))
    if isinstance(value, bool) or not isinstance(value, int | float | np.number | np.ndarray):
        return []
    if isinstance(value, int):
        return [float(value)] if abs(value) < HUGE else []
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        return []
    return [float(number) for number in array.ravel()[: MANY * MANY] if np.isfinite(number)]


def _written(text: str) -> list[Written]:
    """The numbers that a text shows."""
    found = []
    for match in NUMBER.finditer(text):
        plain = re.sub("[,_]", "", match["number"])
        digits = len(re.split("[eE]", plain)[0].lstrip("+-").replace(".", "").lstrip("0"))
        found.append(Written(match[0], abs(float(plain)) / (100 if match["percent"] else 1), digits))
    return found
