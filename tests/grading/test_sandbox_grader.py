"""What a hostile submission does to the grader's processes, and when these end."""

import os
import signal
import subprocess
import sys

import pytest
from sandboxes import LINUX_ONLY, QUICK, answer, descendants, still_there, submission

from neuropath.grading import sandbox
from neuropath.grading.child import Child, RemoteDeath

pytestmark = LINUX_ONLY


def test_no_signal_reaches_the_grader(kept_apart):
    received = []
    before = signal.signal(signal.SIGTERM, lambda *_: received.append("term"))
    try:
        code = f"""
import os
answer = []
for pid in ({os.getpid()}, {sandbox.zygote(kept_apart).pid}, os.getppid()):
    for number in (15, 9):
        try:
            if pid > 1:
                os.kill(pid, number)
                answer.append(pid)
        except OSError:
            pass
"""
        assert answer(kept_apart, code) == []
    finally:
        signal.signal(signal.SIGTERM, before)
    assert received == []
    with submission(kept_apart, "import os\nos.kill(-1, 9)", "answer = 5") as (child, _):
        assert child.get("answer") == 5
    assert sandbox.zygote(kept_apart).alive()


def test_the_grader_cannot_be_looked_into(kept_apart):
    code = f"""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
answer = []
for pid in ({os.getpid()}, {sandbox.zygote(kept_apart).pid}, os.getppid(), 1):
    for name in ("environ", "mem", "maps", "fd", "cwd/.", "root/etc/shadow"):
        path = f"/proc/{{pid}}/{{name}}"
        try:
            os.listdir(path) if name == "fd" else open(path, "rb").read(1)
            answer.append(path)
        except OSError:
            pass
    if libc.ptrace(16, pid, 0, 0) == 0:  # attach
        answer.append(pid)
    if libc.process_vm_readv(pid, 0, 0, 0, 0, 0) == 0:
        answer.append(-pid)
"""
    assert answer(kept_apart, code) == []


def test_no_privilege_can_be_won_back(kept_apart):
    code = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
answer = []
for name, call in {
    "uid": lambda: os.setuid(0), "groups": lambda: os.setgroups([0]), "chroot": lambda: os.chroot("/"),
    "nice": lambda: os.nice(-5), "host": lambda: os.sethostname("x") if hasattr(os, "sethostname") else 1 / 0,
}.items():
    try:
        call()
        answer.append(name)
    except (OSError, ZeroDivisionError):
        pass
for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000):
    if libc.unshare(flag) == 0: answer.append(hex(flag))
    if libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0: answer.append("clone")
if libc.mount(b"none", b"/content", b"tmpfs", 0, None) == 0: answer.append("mount")
if libc.syscall(425, 1, 0) >= 0: answer.append("io_uring")
import resource
for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_CPU):
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        answer.append(kind)
    except (OSError, ValueError):
        pass
"""
    if os.uname().machine != "x86_64":
        code = code.replace("libc.syscall(56,", "libc.syscall(220,")
    assert answer(kept_apart, code) == []


GRADER = """
import sys, time
from neuropath.grading import sandbox
from neuropath.grading.child import Child
isolation = sandbox.at(sys.argv[1])
child = Child(isolation)
child.run(["import time, os\\nwhere = os.getcwd()\\nif os.fork() == 0: time.sleep(600)"])
print(child.get("where"))
print(sandbox.zygote(isolation).pid, flush=True)
time.sleep(600)
"""


def test_when_the_grader_is_killed_everything_ends(kept_apart):
    command = [sys.executable, "-c", GRADER, kept_apart.level]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as grader:
        folder, zygote = grader.stdout.readline().strip(), int(grader.stdout.readline())
        family = descendants(grader.pid)
        assert zygote in family
        assert len(family) >= 3
        grader.kill()
    assert still_there(family) == []
    if kept_apart.level == sandbox.CONTAINER:  # elsewhere the folder was never of this file system
        assert "submission-" in folder
        assert not os.path.exists(folder)


def test_the_zygote_ends_when_closed_and_a_submission_needs_one(kept_apart):
    zygote = sandbox.Zygote(kept_apart, warm=None)
    child = Child(kept_apart, QUICK, zygote=zygote)
    child.run(["a = 1"])
    family = descendants(zygote.pid)
    zygote.close()
    assert still_there(family) == []
    with pytest.raises(RemoteDeath):
        child.get("a")
    with pytest.raises(sandbox.SandboxError, match="gone"):
        child.run(["a = 1"])
