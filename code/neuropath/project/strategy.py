"""Where training runs: one device, several on this machine, or several machines, by `tf.distribute`.

TensorFlow's own engine does the work (an existing one: nothing is distributed here by hand). A strategy
splits every batch over its replicas and averages their gradients: the batch size stays that of one device.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import keras

from .settings import Settings

__all__ = ["Distribution", "distributed"]


@dataclass(frozen=True)
class Distribution:
    """How this process takes part. folder: where it may write; only the chief's is the run's own."""

    folder: Path
    chief: bool = True
    replicas: int = 1


@contextmanager
def distributed(settings: Settings) -> Iterator[Distribution]:
    """Everything built inside is built for the strategy and the precision of the settings.

    Raises ValueError where the machine or the environment does not offer what was asked for.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16" if half_precision(settings) else before)
    try:
        if settings.strategy == "none":
            yield Distribution(settings.out)
        elif settings.strategy == "mirrored":
            yield from _mirrored(settings)
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


def _tensorflow(settings: Settings):
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            f"--strategy {settings.strategy} expects Keras on TensorFlow, received "
            f"{keras.backend.backend()}: set "
            "KERAS_BACKEND=tensorflow, or leave --strategy out."
        )
    import tensorflow as tf

    return tf


def _mirrored(settings: Settings) -> Iterator[Distribution]:
    """All devices of this machine; --replicas cuts a CPU into logical ones, to try it without GPUs."""
    tf = _tensorflow(settings)
    devices = None
    if settings.replicas:
        devices = [f"CPU:{i}" for i in range(_logical_cpus(tf, settings.replicas))]
    strategy = tf.distribute.MirroredStrategy(devices)
    with strategy.scope():
        yield Distribution(settings.out, replicas=strategy.num_replicas_in_sync)


def _logical_cpus(tf, count: int) -> int:
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
    task = _task()
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    chief = task["index"] == 0
    folder = settings.out if chief else Path(tempfile.mkdtemp(prefix="neuropath-worker-"))
    try:
        with strategy.scope():
            yield Distribution(folder, chief, strategy.num_replicas_in_sync)
    finally:
        if not chief:
            shutil.rmtree(folder, ignore_errors=True)


def _task() -> dict:
    """This worker's place from TF_CONFIG, or ValueError with an example."""
    try:
        config = json.loads(os.environ.get("TF_CONFIG", ""))
        task = {"type": config["task"]["type"], "index": int(config["task"]["index"])}
        if task["index"] >= len(config["cluster"]["worker"]):
            raise ValueError(f"worker {task['index']} of {len(config['cluster']['worker'])}")
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            "--strategy multiworker expects TF_CONFIG to name the workers and which of them this is, such as "
            '{"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]}, '
            '"task": {"type": "worker", "index": 0}}, '
            f"received {os.environ.get('TF_CONFIG', 'nothing')!r} ({error})."
        ) from error
    return task
