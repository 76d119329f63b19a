"""`list-table` as a pipe table."""

from __future__ import annotations

import re

from neuropath.publish import inline as scanner
from neuropath.publish.blocks import Directive
from neuropath.publish.context import Context
from neuropath.publish.roles import inline

_ROW = re.compile(r"^(?P<before>\s*[-*+]\s+)[-*+](?:\s+(?P<text>.*))?$")
_CELL = re.compile(r"^(?P<before>\s*)[-*+](?:\s+(?P<text>.*))?$")


def list_table(block: Directive, ctx: Context) -> str:
    """Rows `* - cell`, cells `  - cell`; the first row is the head (an empty one without `:header-rows:`)."""
    rows = _rows(block, ctx)
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise ctx.error(
            block.line, f"each row of a list-table needs the same number of cells, received {widths}."
        )
    cells = [["<br>".join(_cell(p, line, ctx) for p in text) for text, line in row] for row in rows]
    heads = int(block.options.get("header-rows") or 0)
    if heads > 1:
        raise ctx.error(block.line, "a notebook's table has one head row; use `:header-rows: 1`.")
    if not heads:
        cells.insert(0, [""] * len(cells[0]))
    if block.options.get("stub-columns"):
        cells[1:] = [[f"**{row[0]}**" if row[0] else "", *row[1:]] for row in cells[1:]]
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    lines.insert(1, "|" + " --- |" * len(cells[0]))
    return "\n".join(lines)


def _rows(block: Directive, ctx: Context) -> list[list[tuple[list[str], int]]]:
    """Cells as (paragraphs, line)."""
    rows: list[list[tuple[list[str], int]]] = []
    indent = -1
    for number, line in enumerate(block.content.splitlines(), block.content_line):
        if match := _ROW.match(line):
            indent = len(match["before"])
            rows.append([([match["text"] or ""], number)])
        elif (match := _CELL.match(line)) and rows and len(match["before"]) == indent:
            rows[-1].append(([match["text"] or ""], number))
        elif not line.strip():
            if rows:
                rows[-1][-1][0].append("")
        elif rows and len(line) - len(line.lstrip()) > indent and not re.match(r"\s*(`{3,}|[-*+] )", line):
            rows[-1][-1][0][-1] = f"{rows[-1][-1][0][-1]} {line.strip()}".strip()
        else:
            raise ctx.error(
                number, f"a list-table has rows `* - cell` and cells `  - cell`, received {line!r}."
            )
    if not rows:
        raise ctx.error(block.line, "this list-table has no rows `* - cell`.")
    return [[([p for p in text if p], line) for text, line in row] for row in rows]


def _cell(text: str, line: int, ctx: Context) -> str:
    """One paragraph of a cell, with the bars that would end the cell replaced."""
    out = []
    for piece in scanner.pieces(inline(text, line, ctx)):
        if piece.kind in ("math", "display"):
            out.append(piece.source.replace(r"\|", r"\Vert ").replace("|", r"\vert "))
        else:
            out.append(piece.source.replace("|", r"\|") if piece.kind in ("text", "code") else piece.source)
    return "".join(out)
