"""A recorded run as the tests like it: small, whole, and to be spoilt."""

import copy

import numpy as np
from benchmarks.measure import Agreement, Work
from benchmarks.report import rows_of, run_of

MACHINE = {
    "processor": "An Example CPU",
    "architecture": "x86_64",
    "cores": 2,
    "system": "Linux",
    "blas": {"library": "openblas", "core": "Haswell", "version": "0.3", "threads": 1},
    "onednn": "on",
    "versions": {"python": "3.11.7", "numpy": "2.4.6"},
}
SHARES = [
    # as runs had it before the other networks, and products alone, were measured
    {"work": "MobileNetV2 forward, α 1", "ms": {"ReLU6": 1.0, "depthwise convolutions": 3.0}},
    {"group": "mlp", "work": "MLP, SGD", "ms": {"dense layers": 75.0, "optimiser": 25.0}, "products": 50.0},
]


def works():
    """(Work, seconds a call of each side): one target reached, one missed, one side absent."""
    mlp = Work("mlp", "MLP, SGD", {"NumPy": int}, {"torch eager": None, "train_on_batch": int}, key="mlp")
    seconds = {"NumPy": np.array([0.1, 0.2, 0.1]), "train_on_batch": np.array([0.2, 0.4, 0.3])}
    net = Work(
        "mobilenet",
        "MobileNetV2 forward, α 1",
        {"NumPy": int, "NumPy, folded": int},
        {"predict_on_batch": int},
        key="forward 1",
    )
    times = {"NumPy": [0.04] * 3, "NumPy, folded": [0.02] * 3, "predict_on_batch": [0.01] * 3}
    return [(mlp, seconds), (net, {name: np.array(values) for name, values in times.items()})]


def run(core="Haswell", kind="full"):
    machine = {**MACHINE, "blas": {**MACHINE["blas"], "core": core}}
    rows = [row for work, seconds in works() for row in rows_of(work, seconds, core)]
    return run_of(
        rows,
        [Agreement("MLP", 1e-12, 1e-9)],
        copy.deepcopy(SHARES),
        kind=kind,
        recorded="2026-01-01 00:00 UTC",
        machine=machine,
        rounds=3,
        load=[0.1, 1.1],
        seconds=12.3,
    )
