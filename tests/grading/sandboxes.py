"""Shared by the tests of the sandbox: levels that this machine reaches, submissions, processes below one."""

import contextlib
import os
import sys
import time

import pytest

from neuropath.grading import sandbox
from neuropath.grading.child import Child
from neuropath.grading.limits import Limits

SHUT_IN = (sandbox.ROOT, sandbox.USER)
OWN_USER = (sandbox.ROOT, sandbox.USER, sandbox.CONTAINER)
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="namespaces and this filter are Linux")
QUICK = Limits(cell_seconds=5, call_seconds=2, total_seconds=60, memory_mb=512, disk_mb=8, processes=12)


def isolation_or_skip(level):
    """The isolation of this level; the test is skipped, with the reason, where it cannot be had."""
    reason = sandbox.why_not(level)
    if reason and sandbox.UNREADABLE not in reason:  # the attacks use nothing that is not loaded already
        pytest.skip(f"no {level} here: {reason}")
    return sandbox.at(level)


def stat_of(pid):
    """(parent, start time) of a process, or None where it is gone or only waits to be collected."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
        return None if fields[0] in "ZX" else (int(fields[1]), fields[19])
    return None


def command_of(pid):
    """The command line of a process; "" where it has gone."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", errors="replace") as file:
        return file.read().replace("\0", " ")
    return ""


def descendants(pid):
    """{pid: start time} of all processes below this one, whatever namespace they are in."""
    table = {int(name): stat_of(name) for name in os.listdir("/proc") if name.isdigit()}
    found, layer = {}, {pid}
    while layer:
        layer = {p for p, stat in table.items() if stat and stat[0] in layer}
        found |= {p: table[p][1] for p in layer}
    return found


def still_there(processes, seconds=3):
    """Those of these processes that still run after a moment (a guard ends just after its last word)."""
    end = time.monotonic() + seconds
    while True:
        found = [pid for pid, started in processes.items() if (stat := stat_of(pid)) and stat[1] == started]
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.01)


@contextlib.contextmanager
def submission(isolation, *cells, limits=QUICK):
    """A child in which these cells have run; yields it and the reports."""
    with Child(isolation, limits) as child:
        yield child, child.run(list(cells))


def answer(isolation, code, name="answer", limits=QUICK):
    """The value of `answer` after this one cell, which must not fail."""
    with submission(isolation, code, limits=limits) as (child, (report,)):
        assert report.state == "ok", report
        return child.get(name)


def processes_of(isolation):
    return descendants(sandbox.zygote(isolation).pid)


def settled_processes(isolation, at_least, seconds=5):
    """The zygote's descendants, once there are so many."""
    end = time.monotonic() + seconds
    while len(found := processes_of(isolation)) < at_least and time.monotonic() < end:
        time.sleep(0.02)
    assert len(found) >= at_least, "the attack did not even start"
    return found


def states(reports):
    """How each cell ended."""
    return [report.state for report in reports]
