"""Results on disk: each is written when it is finished, and found again by what it was made from.

OUT/results/NAME.json   what the grader found
OUT/log.jsonl           one line for each submission that was graded, in the order of time

NAME is a hash of notebook, student, key and grader: a new notebook, a mended key or a mended grader never
meets an old result, and a run that was killed finds all that it had finished. What a person gave is not
here: see `given`.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import neuropath
from neuropath.grading import results
from neuropath.grading.results import Graded, ResultsError
from neuropath.project.files import leftovers

__all__ = ["Store", "grader_version"]

PRIVATE = 0o700
FOR_PEOPLE = (
    "canvas",
    "canvas_sheet",
    "feedback",
    "filled",
    "given",
    "grade",
    "gradebook",
    "marks",
    "merging",
    "overview",
    "overview_questions",
    "pages",
    "returned",
    "tables",
)


class Store:
    """The folder OUT, readable by its owner alone."""

    def __init__(self, out: str | os.PathLike[str], key_digest: str, version: str = ""):
        self.out, self.key_digest, self.version = Path(out), key_digest, version or grader_version()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out of OUT; ValueError where one is at work. The lock ends with its process."""
        self.prepare_folder(self.out)
        descriptor = os.open(self.out / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform != "win32" and not _lock(descriptor):
                raise ValueError(f"another run is grading into {self.out}: wait for its end")
            yield
        finally:
            os.close(descriptor)

    @staticmethod
    def prepare_folder(folder: Path) -> None:
        """Make a folder that only its owner can read."""
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        folder.chmod(PRIVATE)

    def prepare(self) -> None:
        """Make the folders (0700), and clear away what a killed run was writing when it died."""
        for folder in (self.out, self.out / "results", self.out / "given"):
            self.prepare_folder(folder)
        for name in (".", "results", "given", "feedback", "filled"):
            for file in leftovers(self.out / name):
                file.unlink(missing_ok=True)

    def name(self, sha: str, student: str) -> str:
        """The name of the result of the notebook with these bytes, as this student's work."""
        text = "\0".join((sha, student, self.key_digest, self.version))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:40]

    def load(self, sha: str, student: str) -> Graded | None:
        """The result that is there; None where there is none."""
        path = self.out / "results" / f"{self.name(sha, student)}.json"
        with contextlib.suppress(FileNotFoundError, ResultsError):  # what cannot be read is graded anew
            return results.read(path)
        return None

    def save(self, sha: str, graded: Graded) -> None:
        """Keep a finished result. It is whole, or it is not there."""
        results.write(self.out / "results" / f"{self.name(sha, graded.student)}.json", graded)

    def log(self, **facts: Any) -> None:
        """Add one line to the log, in one piece, also where several processes do."""
        line = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode("utf-8") + b"\n"
        descriptor = os.open(self.out / "log.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


def identified(graded: Graded, *, name: str, file: str, remarks: tuple[str, ...]) -> Graded:
    """A result under the name and file of today; `remarks` go before those of the submission itself."""
    return replace(graded, name=name, file=file, remarks=(*remarks, *graded.remarks))


def _lock(descriptor: int) -> bool:
    import fcntl  # not on Windows

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@functools.cache
def grader_version() -> str:
    """A hash of the code that decides marks: the grader, the checks' functions, the reference in NumPy.

    What only writes pages and tables is left out. Whoever starts processes hands it on: files may change.
    """
    package = Path(neuropath.__file__).parent
    files = [*package.glob("grading/*.py"), *package.glob("scratch/*.py"), *package.glob("lessons/*.py")]
    digest = hashlib.sha256(str(results.VERSION).encode())
    for file in sorted(file for file in files if file.stem not in FOR_PEOPLE):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
