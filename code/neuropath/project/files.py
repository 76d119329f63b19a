"""Files that are whole or not there: what is written takes its name only when it is complete."""

from __future__ import annotations

import json
import os
import re
from os import PathLike
from pathlib import Path
from typing import Any

__all__ = ["atomic", "leftovers", "write_json", "write_text"]

TEMPORARY = re.compile(r"\..+\.\d+\.tmp(\.\w+)*")  # as `atomic` names its files


class atomic:
    """`with atomic(path) as temporary:` — write to `temporary`; it becomes `path` whole, or not at all.

    The temporary file lies beside the target and keeps its ending, by which Keras tells formats apart.
    """

    def __init__(self, path: str | PathLike[str]):
        self.path = Path(path)
        ending = (
            "".join(self.path.suffixes[-2:]) if self.path.name.endswith(".weights.h5") else self.path.suffix
        )
        self.temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp{ending}")

    def __enter__(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.temporary

    def __exit__(self, kind: type | None, *_: object) -> None:
        try:
            if kind is None:
                os.replace(self.temporary, self.path)
        finally:
            self.temporary.unlink(missing_ok=True)


def leftovers(folder: str | PathLike[str]) -> list[Path]:
    """Files that a killed process was writing when it died: never read, and in nobody's way."""
    return [file for file in Path(folder).glob(".*") if TEMPORARY.fullmatch(file.name) and file.is_file()]


def write_text(path: str | PathLike[str], text: str) -> None:
    """Write a text file (UTF-8), whole or not at all."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | PathLike[str], values: Any) -> None:
    """Write plain values as JSON, whole or not at all. ValueError for nan: it is no JSON."""
    write_text(path, json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
