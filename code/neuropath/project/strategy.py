"""Where training runs: one device, several on this machine, or several machines, by `tf.distribute`.

TensorFlow's own engine does the work (an existing one: nothing is communicated here by hand). A strategy
splits every batch over its replicas and averages their gradients: the batch size stays that of one device.
Stage 2 is what is distributed. Stage 1 trains a small head on features that are computed once, which takes
seconds: every worker does it for itself.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from .settings import Settings

__all__ = ["Distribution", "distributed", "is_chief"]

# What a worker needs of an earlier start of the run; history.csv last, so that no line of it is missing.
STATE = ("stage1.keras", "last.*.keras", "best.keras", "classes.json", "history.csv")
EXAMPLE = (
    '{"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]}, "task": {"type": "worker", "index": 0}}'
)


@dataclass(frozen=True)
class Distribution:
    """How this process takes part. folder: where it may write; only the chief's is the run's own."""

    folder: Path
    chief: bool = True
    strategy: Any = None

    def scope(self) -> AbstractContextManager[Any]:
        """What is built or loaded inside is built on every replica."""
        return nullcontext() if self.strategy is None else self.strategy.scope()

    def fit(self, model: keras.Model, data: Any, **how: Any) -> keras.callbacks.History:
        """`model.fit`, or the same on all replicas; data as `ArrayGenerator` gives it.

        Raises ConnectionError if another worker is lost on the way.
        """
        if self.strategy is None:
            return model.fit(data, shuffle=False, **how)  # the generator shuffles
        import tensorflow as tf

        from .replicas import Replicated

        try:
            return Replicated(model, self.strategy).fit(data, **how)
        except (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError) as error:
            raise ConnectionError(
                f"another worker was lost ({_last_line(error)}): start all workers again, each with the "
                "command and the TF_CONFIG it had; the run goes on after the last epoch that was kept."
            ) from error

    def agree(self, *numbers: int) -> None:
        """ValueError, on every worker, unless all of them go on from the same place with the same data."""
        if self.strategy is None or self.strategy.num_replicas_in_sync == 1:
            return
        from .replicas import all_equal

        if not all_equal(self.strategy, numbers):
            raise ValueError(
                "--strategy multiworker expects the same run and the same data on every worker, received "
                f"{numbers} on this one and other numbers elsewhere (epochs of stage 1, epochs done, and a "
                "sum over the data): put --out and the data where all workers see them, and give all the "
                "same command."
            )


@contextmanager
def distributed(settings: Settings) -> Iterator[Distribution]:
    """The precision of the settings, and the strategy for what is built in its scope.

    Raises ValueError where the machine or the environment does not offer what was asked for.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16" if half_precision(settings) else before)
    try:
        if settings.strategy == "none":
            yield Distribution(settings.out)
        elif settings.strategy == "mirrored":
            yield _mirrored(settings)
        else:
            yield from _multiworker(settings)
    finally:
        keras.config.set_dtype_policy(before)


def half_precision(settings: Settings) -> bool:
    """Whether the base computes in float16: where a GPU makes that pay, or where it is asked for."""
    if settings.mixed_precision != "auto":
        return settings.mixed_precision == "on"
    return has_gpu()


def has_gpu() -> bool:
    """Whether the backend sees a GPU."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.default_backend() == "gpu"
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def is_chief(settings: Settings) -> bool:
    """Whether this process writes the run's folder. ValueError for a TF_CONFIG that cannot be."""
    return settings.strategy != "multiworker" or _leads(_task())


def _tensorflow(settings: Settings) -> Any:
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            f"--strategy {settings.strategy} expects Keras on TensorFlow, received "
            f"{keras.backend.backend()}: set KERAS_BACKEND=tensorflow, or leave --strategy out."
        )
    import tensorflow as tf

    return tf


def _mirrored(settings: Settings) -> Distribution:
    """All devices of this machine; --replicas cuts a CPU into logical ones, to try it without GPUs."""
    tf = _tensorflow(settings)
    devices = None
    if settings.replicas:
        devices = [f"CPU:{i}" for i in range(_logical_cpus(tf, settings.replicas))]
    return Distribution(settings.out, strategy=tf.distribute.MirroredStrategy(devices))


def _logical_cpus(tf: Any, count: int) -> int:
    cpu = tf.config.list_physical_devices("CPU")[0]
    try:
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * count)
    except RuntimeError as error:  # TensorFlow has started
        if len(tf.config.list_logical_devices("CPU")) < count:
            raise ValueError(
                f"--replicas {count} must be set before TensorFlow computes anything ({error}): start a "
                "new process."
            ) from error
    return count


def _multiworker(settings: Settings) -> Iterator[Distribution]:
    """One process a machine, told by TF_CONFIG who the others are. Only the chief keeps what it writes."""
    tf = _tensorflow(settings)
    chief = _leads(_task())
    try:
        strategy = tf.distribute.MultiWorkerMirroredStrategy()
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        first = str(error).strip().splitlines()[0]
        raise ValueError(
            f"the workers of TF_CONFIG ({os.environ['TF_CONFIG']}) did not come together: {first} Is the "
            "port free here, is every worker started, and can they reach each other?"
        ) from error
    if chief:
        yield Distribution(settings.out, strategy=strategy)
        return
    with tempfile.TemporaryDirectory(prefix="neuropath-worker-", ignore_cleanup_errors=True) as folder:
        for file in [file for pattern in STATE for file in sorted(settings.out.glob(pattern))]:
            shutil.copy(file, folder)
        yield Distribution(Path(folder), chief=False, strategy=strategy)


def _task() -> dict[str, Any]:
    """TF_CONFIG, checked: {"cluster": {"worker": [address, …]}, "task": {"type", "index"}}.

    "chief", with one address, may stand beside "worker". ValueError with an example for anything else.
    """
    given = os.environ.get("TF_CONFIG") or "nothing"
    try:
        config = json.loads(given if given != "nothing" else "")
        cluster, task = config["cluster"], config["task"]
        kind, index = task["type"], int(task["index"])
        if extra := {*cluster, kind} - {"chief", "worker"}:
            raise ValueError(f"neither worker nor chief: {', '.join(sorted(extra))}")
        addresses = [address for kind in cluster for address in cluster[kind]]
        if wrong := [address for address in addresses if not _is_address(address)]:
            raise ValueError(f"no host:port: {wrong}")
        if len(set(addresses)) < len(addresses):
            raise ValueError("one address twice")
        if not 0 <= index < len(cluster[kind]):
            raise ValueError(f"{kind} {index} of {len(cluster[kind])}, counted from 0")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            "--strategy multiworker expects TF_CONFIG to name the workers and which of them this is, such as "
            f"{EXAMPLE}, received {given} ({type(error).__name__}: {error})."
        ) from error
    return config


def _last_line(error: Exception) -> str:
    said = [line.strip() for line in str(error).splitlines() if line.strip() and "node" not in line]
    return said[-1] if said else type(error).__name__


def _is_address(text: Any) -> bool:
    host, _, port = str(text).rpartition(":")
    return bool(host) and port.isdecimal() and 0 < int(port) < 65536


def _leads(config: dict[str, Any]) -> bool:
    """The task "chief", or the first worker where there is none: as TensorFlow chooses."""
    task = config["task"]
    return task["type"] == "chief" or ("chief" not in config["cluster"] and int(task["index"]) == 0)
