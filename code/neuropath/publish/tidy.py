"""Format the code cells of pages at their source: `python -m neuropath.publish.tidy [--check] [PAGE …]`.

Notebooks are made from pages, so their cells are formatted at the source and only checked afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from neuropath.publish import page as pages
from neuropath.publish.blocks import Directive, directives
from neuropath.publish.errors import PageError


def formatted(path: Path, root: Path) -> str:
    """The page's text with every code cell as ruff formats it; PageError where a cell is not Python."""
    page = pages.read(path, root)
    cells = [cell for cell in directives(page.blocks, "code-cell") if cell.content.strip()]
    lines = page.text.splitlines()
    for cell, code in reversed(list(zip(cells, _format(cells, page.file, root), strict=True))):
        first = cell.content_line - 1
        lines[first : first + len(cell.content.split("\n"))] = code.split("\n")
    return "\n".join(lines) + "\n"


def _format(cells: list[Directive], file: str, root: Path) -> list[str]:
    """All cells in one run of ruff, as a notebook under sessions/, where ruff.toml sets the width."""
    notebook = {
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{i}",
                "metadata": {},
                "outputs": [],
                "execution_count": None,
                "source": cell.content.strip("\n").splitlines(keepends=True),
            }
            for i, cell in enumerate(cells)
        ],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "sessions/page.ipynb", "-"]
    done = subprocess.run(command, input=json.dumps(notebook), capture_output=True, text=True, cwd=root)
    if done.returncode:
        raise PageError(file, cells[0].line, f"ruff could not format the cells: {done.stderr.strip()}")
    return ["".join(cell["source"]) for cell in json.loads(done.stdout)["cells"]]


def main(arguments: list[str] | None = None, root: Path | None = None) -> int:
    """Format the pages named, or all under book/; with --check only say which would change."""
    parser = argparse.ArgumentParser(prog="python -m neuropath.publish.tidy", description=__doc__)
    parser.add_argument("pages", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if a page would change")
    chosen = parser.parse_args(arguments)
    root = (root or Path.cwd()).resolve()
    changed = []
    for path in chosen.pages or sorted((root / "book").rglob("*.md")):
        before, after = path.read_text(encoding="utf-8"), formatted(path.resolve(), root)
        if before.rstrip("\n") != after.rstrip("\n"):
            changed.append(path)
            if not chosen.check:
                draft = path.with_name(path.name + ".tmp")
                draft.write_text(after, encoding="utf-8", newline="\n")
                os.replace(draft, path)
    verb = "would change" if chosen.check else "formatted"
    print("\n".join(f"{verb} {path}" for path in changed) or "all code cells are formatted")
    return 1 if changed and chosen.check else 0


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except PageError as error:
        raise SystemExit(str(error)) from None
