"""What a figure was measured on: processor, BLAS core type, versions, threads, oneDNN, load."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "keras", "tensorflow", "torch", "pillow")
ONE_THREAD = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def environment(core: str | None = None) -> dict[str, str]:
    """The environment of a child that measures: one thread each side, oneDNN on, this BLAS core type.

    These variables are read when the libraries are loaded: they cannot be set later. core None: as it comes.
    """
    threads = dict.fromkeys(ONE_THREAD, "1")
    chosen = {"OPENBLAS_CORETYPE": core} if core else {}
    quiet = {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "1",
    }  # off it would be 1.3–1.8 times slower
    return {**os.environ, **threads, **quiet, **chosen}


def blas() -> dict[str, Any]:
    """NumPy's BLAS: its core type (the processor whose kernels it runs), version and threads."""
    import numpy as np  # noqa: F401  (loads the library that is asked for)
    from threadpoolctl import threadpool_info

    libraries = [i for i in threadpool_info() if i["user_api"] == "blas"]
    # SciPy brings a library of its own: what is measured is NumPy's.
    found = next((i for i in libraries if "numpy" in i["filepath"]), (libraries or [{}])[0])
    return {
        "library": found.get("internal_api", "unknown"),
        "core": found.get("architecture", "unknown"),
        "version": found.get("version") or "unknown",
        "threads": found.get("num_threads", 1),
    }


def onednn() -> str:
    """ "on" or "off": TensorFlow's own answer, which knows the processor and the environment."""
    from tensorflow.python.util import _pywrap_util_port

    return "on" if _pywrap_util_port.IsMklEnabled() else "off"


def processor() -> str:
    """The processor's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """{package: version} of those that are installed, and Python's."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        for name in (package, f"{package}-cpu"):
            try:
                found.setdefault(package, version(name))
            except PackageNotFoundError:
                continue
    return found


def load() -> float | None:
    """How many processes wanted a core in the last minute; None where the system does not say."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def describe() -> dict[str, Any]:
    """All of it, as plain values for JSON."""
    return {
        "processor": processor(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "blas": blas(),
        "onednn": onednn(),
        "versions": versions(),
    }


def line(machine: dict[str, Any]) -> str:
    """`describe` in one line."""
    b = machine["blas"]
    threads = f"{b['threads']} thread{'' if b['threads'] == 1 else 's'}"
    names = {"python": "Python", "numpy": "NumPy", "keras": "Keras", "tensorflow": "TensorFlow"}
    names |= {"torch": "PyTorch", "pillow": "Pillow"}
    packages = ", ".join(f"{names[k]} {v}" for k, v in machine["versions"].items())
    return (
        f"{machine['processor']} ({machine['architecture']}, {machine['cores']} cores), "
        f"BLAS core type {b['core']} ({b['library']} {b['version']}, {threads}), "
        f"oneDNN {machine['onednn']}; {packages}"
    )


def machine() -> str:
    """This machine in one line."""
    return line(describe())


if __name__ == "__main__":
    sys.exit(print(machine()))
