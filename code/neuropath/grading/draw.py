"""The numbers that are drawn for a student: the same ones for ever, and nobody needs to store them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any


def draw(student: str | None, exercise: str, choices: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """One choice for each name, from sha256(student, exercise, name); the first of each without a student.

    A name without choices raises ValueError.
    """
    drawn = {}
    for name, offered in choices.items():
        if not offered:
            raise ValueError(f"variant `{name}` of {exercise} offers nothing to choose from")
        drawn[name] = offered[_number(student, exercise, name) % len(offered) if student else 0]
    return drawn


def _number(student: str, exercise: str, name: str) -> int:
    text = "\0".join((student, exercise, name))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest(), "big")
