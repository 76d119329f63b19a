"""A notebook as it was handed in: its sources in order, and nothing else of it.

Whatever is in the file, reading it ends in a Submission or in a SubmissionError that says what to ask the
student for. Outputs, metadata and attachments are left behind: nothing of them decides a mark.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["FILE_MB", "SOURCE_MB", "Source", "Submission", "SubmissionError", "file_sha", "parse", "read"]

MB = 1 << 20
FILE_MB = 200  # of the whole file: what a notebook full of pictures may weigh
SOURCE_MB = 2  # of code and text, which is all that is kept
CELL_KB = 100  # of one code cell: Python takes the square of its length to read some sorts of code
MAX_CELLS = 5_000
CODE, TEXT = "code", "text"
FILE = "the .ipynb file (in Colab: File, Download, Download .ipynb)"
AGAIN = f"ask the student for {FILE}"
SMALLER = "Ask for it without outputs (Edit, Clear all outputs)"
# A picture pasted into a text: megabytes of letters that nobody reads.
_PICTURE = re.compile(r"\(?\bdata:image/[\w.+-]+;base64,[A-Za-z0-9+/=\s]{64,}\)?")


class SubmissionError(ValueError):
    """The file cannot be graded; the message says what it is and what to do."""


class Source(NamedTuple):
    """One cell: `kind` is "code" or "text" (Markdown and raw cells)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Submission:
    """What is graded of a notebook. `sha` is of the file's bytes, `size` their number.

    `made_for` is the student whose numbers the notebook was written with, as its metadata has it ("" where
    they say nothing; they may be forged, so no mark depends on them).
    """

    sources: tuple[Source, ...]
    sha: str
    size: int
    made_for: str = ""

    @property
    def cells(self) -> list[str]:
        """The code cells, in order."""
        return [source.text for source in self.sources if source.kind == CODE]

    @property
    def texts(self) -> list[str]:
        """The Markdown and raw cells, in order."""
        return [source.text for source in self.sources if source.kind == TEXT]


def read(path: str | os.PathLike[str], limit_mb: float = FILE_MB) -> Submission:
    """The notebook in a file of at most `limit_mb` MiB. SubmissionError for anything that is none."""
    return parse(_bytes(Path(path), limit_mb))


def file_sha(path: str | os.PathLike[str], limit_mb: float = FILE_MB) -> str:
    """The `sha` that `read` would give, without reading the notebook. SubmissionError where it has none."""
    return hashlib.sha256(_bytes(Path(path), limit_mb)).hexdigest()


def parse(data: bytes) -> Submission:
    """The notebook in these bytes. SubmissionError."""
    if not data.strip():
        raise SubmissionError(f"the file is empty: {AGAIN}")
    whole = _json(data)
    if not isinstance(whole, dict) or "nbformat" not in whole:
        raise SubmissionError(f"the file is not a notebook (it has no `nbformat`): {AGAIN}")
    if whole["nbformat"] != 4 or not isinstance(whole.get("cells"), list):
        raise SubmissionError(
            f"a notebook of format 4 was expected, this is one of {repr(whole['nbformat'])[:20]}: open it "
            "in Jupyter or Colab, save it, and grade again"
        )
    if len(whole["cells"]) > MAX_CELLS:
        raise SubmissionError(f"the notebook has {len(whole['cells'])} cells; at most {MAX_CELLS} are read")
    sources = tuple(_sources(whole["cells"]))
    written = sum(len(source.text) for source in sources)
    if written > SOURCE_MB * MB:
        raise SubmissionError(
            f"its cells hold {written / MB:.1f} MB of code and text; at most {SOURCE_MB} MB are read"
        )
    return Submission(sources, hashlib.sha256(data).hexdigest(), len(data), _made_for(whole))


def _bytes(path: Path, limit_mb: float) -> bytes:
    """The content of a regular file; links are refused, for they may lead to another student's work."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if path.is_symlink():
            raise SubmissionError(f"this is a link, not a file: {AGAIN}") from None
        raise SubmissionError(f"the file cannot be read ({error.strerror})") from None
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        os.close(descriptor)
        raise SubmissionError(f"this is no file: {AGAIN}")
    with os.fdopen(descriptor, "rb") as file:
        if about.st_size > limit_mb * MB:
            raise SubmissionError(
                f"the file has {about.st_size / MB:.0f} MB; at most {limit_mb:g} MB are read. {SMALLER}"
            )
        return file.read(about.st_size + 1)


def _json(data: bytes) -> Any:
    kind = next((name for start, name in _OTHER.items() if data.startswith(start)), "")
    if kind:
        raise SubmissionError(f"the file is {kind}, not a notebook: {AGAIN}")
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SubmissionError(f"the file is not a notebook (it is not UTF-8 text): {AGAIN}") from None
    except (RecursionError, MemoryError):
        raise SubmissionError(f"the file is too deeply nested, or too large, to be read: {AGAIN}") from None
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise SubmissionError(f"the file is not a notebook, or only a part of one{where}: {AGAIN}") from None


_OTHER = {
    b"PK\x03\x04": "a zip archive or an office document",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed archive",
    b"<": "a web page",
    b"version https://git-lfs": "a pointer to a file that was not fetched",
}


def _sources(cells: list[Any]) -> Iterator[Source]:
    for number, cell in enumerate(cells, 1):
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        lines = cell.get("source", "") if isinstance(cell, dict) else None
        if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
            lines = "".join(lines)
        if kind not in ("code", "markdown", "raw") or not isinstance(lines, str):
            raise SubmissionError(f"its cell {number} is no cell of a notebook: {AGAIN}")
        text = lines.encode("utf-8", "replace").decode("utf-8")  # halves of surrogate pairs fit into no file
        if kind == "code" and len(text) > CELL_KB << 10:
            raise SubmissionError(
                f"its cell {number} holds {len(text) >> 10} kB of code; at most {CELL_KB} kB are read. Ask "
                "for it with the data of that cell left out, or computed"
            )
        if kind == "code":
            yield Source(CODE, text)
        else:
            yield Source(TEXT, _PICTURE.sub("(picture: see the notebook)", text))


def _made_for(whole: dict[str, Any]) -> str:
    metadata = whole.get("metadata")
    ours = metadata.get("neuropath") if isinstance(metadata, dict) else None
    student = ours.get("student") if isinstance(ours, dict) else None
    return student[:200] if isinstance(student, str) else ""
