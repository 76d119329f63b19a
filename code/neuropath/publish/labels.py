"""Everything on a page that can be referred to: label, what it is, its title and its number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from neuropath.publish.blocks import Block, Directive, Heading, Math, Target, Text, walk
from neuropath.publish.page import Page

_PICTURES = ("figure", "viz")
_TABLES = ("table", "list-table")


@dataclass(frozen=True)
class Entry:
    """One label. `kind` is "equation", "figure", "table", "section", "exercise", "theorem", …"""

    label: str
    kind: str
    title: str
    file: str
    line: int
    number: int = 0


def index(page: Page) -> Iterator[Entry]:
    """All labels of a page, in order. Equations count where they are labelled, as Sphinx counts them."""
    count: Counter[str] = Counter()
    blocks = list(walk(page.blocks))
    for position, block in enumerate(blocks):
        if isinstance(block, Math) and block.label:
            count["equation"] += 1
            yield Entry(block.label, "equation", "", page.file, block.line, count["equation"])
        elif isinstance(block, Target):
            kind, title = _named(blocks[position + 1 :])
            yield Entry(block.label, kind, title, page.file, block.line)
        elif isinstance(block, Directive):
            label, kind = label_and_kind(block)
            if kind in ("figure", "table") and _is_captioned(block):
                count[kind] += 1
                block.number = count[kind]
            if label:
                title = "" if kind in ("figure", "quiz") else block.argument
                yield Entry(label, kind, title, page.file, block.line, block.number)


def label_and_kind(block: Directive) -> tuple[str, str]:
    """A directive's label ("" if it has none) and what sort of thing it labels."""
    if block.name == "code-cell":
        figure = (block.options.get("mystnb") or {}).get("figure") or {}
        return str(figure.get("name", "")), "figure"
    if block.name in _PICTURES:
        return block.label, "figure"
    if block.name in _TABLES:
        return block.label, "table"
    if block.name.startswith("prf:"):
        return block.label, block.name.removeprefix("prf:")
    return block.label, block.name.removesuffix("-start")


def _is_captioned(block: Directive) -> bool:
    """Whether Sphinx numbers it: figures always have a caption here, tables and cells may have one."""
    if block.name == "code-cell":
        return bool((block.options.get("mystnb") or {}).get("figure"))
    return block.name in _PICTURES or bool(block.argument)


def _named(following: list[Block]) -> tuple[str, str]:
    """Kind and title of what a `(label)=` stands before: a heading, or a paragraph that opens in bold."""
    for block in following:
        if isinstance(block, Target):
            continue
        if isinstance(block, Heading):
            return "section", block.text
        if isinstance(block, Text):
            bold = re.search(r"\*\*(.+?)\*\*", block.text)
            return "target", bold[1].rstrip(".:") if bold else ""
        break
    return "target", ""
