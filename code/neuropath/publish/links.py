"""Every role, link, citation and footnote of every page resolves, solutions and front pages included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from neuropath.publish.blocks import Block, Directive, Heading, Text, walk
from neuropath.publish.book import Book
from neuropath.publish.context import Context
from neuropath.publish.errors import PageError
from neuropath.publish.listings import listing
from neuropath.publish.page import Page
from neuropath.publish.roles import inline

_RAW_MARKDOWN = ("quiz", "list-table", "glossary")
_NOT_MARKDOWN = ("viz", "image", "figure", "literalinclude", "code-cell", "solution", "solution-start")


def errors(book: Book) -> list[PageError]:
    """What does not resolve, on all pages that could be read."""
    found: list[PageError] = []
    for _, page in sorted(book.pages.items()):
        ctx = Context(book, page)
        for look in _looks(page, ctx):
            try:
                look()
            except PageError as error:
                found.append(error)
    return found


def _looks(page: Page, ctx: Context) -> Iterator[Callable[[], object]]:
    for block in walk(page.blocks):
        for text, line in _texts(block):
            yield partial(inline, text, line, ctx)
        if isinstance(block, Directive) and block.name == "literalinclude":
            yield partial(listing, block, ctx, False)
    for name in page.course.get("builds_on", []):
        yield partial(ctx.target_page, str(name), 1)


def _texts(block: Block) -> Iterator[tuple[str, int]]:
    if isinstance(block, Text | Heading):
        yield block.text, block.line
    if isinstance(block, Directive):
        if block.argument and block.name not in _NOT_MARKDOWN:
            yield block.argument, block.line
        if block.name in _RAW_MARKDOWN:
            yield block.content, block.content_line
        if block.name == "code-cell":
            figure = (block.options.get("mystnb") or {}).get("figure") or {}
            yield str(figure.get("caption", "")), block.line
