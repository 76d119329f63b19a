"""One run of `neuropath grade`, from saying how safe it is to the last file written."""

from __future__ import annotations

import shlex
import stat
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from neuropath.grading import (
    canvas,
    feedback,
    filled,
    given,
    identity,
    keys,
    marks,
    merging,
    overview,
    returned,
    run,
    sandbox,
)
from neuropath.grading.identity import Handed
from neuropath.grading.pages import counted
from neuropath.grading.problems import Key
from neuropath.grading.run import Run
from neuropath.grading.sandbox import CONTAINER, NONE, ROOT, USER, Isolation
from neuropath.grading.store import Store
from neuropath.lessons.setup import cores

__all__ = ["UnsafeError", "grade"]

MARKS, PERSON, OVERVIEW, FEEDBACK, CANVAS = (
    "marks.csv",
    "needs_person.csv",
    "overview.html",
    "feedback",
    "canvas.csv",
)
FLAG = "--i-trust-these-students"
OR_TRUST = f"; or, if you trust all of them, say so: {FLAG}"


class UnsafeError(ValueError):
    """Submissions cannot be shut in well enough; the message says what to do."""


def grade(
    folder: Path,
    key_folder: Path,
    out: Path,
    *,
    jobs: int | None = None,
    trusted: bool = False,
    merge: Path | None = None,
    canvas_export: Path | None = None,
    canvas_column: str | None = None,
    command: Sequence[str] = ("neuropath", "grade"),  # of this run, without --merge: to tell how to go on
) -> int:
    """Grade, merge, write everything; 1 where a submission could not be graded by the grader's fault."""
    key = keys.read(key_folder)
    _check_paths(out, folder, key_folder, [path for path in (merge, canvas_export) if path])
    files = _files(folder, key_folder, out, key)
    isolation = sandbox.describe()
    print(isolation, flush=True)
    _check_isolation(isolation, [key_folder, out, folder], trusted)
    kept = Store(out, key.digest)
    with kept.locked():
        done = run.grade_all(files, key, out, jobs or cores(), isolation)
        said = _with_points_given(done, out, merge, command)
        _write(done, key, out, str(isolation).split("\n"))
        _tell(done, files, out)
        for line in [*_clear(done, kept), *said]:
            print(f"  {line}")
        if canvas_export is not None:
            print(_filled_export(canvas_export, done, key, out, canvas_column))
    return 1 if done.lost else 0


def _filled_export(export: Path, done: Run, key: Key, out: Path, column: str | None) -> canvas.Filled:
    known = [one for one in done.graded if not key.students or one.student in key.students]
    return canvas.fill(export, known, out / CANVAS, title=key.set.title, column=column)


def _check_paths(out: Path, folder: Path, key_folder: Path, given: Sequence[Path]) -> None:
    """ValueError for an OUT that holds other things: it is made readable by its owner alone."""
    for table in given:
        if not table.is_file():
            raise FileNotFoundError(f"there is no file {table}")
    if out.resolve() in (folder.resolve(), key_folder.resolve()):
        raise ValueError(
            f"{out} is the folder of the notebooks or of the key: name a new one for the results"
        )
    ours = (out / "results").is_dir() or (out / ".lock").exists()
    if out.exists() and not ours and any(out.iterdir()):
        raise ValueError(f"{out} holds other things: name a new folder for the results")


def _files(folder: Path, key_folder: Path, out: Path, key: Key) -> list[Handed]:
    paths = identity.find_notebooks(folder, apart=[key_folder, out])
    if not paths:
        raise ValueError(f"there is no .ipynb in {folder}: unpack the submissions there first")
    return identity.identify(paths, key.students, folder)


def _check_isolation(isolation: Isolation, secrets: Sequence[Path], trusted: bool) -> None:
    if isolation.level == NONE:
        if not trusted:
            raise UnsafeError(
                "this machine cannot shut submissions in, and what is in them would run as you. Grade on "
                "Linux or in the container that is provided" + OR_TRUST * (sys.platform != "win32")
            )
        print(f"{FLAG}: submissions run as you, with your files and your network.")
    elif isolation.level == CONTAINER and (known := [path for path in secrets if _is_open(path)]):
        names = " ".join(shlex.quote(str(path)) for path in known)
        raise UnsafeError(
            f"submissions run as another user here, and every user of this machine can read {names}: they "
            f"could copy from each other. Close it to others: chmod 700 {names}"
        )
    elif isolation.level in (ROOT, USER) and (open_ := sandbox.exposed(secrets, isolation)):
        raise UnsafeError(
            f"{', '.join(open_)}: it lies below a folder of libraries that submissions must see. Move it"
        )


def _is_open(folder: Path) -> bool:
    """Whether another user gets into the folder: through all folders above it, and then into it."""
    whole = folder.resolve()
    closed = (not path.stat().st_mode & stat.S_IXOTH for path in (whole, *whole.parents) if path.exists())
    return whole.exists() and not any(closed)


def _with_points_given(done: Run, out: Path, table: Path | None, command: Sequence[str] = ()) -> list[str]:
    """Put the points that a person gave into the results, those of `table` too; gives what to tell of it."""
    bare, shas = done.graded, done.shas
    done.graded = given.carried(bare, shas, given.read_all(out))
    said: list[str] = []
    if table is not None:
        merged = merging.merge(done.graded, table, bare)
        changed = given.keep(out, bare, done.graded, merged, shas)
        done.graded = given.carried(bare, shas, given.read_all(out))
        print(f"{table}: points of {counted(changed, 'submission')} taken over", end="")
        print(f"; a copy is {filled.copy(table, out)}" if changed else " (why is said below)")
        said = [] if changed else filled.why_nothing(table, out, done.graded, bare, command)
    said += filled.rescued(out / PERSON, done.graded, bare, command)
    return said + given.write_aside(out, bare, shas, given.read_all(out))


def _clear(done: Run, kept: Store) -> list[str]:
    """Remove the pages of students who are no longer in the results; gives what to tell of it."""
    current = feedback.paths(kept.out / FEEDBACK, done.graded)
    removed, left = returned.clear(kept.out / FEEDBACK, current)
    for path in removed:
        kept.log(**run.when(), removed=f"{FEEDBACK}/{path.name}", why="no submission of this student now")
    said = [f"{path} is removed: there is no submission of this student now" for path in removed]
    why = "there is no submission of this student now, but the page is not as the grader wrote it"
    return said + [f"{path} is left alone: {why}" for path in left]


def _write(done: Run, key: Key, out: Path, notes: list[str]) -> None:
    title, roster = key.set.title, key.students
    feedback.write_all(out / FEEDBACK, done.graded, title=title, links=feedback.book_links(key.address))
    overview.write(out / OVERVIEW, done.graded, title=title, notes=notes, roster=roster, feedback=FEEDBACK)
    marks.write(out / MARKS, done.graded, roster)
    marks.write_needs_person(out / PERSON, done.graded)


def _tell(done: Run, files: Sequence[Handed], out: Path) -> None:
    """What there is now, and what needs an eye."""
    for one in done.graded:
        for remark in one.remarks:
            print(f"  {one.student}: {remark}")
    count = Counter(state for one in done.graded for state in {result.state for result in one.results})
    handed_in = counted(len(files), "submission")
    print(f"{handed_in}, {done.fresh} graded now, {len(files) - done.fresh - done.lost} before")
    print("  with at least one question " + ", ".join(f"{state}: {n}" for state, n in sorted(count.items())))
    if waiting := sum(bool(one.pending) for one in done.graded):
        print(
            f"  {waiting} of them {'waits' if waiting == 1 else 'wait'} for a person: fill the points in "
            f"{out / PERSON}, then grade again with --merge"
        )
    if done.lost:
        print(f"  {done.lost} could not be graded (see {out / 'log.jsonl'}); grade again to try anew")
    print(f"{out / MARKS} · {out / OVERVIEW} · {out / FEEDBACK}")
