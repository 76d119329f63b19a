"""All pages together: labels, glossary terms, references, and the public address if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml

from neuropath.publish import labels, page, references
from neuropath.publish.address import repository
from neuropath.publish.blocks import directives
from neuropath.publish.errors import BookError, PageError
from neuropath.publish.labels import Entry
from neuropath.publish.page import Page
from neuropath.publish.references import Work

BIBLIOGRAPHY = "book/references.bib"


@dataclass
class Book:
    """`pages` by file name; `errors` says which pages could not be read and which labels are double."""

    root: Path
    pages: dict[str, Page] = field(default_factory=dict)
    labels: dict[str, Entry] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    works: dict[str, Work] = field(default_factory=dict)
    errors: list[PageError] = field(default_factory=list)

    @cached_property
    def repository(self) -> dict[str, str]:
        """`url` ("" while it is not known) and `branch`, from _config.yml."""
        return (
            repository(self.root) if (self.root / "_config.yml").exists() else {"url": "", "branch": "main"}
        )

    @cached_property
    def address(self) -> str:
        """Where the built book is published, ending in "/"; "" while that is not known."""
        config = self.root / "_config.yml"
        html = (
            (yaml.safe_load(config.read_text(encoding="utf-8")) or {}).get("html")
            if config.exists()
            else None
        )
        if base := (html or {}).get("baseurl"):
            return base.rstrip("/") + "/"
        match = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)", self.repository["url"])
        if not match:
            return ""
        owner, name = match[1].lower(), match[2]
        return f"https://{owner}.github.io/" + ("" if name.lower() == f"{owner}.github.io" else f"{name}/")

    def raise_errors(self) -> Book:
        """This book, if nothing was wrong; otherwise BookError with every finding."""
        if self.errors:
            raise BookError(self.errors)
        return self

    @property
    def notebooks(self) -> list[Page]:
        """Pages that become notebooks, in order of their file names."""
        return [p for _, p in sorted(self.pages.items()) if p.is_notebook]


def files(root: Path) -> list[str]:
    """All pages under book/, by their path from the root."""
    paths = (path.relative_to(root) for path in (root / "book").rglob("*.md"))
    return sorted(p.as_posix() for p in paths if not any(part.startswith(("_", ".")) for part in p.parts))


def load(root: Path) -> Book:
    """Read every page under book/. Findings are collected in `.errors`, so that one run shows them all."""
    book = Book(root)
    try:
        book.works = references.load(root / BIBLIOGRAPHY, BIBLIOGRAPHY)
    except PageError as error:
        book.errors.append(error)
    for file in files(root):
        try:
            add(book, page.read(root / file, root))
        except PageError as error:
            book.errors.append(error)
    return book


def add(book: Book, new: Page) -> None:
    """Take a page and its labels into the book."""
    book.pages[new.file] = new
    for entry in labels.index(new):
        if before := book.labels.get(entry.label):
            message = (
                f"label `{entry.label}` is taken: {before.file}:{before.line} has it; rename one of them."
            )
            book.errors.append(PageError(entry.file, entry.line, message))
        else:
            book.labels[entry.label] = entry
    for block in directives(new.blocks, "glossary"):
        for line in block.content.splitlines():
            if line.strip() and not line.startswith((" ", "\t")):
                book.terms[line.strip().casefold()] = new.file
