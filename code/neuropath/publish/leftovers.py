"""What Colab and Jupyter cannot render must never reach a notebook: this looks at the finished Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from neuropath.publish.inline import pieces

_FENCE = re.compile(r"^[ >]*(`{3,})[^\n]*\n.*?^[ >]*\1`*[ ]*$", re.S | re.M)
_ABSOLUTE = re.compile(r"(https?|mailto|data):")
_LINES = (
    (re.compile(r"^[ >]*(`{3,}|:{3,})\{"), "a directive"),
    (re.compile(r"^\([^()\s]+\)=\s*$"), "a target"),
    (re.compile(r"\$\$\s*\([^()\s]+\)\s*$"), "an equation's label"),
    (re.compile(r"\\(label|eqref|ref)\{"), "a LaTeX reference"),
    (re.compile(r"^\[\^[^\]]+\]:"), "a footnote"),
)


def find(markdown: str) -> list[str]:
    """Everything in a Markdown cell that only Sphinx would understand, as "what: excerpt"."""
    return [f"{what}: {excerpt.strip()[:60]!r}" for what, excerpt in _find(markdown)]


def _find(markdown: str) -> Iterator[tuple[str, str]]:
    for line in markdown.splitlines():
        for pattern, what in _LINES:
            if pattern.search(line):
                yield what, line
    for piece in pieces(_FENCE.sub("", markdown)):
        if piece.kind in ("role", "footnote", "comment"):
            yield f"a {piece.kind}", piece.source
        if piece.kind in ("link", "image") and not _ABSOLUTE.match(piece.name):
            yield f"a relative {piece.kind}", piece.source
        address = re.search(r"(?:src|href)\s*=\s*[\"']?([^\"'\s>]+)", piece.source)
        if piece.kind == "tag" and address and not _ABSOLUTE.match(address[1]):
            yield "a relative address", piece.source
        if piece.kind in ("math", "display") and "\n>" in piece.source:
            yield "a quotation mark inside a formula", piece.source
