"""What holds for every page: it can be read, everything it refers to exists, and it has what a part owes."""

from __future__ import annotations

import ast
import json
import re

import pytest
import yaml
from book_pages import ROOT, name, parts, whole

from neuropath.publish import claims, exercises, leftovers, links, sync
from neuropath.publish.blocks import directives
from neuropath.publish.exercises import Cell
from neuropath.visualizations import names as figure_names

PARTS = pytest.mark.parametrize("page", parts(), ids=name)
CELL_LINES = 20  # longer belongs into the package


def test_every_page_can_be_read_and_every_label_is_unique():
    assert [str(error) for error in whole().errors] == []
    assert len(parts()) >= 4


def test_everything_that_is_referred_to_exists():
    assert [str(error) for error in links.errors(whole())] == []


def test_every_claim_has_a_check_and_every_check_names_a_claim():
    found, errors = claims.collect(whole())
    assert [str(error) for error in errors] == []
    assert len(found) > 20


def test_notebooks_and_self_checks_are_in_step_with_their_pages():
    assert sync.check_notebooks(ROOT) == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "sessions").rglob("part_*.ipynb")), ids=lambda path: path.stem
)
def test_nothing_that_only_sphinx_understands_is_in_a_notebook(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    assert [left for text in prose for left in leftovers.find(text)] == []


def test_the_table_of_contents_names_pages_that_exist_and_all_notebooks_are_in_it():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    named = re.findall(r"'(book/[^']+\.md)'", repr(toc))
    assert set(named) <= set(whole().pages)
    assert {page.file for page in parts()} <= set(named)


@PARTS
def test_figures_that_are_shown_can_be_drawn(page):
    shown = {block.argument for block in directives(page.blocks, "viz")}
    assert shown <= set(figure_names())


@PARTS
def test_a_part_has_its_facts_exercises_quiz_and_references(page):
    assert len(list(directives(page.blocks, "part-facts"))) == 1
    assert len(exercises.collect(page)) >= 4
    assert 3 <= len(list(directives(page.blocks, "quiz"))) <= 6
    assert "{cite:" in page.text


@PARTS
def test_exercises_ask_for_code_and_for_judgement(page):
    kinds = {cell.kind for exercise in exercises.collect(page) for cell in exercise.cells}
    assert {"starter", "check", "solution", "manual"} <= kinds


@PARTS
def test_cells_are_short(page):
    hidden = ("check", "manual")
    _, *others = directives(page.blocks, "code-cell")  # the setup cell is a list of imports
    cells = [c for c in others if _kind(c) not in hidden]
    long = {
        c.line: n
        for c in cells
        if (n := sum(bool(line.strip()) for line in c.content.splitlines())) > CELL_LINES
    }
    assert long == {}


@PARTS
def test_imports_are_in_the_first_cell_only(page):
    first, *others = directives(page.blocks, "code-cell")
    assert _imports(first.content), "the setup cell imports"
    shown = [c for c in others if _kind(c) not in ("check", "solution")]
    assert [c.line for c in shown if _imports(c.content)] == []


@PARTS
def test_a_page_that_checks_claims_shows_a_check_that_fails(page):
    cells = list(directives(page.blocks, "code-cell"))
    if any("verifies" in c.options for c in cells):
        assert any("must_fail" in c.content for c in cells[1:])


def _kind(cell) -> str:
    return Cell(cell.options["exercise"], "", 0, cell).kind if "exercise" in cell.options else ""


def _imports(code: str) -> bool:
    """Whether code imports outside a try (a page may look whether an optional package is there)."""
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(code).body)
