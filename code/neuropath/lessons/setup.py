"""The first line of every page: figure style on, one line printed about where this runs."""

import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import metadata

import numpy as np


def setup(*, keras: bool = False) -> None:
    """Set the figure style and print one line: versions and device.

    `keras=True` imports Keras (and the backend it runs on) without the dozen log lines of that import.
    Without it, Keras is reported only where the page has imported it already.
    """
    from neuropath.lessons import (
        style,
    )  # here, not above: matplotlib is slow to import and check needs none of it

    style.use()
    _show_figures()
    if keras:
        import_keras()
    print(" · ".join(_facts()))


def _show_figures() -> None:
    """In a notebook, let a cell end with a Figure that was made without pyplot.

    IPython draws a bare Figure only once pyplot has loaded its backend; until then it prints its text.
    """
    if "IPython" not in sys.modules:
        return
    import matplotlib.pyplot as plt

    plt.switch_backend(plt.get_backend())


def import_keras() -> None:
    """Import Keras and TensorFlow; what they write to the terminal while starting is not shown."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _quiet_descriptors():
        importlib.import_module("keras")
        with suppress(ModuleNotFoundError):  # Keras may run on another backend
            importlib.import_module("tensorflow")
            _gpu_names()  # starts the device layer, which writes lines of its own


def _facts() -> list[str]:
    facts = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    for module, title in (("keras", "Keras"), ("tensorflow", "TensorFlow")):
        if version := getattr(sys.modules.get(module), "__version__", None):
            facts.append(f"{title} {version}")
    facts.append(", ".join(_gpu_names()) or f"CPU, {cores()} cores")
    with suppress(metadata.PackageNotFoundError):
        facts.append(f"neuropath {metadata.version('neuropath')}")
    return facts


def cores() -> int:
    """Cores this process may use: in a container that is fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _gpu_names() -> list[str]:
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or not hasattr(tensorflow, "config"):
        return []
    gpus = tensorflow.config.list_physical_devices("GPU")
    names = [tensorflow.config.experimental.get_device_details(gpu).get("device_name", "GPU") for gpu in gpus]
    return [f"GPU: {name}" for name in names]


@contextmanager
def _quiet_descriptors() -> Iterator[None]:
    """Send descriptors 1 and 2 to a temporary file: C++ code writes there, past sys.stdout and sys.stderr."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        kept = [(number, os.dup(number)) for number in (1, 2)]
    except OSError:  # no such descriptors (a windowed program): nothing to redirect
        yield
        return
    try:
        with tempfile.TemporaryFile() as sink:
            for number, _ in kept:
                os.dup2(sink.fileno(), number)
            yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, copy in kept:
            os.dup2(copy, number)
            os.close(copy)
