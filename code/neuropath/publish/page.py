"""One page: front matter, title and blocks, with its structure checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuropath.publish import quiz
from neuropath.publish.blocks import Block, Directive, Heading, Math, directives, walk
from neuropath.publish.errors import PageError
from neuropath.publish.options import read_yaml
from neuropath.publish.parser import Parser
from neuropath.publish.syntax import DIRECTIVES, FRONT_ONLY, GATES

_NOTEBOOK = re.compile(r"book/(session\d\d_\w+|appendices)/[^/]+\.md")


@dataclass
class Page:
    """`file` is the path from the root of the repository, with forward slashes; line numbers count in it.

    A `private` page is the instructor's own: it belongs to no book and may hold hidden tests.
    """

    file: str
    text: str
    front: dict[str, Any]
    title: str
    blocks: list[Block]
    private: bool = False

    @property
    def docname(self) -> str:
        """Sphinx' name of the page: the path without its extension."""
        return self.file.removesuffix(".md")

    @property
    def course(self) -> dict[str, Any]:
        """The `course` entry of the front matter (session, part, run_seconds, needs, builds_on)."""
        return self.front.get("course") or {}

    @property
    def short_name(self) -> str:
        """ "Part C", "Appendix A", or the title: how other pages call this one."""
        for key in ("part", "appendix"):
            if key in self.course:
                return f"{key.capitalize()} {self.course[key]}"
        return f"“{self.title}”"

    @property
    def is_notebook(self) -> bool:
        """Sessions and appendices become notebooks; front pages do not."""
        return not self.private and bool(_NOTEBOOK.fullmatch(self.file))

    def error(self, line: int, message: str) -> PageError:
        """An error on this page."""
        return PageError(self.file, line, message)


def read(path: Path, root: Path) -> Page:
    """The page at `path`; raises PageError for the first thing that is wrong with it."""
    return parse(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix())


def parse(text: str, file: str, *, private: bool = False) -> Page:
    """The page with this text; `file` is what its errors are to call it."""
    lines = text.splitlines()
    front, used = _front_matter(lines, file)
    page = Page(file, text, front, "", Parser(file).blocks(lines[used:], used + 1), private)
    page.title = _title(page)
    _check(page)
    return page


def _front_matter(lines: list[str], file: str) -> tuple[dict[str, Any], int]:
    if not lines or lines[0].rstrip() != "---":
        return {}, 0
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        raise PageError(file, 1, "the front matter opened by --- is not closed by a second ---.")
    return read_yaml("\n".join(lines[1:end]), file, 2), end + 1


def _title(page: Page) -> str:
    titles = [b for b in page.blocks if isinstance(b, Heading) and b.level == 1]
    if not titles:
        raise page.error(1, "a page needs a title: one line `# …`.")
    if len(titles) > 1:
        raise page.error(titles[1].line, "a page has one `# ` title; use `## ` for sections.")
    return titles[0].text


# -- structure ----------------------------------------------------------------------------------------------


def _check(page: Page) -> None:
    top = {id(block) for block in page.blocks}
    for block in walk(page.blocks):
        if isinstance(block, Math):
            _check_math(page, block)
        if isinstance(block, Directive):
            if DIRECTIVES[block.name].top_level and (id(block) not in top or block.lead):
                raise page.error(
                    block.line, f"{{{block.name}}} must stand at top level, not in a list or directive."
                )
            if block.name in FRONT_ONLY and page.is_notebook:
                raise page.error(
                    block.line, f"{{{block.name}}} is for front pages only; no notebook can show it."
                )
            _check_directive(page, block)
    _check_gates(page)
    if page.is_notebook:
        _check_notebook(page)


def _check_math(page: Page, block: Math) -> None:
    if not block.tex.strip():
        raise page.error(block.line, "this equation is empty.")
    if bad := re.search(r"\\(label|eqref|ref|tag)\b", block.tex):
        raise page.error(
            block.line,
            f"write the label behind the equation, `$$ (eq-…)`, and cite it by {{eq}}; not {bad[0]}.",
        )
    if re.search(r"(?<!\\)%", block.tex):
        raise page.error(
            block.line, "no % comment inside an equation (Colab joins its lines); write \\% for per cent."
        )


def _check_directive(page: Page, block: Directive) -> None:
    if block.name == "code-cell":
        if block.argument != "ipython3":
            raise page.error(
                block.line, f"code cells are written {{code-cell}} ipython3, received {block.argument!r}."
            )
        if not block.content.strip() and (block.options.get("exercise") or {}).get("kind") != "manual":
            raise page.error(block.line, "this code cell is empty.")
    if block.name == "quiz":
        try:
            quiz.parse(block.argument, block.content, block.options)
        except ValueError as error:
            raise page.error(block.line, str(error)) from None
    if block.name in ("viz", "figure") and not block.content.strip():
        raise page.error(block.line, f"{{{block.name}}} needs a caption as its body.")
    if block.name == "tab-set" and any(not _is_tab(b) for b in block.body):
        raise page.error(block.line, "{tab-set} holds {tab-item} directives only.")


def _is_tab(block: Block) -> bool:
    return isinstance(block, Directive) and block.name == "tab-item"


def _check_gates(page: Page) -> None:
    """exercise-start … exercise-end and solution-start … solution-end: closed, and not inside each other."""
    inside: Directive | None = None
    for block in directives(page.blocks, *(f"{g}-{end}" for g in GATES for end in ("start", "end"))):
        gate, end = block.name.split("-")
        if end == "start":
            if inside:
                raise page.error(
                    inside.line,
                    f"{{{inside.name}}} is not closed before {{{block.name}}} on line {block.line}.",
                )
            inside = block
        elif inside is None:
            raise page.error(block.line, f"{{{block.name}}} closes nothing: no {{{gate}-start}} is open.")
        elif inside.name != f"{gate}-start":
            raise page.error(
                inside.line,
                f"{{{inside.name}}} is still open at {{{block.name}}} on line {block.line}: write "
                f"{{{inside.name[:-6]}-end}} after what belongs to it, and see that each ``` has its second.",
            )
        else:
            inside = None
    if inside:
        raise page.error(
            inside.line, f"{{{inside.name}}} is not closed: write {{{inside.name[:-6]}-end}} after it."
        )


def _check_notebook(page: Page) -> None:
    for key in ("jupytext", "kernelspec", "course"):
        if key not in page.front:
            raise page.error(1, f"the front matter needs `{key}:` (CONTRIBUTING shows a whole one).")
    cells = list(directives(page.blocks, "code-cell"))
    if cells and "setup" not in (cells[0].options.get("tags") or []):
        raise page.error(
            cells[0].line, "the first code cell of a page is its setup: give it `:tags: [setup]`."
        )
