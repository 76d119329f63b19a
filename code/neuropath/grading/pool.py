"""Processes that work through a list of tasks, and of which one may hang or die without harm to the others.

The standard library's pool gives up all that is unfinished when one of its processes dies. Here the task
that killed its process is told as Lost, a fresh process takes its place, and the others never notice.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from neuropath.grading import kernel
from neuropath.grading.errors import how_it_ended
from neuropath.grading.limits import ONE_THREAD

__all__ = ["Lost", "map_unordered"]

START_SECONDS = 120.0  # for a process to import what it needs
# Without the last Python would look for modules in the current folder first, where submissions may lie.
ENVIRONMENT = ONE_THREAD | {"PYTHONSAFEPATH": "1"}


@dataclass(frozen=True)
class Lost:
    """A task without a result: why, and the traceback where there is one."""

    reason: str
    details: str = ""


@dataclass
class _Worker:
    """One process, its connection, and what it is busy with (the number of a task) until when."""

    process: SpawnProcess
    connection: Connection
    task: int
    deadline: float
    ready: bool = False


def map_unordered(
    function: Callable[[Any, Any], Any], common: Any, tasks: Sequence[Any], jobs: int, seconds: float
) -> Iterator[tuple[int, Any]]:
    """(index of the task, `function(common, task)` or Lost), each as it is finished.

    The function is one of a module's top level. A task that takes more than `seconds` is Lost, and so is
    one whose process dies or whose function raises. All processes are gone when the iterator is closed.
    """
    waiting = list(reversed(range(len(tasks))))
    workers: list[_Worker] = []
    try:
        while workers or waiting:
            while waiting and len(workers) < max(1, jobs):
                workers.append(_hire(function, common, waiting.pop()))
            for worker, said in _events(workers):
                if said == "ready":
                    _give(worker, tasks, worker.task, seconds)
                    continue
                yield worker.task, said
                if isinstance(said, Lost) and not said.details:  # its process is gone
                    workers.remove(worker)
                elif waiting:
                    _give(worker, tasks, waiting.pop(), seconds)
                else:
                    workers.remove(worker)
                    _dismiss(worker)
    finally:
        for worker in workers:
            _kill(worker)


def _hire(function: Callable[[Any, Any], Any], common: Any, task: int) -> _Worker:
    """Start a process for a task; it says "ready" when it has imported what it needs."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, os.getpid(), function, common))
    with _surroundings():
        process.start()
    theirs.close()
    return _Worker(process, mine, task, time.monotonic() + START_SECONDS)


def _give(worker: _Worker, tasks: Sequence[Any], task: int, seconds: float) -> None:
    worker.ready, worker.task, worker.deadline = True, task, time.monotonic() + seconds
    with contextlib.suppress(OSError):  # it has died: its end of the connection says so in a moment
        worker.connection.send(tasks[task])


def _events(workers: list[_Worker]) -> list[tuple[_Worker, Any]]:
    """What has happened: "ready", a result, or Lost; waits until something has."""
    now = time.monotonic()
    nearest = min(worker.deadline for worker in workers)
    heard = wait([worker.connection for worker in workers], max(0.0, nearest - now))
    found: list[tuple[_Worker, Any]] = []
    for worker in workers:
        if worker.connection in heard:
            try:
                found.append((worker, worker.connection.recv()))
            except (EOFError, OSError):
                _kill(worker)
                found.append((worker, Lost(f"the process that graded it ended{_how(worker.process)}")))
        elif worker.deadline <= time.monotonic():
            _kill(worker)
            what = "took too long" if worker.ready else "did not start"
            found.append((worker, Lost(f"the process that graded it {what} and was stopped")))
    return found


def _how(process: SpawnProcess) -> str:
    code = process.exitcode
    return "" if code is None else how_it_ended(code)


def _kill(worker: _Worker) -> None:
    worker.connection.close()
    worker.process.join(0.5)  # one that has died says how
    worker.process.kill()
    worker.process.join()


def _dismiss(worker: _Worker) -> None:
    worker.connection.close()
    worker.process.join(10)
    worker.process.kill()
    worker.process.join()


@contextlib.contextmanager
def _surroundings() -> Iterator[None]:
    """What is started in the block has ENVIRONMENT."""
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ.update(ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _work(connection: Connection, parent: int, function: Callable[[Any, Any], Any], common: Any) -> None:
    """Serve tasks until the connection closes. This process dies with its parent, whatever kills that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends this process
    with contextlib.suppress(OSError):
        kernel.die_with_parent()
    if os.getppid() != parent:
        return
    connection.send("ready")
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            said = function(common, task)
        except Exception as error:
            said = Lost(f"{type(error).__name__}: {error}", traceback.format_exc())
        try:
            connection.send(said)
        except OSError:
            return
