"""The real book, read once for all tests of this folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from neuropath.publish import book
from neuropath.publish.book import Book
from neuropath.publish.page import Page

ROOT = Path(__file__).parents[2]


@cache
def whole() -> Book:
    """Every page under book/."""
    return book.load(ROOT)


def parts() -> list[Page]:
    """Pages that become notebooks. Read errors do not stop the collection of tests: a test reports them."""
    return whole().notebooks


def name(page: Page) -> str:
    """A short name for the test's id."""
    return page.docname.removeprefix("book/")
