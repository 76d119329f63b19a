"""What is known while a page becomes a notebook: the book, its notes and citations, figures still to draw."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from neuropath.publish.blocks import Footnote, walk
from neuropath.publish.book import Book
from neuropath.publish.errors import PageError, Unresolved
from neuropath.publish.labels import Entry
from neuropath.publish.page import Page


@dataclass
class Context:
    """`figures` are names of `viz` directives inside other directives: their cells follow the directive."""

    book: Book
    page: Page
    cited: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.footnotes = {b.name: b for b in walk(self.page.blocks) if isinstance(b, Footnote)}

    def error(self, line: int, message: str) -> PageError:
        """An error on the page being rendered."""
        return self.page.error(line, message)

    def entry(self, label: str, line: int) -> Entry:
        """The label's entry; an unknown label is an error."""
        if label in self.book.labels:
            return self.book.labels[label]
        from difflib import get_close_matches

        near = get_close_matches(label, self.book.labels, n=1)
        advice = f"Did you mean {near[0]}?" if near else "Label it, or remove the reference."
        raise Unresolved(self.page.file, line, f"nothing in the book is labelled `{label}`. {advice}")

    def resolve(self, path: str) -> str:
        """`path` as written on the page → path from the root; an absolute one counts from the root."""
        folder = posixpath.dirname(self.page.file)
        return posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))

    def target_page(self, name: str, line: int) -> Page:
        """The page a {doc} role or a link means."""
        file = self.resolve(name).removesuffix(".md") + ".md"
        if file not in self.book.pages:
            raise Unresolved(self.page.file, line, f"there is no page {file}; link a page when it exists.")
        return self.book.pages[file]

    def link(self, text: str, page: Page, anchor: str = "") -> str:
        """`text` linked to the published page; plain while no address is known, or within this page."""
        if page.file == self.page.file or not self.book.address:
            return text
        fragment = "#" + re.sub(r"[^a-z0-9]+", "-", anchor.lower()).strip("-") if anchor else ""
        return f"[{text}]({self.book.address}{page.docname}.html{fragment})"

    def link_to_entry(self, text: str, entry: Entry) -> str:
        """As `link`, to a label."""
        anchor = f"equation-{entry.label}" if entry.kind == "equation" else entry.label
        return self.link(text, self.book.pages[entry.file], anchor)

    def whose(self, entry: Entry) -> str:
        """ " of Part C" for a label of another page, "" for one of this page."""
        if entry.file == self.page.file:
            return ""
        other = self.book.pages[entry.file]
        session = other.course.get("session")
        away = f" of Session {session}" if session and session != self.page.course.get("session") else ""
        return f" of {other.short_name}{away}"
