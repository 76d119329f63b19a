"""`literalinclude`: a symbol of the package's source, found by name, never by line number."""

from __future__ import annotations

import ast
import textwrap

from neuropath.publish.blocks import Directive
from neuropath.publish.context import Context
from neuropath.publish.markdown import fenced, opened
from neuropath.publish.roles import inline, source_link

_Symbol = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def listing(block: Directive, ctx: Context, nested: bool) -> str:
    """The symbol's source and, below it, its name and file (linked where the repository is public)."""
    path = ctx.resolve(block.argument)
    symbol = str(block.options.get("pyobject", ""))
    if not symbol:
        raise ctx.error(block.line, "{literalinclude} quotes a symbol: give `:pyobject: Class.method`.")
    file = ctx.book.root / path
    if not file.exists():
        raise ctx.error(block.line, f"there is no file {path}; mend the path of {{literalinclude}}.")
    try:
        code = symbol_source(file.read_text(encoding="utf-8"), symbol)
    except LookupError:
        raise ctx.error(block.line, f"{path} defines no `{symbol}`; mend `:pyobject:`.") from None
    caption = f"`{symbol}` in {source_link(f'`{path}`', path, block.line, ctx)}"
    if said := block.options.get("caption"):
        caption = opened(inline(str(said), block.line, ctx), f"({caption})")
    return f"{fenced(code, 'python')}\n\n{caption}"


def symbol_source(source: str, symbol: str) -> str:
    """The text of `symbol` ("function", "Class", "Class.method") with its decorators, not indented."""
    body: list[ast.stmt] = ast.parse(source).body
    found: _Symbol | None = None
    for name in symbol.split("."):
        found = next((node for node in body if isinstance(node, _Symbol) and node.name == name), None)
        if found is None:
            raise LookupError(symbol)
        body = found.body
    assert found is not None
    first = min([found.lineno, *(decorator.lineno for decorator in found.decorator_list)])
    return textwrap.dedent("\n".join(source.splitlines()[first - 1 : found.end_lineno]))
