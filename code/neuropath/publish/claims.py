"""Claims and the cells that check them; the table "what has been checked"."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from neuropath.publish import book as books
from neuropath.publish.blocks import Directive, directives
from neuropath.publish.book import Book
from neuropath.publish.errors import PageError
from neuropath.publish.page import Page
from neuropath.publish.syntax import CLAIMS

KINDS = ("symbolic", "instance", "illustrated")


@dataclass(frozen=True)
class Check:
    """A code cell that checks claims; `cell` counts the page's code cells from 1."""

    file: str
    line: int
    cell: int
    kind: str
    labels: tuple[str, ...]


@dataclass
class Claim:
    """A theorem, proposition, lemma or corollary, with its checks."""

    label: str
    kind: str
    title: str
    file: str
    line: int
    checks: list[Check] = field(default_factory=list)


def collect(book: Book) -> tuple[list[Claim], list[PageError]]:
    """All claims in reading order with their checks, and what is wrong: no check, a check of nothing, …"""
    claims = {
        block.label: Claim(
            block.label, block.name.removeprefix("prf:"), block.argument, page.file, block.line
        )
        for page in _pages(book)
        for block in directives(page.blocks, *(f"prf:{kind}" for kind in CLAIMS))
    }
    errors: list[PageError] = []
    for page in _pages(book):
        for number, cell in enumerate(directives(page.blocks, "code-cell"), 1):
            check, wrong = _check(page, cell, number)
            errors += wrong
            for label in check.labels if check else ():
                if label in claims:
                    claims[label].checks.append(check)  # type: ignore[arg-type]
                else:
                    errors.append(page.error(cell.line, f"this cell verifies `{label}`, which is no claim."))
    for claim in claims.values():
        if not claim.checks:
            message = (
                f"no cell checks the {claim.kind} `{claim.label}`: add one with `:verifies: [{claim.label}]`."
            )
            errors.append(PageError(claim.file, claim.line, message))
    return list(claims.values()), errors


def _pages(book: Book) -> list[Page]:
    return [page for _, page in sorted(book.pages.items())]


def _check(page: Page, cell: Directive, number: int) -> tuple[Check | None, list[PageError]]:
    labels, kind = cell.options.get("verifies"), cell.options.get("check")
    if labels is None and kind is None:
        return None, []
    if isinstance(labels, str):
        labels = [labels]
    if not isinstance(labels, list) or not labels:
        return None, [page.error(cell.line, "`verifies:` is a list of labels: `:verifies: [thm-…]`.")]
    if kind not in KINDS:
        return None, [
            page.error(
                cell.line,
                f"`:check:` says what kind of check this is: {', '.join(KINDS)}; received {kind!r}.",
            )
        ]
    return Check(page.file, cell.line, number, str(kind), tuple(str(label) for label in labels)), []


# -- the table ----------------------------------------------------------------------------------------------


def checked_table(root: Path) -> str:
    """The table of all claims as MyST: claim, where it is stated, what kind of check, where it runs."""
    book = books.load(root)
    claims, _ = collect(book)
    if not claims:
        return "*No page states a claim yet.*"
    lines = ["| claim | stated in | checked | where |", "| --- | --- | --- | --- |"]
    for claim in claims:
        kinds = (
            " + ".join(kind for kind in KINDS if any(c.kind == kind for c in claim.checks)) or "**not yet**"
        )
        where = ", ".join(dict.fromkeys(_where(check, book) for check in claim.checks)) or "–"
        name = f"{{prf:ref}}`{claim.label}` {claim.title}".strip().replace("|", r"\|")
        lines.append(f"| {name} | {_page_link(claim.file, book)} | {kinds} | {where} |")
    return "\n".join(lines)


def _page_link(file: str, book: Book) -> str:
    page = book.pages[file]
    session = f"{page.course['session']:02d} " if "session" in page.course else ""
    return f"{{doc}}`{session}{page.course.get('part') or page.short_name} </{page.docname}>`"


def _where(check: Check, book: Book) -> str:
    return f"{_page_link(check.file, book)} cell {check.cell}"
