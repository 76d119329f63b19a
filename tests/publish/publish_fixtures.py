"""A book in small: one other page, a glossary, references, a quoted module; and the page under test."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import indent

from neuropath.publish import book, exercises, notebook, page
from neuropath.publish.book import Book
from neuropath.publish.page import Page

ROOT = Path(__file__).parent / "pages"
FILE = "book/session01_fixture/part_a_case.md"
HEAD = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
course: {session: 1, part: A, run_seconds: 15, needs: CPU, builds_on: [part_b_other]}
---
# Part A — The page under test
"""
SETUP = """
```{code-cell} ipython3
:tags: [setup]
import numpy as np

rng = np.random.default_rng(0)
```

"""


def body_line(text: str, excerpt: str) -> int:
    """The line of the whole page on which `excerpt` stands, for a page made by `read`."""
    return (HEAD + SETUP + text[: text.index(excerpt)]).count("\n") + 1


def read(body: str, *, setup: bool = True) -> Page:
    """The page under test, with this body."""
    return page.parse(HEAD + (SETUP if setup else "\n") + body, FILE)


def book_with(body: str, *, root: Path = ROOT) -> Book:
    """The small book and the page under test."""
    small = book.load(root)
    book.add(small, read(body))
    return small.raise_errors()


def cells_of(body: str, *, root: Path = ROOT) -> list[dict]:
    """Cells of the notebook of a page with this body: those after the title and the two setup cells."""
    small = book_with(body, root=root)
    under_test = small.pages[FILE]
    exercises.collect(under_test)
    cells = json.loads(notebook.dumps(under_test, small))["cells"]
    return cells[3:]


def shown(cells: list[dict]) -> str:
    """Cells as one text, easy to compare and to review."""
    parts = []
    for cell in cells:
        source = "".join(cell["source"])
        head = f"======== {cell['cell_type']}"
        if cell["metadata"]:
            head += " " + json.dumps(cell["metadata"], ensure_ascii=False, sort_keys=True)
        parts.append(f"{head}\n{source}\n")
    return "\n".join(parts)


def nested(depth: int, text: str) -> str:
    """`text` inside `depth` directives, each fence longer than the one inside it."""
    for level in range(depth):
        ticks = "`" * (3 + level)
        text = f"{ticks}{{note}}\n{text}\n{ticks}"
    return text


def in_list(text: str) -> str:
    """`text` as the continuation of a list item."""
    return "- item\n\n" + indent(text, "  ")
