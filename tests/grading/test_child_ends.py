"""A submission's process: how it starts and dies, what its time is, and how a fresh one goes on."""

import time

import pytest
from sandboxes import states

from neuropath.grading import sandbox
from neuropath.grading.child import Child, RemoteDeath, RemoteTimeout
from neuropath.grading.limits import Limits


def test_a_call_that_dies_or_hangs_and_a_fresh_process(isolation):
    cells = ["import os\ndef f(x):\n    if x == 1: os._exit(7)\n    while x: pass\n    return 5"]
    with Child(isolation, Limits(call_seconds=0.3)) as child:
        child.run(cells)
        f = child.get("f")
        with pytest.raises(RemoteDeath, match="exit status 7"):
            f(1)
        with pytest.raises(RemoteDeath):
            f(0)
        assert states(child.restart(cells)) == ["ok"]
        assert f(0) == 5
        with pytest.raises(RemoteTimeout, match=r"0\.3 seconds"):
            f(2)
        assert not child.alive
        child.restart(cells)
        assert child.get("f")(0) == 5
        assert child.starts == 3


def test_death_and_time_are_no_exceptions_that_a_check_could_swallow():
    assert not issubclass(RemoteDeath, Exception)
    assert not issubclass(RemoteTimeout, Exception)


def test_cells_that_end_the_process_are_left_out_from_then_on(isolation):
    cells = ["a = 1", "while True: pass", "b = a + 1", "import os; os._exit(0)", "c = b + 1"]
    with Child(isolation, Limits(cell_seconds=0.5)) as child:
        assert states(child.run(cells)) == ["ok", "timed out", "ok", "died", "ok"]
        assert child.get("c") == 3
        began = time.monotonic()
        assert states(child.restart(cells)) == ["ok", "timed out", "ok", "died", "ok"]
        assert time.monotonic() - began < 2


def test_the_whole_submission_has_a_time_too(isolation):
    cells = [f"import time\nx = {n}\ntime.sleep(0.4)" for n in range(6)]
    sandbox.zygote(isolation)
    began = time.monotonic()
    with Child(isolation, Limits(cell_seconds=1, total_seconds=1)) as child:
        reports = child.run(cells)
        assert states(reports)[0] == "ok"
        assert states(reports)[-2:] == ["timed out", "timed out"]
        assert "whole submission" in reports[-1].message
        with pytest.raises((RemoteTimeout, RemoteDeath)):
            child.get("x")
    assert time.monotonic() - began < 5


def test_what_is_imported_for_all_is_in_nobody_s_time(isolation, monkeypatch):
    started = sandbox.zygote

    def slow(*args):
        time.sleep(1.2)
        return started(*args)

    monkeypatch.setattr(sandbox, "zygote", slow)
    with Child(isolation, Limits(total_seconds=1)) as child:
        assert states(child.run(["x = 1"])) == ["ok"]
        assert child.used_seconds < 1
        assert child.get("x") == 1


def test_a_worker_starts_and_answers_quickly(isolation):
    """Far above what is measured (15 ms and 0.2 ms on two cores), far below what a class would feel."""
    with Child(isolation) as child:
        child.run(["a = 1"])
    began = time.monotonic()
    for _ in range(5):
        with Child(isolation) as child:
            child.run(["def f(x): return x"])
    assert (time.monotonic() - began) / 5 < 0.5
    with Child(isolation) as child:
        child.run(["def f(x): return x"])
        f = child.get("f")
        began = time.monotonic()
        for _ in range(50):
            f(1.0)
        assert (time.monotonic() - began) / 50 < 0.05
