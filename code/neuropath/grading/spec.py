"""The spec of a problem set: a small YAML file, read strictly, all its slips told at once.

id: session01
title: "Problem set 1: neurons, losses, gradients"
due: 2026-10-09T18:00:00+02:00
questions:
  - s01a-plane
  - {id: s01c-softmax, points: 4}
  - {id: own-derivation, points: 6, hidden_points: 2}
pages: [own_questions.md]
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from neuropath.grading import bank as banks
from neuropath.grading.bank import Bank
from neuropath.grading.limits import WITH_KERAS, Limits
from neuropath.grading.problems import Chosen, ProblemSet
from neuropath.grading.questions import question
from neuropath.publish.errors import PageError
from neuropath.publish.options import read_yaml
from neuropath.publish.syntax import suggest

__all__ = ["SpecError", "load", "read"]

KEYS = ("id", "title", "due", "instructions", "questions", "pages", "limits", "needs")
QUESTION_KEYS = ("id", "points", "hidden_points")
NEEDS = ("numpy", "keras")
LIMITS = tuple(entry.name for entry in fields(Limits) if entry.name != "warm")  # `needs` decides what is warm


class SpecError(ValueError):
    """Everything that is wrong with a spec, one line each."""

    def __init__(self, path: Path | str, errors: list[str]):
        self.errors = errors
        super().__init__("\n".join(f"{path}: {error}" for error in errors))


def read(path: Path, root: Path) -> ProblemSet:
    """The problem set of a spec; SpecError with every slip."""
    return load(path, root)[0]


def load(path: Path, root: Path) -> tuple[ProblemSet, Bank]:
    """The problem set, and the exercises that it is made from. `root` is the checkout."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no spec {path}: name a YAML file, such as session01.yml")
    raw, errors = _raw(Path(path))
    chosen = _questions(raw, errors)
    pages = tuple(_texts(raw, "pages", errors))
    bank = banks.load(root, Path(path).resolve().parent, pages)
    errors += bank.errors
    _find(chosen, bank, errors)
    needs = _one_of(raw, "needs", NEEDS, errors)
    found = ProblemSet(
        id=_slug(raw, errors),
        title=_text(raw, "title", errors),
        questions=tuple(chosen),
        due=_due(raw, errors),
        instructions=_text(raw, "instructions", errors, needed=False),
        pages=pages,
        limits=_limits(raw, needs, errors),
        needs=needs,
    )
    if errors:
        raise SpecError(path, errors)
    return found, bank


def _raw(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The mapping in the file, and which of its keys are unknown or double."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = read_yaml(text, path.name, 1)
    except UnicodeDecodeError:
        raise SpecError(path, ["a spec is UTF-8 text; this file is not."]) from None
    except PageError as error:
        raise SpecError(path, [f"line {error.line}: {error.message}"]) from None
    errors = [
        f"line {line}: `{key}` stands here a second time." for key, line in _doubles(yaml.compose(text))
    ]
    errors += [f"a spec has no entry `{key}`. {suggest(str(key), KEYS)}" for key in raw if key not in KEYS]
    return raw, errors


def _doubles(node: Any) -> list[tuple[str, int]]:
    """Keys that one mapping has twice: YAML would silently keep the second."""
    found: list[tuple[str, int]] = []
    if isinstance(node, yaml.MappingNode):
        keys = [key for key, _ in node.value]
        found += [
            (key.value, key.start_mark.line + 1)
            for number, key in enumerate(keys)
            if key.value in [before.value for before in keys[:number]]
        ]
    for child in getattr(node, "value", []) if isinstance(node, yaml.CollectionNode) else []:
        for part in child if isinstance(child, tuple) else (child,):
            found += _doubles(part)
    return found


def _text(raw: dict[str, Any], key: str, errors: list[str], *, needed: bool = True) -> str:
    value = raw.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or not value.strip():
        errors.append(f"`{key}` should be a text, received {value!r}.")
        return ""
    return value.strip()


def _texts(raw: dict[str, Any], key: str, errors: list[str]) -> list[str]:
    value = raw.get(key) or []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        errors.append(f"`{key}` should be a list of texts, received {value!r}.")
        return []
    return value


def _slug(raw: dict[str, Any], errors: list[str]) -> str:
    value = str(raw.get("id", ""))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", value):
        errors.append(f"`id` names files: letters, digits, - and _ (at most 64), received {raw.get('id')!r}.")
    return value


def _due(raw: dict[str, Any], errors: list[str]) -> str:
    value = raw.get("due")
    if value is None:
        return ""
    try:
        when = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        when = None
    if when is None or when.utcoffset() is None:
        example = "2026-10-09T18:00:00+02:00"
        errors.append(f"`due` is a date and a time with its offset, such as {example}, received {value!s}.")
        return ""
    return when.isoformat()


def _one_of(raw: dict[str, Any], key: str, known: tuple[str, ...], errors: list[str]) -> str:
    value = raw.get(key, known[0])
    if value not in known:
        errors.append(f"`{key}` is one of {', '.join(known)}, received {value!r}.")
    return str(value)


def _limits(raw: dict[str, Any], needs: str, errors: list[str]) -> Limits:
    usual = WITH_KERAS if needs == "keras" else Limits()
    given = raw.get("limits") or {}
    if not isinstance(given, dict):
        errors.append(f"`limits` should be pairs such as cell_seconds: 10, received {given!r}.")
        return usual
    errors += [
        f"`limits` has no entry `{key}`. {suggest(str(key), LIMITS)}" for key in given.keys() - {*LIMITS}
    ]
    try:
        return replace(usual, **{key: value for key, value in given.items() if key in LIMITS})
    except ValueError as error:
        errors.append(str(error))
        return usual


def _questions(raw: dict[str, Any], errors: list[str]) -> list[Chosen]:
    given = raw.get("questions")
    if not isinstance(given, list) or not given:
        errors.append(f"`questions` should be a list of exercise ids, received {given!r}.")
        return []
    chosen = []
    for number, one in enumerate(given, 1):
        one = {"id": one} if isinstance(one, str) else one
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            errors.append(f"question {number} should be an id or {{id: …, points: …}}, received {one!r}.")
            continue
        where = f"question {number} ({one['id']})"
        for key in one.keys() - {*QUESTION_KEYS}:
            errors.append(f"{where} has an unknown entry `{key}`. {suggest(str(key), QUESTION_KEYS)}")
        points, hidden = (_points(one, key, where, errors) for key in QUESTION_KEYS[1:])
        chosen.append(Chosen(one["id"], points, hidden))
    for id, times in Counter(one.id for one in chosen).items():
        if times > 1:
            errors.append(f"`questions` names `{id}` {times} times; keep one.")
    return chosen


def _points(one: dict[str, Any], key: str, where: str, errors: list[str]) -> float | None:
    value = one.get(key)
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0:
        errors.append(f"{where}: `{key}` should be a number, 0 or more, received {value!r}.")
        return None
    if value != round(value, 2):
        errors.append(f"{where}: `{key}` should have two decimals at most, received {value!r}.")
        return None
    return value


def _find(chosen: list[Chosen], bank: Bank, errors: list[str]) -> None:
    """What of the questions no page has, or cannot be graded as the spec wants it."""
    waiting: dict[str, list[str]] = {}
    for one in chosen:
        exercise = bank.exercises.get(one.id)
        if exercise is None and (page := bank.unread_page(one.id)):
            waiting.setdefault(page, []).append(f"`{one.id}`")
        elif exercise is None:
            unread = (
                " (or it stands on a page with a fault, told above)"
                if bank.errors and not bank.unread
                else ""
            )
            errors.append(f"there is no exercise `{one.id}`{unread}.{bank.near(one.id)}")
        elif exercise.of_kind("manual") and exercise.of_kind("starter"):
            errors.append(f"`{one.id}` has a starter and a rubric: make two exercises of it.")
        elif one.hidden_points is not None and not exercise.of_kind("hidden"):
            errors.append(f"`{one.id}` has no hidden test: leave out `hidden_points`.")
        else:
            try:
                question(one, exercise)
            except ValueError as error:
                errors.append(f"`{one.id}`: {error}")
    errors += [
        f"nothing on {page} could be used, for the fault told above: {', '.join(ids)}."
        for page, ids in waiting.items()
    ]
