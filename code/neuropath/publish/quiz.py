"""The quiz grammar: a question, and one list item an option: `- [x] text — feedback`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_ITEM = re.compile(r"^[-*+]\s+\[(?P<mark>.)\]\s*(?P<text>.*)$")
DASH = " — "


class Option(NamedTuple):
    """One answer to choose, what is said to whoever chooses it (a sentence), and whether it is right."""

    text: str
    feedback: str
    right: bool

    @property
    def mark(self) -> str:
        """What stands before the feedback."""
        return "✓" if self.right else "✗"


class Quiz(NamedTuple):
    """One question with its options, exactly one of them right."""

    question: str
    label: str
    options: list[Option]


def parse(question: str, body: str, options: Mapping[str, Any] | None = None) -> Quiz:
    """Read a quiz: the directive's argument, its body (one list item an option) and its options ("label").

    Text of the body before the first option continues the question.
    Raises ValueError that says what is wrong and what is expected.
    """
    asked: list[str] = [question.strip()] if question.strip() else []
    items: list[str] = []
    for line in body.splitlines():
        if _ITEM.match(line):
            items.append(line.strip())
        elif re.match(r"[-*+]\s", line):
            raise ValueError(f"a quiz option starts with `- [ ] ` or `- [x] `, received {line.strip()!r}.")
        elif items and line.strip():
            items[-1] += " " + line.strip()
        elif line.strip():
            asked.append(line.strip())
    if not asked:
        raise ValueError("a quiz needs its question on the first line, after {quiz}.")
    found = [_option(item) for item in items]
    right = sum(option.right for option in found)
    if len(found) < 2:
        raise ValueError(f"a quiz needs at least two options `- [ ] text — feedback`, received {len(found)}.")
    if right != 1:
        raise ValueError(f"a quiz has exactly one right option `- [x]`, received {right}.")
    return Quiz(" ".join(asked), str((options or {}).get("label", "")), found)


def _option(item: str) -> Option:
    match = _ITEM.match(item)
    assert match is not None
    text, dash, feedback = match["text"].partition(DASH)
    if match["mark"] not in " xX":
        raise ValueError(f"a quiz option is marked [ ] or [x], received [{match['mark']}].")
    if not dash or not text.strip() or not feedback.strip():
        raise ValueError(f"a quiz option reads `text — feedback` (space, em dash, space), received {item!r}.")
    said = feedback.strip()
    return Option(text.strip(), said[0].upper() + said[1:], match["mark"] != " ")
