"""How much memory a step needs beside Keras and torch: the peak of what the system has given the process.

The measure is the same for all: a fresh process builds the network, carries the step out on one image (code
is compiled, buffers exist), hands freed memory back, sets the system's high-water mark back, notes the
resident memory, makes three steps on the whole batch, and reads the mark: peak minus before, weights and code
not counted. NumPy's own counter, tracemalloc, would not see what TensorFlow and torch ask the system for.
Linux only (/proc).
"""

from __future__ import annotations

import ctypes
import gc
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.measure import WITH_TORCH, Call
from benchmarks.report import Row, row

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
MB = 1e6
# kind, width, pixels a side, images
STEPS = (("forward", 1.0, 224, 8), ("forward + backward", 0.35, 96, 32), ("forward + backward", 1.0, 224, 8))
SIDES = ("NumPy", "NumPy, folded", "tf.function", "torch channels-last")


def rows(quick: bool = False) -> Iterator[Row]:
    """A row for each step, form of ours, and other side; none can be had where there is no /proc."""
    for kind, alpha, side, batch in [("forward", 0.35, 64, 8)] if quick else STEPS:
        found = {who: megabytes(who, kind, alpha, side, batch) for who in SIDES if _has(who, kind)}
        title = f"peak memory, MobileNetV2 {kind}, α {alpha:g}, {side}², batch {batch}"
        for ours in (who for who in found if who.startswith("NumPy")):
            for other in SIDES[2:]:
                theirs = found.get(other)
                yield row("memory", title, ours, other, "MB", [found[ours]], theirs and [theirs])


def _has(who: str, kind: str) -> bool:
    if who == "NumPy, folded":
        return kind == "forward"
    return WITH_TORCH or not who.startswith("torch")


def available() -> bool:
    """Whether this system keeps the mark, and lets it be set back."""
    return STATUS.is_file() and RESET.is_file()


def megabytes(who: str, kind: str, alpha: float, side: int, batch: int) -> float:
    """What one side's step needs, in MB, measured in a process of its own. RuntimeError where that fails."""
    command = [sys.executable, "-m", "benchmarks.memory", json.dumps([who, kind, alpha, side, batch])]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"measuring the memory of {who} ({kind}) failed:\n{done.stderr[-2000:]}")
    return float(done.stdout.split()[-1])


def resident(name: str) -> int:
    """VmRSS or VmHWM (its peak since the last reset) of this process, in bytes."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", STATUS.read_text(encoding="ascii"), re.M)
    if found is None:
        raise RuntimeError(f"expected a line {name} in {STATUS}, found none: this needs Linux.")
    return 1024 * int(found[1])


def give_back() -> None:
    """Hand freed memory back to the system: kept by the allocator, it would hide as much of what comes."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
    if trim is not None:
        trim(0)


def growth(first: Call, step: Call, steps: int = 3) -> int:
    """Bytes by which the resident memory rises above what it was after `first` while `step` runs."""
    first()
    give_back()
    RESET.write_text("5", encoding="ascii")  # the high-water mark becomes what is resident now
    before = resident("VmRSS")
    for _ in range(steps):
        step()
    return max(0, resident("VmHWM") - before)


def step_of(who: str, kind: str, alpha: float, side: int) -> Callable[[int], Call]:
    """batch size -> the step on so many images, whose arrays exist already."""
    from benchmarks import mobilenet as net
    from neuropath.scratch import MobileNetV2

    forward = kind == "forward"
    if who == "tf.function":
        model = net.keras_network(alpha, side)
        network = MobileNetV2.from_keras(model)
        run = net.tf_forward(model, True) if forward else net.tf_backward(model, network, True)
        make = net.tensor, net.tensor
    else:
        network = MobileNetV2((side, side, 3), alpha, rng=np.random.default_rng(0), pooling="avg")
        torch = who.startswith("torch")
        make = (net.torch_images, net.torch_slopes) if torch else (lambda X: X, lambda dY: dY)
        if torch:
            run = net.torch_forward(network, alpha) if forward else net.torch_backward(network, alpha)
        elif forward:
            run = (network.fold_batchnorm() if who.endswith("folded") else network).forward
        else:
            run = net.our_backward(network)

    def on(batch: int) -> Call:
        X, dY = make[0](net.pixels(batch, side)), make[1](net.upstream(batch))
        return net.bound(run, X) if forward else net.bound(run, X, dY)

    return on


def main(argument: str) -> None:
    who, kind, alpha, side, batch = json.loads(argument)
    if who.startswith("torch"):
        import torch

        torch.set_num_threads(1)
    on = step_of(who, kind, alpha, side)
    print(growth(on(1), on(batch)) / MB)


if __name__ == "__main__":
    main(sys.argv[1])
