"""Pages that the grader wrote know it of themselves, so that those of students who are gone can go as well.

The last line of a page is a comment with the hash of all before it. A page that a person wrote or changed
has no such line, or one that does not fit: it is left alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

__all__ = ["clear", "is_ours", "signed"]

_LAST = re.compile(rb"<!-- written by neuropath grade: ([0-9a-f]{64}) -->\n\Z")


def signed(page: str) -> str:
    """The page with the line by which it is known as written by the grader, and unchanged since."""
    page = page.rstrip("\n") + "\n"
    digest = hashlib.sha256(page.encode("utf-8")).hexdigest()
    return f"{page}<!-- written by neuropath grade: {digest} -->\n"


def is_ours(path: Path) -> bool:
    """Whether the file is a page as the grader wrote it."""
    if path.is_symlink() or not path.is_file():
        return False
    data = path.read_bytes()
    last = _LAST.search(data)
    return last is not None and hashlib.sha256(data[: last.start()]).hexdigest() == last[1].decode()


def clear(folder: Path, current: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Remove the pages of the grader's that are not `current`: (removed, left as no pages of its)."""
    names = {path.name for path in current}
    removed, left = [], []
    for path in sorted(Path(folder).glob("*.html")):
        if path.name in names:
            continue
        if is_ours(path):
            path.unlink()
            removed.append(path)
        else:
            left.append(path)
    return removed, left
