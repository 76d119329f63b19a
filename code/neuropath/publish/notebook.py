"""A page as a notebook: the same page gives the same bytes."""

from __future__ import annotations

import ast
import hashlib
import json
from collections import Counter
from typing import Any

from neuropath.publish import install
from neuropath.publish.blocks import Block, Directive, Footnote, Heading, directives, walk
from neuropath.publish.book import Book
from neuropath.publish.context import Context
from neuropath.publish.directives import caption
from neuropath.publish.markdown import opened, prefixed, render
from neuropath.publish.page import Page
from neuropath.publish.roles import inline

LEFT_OUT = ("solution", "check", "hidden", "manual")  # cells of these kinds reach no reader's notebook
_SECRET = ("hints", "misconceptions", "rubric")
_VIZ = "import neuropath.visualizations as viz"

Cell = dict[str, Any]


def dumps(page: Page, book: Book) -> str:
    """The notebook's file content."""
    return json.dumps(notebook(page, book), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def notebook(page: Page, book: Book) -> dict[str, Any]:
    """The notebook (nbformat 4.5) without outputs, execution counts or anything personal."""
    metadata: dict[str, Any] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "neuropath": {"page": page.file},
    }
    if page.course.get("needs") == "GPU":
        metadata["accelerator"] = "GPU"
    cells = Assembler(page, book).cells()
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


class Assembler:
    """Goes through a page once, and gathers its cells."""

    def __init__(self, page: Page, book: Book):
        self.page, self.book, self.ctx = page, book, Context(book, page)
        self._cells: list[Cell] = []
        self._prose: list[Block] = []
        self._counts: Counter[str] = Counter()
        self._needs_viz = any(directives(page.blocks, "viz"))

    def cells(self) -> list[Cell]:
        """All cells of the notebook."""
        in_solution = False
        for block in self.page.blocks:
            name = block.name if isinstance(block, Directive) else ""
            if name == "solution-start":
                self._prose.append(block)
                in_solution = True
            elif name == "solution-end":
                in_solution = False
            elif not in_solution:
                self._take(block, name)
        self._flush()
        self._back_matter()
        return self._cells

    def _take(self, block: Block, name: str) -> None:
        if isinstance(block, Directive) and name == "code-cell":
            self._flush()
            self._code_cell(block)
        elif isinstance(block, Directive) and name == "viz":
            self._flush()
            self._figure(block.argument)
            self._markdown(caption(block, self.ctx))
        elif name == "bibliography":
            self._flush()
            self._references()
        else:
            if (isinstance(block, Heading) and block.level < 4) or name in (
                "exercise",
                "exercise-start",
                "quiz",
            ):
                self._flush()
            self._prose.append(block)
            if any(directives([block], "viz")):  # inside a fold or a note: the figure's cell follows at once
                self._flush()

    def _flush(self) -> None:
        prose = [b for b in self._prose if not isinstance(b, Footnote)]
        self._prose = []
        self._markdown(render(prose, self.ctx))
        drawn, self.ctx.figures = self.ctx.figures, []
        for name in drawn:
            self._figure(name)

    # -- cells ----------------------------------------------------------------------------------------------

    def _id(self, kind: str) -> str:
        self._counts[kind] += 1
        return hashlib.sha256(f"{self.page.docname}:{kind}:{self._counts[kind]}".encode()).hexdigest()[:12]

    def _markdown(self, text: str) -> None:
        if text.strip():
            self._cells.append(
                {"cell_type": "markdown", "id": self._id("markdown"), "metadata": {}, "source": _lines(text)}
            )

    def _code(self, code: str, metadata: dict[str, Any], kind: str) -> None:
        cell: Cell = {"cell_type": "code", "id": self._id(kind), "execution_count": None, "outputs": []}
        self._cells.append(cell | {"metadata": metadata, "source": _lines(code)})

    def _figure(self, name: str) -> None:
        self._code(f'viz.show("{name}")', {"tags": ["hide-input"]}, f"viz {name}")

    def _code_cell(self, block: Directive) -> None:
        exercise = block.options.get("exercise") or {}
        if exercise.get("kind") in LEFT_OUT:
            return
        code, kind = block.content.strip("\n"), "code"
        if "setup" in (block.options.get("tags") or []):
            self._code(install.source(self.book.repository["url"]), {"tags": [install.TAG]}, install.TAG)
            code, kind = self._with_viz(code), "setup"
        if exercise:
            kind = f"{exercise.get('kind')} {exercise.get('id')}"
        self._code(code, _metadata(block), kind)
        mystnb_figure = (block.options.get("mystnb") or {}).get("figure") or {}
        if mystnb_figure.get("caption"):
            caption_text = inline(mystnb_figure["caption"].strip(), block.line, self.ctx)
            self._markdown(opened(f"**Figure {block.number}.**", caption_text))

    def _with_viz(self, code: str) -> str:
        """The setup cell, with the import that figures need, where a sorter of imports would put it."""
        if not self._needs_viz or any(line.strip() == _VIZ for line in self._all_code()):
            return code
        imports = [node for node in ast.parse(code).body if isinstance(node, ast.Import | ast.ImportFrom)]
        ours = [node for node in imports if "neuropath" in ast.unparse(node)]
        after = ours[0].lineno - 1 if ours else (imports[-1].end_lineno or 0) if imports else 0
        gap = [""] if imports and not ours else []
        lines = code.split("\n")
        return "\n".join([*lines[:after], *gap, _VIZ, *lines[after:]])

    def _all_code(self) -> list[str]:
        return [
            line for cell in directives(self.page.blocks, "code-cell") for line in cell.content.split("\n")
        ]

    # -- notes and references -------------------------------------------------------------------------------

    def _notes(self, title: str) -> None:
        notes, k = [], 0
        while k < len(self.ctx.notes):  # a note may bring in another
            note = self.ctx.footnotes[self.ctx.notes[k]]
            notes.append(prefixed(render(note.body, self.ctx), f"{k + 1}. ", "   "))
            k += 1
        if notes:
            self._markdown(title + "\n".join(notes))

    def _back_matter(self) -> None:
        self._notes(title="## Notes\n\n")
        unused = [
            b for b in walk(self.page.blocks) if isinstance(b, Footnote) and b.name not in self.ctx.notes
        ]
        for block in unused:
            if f"[^{block.name}]" not in self.page.text.replace(f"[^{block.name}]:", ""):
                raise self.ctx.error(
                    block.line, f"footnote [^{block.name}] is cited nowhere; cite it or remove it."
                )
        if not any(directives(self.page.blocks, "bibliography")):
            self._references(title="## References\n\n")

    def _references(self, title: str = "") -> None:
        works = [self.book.works[key] for key in self._all_cited()]
        if works:
            works.sort(key=lambda work: (work.names.casefold(), work.year))
            self._markdown(title + "\n".join(f"- {work.full}" for work in works))

    def _all_cited(self) -> list[str]:
        if any(directives(self.page.blocks, "bibliography")):
            ahead = Context(self.book, self.page)  # the list may stand before later citations
            render([b for b in self.page.blocks if not _is_list(b)], ahead)
            return ahead.cited
        return self.ctx.cited


def _is_list(block: Block) -> bool:
    return isinstance(block, Directive) and block.name in ("bibliography", "code-cell")


def _metadata(block: Directive) -> dict[str, Any]:
    """What stays on a cell: tags, what it verifies and how, and which exercise it starts."""
    kept = {key: block.options[key] for key in ("tags", "verifies", "check") if block.options.get(key)}
    if exercise := block.options.get("exercise"):
        kept["exercise"] = {key: value for key, value in exercise.items() if key not in _SECRET}
    return kept


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
