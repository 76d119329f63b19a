"""Many submissions at once: none waits for another, none is lost, nothing is left running."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sandboxes import command_of, descendants, still_there
from small_set import RIGHT, STARTERS, cells, code, key, write

from neuropath.grading import identity, marks, pool, run, sandbox
from neuropath.grading.pool import Lost
from neuropath.grading.results import GRADED, NEEDS_A_PERSON, NOT_ATTEMPTED, TIMED_OUT

HERE = Path(__file__).parent

GRADER = r"multiprocessing\.spawn|neuropath\.grading|<cell"


def graded(folder, out, whole=None, jobs=2):
    whole = whole or key()
    files = identity.identify(identity.find_notebooks(folder), whole.students, Path(folder))
    return run.grade_all(files, whole, Path(out), jobs, sandbox.describe(), bar=False)


def lines(out):
    log = Path(out) / "log.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def many(count):
    return key(students=tuple(f"s{number:02d}" for number in range(count)))


@pytest.fixture(autouse=True)
def _leaves_no_process():
    before = set(descendants(os.getpid()))
    yield
    sandbox.close_all()
    after = {pid: started for pid, started in descendants(os.getpid()).items() if pid not in before}
    # Of the grader's own: a thread of a test before this one may have started something else meanwhile.
    left = [words for words in map(command_of, still_there(after)) if re.search(GRADER, words)]
    assert not left


def test_one_bad_submission_stops_no_other(tmp_path):
    folder = tmp_path / "in"
    write(folder / "s00.ipynb", cells(RIGHT))
    write(folder / "s01.ipynb", cells(RIGHT, q_norm="def norm(x):\n    while True: pass"))
    write(folder / "s02.ipynb", cells(RIGHT, q_norm="import os\nos.kill(os.getppid(), 9)\nos._exit(1)"))
    (folder / "s03.ipynb").write_text("no notebook")
    write(folder / "s04.ipynb", [])
    write(folder / "s05.ipynb", cells(RIGHT))
    found = graded(folder, tmp_path / "out", many(6))
    assert [one.student for one in found.graded] == [f"s{number:02d}" for number in range(6)]
    assert [one.points for one in found.graded] == [6, 4, 4, 0, 0, 6]
    assert found.graded[1].results[2].state == TIMED_OUT
    assert {result.state for result in found.graded[3].results} == {NEEDS_A_PERSON}
    assert "not a notebook" in found.graded[3].remarks[0]
    assert {result.state for result in found.graded[4].results} == {NOT_ATTEMPTED}
    assert found.graded[4].remarks == ("the notebook has no cells",)
    assert (found.fresh, found.lost) == (6, 0)


def test_a_second_run_grades_only_what_is_new_or_changed(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    for number in range(4):
        write(folder / f"s{number:02d}.ipynb", cells(RIGHT))
    first = graded(folder, out, many(5))
    assert (first.fresh, len(lines(out))) == (4, 4)
    again = graded(folder, out, many(5))
    assert (again.fresh, len(lines(out))) == (0, 4)
    assert again.graded == first.graded
    write(folder / "s01.ipynb", cells())
    write(folder / "s04.ipynb", cells(RIGHT))
    third = graded(folder, out, many(5))
    assert {line["student"] for line in lines(out)[4:]} == {"s01", "s04"}
    assert [one.points for one in third.graded] == [6, 0, 6, 6, 6]


@pytest.mark.parametrize(("how", "count"), [("SIGKILL", 30), ("SIGTERM", 14), ("SIGINT", 14)])
def test_a_kill_in_the_middle_loses_nothing(tmp_path, how, count):
    """The grader ends once a third is done: no process is left, and the second run grades only the rest."""
    folder, out = tmp_path / "in", tmp_path / "out"
    for number in range(count):
        seconds = 0.3 if count > 20 or number < count // 2 else 1.2  # a busy machine must not be too late
        slow = code(f"import time\ntime.sleep({seconds})\nmine = {number}")
        write(folder / f"s{number:02d}.ipynb", [*cells(RIGHT), slow])
    script = (
        f"import signal, sys\nsys.path.insert(0, {str(HERE)!r})\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what runs in the background\n"
        "from test_run import graded, many\n"
        f"if __name__ == '__main__':\n    graded({str(folder)!r}, {str(out)!r}, many({count}))\n"
    )
    (tmp_path / "script.py").write_text(script)
    process = subprocess.Popen([sys.executable, str(tmp_path / "script.py")], stderr=subprocess.DEVNULL)
    end = time.monotonic() + 120
    while len(lines(out)) < count // 3 and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    below = descendants(process.pid)
    process.send_signal(getattr(signal, how))
    process.wait()
    assert not still_there(below, seconds=10)
    kept = {path.name: path.stat().st_mtime_ns for path in (out / "results").glob("*.json")}
    assert count // 3 <= len(kept) < count
    found = graded(folder, out, many(count))
    assert found.fresh == count - len(kept)
    assert [one.points for one in found.graded] == [6] * count
    for name, when in kept.items():
        assert (out / "results" / name).stat().st_mtime_ns == when
    assert not list((out / "results").glob(".*"))


def test_grading_twice_gives_the_same_but_for_the_seconds(tmp_path):
    made = cells(RIGHT, q_softmax="def softmax(z):\n    return np.exp(z)", why="Because.")
    write(tmp_path / "in" / "ada.ipynb", made)
    write(tmp_path / "in" / "bob.ipynb", made)
    results = []
    for name in ("a", "b"):
        plain = [one.to_json() for one in graded(tmp_path / "in", tmp_path / name).graded]
        results.append([[r | {"seconds": 0} for r in one["results"]] for one in plain])
    assert results[0] == results[1]


def test_another_student_s_notebook_is_remarked(tmp_path):
    write(tmp_path / "in" / "ada.ipynb", cells(RIGHT), student="bob")
    found = graded(tmp_path / "in", tmp_path / "out").graded[0]
    assert "handed out to another student" in found.remarks[0]
    assert "bob" not in found.remarks[0]


def test_what_the_grader_could_not_do_needs_a_person_and_is_tried_again(tmp_path, monkeypatch):
    write(tmp_path / "in" / "ada.ipynb", cells(RIGHT))
    monkeypatch.setattr(pool, "map_unordered", _all_lost)
    found = graded(tmp_path / "in", tmp_path / "out")
    assert found.lost == 1
    assert {result.state for result in found.graded[0].results} == {NEEDS_A_PERSON}
    assert "the process that graded it ended" in found.graded[0].remarks[0]
    assert lines(tmp_path / "out")[0]["lost"].startswith("the process")
    monkeypatch.undo()
    assert graded(tmp_path / "in", tmp_path / "out").graded[0].results[0].state == GRADED


def _all_lost(function, common, tasks, jobs, seconds):
    yield from ((index, Lost("the process that graded it ended (SIGKILL)")) for index in range(len(tasks)))


def _doing(common, task):
    if task == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "hang":
        time.sleep(60)
    if task == "raise":
        raise KeyError("inside")
    return f"{common}{task}"


def test_the_pool_replaces_what_dies_hangs_or_raises():
    tasks = ["a", "die", "b", "hang", "raise", "c", "die", "d"]
    found = dict(pool.map_unordered(_doing, "did ", tasks, jobs=2, seconds=2))
    assert [found[index] for index in (0, 2, 5, 7)] == ["did a", "did b", "did c", "did d"]
    assert found[1] == found[6] == Lost("the process that graded it ended (SIGKILL)")
    assert found[3] == Lost("the process that graded it took too long and was stopped")
    assert found[4].reason == "KeyError: 'inside'"
    assert "in _doing" in found[4].details


def test_the_pool_ends_its_processes_when_it_is_left():
    outcomes = pool.map_unordered(_doing, "", ["a", "hang", "hang"], jobs=3, seconds=60)
    assert next(outcomes) == (0, "a")
    outcomes.close()
    assert list(pool.map_unordered(_doing, "", [], jobs=2, seconds=1)) == []


def found_in(tmp_path, *names, roster=("ada", "ada2", "ada-b", "bob", "a-7")):
    for when, name in enumerate(names):
        path = write(tmp_path / name, cells())
        os.utime(path, (1000 + when, 1000 + when))
    paths = identity.find_notebooks(tmp_path, apart=[tmp_path / "key"])
    return identity.identify(paths, {id: id.title() for id in roster}, tmp_path)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("ada.ipynb", "ada"),
        ("ADA_late_123_hw.ipynb", "ada"),
        ("hw-ada2.ipynb", "ada2"),
        ("set_a-7_final.ipynb", "a-7"),
        ("bob/answers.ipynb", "bob"),
        ("hw_ada-b_1.ipynb", "ada-b"),
        ("adam.ipynb", "adam"),
        ("ada and bob.ipynb", "ada and bob"),
    ],
)
def test_the_student_is_found_in_the_name(tmp_path, name, student):
    (one,) = found_in(tmp_path, name)
    assert one.student == student
    assert bool(one.remarks) == (student not in ("ada", "ada2", "ada-b", "a-7", "bob"))
    assert one.name == ("" if one.remarks else student.title())


def test_the_newest_of_several_files_counts(tmp_path):
    one, two = found_in(tmp_path, "hw_ada.ipynb", "bob.ipynb", "hw_ada-1.ipynb")
    assert (one.student, one.file, two.student) == ("ada", "hw_ada-1.ipynb", "bob")
    assert one.remarks == ("2 files were handed in; the newest counts (hw_ada-1.ipynb), not hw_ada.ipynb",)


def test_of_equally_new_files_the_last_in_natural_order_counts(tmp_path):
    for names, last in (
        (("a_2_ada-9", "a_12_ada-10"), 1),
        (("hw_ada", "hw_ada-1"), 1),
        (("2/ada", "10/ada"), 1),
    ):
        folder = tmp_path / names[0]
        for name in names:
            os.utime(write(folder / f"{name}.ipynb", cells()), (1000, 1000))
        (one,) = identity.identify(identity.find_notebooks(folder), {"ada": "Ada"}, folder)
        assert one.file == f"{names[last]}.ipynb"
        assert one.remarks[0].endswith("(of equal times the last in the order of the names)")
        assert [old.file for old in one.older] == [f"{names[1 - last]}.ipynb"]


def handed_in_twice(folder, old, new, between=None):
    for when, (name, made) in enumerate([("ada.ipynb", old), ("ada-1.ipynb", between), ("ada-2.ipynb", new)]):
        if made is not None:
            os.utime(write(folder / name, made), (1000 + when, 1000 + when))


def test_work_under_a_later_untouched_copy_is_left_to_a_person(tmp_path):
    folder = tmp_path / "in"
    handed_in_twice(folder, cells(RIGHT), cells(), between=cells(STARTERS))
    for _ in range(2):  # the second run finds the result of the newest file, and looks once more
        (one,) = graded(folder, tmp_path / "out").graded
        assert (one.file, {result.state for result in one.results}) == ("ada-2.ipynb", {NEEDS_A_PERSON})
        assert one.remarks[1].startswith(
            "not graded: the newest file (ada-2.ipynb) has no answer at all, while an "
        )
        assert "an older one (ada.ipynb) is not untouched" in one.ungraded
        marks.write(tmp_path / "marks.csv", [one])
        assert "needs a person: q-softmax" in (tmp_path / "marks.csv").read_text(encoding="utf-8-sig")
    (folder / "ada.ipynb").unlink()
    (one,) = graded(folder, tmp_path / "out").graded
    assert ({result.state for result in one.results}, one.ungraded) == ({NOT_ATTEMPTED}, "")


@pytest.mark.parametrize(
    ("old", "points"),
    [(cells(), 0), (cells(q_norm="def norm(x):  # mine\n  return ..."), 0), ([], 0)],
)
def test_older_files_without_work_change_nothing(tmp_path, old, points):
    handed_in_twice(tmp_path / "in", old, cells())
    (one,) = graded(tmp_path / "in", tmp_path / "out").graded
    assert ({result.state for result in one.results}, one.points) == ({NOT_ATTEMPTED}, points)
    assert len(one.remarks) == 1


def test_a_mere_copy_of_the_newest_file_has_nothing_more(tmp_path):
    begun = cells(q_norm="def norm(x):\n    print(x)\n    return ...")
    handed_in_twice(tmp_path / "in", begun, begun)
    assert graded(tmp_path / "in", tmp_path / "out").graded[0].ungraded == ""
    handed_in_twice(tmp_path / "in", begun, cells())
    assert graded(tmp_path / "in", tmp_path / "out").graded[0].ungraded


def test_words_alone_are_work_and_a_newer_answer_counts(tmp_path):
    handed_in_twice(tmp_path / "a", cells(why="Because."), cells())
    assert graded(tmp_path / "a", tmp_path / "out").graded[0].ungraded
    handed_in_twice(tmp_path / "b", cells(RIGHT), cells(q_norm=RIGHT["q-norm"]))
    assert graded(tmp_path / "b", tmp_path / "out").graded[0].points == 2
    (tmp_path / "b" / "ada.ipynb").write_text("no notebook")
    os.utime(tmp_path / "b" / "ada.ipynb", (1000, 1000))
    handed_in_twice(tmp_path / "b", None, cells())
    assert graded(tmp_path / "b", tmp_path / "out").graded[0].ungraded == ""


def test_checkpoints_shadows_and_the_key_are_no_submissions(tmp_path):
    names = [".ipynb_checkpoints/ada-checkpoint.ipynb", "__MACOSX/._ada.ipynb", "key/instructor.ipynb"]
    assert [one.file for one in found_in(tmp_path, *names, "sub/bob.IPYNB")] == ["sub/bob.IPYNB"]
    with pytest.raises(NotADirectoryError, match="there is no folder"):
        identity.find_notebooks(tmp_path / "nowhere")


def test_without_a_roster_the_name_of_the_file_is_the_student(tmp_path):
    (one,) = found_in(tmp_path, "hw 1.ipynb", roster=())
    assert (one.student, one.remarks) == ("hw 1", ())


def test_two_unknown_files_of_one_name_are_two_students(tmp_path):
    for roster in ((), ("ada",)):
        found = found_in(tmp_path, "x1/hw.ipynb", "x2/hw.ipynb", roster=roster)
        assert [one.student for one in found] == ["x1/hw", "x2/hw"]
    (long,) = found_in(tmp_path / "more", f"{'x' * 120}.ipynb")
    assert long.student.startswith("file-")
