"""`neuropath grade`: from a folder of notebooks and a key to marks, feedback and an overview."""

from __future__ import annotations

import argparse
import sys
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

    if args.canvas_column is not None and args.canvas is None:
        raise ValueError(
            "--canvas-column names a column of a gradebook, and none is given: add --canvas export.csv"
        )
    if args.jobs is not None and args.jobs < 1:
        raise ValueError(
            f"--jobs: expected a number from 1 on, received {args.jobs}; leave it out to use all"
        )
    try:
        return grade(
            args.folder[0],
            args.key,
            args.out,
            jobs=args.jobs,
            trusted=args.i_trust_these_students,
            merge=args.merge,
            canvas_export=args.canvas,
            canvas_column=args.canvas_column,
            command=typed(args),
        )
    except KeyboardInterrupt:
        print(
            "neuropath: stopped. What is finished is kept: the same command goes on from there",
            file=sys.stderr,
        )
        return 130


def typed(args: argparse.Namespace) -> list[str]:
    """The words of the command, without `--merge`: a command that goes on from here begins with them."""
    program = sys.argv[0] if Path(sys.argv[0]).stem == "neuropath" else "neuropath"
    words = [program, "grade", str(args.folder[0])]
    for name in OPTIONS:
        value = getattr(args, name)
        if name not in ("folder", "merge") and value is not None and value is not False:
            words.append(f"--{name.replace('_', '-')}")
            words += [] if value is True else [str(value)]
    return words
