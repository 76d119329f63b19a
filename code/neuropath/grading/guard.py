"""The guard of one submission: it starts the worker, watches it from outside, and kills what it leaves."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from typing import Any

from neuropath.grading import kernel, limits, protocol, remains, rootfs, syscalls, worker
from neuropath.grading.limits import Limits

NAMESPACES = ("root and namespaces", "user namespaces")
OWN_USER = ("root and namespaces", "container")
INSIDE_UID = 1000  # what the grader's own user is called inside a user namespace
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    **limits.ONE_THREAD,
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",  # or as many threads as the grader's machine has cores
    "TF_NUM_INTEROP_THREADS": "1",
    "KERAS_BACKEND": "tensorflow",
}


def guard(level: str, given: Limits, base: int, watch: int, data: int) -> None:
    """Start the worker, wait until it ends or the grader hangs up, kill what is left, say how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    line = socket.socket(fileno=watch)
    signal.signal(signal.SIGTERM, lambda *_: line.shutdown(socket.SHUT_RD))  # as if the grader had hung up
    kernel.die_with_parent(signal.SIGTERM)
    home = None
    try:
        uid = own_uid() if os.geteuid() == 0 else os.geteuid()
        home = surroundings(level, uid)
        child = os.fork()
        if child == 0:
            try:
                become(level, given, base, uid, data, home)
            finally:
                os._exit(1)
        os.close(data)
        status = watch_over(child, line)
        sweep(level, child, uid)
        said: dict[str, Any] = {"status": status}
    except Exception as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    if home:
        remains.delete(home)
    tell(line, said)
    os._exit(0)


def surroundings(level: str, uid: int) -> str | None:
    """New namespaces for what is forked next; where there are none, a folder to work in (its path)."""
    if level in NAMESPACES:
        kernel.unshare(kernel.NEWNS | kernel.NEWPID | kernel.NEWNET | kernel.NEWIPC | kernel.NEWUTS)
        return None
    home = tempfile.mkdtemp(prefix="submission-")
    if level in OWN_USER:
        os.chown(home, uid, uid)
    with contextlib.suppress(OSError):
        kernel.prctl(kernel.SUBREAPER, 1)  # what daemonises itself becomes a child of the guard
    return home


_uid_lock: list[socket.socket] = []


def own_uid() -> int:
    """A user id that no other running submission of this machine has (and no account)."""
    with contextlib.suppress(OSError), open("/proc/self/uid_map") as file:
        sizes = [int(line.split()[2]) for line in file]
        return _free_uid(1 << 30 if max(sizes) > 1 << 31 else 20_000, 40_000)
    return _free_uid(1 << 30, 40_000)  # a zygote that has its own root has no /proc, and may take any


def _free_uid(first: int, count: int) -> int:
    for step in range(count):
        number = first + (os.getpid() + step) % count
        lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            if kernel.LINUX:
                lock.bind(f"\0neuropath-submission-{number}")
        except OSError:
            lock.close()
            continue
        _uid_lock.append(lock)  # as long as this guard lives
        return number
    raise OSError("no user id is free")


def become(level: str, given: Limits, base: int, uid: int, data: int, home: str | None) -> None:
    """Turn this process into the worker: everything is given up that the student's code must not have."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    connection = socket.socket(fileno=data)
    try:
        _streams()
        os.setsid()
        if level in NAMESPACES:
            owner = uid if level in OWN_USER else INSIDE_UID
            socket.sethostname("colab")
            rootfs.working_folder(given.disk_mb, owner, owner)
        elif home:
            os.chdir(home)
        _close_all_but(data)
        limits.apply(given, base, spare_processes=_spare(level, uid))
        if level in OWN_USER:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        kernel.drop_privileges()
        kernel.hide()
        kernel.die_with_parent()
        if syscalls.available():
            syscalls.install()
        _environment(os.getcwd())
    except Exception as error:
        _tell_frame(connection, f"{type(error).__name__}: {error}")
        os._exit(1)
    _tell_frame(connection, "")
    worker.main(connection, given.output_kb)


def _close_all_but(kept: int) -> None:
    """Close every descriptor beyond the standard three, but this one."""
    os.closerange(3, kept)
    os.closerange(kept + 1, 1 << 20 if kernel.LINUX else 4096)


def _streams() -> None:
    """Nothing to read, and nowhere to write to."""
    null = os.open(os.devnull if os.path.exists(os.devnull) else f"{rootfs.INSIDE}/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)


def _spare(level: str, uid: int) -> int:
    """Processes of the same user that are not the submission's, where the kernel counts them together."""
    if level in OWN_USER:
        return 0
    if level == "user namespaces":
        return 8  # the zygote and the guards of this grading process
    with contextlib.suppress(OSError):
        owned = [e for e in os.scandir("/proc") if e.name.isdigit() and e.stat().st_uid == uid]
        return sum(len(os.listdir(f"{entry.path}/task")) for entry in owned)
    return 1024


def _environment(home: str) -> None:
    """The student's environment: nothing of the grader's; caches go to the working folder."""
    os.environ.clear()
    os.environ.update(ENVIRONMENT, HOME=home, TMPDIR=home, MPLCONFIGDIR=f"{home}/.matplotlib")
    tempfile.tempdir = home
    sys.path[:] = [entry for entry in sys.path if entry] + [home]
    sys.argv[:] = [""]


def watch_over(child: int, line: socket.socket) -> int:
    """Wait for the child or for the grader to hang up, whichever is first; the child's wait status."""
    with contextlib.suppress(OSError, AttributeError):
        ended: int = os.pidfd_open(child)
        select.select([line.fileno(), ended], [], [])
        return _killed(child)
    while True:  # a kernel without pidfd
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        if select.select([line], [], [], 0.02)[0]:
            return _killed(child)


def _killed(child: int) -> int:
    pid, status = os.waitpid(child, os.WNOHANG)
    if not pid:
        os.kill(child, signal.SIGKILL)  # the first of a process namespace takes all of it along
        _, status = os.waitpid(child, 0)
    return status


def sweep(level: str, child: int, uid: int) -> None:
    """Kill whatever the worker started and left, where no process namespace has done so."""
    if level in NAMESPACES:
        return
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    if level == "container":
        killer = os.fork()
        if killer == 0:
            with contextlib.suppress(OSError):
                os.setresuid(uid, uid, uid)
                os.kill(-1, signal.SIGKILL)  # everything of this user but this process
                remains.remove(uid)
            os._exit(0)
        os.waitpid(killer, 0)
    _reap_orphans()


def _reap_orphans(seconds: float = 5) -> None:
    """Kill and collect this guard's remaining children, until there is none."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), open(f"/proc/self/task/{os.getpid()}/children") as file:
            for pid in file.read().split():
                os.kill(int(pid), signal.SIGKILL)
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.005)
        except ChildProcessError:
            return


def tell(connection: socket.socket, message: dict[str, Any]) -> None:
    """One line of JSON; no error where nobody listens any more."""
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")


def _tell_frame(connection: socket.socket, problem: str) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(protocol.pack({"number": 0, "problem": problem}))
