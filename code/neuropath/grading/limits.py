"""What a submission may use, and how a process is held to it."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

MB = 1 << 20
GRACE = 5  # seconds of CPU time beyond the parent's own clock: the parent's word comes first
OPEN_FILES = 128


# The environment in which NumPy computes in one thread: there is a process for each core.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}


@dataclass(frozen=True)
class Limits:
    """Seconds by the grader's clock; memory and disk in MiB, output in KiB; `processes` counts threads too.

    `memory_mb` is what one process may take above the interpreter and the libraries, `disk_mb` the size of
    the working folder, and `warm` names modules that are imported once, before the first submission.
    """

    cell_seconds: float = 10
    call_seconds: float = 5
    total_seconds: float = 120
    memory_mb: int = 1024
    output_kb: int = 256
    processes: int = 16
    disk_mb: int = 64
    warm: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "warm", tuple(self.warm))
        for field in fields(self):
            value = getattr(self, field.name)
            number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            if field.name != "warm" and not (number and value > 0):
                raise ValueError(f"limits: {field.name} should be a number above 0; it is {value!r}")

    def to_json(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self) | {"warm": list(self.warm)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Limits:
        """From plain values. ValueError for a name that is no limit, naming those there are."""
        known = [field.name for field in fields(cls)]
        if unknown := sorted(set(values) - set(known)):
            raise ValueError(f"limits: {', '.join(unknown)} is no limit; there are {', '.join(known)}")
        return cls(**values)


# For sets that need Keras: an import before the first submission, and TensorFlow's threads and time.
WITH_KERAS = Limits(
    cell_seconds=60, call_seconds=20, total_seconds=300, memory_mb=2048, processes=32, warm=("keras",)
)


def address_space() -> int | None:
    """Bytes of address space of this process; None where the system does not tell (or has no such limit)."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def apply(limits: Limits, base_bytes: int, spare_processes: int = 0) -> None:
    """Hold this process, and all that it starts, to the limits; they cannot be raised again.

    `base_bytes` is the address space that interpreter and libraries take before the student's first line.
    """
    import resource  # not on Windows, where nothing is started

    wanted = {
        "RLIMIT_AS": base_bytes + limits.memory_mb * MB,
        "RLIMIT_CPU": math.ceil(limits.total_seconds) + GRACE,
        "RLIMIT_NPROC": math.ceil(limits.processes) + spare_processes,
        "RLIMIT_FSIZE": limits.disk_mb * MB,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 256,
    }
    for name, value in wanted.items():
        number = getattr(resource, name, None)
        if number is None:  # this system has no such limit
            continue
        hard = resource.getrlimit(number)[1]
        value = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
        try:
            resource.setrlimit(number, (value, value))
        except (ValueError, OSError):
            if name not in ("RLIMIT_AS", "RLIMIT_MSGQUEUE", "RLIMIT_SIGPENDING"):  # macOS refuses these
                raise
