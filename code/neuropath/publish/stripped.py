"""A page without its solutions, as a class build gives it to Sphinx; see `neuropath.publish.classroom`.

What goes: solutions with all that stands in them, self-checks with their misconceptions, hidden tests,
rubrics, comments. What stays: the exercise's text, its starter, its hints, the quiz.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

import yaml

from neuropath.publish import labels, variants
from neuropath.publish.blocks import Block, Directive, Footnote, Heading, Target, directives
from neuropath.publish.page import Page
from neuropath.publish.parser import FENCE
from neuropath.publish.syntax import DIRECTIVES

NOTE = "*This is a class build of the book: solutions are with your instructor.*"
TAKEN = ("solution", "check", "hidden", "manual")  # kinds of cells that are not for students
SHOWN = ("id", "kind", "answer", "points", "variant")  # what may stay in a starter's metadata
_MENTION = re.compile(r"\[\^([^\]\s]+)\](?!:)")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_ROLE = re.compile(
    r"\{(?:ref|numref|eq|prf:ref)\}`(?:(?P<text>[^`<]+?)\s*<(?P<named>[^`<>]+)>|(?P<bare>[^`<>]+))`"
)
_LINK = re.compile(r"\[(?P<text>[^\[\]]*)\]\(#(?P<label>[^()\s]+)\)")


def strip(page: Page, gone: Collection[str] = ()) -> str:
    """The page's text for students. `gone` are labels within solutions: links to them become plain text.

    Raises PageError for a solution that stands inside another directive, where lines cannot be cut.
    """
    lines: list[str] = variants.written(page.text, page).splitlines()
    taken = cuts(page)
    told = next((first for first in _exercises(page.blocks)), None) if taken else None
    starters = dict(_starters(page))
    out: list[str] = []
    number = 1
    while number <= len(lines):
        if number == told:
            out += [NOTE, ""]
        end = next((last for first, last in taken if first == number), 0)
        if end:
            number = end
            continue
        out.append(lines[number - 1])
        if number in starters:
            number, options = starters[number]
            out += options
        else:
            number += 1
    return without_links(without_comments("\n".join(out)), gone) + "\n"


def removed(page: Page) -> list[str]:
    """The texts that are cut from the page, each as it was written."""
    lines = page.text.splitlines()
    found = ["\n".join(lines[first - 1 : last - 1]) for first, last in cuts(page)]
    return found + ["\n".join(lines[first : end - 1]) for first, (end, _) in _starters(page)]


def told_below_title(page: Page) -> str:
    """The page's text with the note about solutions below its title."""
    title = next(block.line for block in page.blocks if isinstance(block, Heading) and block.level == 1)
    lines = page.text.splitlines()
    return "\n".join([*lines[:title], "", NOTE, *lines[title:], ""])


def labels_within(page: Page) -> set[str]:
    """Labels that stand within what is cut: nothing that stays may refer to them."""
    taken = cuts(page)
    return {e.label for e in labels.index(page) if any(first <= e.line < last for first, last in taken)}


# -- where to cut -------------------------------------------------------------------------------------------


def cuts(page: Page) -> list[tuple[int, int]]:
    """Lines that go, as (first, the one after the last), in order; lines count from 1.

    A block ends where the next one of the page begins: between them are only empty lines and comments.
    """
    _refuse_nested(page)
    ends = [*(block.line for block in page.blocks[1:]), page.text.count("\n") + 2]
    spans = list(zip(page.blocks, ends, strict=True))
    found: list[tuple[int, int]] = []
    inside = False
    targets: list[tuple[int, int]] = []  # labels that stand right above the block
    for block, end in spans:
        name = block.name if isinstance(block, Directive) else ""
        inside = inside or name == "solution-start"
        if inside or name == "solution" or _kind(block) in TAKEN:
            found += [*targets, (block.line, end)]
        inside = inside and name != "solution-end"
        targets = [*targets, (block.line, end)] if isinstance(block, Target) and not inside else []
    return _with_footnotes(page, spans, found)


def _refuse_nested(page: Page) -> None:
    top = {id(block) for block in page.blocks}
    for block in directives(page.blocks, "solution"):
        if id(block) not in top:
            raise page.error(block.line, "{solution} stands inside another directive; put it at top level.")


def _with_footnotes(page: Page, spans: list[tuple[Block, int]], taken: list[tuple[int, int]]) -> list:
    """The cuts, and the footnotes that only solutions mention."""
    gone = {number for first, last in taken for number in range(first, last)}
    lines = enumerate(page.text.splitlines(), 1)
    mentioned = {name for number, line in lines if number not in gone for name in _MENTION.findall(line)}
    found = list(taken)
    for block, end in spans:
        if isinstance(block, Footnote) and block.line in gone and block.name in mentioned:
            raise page.error(block.line, f"[^{block.name}] is used outside this solution; define it outside.")
        if isinstance(block, Footnote) and block.line not in gone and block.name not in mentioned:
            found.append((block.line, end))
    return sorted(found)


def _kind(block: Block) -> str:
    meta = _meta(block)
    return str(meta.get("kind", "")) if meta else ""


def _meta(block: Block) -> dict[str, Any] | None:
    meta = block.options.get("exercise") if isinstance(block, Directive) else None
    return meta if isinstance(meta, dict) else None


def _exercises(blocks: list[Block]) -> Iterator[int]:
    """First lines of the exercises, with the labels above them."""
    first = 0
    for block in blocks:
        if isinstance(block, Target):
            first = first or block.line
            continue
        if isinstance(block, Directive) and block.name in ("exercise", "exercise-start"):
            yield first or block.line
        first = 0


def _starters(page: Page) -> Iterator[tuple[int, tuple[int, list[str]]]]:
    """Starters whose metadata say too much: line → (line where the code begins, options to write instead)."""
    for block in page.blocks:
        meta = _meta(block)
        if not meta or meta.get("kind") in TAKEN or set(meta) <= set(SHOWN):
            continue
        assert isinstance(block, Directive)
        kept = block.options | {"exercise": {key: meta[key] for key in SHOWN if key in meta}}
        options = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False).splitlines()
        yield block.line, (block.content_line, ["---", *options, "---"])


# -- what is left -------------------------------------------------------------------------------------------


def without_comments(text: str) -> str:
    """`text` without `% …` lines and `<!-- … -->`; code is left alone."""
    parts: list[tuple[bool, list[str]]] = [(False, [])]
    fences: list[tuple[int, bool]] = []  # how many backticks, and whether what is inside is no Markdown
    for line in text.split("\n"):
        match = FENCE.match(line)
        closes = fences and re.fullmatch(rf"[ >]*`{{{fences[-1][0]},}}\s*", line)
        if closes:
            fences.pop()
        elif match and not (fences and fences[-1][1]):
            fences.append((len(match["ticks"]), _is_raw(match["info"].strip())))
        raw = bool(fences and fences[-1][1])
        if not raw and re.match(r"\s*%", line):
            continue
        if parts[-1][0] != raw:
            parts.append((raw, []))
        parts[-1][1].append(line)
    texts = [(raw, "\n".join(lines)) for raw, lines in parts if lines]
    return "\n".join(text if raw else _COMMENT.sub("", text) for raw, text in texts)


def _is_raw(info: str) -> bool:
    name = re.match(r"\{([^}]*)\}", info)
    return name is None or name[1] == "code-cell" or DIRECTIVES[name[1]].body == "none"


def without_links(text: str, gone: Collection[str]) -> str:
    """`text` whose references to these labels are plain words."""
    if not gone:
        return text

    def role(match: re.Match[str]) -> str:
        target = (match["named"] or match["bare"]).strip()
        return (match["text"] or "the solution") if target in gone else match[0]

    text = _ROLE.sub(role, text)
    return _LINK.sub(lambda match: match["text"] if match["label"] in gone else match[0], text)
