"""What is known while a page becomes a notebook: the book, its notes and citations, figures still to draw."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from neuropath.publish import variants
from neuropath.publish.blocks import Footnote, walk
from neuropath.publish.book import Book
from neuropath.publish.errors import PageError, Unresolved
from neuropath.publish.labels import Entry
from neuropath.publish.page import Page


@dataclass
class Context:
    """`figures` are names of `viz` directives inside other directives: their cells follow the directive.

    `only` are the first and the last line of what the reader gets of the page, None for all of it. `drawn`
    has the variants to show, by exercise; where it says nothing, the defaults are shown.
    """

    book: Book
    page: Page
    cited: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    only: tuple[int, int] | None = None
    drawn: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.footnotes = {b.name: b for b in walk(self.page.blocks) if isinstance(b, Footnote)}

    def error(self, line: int, message: str) -> PageError:
        """An error on the page being rendered."""
        return self.page.error(line, message)

    def entry(self, label: str, line: int) -> Entry:
        """The label's entry; an unknown label is an error."""
        if found := self.book.labels.get(label):
            if self.book.pages[found.file].private and not self.is_here(found):
                raise self.error(
                    line, f"`{label}` stands outside this question: its reader would not find it."
                )
            return found
        from difflib import get_close_matches

        near = get_close_matches(label, self.book.labels, n=1)
        advice = f"Did you mean {near[0]}?" if near else "Label it, or remove the reference."
        raise Unresolved(self.page.file, line, f"nothing in the book is labelled `{label}`. {advice}")

    def is_here(self, entry: Entry) -> bool:
        """Whether the reader has it at hand: on the same page, within what is shown of it."""
        first, last = self.only or (0, entry.line)
        return entry.file == self.page.file and first <= entry.line <= last

    def variant(self, name: str, line: int) -> str:
        """The value of a variant, as the exercise that `line` stands in shows it."""
        span = variants.at(self.page, line)
        if span is None:
            raise self.error(line, "{variant} stands inside exercise-start … or solution-start ….")
        if name not in span.choices:
            known = ", ".join(span.choices) or "none"
            raise self.error(line, f"exercise `{span.label}` has no variant `{name}` (it has: {known}).")
        return variants.shown((span.defaults | dict(self.drawn.get(span.id, {})))[name])

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
        within = page.file == self.page.file and self.only is None
        if within or page.private or not self.book.address:
            return text
        fragment = "#" + re.sub(r"[^a-z0-9]+", "-", anchor.lower()).strip("-") if anchor else ""
        return f"[{text}]({self.book.address}{page.docname}.html{fragment})"

    def link_to_entry(self, text: str, entry: Entry) -> str:
        """As `link`, to a label."""
        if self.is_here(entry):
            return text
        anchor = f"equation-{entry.label}" if entry.kind == "equation" else entry.label
        return self.link(text, self.book.pages[entry.file], anchor)

    def whose(self, entry: Entry) -> str:
        """ " of Part C" for a label of another page, "" for one of this page."""
        if self.is_here(entry):
            return ""
        other = self.book.pages[entry.file]
        session = other.course.get("session")
        at_hand = None if self.only else self.page.course.get("session")
        away = f" of Session {session}" if session and session != at_hand else ""
        return f" of {other.short_name}{away}"
