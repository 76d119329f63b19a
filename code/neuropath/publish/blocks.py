"""What a page is made of: typed blocks, each with the line it starts on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class Block:
    """`lead` stands before the first line (a list marker, an indentation, "> "), `hang` before the rest."""

    line: int
    lead: str = ""
    hang: str = ""


@dataclass(kw_only=True)
class Text(Block):
    """Markdown that needs only its inline parts translated: paragraphs, lists, pipe tables."""

    text: str


@dataclass(kw_only=True)
class Heading(Block):
    level: int
    text: str


@dataclass(kw_only=True)
class Math(Block):
    """A displayed equation, from `$$ … $$ (label)` or a `math` directive."""

    tex: str
    label: str = ""


@dataclass(kw_only=True)
class Target(Block):
    """`(label)=`, which names what follows."""

    label: str


@dataclass(kw_only=True)
class Footnote(Block):
    """`[^name]: text`, wherever on the page it was written."""

    name: str
    body: list[Block]


@dataclass(kw_only=True)
class Fence(Block):
    """A plain fenced listing; nothing inside is Markdown."""

    info: str
    text: str


@dataclass(kw_only=True)
class Directive(Block):
    """`content` is the body as written; `body` is the body parsed, for directives that hold Markdown.

    `number` is set for figures and tables when the page's labels are indexed.
    """

    name: str
    argument: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    content: str = ""
    content_line: int = 0
    body: list[Block] = field(default_factory=list)
    number: int = 0

    @property
    def label(self) -> str:
        """The label of the directive, whichever option gives it."""
        return str(self.options.get("label") or self.options.get("name") or "")


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """All blocks, outer before inner, in the order of the page."""
    for block in blocks:
        yield block
        if isinstance(block, Directive | Footnote):
            yield from walk(block.body)


def directives(blocks: Iterable[Block], *names: str) -> Iterator[Directive]:
    """All directives of these names, at any depth."""
    return (b for b in walk(blocks) if isinstance(b, Directive) and b.name in names)
