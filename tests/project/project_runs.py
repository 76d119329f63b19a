"""Whole training runs that take seconds: a base of three convolutions under MobileNetV2's name.

Run as a script it is `neuropath` with that base, in a process of its own; DIE_AT="before:NAME" or
"after:NAME" lets the process send itself SIGKILL around the moment when the file NAME takes its name.
"""

import errno
import fnmatch
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

CODE = Path(__file__).parents[2] / "code"
QUICK = {"images": 150, "size": 64, "epochs": 2, "fine_tune_epochs": 2, "jobs": 1}


def tiny_base(*, include_top, weights, input_shape, name, alpha):
    """What keras.applications.MobileNetV2 is called with -> 8 + 16 + 320 α channels at 1/32 of the side."""
    from keras import Input, Model, initializers, layers

    if weights is not None:
        raise ValueError("the tiny base has no weights of its own")
    x = pixels = Input(input_shape)
    for filters, stride, layer in ((8, 4, "Conv1"), (16, 4, "middle"), (int(320 * alpha), 2, "last")):
        drawn = initializers.HeNormal(seed=filters)
        title = "block_16_project" if layer == "last" else layer
        x = layers.Conv2D(filters, 3, stride, "same", name=title, kernel_initializer=drawn)(x)
        x = layers.BatchNormalization(name=f"{layer}_bn", momentum=0.9)(x)
        x = layers.ReLU(6.0, name=f"{layer}_relu")(x)
    return Model(pixels, x, name=name)


def tiny_bases():
    """The table of bases with the tiny one in MobileNetV2's place, for monkeypatch.setitem."""
    from neuropath.project.bases import Base

    return {"mobilenet": Base("MobileNetV2", tiny_base, "signed", has_alpha=True)}


def write_tiny_weights(file: Path) -> Path:
    """Weights of the tiny base at α = 0.35, as --weights FILE takes them."""
    from neuropath.project.weights import save_base_weights

    base = tiny_base(include_top=False, weights=None, input_shape=(64, 64, 3), name="mobilenet", alpha=0.35)
    save_base_weights(base, file, dtype="float32")
    return file


def options(out: Path, weights: object, **changes) -> list[str]:
    """The arguments of a quick `neuropath train`; a change to True is a bare flag, None leaves it out."""
    values = QUICK | {"out": out, "weights": weights} | changes
    words = ["train"]
    for name, value in values.items():
        if value is not None:
            words += ["--" + name.replace("_", "-"), *([] if value is True else [str(value)])]
    return words


def spawn(words: list[str], *, tiny: bool = True, **environment) -> subprocess.Popen:
    """A process of `neuropath`, with the tiny base or as it is."""
    command = [sys.executable, *([__file__] if tiny else ["-m", "neuropath.cli"]), *words]
    path = os.pathsep.join([str(CODE), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": path} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome(process: subprocess.Popen) -> tuple[int, str, str]:
    """(exit status, stdout, stderr) when it has ended; it is killed after three minutes."""
    try:
        out, err = process.communicate(timeout=180)
    finally:
        process.kill()
    return process.returncode, out, err


def workers(count: int) -> list[str]:
    """TF_CONFIG of each of `count` workers on this machine, on ports that were free a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [f"127.0.0.1:{s.getsockname()[1]}" for s in sockets]
    for each in sockets:
        each.close()
    cluster = {"worker": addresses}
    return [json.dumps({"cluster": cluster, "task": {"type": "worker", "index": i}}) for i in range(count)]


def die_at(moment: str) -> None:
    """Let os.replace end this process as `kill -9` does, before or after it makes the named file."""
    when, pattern = moment.split(":", 1)
    replace = os.replace

    def deadly(source, target, **more):
        hit = fnmatch.fnmatch(Path(target).name, pattern)
        if not (hit and when == "before"):
            replace(source, target, **more)
        if hit:
            os.kill(os.getpid(), signal.SIGKILL)

    os.replace = deadly


def full_disk(monkeypatch, name: str) -> None:
    """Let the disk be full when the file of that name would take it."""
    replace = os.replace

    def fails(source, target, **more):
        if Path(target).name == name:
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        replace(source, target, **more)

    monkeypatch.setattr(os, "replace", fails)


def main() -> int:
    from neuropath.cli import main as command
    from neuropath.cli import quiet_tensorflow

    if moment := os.environ.get("DIE_AT"):
        die_at(moment)
    quiet_tensorflow()
    from neuropath.project import bases

    bases.BASES.update(tiny_bases())
    return command()


if __name__ == "__main__":
    sys.exit(main())
