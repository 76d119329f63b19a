"""A check decides by `expect…` alone: what it returns or asserts would reach nobody."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neuropath.publish.exercises import Cell

EXPECT = ("expect", "expect_shape", "expect_close", "expect_type")
INSTEAD = "write `expect(condition, message)` instead"


def slips(test: Cell) -> Iterator[tuple[int, str]]:
    """(line of the page, message) for what keeps a check, or a hidden test, from deciding anything.

    The cell holds one function, which has been seen to. Functions inside it may return what they like.
    """
    function = ast.parse(test.code).body[0]
    assert isinstance(function, ast.FunctionDef)
    found = list(_wrong(function))
    if not found and not _expects(function):
        found = [(function, f"never calls `expect…`, so every answer would pass: {INSTEAD}.")]
    for node, message in found:
        yield test.first + node.lineno - 1, f"`{function.name}` {message}"


def _wrong(function: ast.FunctionDef) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    for node in _own(function):
        if isinstance(node, ast.Return) and not _nothing(node.value):
            yield node, f"returns a value, which nobody looks at, so it would pass every answer: {INSTEAD}."
        elif isinstance(node, ast.Yield | ast.YieldFrom):
            yield node, f"has a `yield`, so nothing in it would run: {INSTEAD}."
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            lost = "the text of a failed assert would be lost, or would blame the answer"
            yield node, f"uses `assert`: {INSTEAD}; {lost}."


def _nothing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What stands in the function itself, the functions and classes inside it by their head alone."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _expects(function: ast.FunctionDef) -> bool:
    """Whether it uses `expect…`, itself or in a function inside it that it uses."""
    inner = {node.name: node for node in ast.walk(function) if isinstance(node, ast.FunctionDef)}
    waiting, seen = [function], {function.name}
    while waiting:
        names = _used(waiting.pop())
        if names.intersection(EXPECT):
            return True
        waiting += [inner[name] for name in names.intersection(inner) - seen]
        seen |= names
    return False


def _used(function: ast.FunctionDef) -> set[str]:
    """Names that it reads, those of its lambdas too; a function inside it has names of its own."""
    found: set[str] = set()
    for node in _own(function):
        inside = ast.walk(node) if isinstance(node, ast.Lambda | ast.ClassDef) else (node,)
        found |= {one.id for one in inside if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    return found
