"""How long, and in how much memory, the grader itself may compute with what a submission gave it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

from neuropath.grading.limits import address_space

__all__ = ["MEMORY_MB", "SECONDS", "TooMuch", "bounded"]

SECONDS = 20.0  # of processor time for one test; waiting for the submission does not count
MEMORY_MB = 2048  # above what the process has taken already
AGAIN = 1.0  # seconds until the alarm rings again, should the first one be swallowed somewhere


class TooMuch(BaseException):
    """The grader's own work with a student's values took too long. No `except Exception` catches it."""


@contextlib.contextmanager
def bounded(seconds: float = SECONDS, memory_mb: float = MEMORY_MB) -> Iterator[None]:
    """Raise TooMuch in the block after so many seconds of processor time, MemoryError beyond the memory.

    It works in the main thread of a process; elsewhere, and on systems without these limits, it does nothing.
    One operation inside NumPy is not interrupted: whoever runs this in a process has a clock for that.
    """
    with _memory(memory_mb), _clock(seconds):
        yield


@contextlib.contextmanager
def _clock(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "SIGPROF") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise TooMuch(f"{seconds:g} seconds of processor time")

    before = signal.signal(signal.SIGPROF, ring)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def _memory(memory_mb: float) -> Iterator[None]:
    """A soft limit of the address space: children may raise it again, and so does the end of the block."""
    taken = address_space()
    if taken is None:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = taken + int(memory_mb * (1 << 20))
    limits = [wanted] + [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    try:
        resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
