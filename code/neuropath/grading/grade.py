"""`neuropath grade`: from a folder of notebooks and a key to marks, feedback and an overview."""

from __future__ import annotations

import argparse
from pathlib import Path

OPTIONS: dict[str, dict] = {
    "folder": {"nargs": 1, "type": Path, "metavar": "DIR", "help": "the notebooks that were handed in"},
    "key": {"type": Path, "required": True, "help": "the key's folder, as `neuropath assign` wrote it"},
    "out": {
        "type": Path,
        "required": True,
        "help": "the folder for marks and feedback (readable by you alone)",
    },
    "jobs": {"type": int, "default": None, "help": "submissions at once (default: one a core)"},
    "i_trust_these_students": {
        "action": "store_true",
        "help": "grade although nothing here shuts submissions in: they could read and change your files",
    },
    "merge": {
        "type": Path,
        "default": None,
        "metavar": "needs_person.csv",
        "help": "take over the points that a person has filled in",
    },
    "canvas": {
        "type": Path,
        "default": None,
        "metavar": "export.csv",
        "help": "fill this gradebook, as Canvas exported it, into OUT/canvas.csv",
    },
    "canvas_column": {
        "default": None,
        "metavar": "TITLE",
        "help": "the assignment's column in it (default: the one called as the set is)",
    },
}


def main(args: argparse.Namespace) -> int:
    """Grade the folder. What is wrong with the arguments raises ValueError or OSError."""
    from neuropath.grading.gradebook import grade

    return grade(
        args.folder[0],
        args.key,
        args.out,
        jobs=args.jobs,
        trusted=args.i_trust_these_students,
        merge=args.merge,
        canvas_export=args.canvas,
        canvas_column=args.canvas_column,
    )
