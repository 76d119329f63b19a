"""What a hostile submission uses up and leaves running: processes, memory, disk, time, output."""

import os
import time

import pytest
from sandboxes import LINUX_ONLY, QUICK, answer, processes_of, settled_processes, still_there, submission

from neuropath.grading import sandbox
from neuropath.grading.limits import Limits

pytestmark = LINUX_ONLY

BOMB = """
import os, time
made = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(600)
        made += 1
except OSError:
    pass
"""


def test_a_fork_bomb_is_small_and_ends_with_the_submission(kept_apart):
    if kept_apart.level == sandbox.USER and os.geteuid() == 0:
        pytest.skip("the kernel counts no processes of root: run by an ordinary user, this level is tested")
    with submission(kept_apart, BOMB) as (child, (report,)):
        assert report.state == "ok"
        assert 3 <= child.get("made") <= QUICK.processes + 8
        bomb = settled_processes(kept_apart, 5)
    assert still_there(bomb) == []
    assert still_there(processes_of(kept_apart)) == []


def test_a_bomb_of_generations_is_stopped(kept_apart):
    """Each child forks too, forever: with the limit on processes it cannot grow, and it can be killed."""
    if kept_apart.level == sandbox.USER and os.geteuid() == 0:
        pytest.skip("the kernel counts no processes of root: run by an ordinary user, this level is tested")
    code = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    with submission(kept_apart, code, limits=Limits(cell_seconds=1, processes=8)) as (_, (report,)):
        assert report.state == "timed out"
    assert still_there(processes_of(kept_apart)) == []


def test_a_daemonised_child_is_killed(kept_apart):
    code = """
import os, signal, time
if os.fork() == 0:
    try:
        os.setsid()
    except OSError:
        pass
    if os.fork() == 0:
        for number in range(1, 30):
            try:
                signal.signal(number, signal.SIG_IGN)
            except OSError:
                pass
        time.sleep(600)
    os._exit(0)
os.wait()
"""
    with submission(kept_apart, code) as (_, (report,)):
        assert report.state == "ok"
        family = settled_processes(kept_apart, 3)  # guard, worker, daemon
    assert still_there(family) == []


def test_a_thread_that_never_ends_holds_nobody_up(kept_apart):
    code = "import threading, time\nthreading.Thread(target=lambda: time.sleep(600)).start()\nanswer = 3"
    began = time.monotonic()
    assert answer(kept_apart, code) == 3
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "code", ["import numpy as np\nx = np.ones(5 * 10**9)", "x = bytearray(40 * 10**9)", "x = [0] * 10**10"]
)
def test_forty_gigabytes_are_refused(kept_apart, code):
    with submission(kept_apart, code, "answer = 1") as (child, (first, second)):
        assert (first.state, first.kind) == ("error", "MemoryError") or first.state == "died"
        assert second.state == "ok"
        assert child.get("answer") == 1


def test_memory_that_no_process_maps_is_refused(kept_apart):
    code = """
import os, ctypes
answer = []
try:
    answer.append(os.memfd_create("x"))
except OSError:
    pass
answer.append(ctypes.CDLL(None).shmget(0, 1 << 30, 0o1666))
"""
    assert answer(kept_apart, code) == [-1]


def test_the_working_folder_has_a_size(shut_in):
    code = """
answer = []
try:
    for number in range(100):
        with open(f"file{number}", "wb") as file:
            file.write(bytes(1 << 20))
        answer.append(number)
except OSError:
    pass
"""
    assert 3 <= len(answer(shut_in, code)) <= QUICK.disk_mb


def test_ending_the_process_ends_one_cell_only(kept_apart):
    with submission(kept_apart, "a = 1", "import os\nos._exit(3)", "b = a + 1") as (child, reports):
        assert [r.state for r in reports] == ["ok", "died", "ok"]
        assert "exit status 3" in reports[1].message
        assert child.get("b") == 2
        assert child.starts == 2


def test_an_endless_loop_costs_its_own_time_only(kept_apart):
    limits = Limits(cell_seconds=0.5, call_seconds=0.3, total_seconds=30)
    began = time.monotonic()
    cells = [
        "a = 1",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "b = a",
    ]
    with submission(kept_apart, *cells, limits=limits) as (child, reports):
        assert [r.state for r in reports] == ["ok", "timed out", "ok"]
        assert child.get("b") == 1
    assert time.monotonic() - began < 5


def test_signals_cannot_stop_the_clock(kept_apart):
    code = """
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
time.sleep(600)
"""
    with submission(kept_apart, code, limits=Limits(cell_seconds=0.5)) as (_, (report,)):
        assert report.state == "timed out"
    assert still_there(processes_of(kept_apart)) == []


def test_what_is_left_running_disturbs_no_later_question(kept_apart):
    code = """
import atexit, signal, time, threading
def boom(*_): raise RuntimeError("late")
signal.signal(signal.SIGALRM, boom)
signal.setitimer(signal.ITIMER_REAL, 0.2, 0.05)
atexit.register(lambda: time.sleep(600))
threading.Thread(target=lambda: time.sleep(600)).start()
def answer(): return 7
"""
    with submission(kept_apart, code) as (child, _):
        time.sleep(0.4)
        assert child.get("answer")() == 7
        began = time.monotonic()
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "line", ["print('x' * 10**8)", "import os\nfor _ in range(100): os.write(1, b'x' * 10**6)"]
)
def test_a_hundred_megabytes_of_output_are_forgotten(kept_apart, line):
    with submission(kept_apart, line, limits=Limits(output_kb=4)) as (_, (report,)):
        assert report.state == "ok"
        assert len(report.output) <= 4096


@pytest.mark.parametrize("deeper", ["", "import sys\nsys.setrecursionlimit(10**8)\n"])
def test_recursion_without_end(kept_apart, deeper):
    cell = deeper + "def f(n): return [f(n + 1)]\nf(0)"
    limits = Limits(cell_seconds=2, memory_mb=256)
    with submission(kept_apart, cell, "b = 1", limits=limits) as (child, reports):
        assert reports[0].state in (("error", "died", "timed out") if deeper else ("error",))
        if not deeper:
            assert reports[0].kind == "RecursionError"
        assert child.get("b") == 1
