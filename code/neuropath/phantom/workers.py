"""Patients scanned by several processes; they come back in the order of the plan.

Fresh interpreters, each with one BLAS thread, fed and read through pipes: `multiprocessing` would run the
caller's script again in every process (spawn) or copy a process whose frameworks hold threads (fork).
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator

from .cohort import Patient
from .scan import Slice, scan_patient


def in_parallel(patients: list[Patient], size: int, jobs: int) -> Iterator[list[Slice]]:
    """Each patient's slices, in order; process i of `jobs` scans every patient i, i + jobs, ...

    Raises RuntimeError if a process ends early (out of memory, killed).
    """
    workers = [_start() for _ in range(jobs)]
    try:
        for i, worker in enumerate(workers):
            assert worker.stdin is not None
            pickle.dump((patients[i::jobs], size), worker.stdin)
            worker.stdin.close()
        for i in range(len(patients)):
            pipe = workers[i % jobs].stdout
            assert pipe is not None
            yield pickle.load(pipe)
    except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
        raise RuntimeError(
            f"generate lost one of its {jobs} processes; it may have run out of memory: try fewer jobs."
        ) from error
    finally:
        for worker in workers:
            _end(worker)


def _start() -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(p for p in sys.path if p)
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    return subprocess.Popen(
        [sys.executable, "-c", "from neuropath.phantom.workers import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **threads, "PYTHONPATH": paths},
    )


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):  # what was not sent yet is sent at closing
                pipe.close()
    worker.wait()


def serve() -> None:
    """What a process does: read patients and a size from stdin, write each one's slices to stdout."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its processes
    patients, size = pickle.load(sys.stdin.buffer)
    with contextlib.suppress(BrokenPipeError):  # the parent is gone
        for patient in patients:
            pickle.dump(scan_patient(patient, size), sys.stdout.buffer, protocol=5)
            sys.stdout.buffer.flush()
