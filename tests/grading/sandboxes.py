"""Shared by the tests of the sandbox: which levels this machine reaches, and what runs below a process."""

import contextlib
import os
import time

import pytest

from neuropath.grading import sandbox

SHUT_IN = (sandbox.ROOT, sandbox.USER)
OWN_USER = (sandbox.ROOT, sandbox.USER, sandbox.CONTAINER)


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
