"""How well a submission can be shut in on this machine, and the start of one that is."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from neuropath.grading import rootfs, syscalls
from neuropath.grading.limits import ONE_THREAD, Limits

ROOT, USER, CONTAINER, NONE = LEVELS = ("root and namespaces", "user namespaces", "container", "none")
START_SECONDS = 120  # of the zygote: a cold TensorFlow takes half a minute
PASSED_ON = ("PATH", "HOME", "LD_LIBRARY_PATH", "PYTHONPATH", "MPLCONFIGDIR", "XDG_CACHE_HOME", "SYSTEMROOT")
TRIAL = "import sched, numpy, neuropath\nopen(sched.__file__).close()\nalive = 1 + 1"  # sched: rarely used
UNREADABLE = "the interpreter and its libraries lie where a user of its own cannot read them"


class SandboxError(RuntimeError):
    """No submission can be run at this level here; the message says why."""


@dataclass(frozen=True)
class Isolation:
    """One of LEVELS, with what then holds and what does not, each in a plain sentence."""

    level: str
    holds: list[str] = field(default_factory=list, compare=False)
    missing: list[str] = field(default_factory=list, compare=False)

    def __str__(self) -> str:
        lines = [f"Isolation: {self.level}."]
        lines += [f"  holds:   {sentence}" for sentence in self.holds]
        return "\n".join(lines + [f"  missing: {sentence}" for sentence in self.missing])


LIMITED = "Time, processor time, file size, open files and memory of a process are limited."
CALLS = "The kernel refuses network sockets, debugging of other processes and a few dozen other calls."
SHUT_IN = [
    "A submission sees the interpreter, the libraries and the course's package, read-only, and an empty"
    " folder of its own: no key, no roster, no marks, no other submission.",
    "It has no network, not even to this machine.",
    "It sees and reaches no process but its own, and all of them are killed at its end.",
    LIMITED,
]
ALWAYS_MISSING = [
    "It shares the kernel and the processors with you: a hole in the kernel is a hole in the sandbox.",
    "Memory is limited for each process, not for all of a submission's processes together.",
]
OPEN_FILES = (
    "It reads every file that any user may read, and writes where any user may (/tmp): keep the key and the"
    " submissions at mode 0700."
)


def at(level: str) -> Isolation:
    """The description of one level, whether or not this machine reaches it. ValueError for another word."""
    if level not in LEVELS:
        raise ValueError(f"isolation: one of {', '.join(LEVELS)} was expected, not {level!r}")
    filtered = [CALLS] if syscalls.available() else []
    missing = [] if filtered else ["There is no filter of system calls for this kind of machine."]
    if level == ROOT:
        return Isolation(
            level, [*SHUT_IN, "It runs as a user of its own.", *filtered], [*ALWAYS_MISSING, *missing]
        )
    if level == USER:
        shared = "Outside its namespaces it counts as your own user."
        if os.geteuid() == 0:
            missing.append("The number of its processes is not limited: the kernel counts none of root's.")
        return Isolation(level, [*SHUT_IN, *filtered], [shared, *ALWAYS_MISSING, *missing])
    network = [] if filtered else ["It has your network."]
    if level == CONTAINER:
        holds = [
            "It runs as a user of its own, and all its processes are killed at its end.",
            LIMITED,
            *filtered,
        ]
        missing += [
            OPEN_FILES,
            "It sees that other processes run (it cannot reach them).",
        ]
        return Isolation(level, holds, [*missing, *network, *ALWAYS_MISSING])
    missing += ["It runs as you: it can read and change your files, the key and the marks among them."]
    missing += ["It can end your processes, the grader among them."]
    return Isolation(level, [LIMITED, *filtered], [*missing, *network, *ALWAYS_MISSING])


@functools.lru_cache(maxsize=1)
def describe() -> Isolation:
    """The strongest level that works here, found by trying: a worker is started and asked for a value."""
    for level in LEVELS[:-1]:
        if why_not(level) is None:
            return at(level)
    return at(NONE)


@functools.lru_cache(maxsize=8)
def why_not(level: str) -> str | None:
    """Why this level does not work here; None where it works."""
    if sys.platform == "win32":
        return "this system cannot fork a process"
    root = os.geteuid() == 0
    if (level in (ROOT, CONTAINER)) and not root:
        return "it needs the rights of root"
    if level in (ROOT, USER) and sys.platform != "linux":
        return "namespaces are a thing of Linux"
    from neuropath.grading.child import Child  # a child is what stands on this module

    zygote = None
    try:
        zygote = Zygote(at(level), warm=None)
        with Child(at(level), Limits(memory_mb=512, processes=4), zygote=zygote) as child:
            report = child.run([TRIAL])[0]
            if report.state != "ok":
                return f"{UNREADABLE} ({report.message})"
            if child.get("alive") != 2:
                return "a trial worker gave another value than it was asked for"
    except Exception as error:
        return str(error)
    finally:
        if zygote is not None:
            zygote.close()
    return None


def command(isolation: Isolation, descriptor: int, warm: Iterable[str] | None = ()) -> list[str]:
    """The command that starts a zygote; it serves the connection that it inherits as `descriptor`."""
    words = "none" if warm is None else json.dumps(list(warm))
    return [sys.executable, "-P", "-m", "neuropath.grading.zygote", isolation.level, str(descriptor), words]


class Zygote:
    """A warm process of which each submission's worker is a fork. Close it, or let the program end.

    warm : modules to import beyond the usual ones; None imports nothing that is not needed to answer.
    """

    def __init__(self, isolation: Isolation, warm: Iterable[str] | None = ()):
        if sys.platform == "win32":
            raise SandboxError("submissions run on Linux or macOS only: use the container that is provided")
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {"MPLBACKEND": "Agg", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1"}
        environment |= ONE_THREAD
        with theirs:
            self._process = subprocess.Popen(
                command(isolation, theirs.fileno(), warm),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd="/",
            )
        self.visible: list[str] = self._ready(isolation)

    def _ready(self, isolation: Isolation) -> list[str]:
        self._control.settimeout(START_SECONDS)
        with contextlib.suppress(OSError, ValueError), self._control.makefile("rb") as lines:
            said = json.loads(lines.readline() or b"{}")
            if said.get("ready"):
                self._control.settimeout(None)
                return said["visible"]
            self.close()
            raise SandboxError(
                f"{isolation.level}: {said.get('error', 'the process that runs submissions ended')}"
            )
        self.close()
        raise SandboxError(f"{isolation.level}: the process that runs submissions did not start")

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Is it there to be asked?"""
        return self._process.poll() is None

    def start(self, limits: Limits) -> tuple[socket.socket, socket.socket]:
        """Start a worker: the connection to its guard (hang up to kill), and the one to itself."""
        line, guard = socket.socketpair()
        data, worker = socket.socketpair()
        with guard, worker, self._lock:
            try:
                request = json.dumps(limits.to_json()).encode()
                socket.send_fds(self._control, [request], [guard.fileno(), worker.fileno()])
            except OSError as error:
                line.close()
                data.close()
                raise SandboxError(f"the process that starts submissions is gone ({error})") from None
        return line, data

    def close(self) -> None:
        """End it, and with it every worker that it still has."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


_zygotes: dict[tuple[int, str, tuple[str, ...]], Zygote] = {}
_zygotes_lock = threading.Lock()


def zygote(isolation: Isolation, warm: tuple[str, ...] = ()) -> Zygote:
    """This process's zygote for a level, started when first asked for; it ends with this process."""
    key = (os.getpid(), isolation.level, warm)
    with _zygotes_lock:
        found = _zygotes.get(key)
        if found is None or not found.alive():
            found = _zygotes[key] = Zygote(isolation, warm)
        return found


def exposed(secrets: Iterable[str | os.PathLike[str]], isolation: Isolation) -> list[str]:
    """Those of these files and folders that a submission could read at this level, as far as paths tell."""
    if isolation.level in (ROOT, USER):
        return rootfs.exposed(secrets, zygote(isolation).visible)
    return [os.fspath(secret) for secret in secrets]


@atexit.register
def close_all() -> None:
    """End this process's zygotes."""
    for (pid, *_), one in list(_zygotes.items()):
        if pid == os.getpid():
            one.close()
    _zygotes.clear()
