"""One run of `neuropath grade`, from saying how safe it is to the last file written."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from neuropath.grading import (
    canvas,
    feedback,
    given,
    identity,
    keys,
    marks,
    overview,
    returned,
    run,
    sandbox,
    tables,
)
from neuropath.grading.identity import Handed
from neuropath.grading.pages import counted
from neuropath.grading.problems import Key
from neuropath.grading.run import Run
from neuropath.grading.sandbox import NONE, ROOT, USER, Isolation
from neuropath.grading.store import Store
from neuropath.project.files import atomic

__all__ = ["UnsafeError", "grade"]

MARKS, PERSON, OVERVIEW, FEEDBACK, CANVAS = (
    "marks.csv",
    "needs_person.csv",
    "overview.html",
    "feedback",
    "canvas.csv",
)
FLAG = "--i-trust-these-students"


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
        said = _with_points_given(done, out, merge)
        _write(done, key, out, str(isolation).split("\n"))
        _tell(done, files, out)
        for line in [*said, *_clear(done, kept)]:
            print(f"  {line}")
        if canvas_export is not None:
            target, title = out / CANVAS, key.set.title
            known = [one for one in done.graded if not key.students or one.student in key.students]
            print(canvas.fill(canvas_export, known, target, title=title, column=canvas_column))
    return 1 if done.lost else 0


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
                f"Linux or in the container that is provided; or, if you trust all of them, say so: {FLAG}"
            )
        print(f"{FLAG}: submissions run as you, with your files and your network.")
    elif isolation.level in (ROOT, USER) and (open_ := sandbox.exposed(secrets, isolation)):
        raise UnsafeError(
            f"{', '.join(open_)}: it lies below a folder of libraries that submissions must see. Move it"
        )


def _with_points_given(done: Run, out: Path, table: Path | None) -> list[str]:
    """Put the points that a person gave into the results, those of `table` too; gives what to tell of it."""
    bare, shas = done.graded, done.shas
    done.graded = given.carried(bare, shas, given.read_all(out))
    if table is not None:
        before = done.graded
        done.graded = marks.merge(before, table, bare)
        copy = _copy(table, out)
        changed = given.keep(out, bare, before, done.graded, shas)
        print(f"{table}: points of {counted(changed, 'submission')} taken over; a copy is {copy}")
    return given.write_aside(out, bare, shas, given.read_all(out))


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
    _keep_filled(out / PERSON)
    marks.write_needs_person(out / PERSON, done.graded)


def _keep_filled(path: Path) -> None:
    """Copy the table that is about to be written anew, if a person has filled any of it."""
    if not path.is_file():
        return
    try:
        rows = tables.read(path).records()
        filled = any(row.get("points", "").strip() or row.get("comment", "").strip() for _, row in rows)
    except tables.TableError:
        filled = path.stat().st_size > 0
    if filled:
        print(f"{path} had been filled in: a copy is {_copy(path, path.parent)}")


def _copy(table: Path, out: Path) -> Path:
    """Keep a copy of a table in OUT/filled, under its name and a hash; one of the same bytes is enough."""
    data = table.read_bytes()
    ending = f"-{hashlib.sha256(data).hexdigest()[:8]}.csv"
    for there in sorted((out / "filled").glob(f"*{ending}")):
        if there.read_bytes() == data:
            return there
    copy = out / "filled" / f"{table.stem[:80]}{ending}"
    with atomic(copy) as temporary:
        temporary.write_bytes(data)
    return copy


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
