"""A hundred submissions in one run: each gets what it should, and none touches anything but itself."""

import contextlib
import csv
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from corpus.case import FULL
from corpus.notebooks import World
from corpus.own import OWN_PAGE, QUESTION
from corpus.table import CASES, QUESTIONS
from corpus.watch import Ears, digest, planted
from sandboxes import SHUT_IN, descendants, still_there

import neuropath
from neuropath.grading import handout, kernel, results, sandbox, spec, store

ROOT = Path(__file__).parents[2]
READY = ROOT / "code/neuropath/grading/sets/session01.yml"
PACKAGE = Path(neuropath.__file__).parent
LIMITS = "limits: {cell_seconds: 2, call_seconds: 1, total_seconds: 10, memory_mb: 512, processes: 16}\n"
SLACK = 6  # seconds for the grader's own work and for starting anew, on a busy machine


@dataclass
class Graded:
    """What came of the run."""

    folder: Path
    out: Path
    said: str
    seconds: float
    jobs: int
    marks: dict[str, dict[str, str]]
    changed: dict[str, object]
    planted: list[str]
    left: list[int]
    heard: list[str]
    version: str
    found: dict[str, results.Graded] = field(default_factory=dict)
    log: list[dict] = field(default_factory=list)


def assigned(folder: Path, port: int, marker: str) -> World:
    """The ready set and a page of one's own, handed out to a class of which each is a case of the table."""
    (folder / "spec").mkdir()
    (folder / "spec" / "own_page.md").write_text(OWN_PAGE.read_text(encoding="utf-8"))
    (folder / "spec" / "set.yml").write_text(
        f"{READY.read_text(encoding='utf-8').rstrip()}\n{QUESTION}{LIMITS}"
    )
    roster = folder / "spec" / "roster.csv"
    roster.write_text("id,name\n" + "".join(f"{case.name},{case.name.title()}\n" for case in CASES))
    handout.hand_out(folder / "spec/set.yml", ROOT, folder / "handed", folder / "key", roster=roster)
    (folder / "marks" / "marks.csv").write_text("student,points\nright,20\n")
    ids = tuple(one.id for one in spec.read(folder / "spec/set.yml", ROOT).questions)
    (folder / "in").mkdir()
    students = folder / "handed" / "students"
    return World(ids, folder / "key", students, folder / "in", folder / "marks", port, marker)


@contextlib.contextmanager
def parent_of_orphans():
    """Processes below this one whose parent ends become children of this one, and so are found."""
    kernel.prctl(kernel.SUBREAPER, 1)
    try:
        yield
    finally:
        kernel.prctl(kernel.SUBREAPER, 0)


def grade(folder: Path, out: Path, jobs: int) -> str:
    """`neuropath grade` as people run it; what it prints."""
    words = ["grade", folder / "in", "--key", folder / "key", "--out", out, "--jobs", jobs]
    command = [sys.executable, "-m", "neuropath.cli", *map(str, words)]
    environment = os.environ | {"NEUROPATH_TRIAL": "corpus-environment", "PYTHONWARNINGS": "error"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def table(path: Path) -> dict[str, dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """All submissions graded in one run, with everything watched."""
    level = sandbox.describe().level
    sandbox.close_all()
    if level not in SHUT_IN:
        pytest.skip(f"submissions can be shut in by namespaces only; here: {level}")
    folder, out = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("results") / "out"
    marker, jobs = f"corpus-{secrets.token_hex(6)}", 2
    (folder / "marks").mkdir(mode=0o700)
    ears = Ears(marker, folder / "marks")
    world = assigned(folder, ears.port, marker)
    for case in CASES:
        case.write(world)
    outside = [
        Path(p) for p in ("/", "/tmp", "/var/tmp", "/dev/shm", "/etc", "/usr/lib", sys.prefix, "~", ".")
    ]
    watched = ((folder,), ()), ((PACKAGE / "lessons", PACKAGE / "scratch"), (".py", ".json"))
    digests = [digest(*folders, suffixes=suffixes) for folders, suffixes in watched]
    version = store.grader_version.__wrapped__()  # of the files as they are, not as they were when imported
    with ears.open(), parent_of_orphans():
        before, started = set(descendants(os.getpid())), time.monotonic()
        said = grade(folder, out, jobs)
        seconds = time.monotonic() - started
        after = {p: s for p, s in descendants(os.getpid()).items() if p not in before}
        left = still_there(after)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    changed = {}
    for was, (folders, suffixes) in zip(digests, watched, strict=True):
        now = digest(*folders, suffixes=suffixes)
        changed |= {path: now.get(path) for path in was.keys() | now.keys() if was.get(path) != now.get(path)}
    places = [path.expanduser() for path in outside] + [PACKAGE, folder.parent, ROOT]
    marks, strays = table(out / "marks.csv"), planted(marker, *places)
    found = Graded(folder, out, said, seconds, jobs, marks, changed, strays, left, ears.heard, version)
    for path in (out / "results").glob("*.json"):
        one = results.read(path)
        found.found[one.student] = one
    found.log = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return found


each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_the_table_is_long_and_sound():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 40
    for case in CASES:
        assert case.expected.keys() == set(QUESTIONS)
        assert case.says.keys() <= set(QUESTIONS), case.name
        points = sum(points or 0 for _, points in case.expected.values())
        assert points == case.score <= FULL, f"{case.name}: the table adds up to {points}"


@each
def test_a_submission_gets_what_it_should(run, case):
    row = run.marks[case.name]
    states = {id: row[f"{id} state"] for id in QUESTIONS}
    points = {id: float(row[id]) if row[id] else None for id in QUESTIONS}
    told = {one.id: one.message for one in run.found[case.name].results} if case.name in run.found else {}
    came = {id: (states[id], points[id]) for id in QUESTIONS}
    differs = {id: (came[id], told.get(id)) for id in QUESTIONS if came[id] != case.expected[id]}
    assert not differs, f"{case.does}: {differs}"
    assert float(row["points_so_far"]) == case.score
    for id, pattern in case.says.items():
        assert re.search(pattern, told[id]), f"{id}: {told[id]}"
    assert re.search(case.remark, row["remarks"]) if case.remark else not row["remarks"]


def test_everyone_has_a_row_and_a_page(run):
    assert run.marks.keys() == {case.name for case in CASES}
    assert "no submission" not in {row["status"] for row in run.marks.values()}
    pages = {path.name for path in (run.out / "feedback").glob("*.html")}
    assert len(pages) == len(CASES)
    assert f"{len(CASES)} submissions" in run.said


def test_nothing_outside_was_changed(run):
    """Not the key, not the roster, not marks, not a notebook, not the package."""
    assert run.changed == {}
    assert run.planted == []


def test_no_process_is_left(run):
    assert run.left == []


def test_nobody_was_heard_on_the_network(run):
    assert run.heard == []


def test_nobody_is_kept_waiting_by_others(run):
    """A submission takes its own seconds at most, and all together no more than these seconds add up to."""
    seconds = {line["student"]: line["seconds"] for line in run.log}
    allowed = 10 + SLACK
    assert {student: took for student, took in seconds.items() if took > allowed} == {}
    honest = {
        case.name for case in CASES if case.base == "right" and not case.but and case.name.startswith("right")
    }
    assert {name: seconds[name] for name in honest if seconds[name] > SLACK} == {}


def test_others_are_graded_while_one_takes_its_time(run):
    """What was finished while the slowest ran is what did not have to wait for it."""
    slowest = max(run.log, key=lambda line: line["seconds"])
    end = datetime.fromisoformat(slowest["time"])
    start = end - timedelta(seconds=slowest["seconds"] - 1)  # the log's times are whole seconds
    meanwhile = [line["student"] for line in run.log if start < datetime.fromisoformat(line["time"]) < end]
    assert slowest["seconds"] > 5, "nothing here takes its time"
    assert len(meanwhile) >= 3


def test_nothing_hidden_is_shown(run):
    """Not the hidden test, not a solution, not what a submission wanted to run in the reader's browser."""
    overview = run.out / "overview.html"
    feedback = list((run.out / "feedback").glob("*.html"))
    assert len(feedback) > 100
    for page in [*feedback, overview]:
        assert not re.search(r"canary-\w+-7c1e|<script|<img", page.read_text(encoding="utf-8")), page.name
    named = [page for page in feedback if "of large numbers" in page.read_text(encoding="utf-8")]
    assert named == [], "what a hidden test tries is not for students"
    assert "of large numbers" in overview.read_text(encoding="utf-8"), "the name by which it would be seen"


def test_words_are_no_formulas(run):
    for row in csv.reader((run.out / "needs_person.csv").read_text(encoding="utf-8-sig").splitlines()):
        assert not any(field.startswith(("=", "+", "-", "@")) for field in row), row


def test_a_second_run_has_nothing_to_do(run):
    said = grade(run.folder, run.out, run.jobs)
    if store.grader_version.__wrapped__() != run.version:
        pytest.skip("the grader was edited in the meantime, so it grades everything anew, as it should")
    assert " 0 graded now" in said
    assert table(run.out / "marks.csv") == run.marks


# -- what watches can be relied on --------------------------------------------------------------------------


def test_the_ears_hear(tmp_path):
    with Ears("corpus-heard", tmp_path).open() as ears:
        socket.create_connection(("127.0.0.1", ears.port)).close()
        with socket.socket(socket.AF_UNIX) as local:
            local.connect("\0corpus-heard")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(b"hello", ("127.0.0.1", ears.port))
        end = time.monotonic() + 5
        while len(ears.heard) < 3 and time.monotonic() < end:
            time.sleep(0.01)
    assert sorted(text.split()[0] for text in ears.heard) == ["AF_INET", "AF_UNIX", "datagram"]


@pytest.mark.skipif(not kernel.LINUX, reason="/proc and subreapers are a thing of Linux")
def test_a_process_that_hides_is_found():
    """One whose parent has ended, in a session of its own."""
    code = "import subprocess\nsubprocess.Popen(['sleep', '60'], start_new_session=True)"
    with parent_of_orphans():
        before = set(descendants(os.getpid()))
        subprocess.run([sys.executable, "-c", code], check=True)
        left = {p: s for p, s in descendants(os.getpid()).items() if p not in before}
    assert len(left) == 1
    for pid in left:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_changed_byte_is_noticed(tmp_path):
    (tmp_path / "key").write_text("a")
    before = digest(tmp_path)
    (tmp_path / "key").write_text("b")
    assert digest(tmp_path) != before
    (tmp_path / "corpus-x").write_text("")
    assert planted("corpus-x", tmp_path) == [str(tmp_path / "corpus-x")]
