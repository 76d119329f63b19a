"""Variants of an exercise: numbers that may be drawn for each student, and where its text and code show them.

`variant: {n: [28, 31]}` on a cell of the exercise names the choices, the default first. In its text
`` {variant}`n` `` shows the number; in its cells the line `n = 28  # yours` holds it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from neuropath.publish.blocks import Block, Directive
from neuropath.publish.inline import Piece, pieces
from neuropath.publish.page import Page

_YOURS = re.compile(r"^(?P<head>\s*(?P<name>\w+)\s*=\s*)(?P<value>[^#\n]*?)(?P<tail>\s*#\s*yours\s*)$")


@dataclass
class Span:
    """The lines of one exercise or of its solution, and the choices of its variants."""

    label: str
    first: int
    last: int = 0
    id: str = ""
    choices: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def defaults(self) -> dict[str, Any]:
        """Each variant's first choice: what book and sessions show."""
        return {name: values[0] for name, values in self.choices.items()}


def spans(page: Page) -> list[Span]:
    """Where exercises and solutions with cells stand on the page, in order."""
    found: list[Span] = []
    inside: Span | None = None
    for block in page.blocks:
        name = block.name if isinstance(block, Directive) else ""
        if name in ("exercise-start", "solution-start"):
            inside = _opened(block, found)
            found.append(inside)
        elif inside and name in ("exercise-end", "solution-end"):
            inside.last, inside = block.line, None
        elif inside and name == "code-cell":
            _note(inside, block)
    return found


def _opened(block: Block, before: list[Span]) -> Span:
    assert isinstance(block, Directive)
    if block.name == "exercise-start":
        return Span(block.label, block.line)
    solved = next((span for span in before if span.label == block.argument), None)
    return Span(
        block.argument, block.line, id=solved.id if solved else "", choices=solved.choices if solved else {}
    )


def _note(span: Span, block: Block) -> None:
    meta = block.options.get("exercise") if isinstance(block, Directive) else None
    if isinstance(meta, dict):
        span.id = str(meta.get("id", span.id))
        choices = meta.get("variant")
        if isinstance(choices, dict):
            span.choices |= {name: c for name, c in choices.items() if isinstance(c, list) and c}


def at(page: Page, line: int) -> Span | None:
    """The exercise or solution that `line` of the page stands in."""
    return next((span for span in spans(page) if span.first <= line <= span.last), None)


def shown(value: Any) -> str:
    """A value as the text shows it."""
    return str(value)


def with_values(code: str, values: Mapping[str, Any]) -> str:
    """`code` whose lines `name = …  # yours` hold these values; all else is left as it is."""
    return "\n".join(_with_value(line, values) for line in code.split("\n"))


def _with_value(line: str, values: Mapping[str, Any]) -> str:
    match = _YOURS.match(line)
    if not match or match["name"] not in values:
        return line
    return f"{match['head']}{values[match['name']]!r}{match['tail']}"


def given(code: str, without: Collection[str] = ()) -> str:
    """The lines `name = …  # yours` at the top level of `code`, but for the names in `without`."""
    lines = ((line, _YOURS.match(line)) for line in code.split("\n") if line[:1].strip())
    return "\n".join(line for line, match in lines if match and match["name"] not in without)


def slips(code: str, choices: Mapping[str, list[Any]]) -> Iterator[tuple[int, str]]:
    """(index of the line, message) for each line marked `# yours` that holds no variant or no default."""
    for number, line in enumerate(code.split("\n")):
        match = _YOURS.match(line)
        if not match:
            continue
        name = match["name"]
        if name not in choices:
            known = ", ".join(choices) or "none"
            yield (
                number,
                f"`{name}` is marked `# yours` and is no variant of this exercise (they are: {known}).",
            )
        elif match["value"].strip() != repr(choices[name][0]):
            default = repr(choices[name][0])
            yield (
                number,
                f"`{name}` is marked `# yours`: on the page it has its default, {default}, "
                f"received {match['value'].strip()}.",
            )


def written(text: str, page: Page) -> str:
    """The page's text with the default value in place of each {variant} role: what Sphinx reads.

    A role that names no variant is left, so that the build stops at it.
    """
    lines = text.splitlines()
    cells = _cell_lines(page)
    for span in spans(page):
        for number in range(span.first, span.last + 1):
            if number not in cells:
                lines[number - 1] = "".join(_default(piece, span) for piece in pieces(lines[number - 1]))
    return "\n".join(lines) + "\n" * text.endswith("\n")


def _default(piece: Piece, span: Span) -> str:
    is_ours = piece.kind == "role" and piece.name == "variant" and piece.body in span.choices
    return shown(span.choices[piece.body][0]) if is_ours else piece.source


def _cell_lines(page: Page) -> set[int]:
    found: set[int] = set()
    for block in page.blocks:
        if isinstance(block, Directive) and block.name == "code-cell":
            found |= set(range(block.line, block.content_line + block.content.count("\n") + 1))
    return found
