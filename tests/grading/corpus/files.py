"""Files that are no notebook, or a very odd one."""

from __future__ import annotations

import json
import os
from pathlib import Path

from corpus.case import Case, Writer, as_json
from corpus.notebooks import Notebook, code, markdown

MB = 1 << 20


def raw(content: bytes) -> Writer:
    """A file of these bytes."""

    def write(path: Path, book: Notebook) -> None:
        path.write_bytes(content)

    return write


def with_pictures(path: Path, book: Notebook) -> None:
    """60 MB of figures in the outputs of a notebook that is right."""
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0K" * (MB // 2)}}
    for cell in [cell for cell in book.cells if cell["cell_type"] == "code"][:15]:
        cell["outputs"] = [picture]
    as_json(path, book)
    assert path.stat().st_size > 60e6


def cut_off(path: Path, book: Notebook) -> None:
    """The first half of the file, as a broken download leaves it."""
    path.write_text(json.dumps(book.whole)[: len(json.dumps(book.whole)) // 2], encoding="utf-8")


def old_format(path: Path, book: Notebook) -> None:
    """Format 3, with worksheets."""
    whole = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": book.cells}]}
    path.write_text(json.dumps(whole), encoding="utf-8")


def linked(path: Path, book: Notebook) -> None:
    """A link to the key."""
    path.symlink_to(book.world.key / "key.json")


def piped(path: Path, book: Notebook) -> None:
    """A pipe that nobody writes into."""
    os.mkfifo(path)


def no_cells(book: Notebook) -> None:
    """Nothing in it."""
    book.whole["cells"] = []


def only_blank(book: Notebook) -> None:
    """Cells with nothing in them."""
    book.whole["cells"] = [code(""), markdown(""), code("\n\n"), code("# nothing")]


def odd_cells(book: Notebook) -> None:
    """A cell that is a number, one whose source is one."""
    book.whole["cells"] += [7, {"cell_type": "code", "source": 5}]


def many_cells(book: Notebook) -> None:
    """More cells than anybody writes."""
    book.whole["cells"] += [code("1")] * 6000


def long_sources(book: Notebook) -> None:
    """60 MB of code."""
    book.add("x = '" + "x" * (60 * MB) + "'")


def unread(name: str, does: str, writer: Writer, remark: str, edits: tuple = ()) -> Case:
    """A case that needs a person in every question."""
    return Case(name, does, 0, edits, base="unreadable", remark=f"not graded: .*{remark}", writer=writer)


NESTED = b'{"nbformat": 4, "cells": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
FILES = [
    Case("empty", "a notebook without cells", 0, (no_cells,), base="untouched", remark="no cells"),
    Case("blank", "a notebook of blank cells", 0, (only_blank,), base="untouched"),
    Case("pictures", "a notebook of 60 MB, by its outputs", 27, writer=with_pictures),
    unread("pages", "60 MB of code", as_json, "kB of code; at most 100 kB", (long_sources,)),
    unread("no-bytes", "an empty file", raw(b""), "empty"),
    unread("blanks", "blanks", raw(b" \n\t"), "empty"),
    unread("pdf", "a PDF", raw(b"%PDF-1.7\n%\xe2\xe3"), "a PDF"),
    unread("zip", "a zip archive", raw(b"PK\x03\x04" + bytes(1000)), "a zip archive"),
    unread(
        "web",
        "a web page, as a download that needed a login",
        raw(b"<!DOCTYPE html><title>Sign in"),
        "web page",
    ),
    unread("bytes", "random bytes", raw(bytes(range(256)) * 40), "not a notebook"),
    unread("utf16", "a notebook in UTF-16", raw('{"nbformat": 4}'.encode("utf-16")), "not a notebook"),
    unread(
        "script", "a Python script under a notebook's name", raw(b"import numpy as np\n"), "not a notebook"
    ),
    unread("list", "JSON, but no notebook", raw(b"[1, 2]"), "not a notebook"),
    unread("no-list", "cells that are no list", raw(b'{"nbformat": 4, "cells": {"a": 1}}'), "format 4"),
    unread("cut-off", "half of a file", cut_off, "only a part of one"),
    unread("old", "a notebook of format 3", old_format, "format 4"),
    unread("nested", "brackets in brackets, two hundred thousand deep", raw(NESTED), "nested"),
    unread("odd-cells", "cells that are none", as_json, "is no cell", (odd_cells,)),
    unread("cells", "six thousand cells", as_json, "at most 5000", (many_cells,)),
    unread("link", "a link to the key", linked, "a link"),
    unread("pipe", "a pipe that nobody writes into", piped, "no file"),
]
