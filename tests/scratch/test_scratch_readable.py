"""The engine can be read: short files, short functions, a sentence for everything that is public."""

import ast
from pathlib import Path

import pytest

CODE = Path(__file__).parents[2] / "code" / "neuropath"
FILES = sorted([*(CODE / "scratch").glob("*.py"), *(CODE / "pairs").glob("*.py")])
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def lines(node):
    return node.end_lineno - node.lineno + 1


def public(tree):
    """Classes and functions of the module, and methods of its classes, whose names begin with a letter."""
    for node in tree.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            inside = node.body if isinstance(node, ast.ClassDef) else []
            yield from (m for m in inside if isinstance(m, FUNCTIONS) and not m.name.startswith("_"))


def test_there_is_something_to_read():
    assert len(FILES) > 40


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_files_and_functions_are_short_and_documented(file):
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= 300
    long = {n.name: lines(n) for n in ast.walk(tree) if isinstance(n, FUNCTIONS) and lines(n) > 30}
    assert not long, f"over 30 lines: {long}"
    assert ast.get_docstring(tree), "a module says what it is for"
    setters = {
        n.name
        for n in public(tree)
        if any(".setter" in ast.unparse(d) for d in getattr(n, "decorator_list", []))
    }
    silent = [n.name for n in public(tree) if not ast.get_docstring(n) and n.name not in setters]
    assert not silent, f"without a docstring: {silent}"
