"""`neuropath assign`: from a spec to notebooks for students, and a key that stays with the instructor."""

from __future__ import annotations

import argparse
from pathlib import Path

OPTIONS: dict[str, dict] = {
    "spec": {"nargs": 1, "type": Path, "metavar": "SPEC", "help": "the problem set, a YAML file"},
    "out": {"type": Path, "required": True, "help": "the folder for what is handed out"},
    "roster": {
        "type": Path,
        "default": None,
        "help": "a CSV with the columns id and name: one notebook a student, with numbers of their own",
    },
    "key": {
        "type": Path,
        "default": None,
        "help": "the folder for key, solutions and tests, not inside OUT; keep it to yourself (default: "
        "OUT-key, beside OUT)",
    },
    "nbgrader": {"action": "store_true", "help": "also write an nbgrader source assignment, beside the key"},
}


def main(args: argparse.Namespace, root: Path) -> int:
    """Hand out the set of `args.spec`; `root` is the checkout. Slips raise ValueError or OSError."""
    from neuropath.grading.handout import beside, hand_out

    key = args.key or beside(args.out)
    done = hand_out(args.spec[0], root, args.out, key, roster=args.roster, nbgrader=args.nbgrader)
    print("\n".join(done))
    return 0
