"""What `neuropath assign` does: read, refuse what cannot be graded, write notebooks and key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from neuropath.grading import keys, rootfs, spec
from neuropath.grading import nbgrader as nbgraders
from neuropath.grading import roster as rosters
from neuropath.grading.assemble import Paper, dumps, refused
from neuropath.grading.results import file_name
from neuropath.grading.spec import SpecError
from neuropath.project.files import write_text

INSTRUCTOR = "instructor.ipynb"
STUDENTS = "students"
NO_ADDRESS = (
    "warning    repository.url in _config.yml is empty: in Colab these notebooks cannot install the course's "
    "package. Run `make publish-url` and assign again, or let students set NEUROPATH_REPOSITORY there"
)
OTHER_NUMBERS = (
    "warning    {} had other numbers in the key that was here: hand these notebooks out anew, for those with "
    "the old numbers would be graded wrong"
)


def hand_out(
    path: Path, root: Path, out: Path, key: Path, *, roster: Path | None = None, nbgrader: bool = False
) -> list[str]:
    """Write everything; return lines that say what was written and what to keep.

    Nothing is written unless the spec is sound, the roster whole, every solution earns full marks and every
    starter counts as not attempted.
    """
    problems, bank = spec.load(path, root)
    students = rosters.read(roster) if roster else ()
    paper = Paper(problems, bank)
    if errors := refused(paper):
        raise SpecError(path, errors)
    _apart(out, key)
    _unseen(path, problems.pages)
    changed = keys.drawn_anew(key, paper, students)
    keys.write(key, problems, bank, students)
    source = _private(paper, key, nbgrader)
    written = _students(paper, out, students)
    return [
        f"{problems.title}: {len(paper.questions)} questions, {paper.points} points",
        f"hand out   {written}",
        f"keep       {key} (key, solutions and tests: readable by you alone; never hand it out)",
        *source,
        *([OTHER_NUMBERS.format(_some(changed))] if changed else []),
        *([] if bank.book.repository["url"] else [NO_ADDRESS]),
    ]


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")


def _apart(out: Path, key: Path) -> None:
    """ValueError where one of the two folders would lie in the other."""
    open_to_all, secret = out.resolve(), key.resolve()
    if open_to_all in (secret, *secret.parents) or secret in open_to_all.parents:
        raise ValueError(
            f"the key ({key}) would lie among what is handed out ({out}): name a folder beside it, or none"
        )


def _unseen(path: Path, pages: Sequence[str]) -> None:
    """ValueError where an own page, with its hidden tests, lies among what every submission can read."""
    own = [path.parent / page for page in pages]
    if seen := rootfs.exposed(own, rootfs.visible_paths()):
        raise ValueError(
            f"{', '.join(seen)}: this folder belongs to the package, which submissions can read. Move the "
            "set and its pages to a folder of your own"
        )


def beside(out: Path) -> Path:
    """The folder for the key where none is named: OUT-key, beside OUT."""
    named = out if out.name not in ("", "..") else out.resolve()
    return named.with_name(f"{named.name}-key")


def _private(paper: Paper, key: Path, nbgrader: bool) -> list[str]:
    """Write what lies beside the key: the instructor's notebook, and the source assignment if it is wanted.

    Return the line that says where the latter is.
    """
    keys.write_private(key / INSTRUCTOR, dumps(paper.instructor()))
    if not nbgrader:
        return []
    written = nbgraders.export(paper.set, paper.bank, key / "nbgrader")
    return [
        f"nbgrader   {written} (with solutions and tests; for the release run "
        f"`nbgrader generate_assignment {paper.set.id}` in {key / 'nbgrader'})"
    ]


def _students(paper: Paper, out: Path, students: Sequence[Mapping[str, str]]) -> str:
    """Write the notebooks for handing out; say where they are."""
    if not students:
        path = out / f"{paper.set.id}.ipynb"
        write_text(path, dumps(paper.student()))
        return str(path)
    for row in students:
        path = out / STUDENTS / file_name(row["id"], ".ipynb")
        write_text(path, dumps(paper.student(row["id"], row["name"])))
    return f"{out / STUDENTS} ({len(students)} notebooks, each named by its student's id)"
