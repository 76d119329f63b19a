"""Results too long to compute in a page, recorded with everything needed to make them again.

    python -m neuropath.lessons.record mnist-numpy      # or mnist-torch

writes `results/NAME.json` in one step (never half a file); a page reads it with `recorded("mnist-numpy")`.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np

from neuropath.lessons import record_figshare, record_lenet, record_transfer, record_transfer_a

SCHEMA = 1
FOLDER = Path(__file__).parent / "results"


def recorded(name: str) -> dict[str, Any]:
    """The recorded result `name`; a missing or newer one raises LookupError or ValueError that says so."""
    file = resources.files("neuropath.lessons") / "results" / f"{name}.json"
    if not file.is_file():
        raise LookupError(
            f"expected a recorded result {name!r}, one of {', '.join(RUNS)}; none is installed."
        )
    result = json.loads(file.read_text(encoding="utf-8"))
    if result.get("schema") != SCHEMA:
        raise ValueError(f"{name}: expected schema {SCHEMA}, received {result.get('schema')}.")
    return result


def mnist_numpy(data: Any, *, epochs: int = 10, seed: int = 0) -> dict[str, Any]:
    """784-128-64-10 in neuropath.scratch: He initialisation, ReLU, L2 1e-4, Adam 1e-3, batches of 64."""
    from neuropath import scratch as nn

    rng = np.random.default_rng(seed)
    model = nn.mlp([784, 128, 64, 10], rng=rng, kernel_regularizer=nn.L2(1e-4))
    model.compile(optimizer=nn.Adam(1e-3), loss=nn.sparse_categorical_crossentropy)
    X_train, X_val, X_test = (X.reshape(len(X), -1) for X in (data.X_train, data.X_val, data.X_test))
    epochs_done = []
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        history = model.fit(
            *(X_train, data.y_train), rng=rng, batch_size=64, validation_data=(X_val, data.y_val), verbose=0
        ).history
        figures = {key: float(values[-1]) for key, values in history.items()}
        epochs_done.append({"epoch": epoch, "seconds": time.perf_counter() - start, **figures})
        print(f"epoch {epoch}: " + ", ".join(f"{k} {v:.4f}" for k, v in epochs_done[-1].items()))
    return {
        "sizes": [784, 128, 64, 10],
        "parameters": int(model.count_params()),
        "settings": {"optimizer": "Adam(1e-3)", "batch_size": 64, "l2": 1e-4, "initializer": "he_normal"},
        "seed": seed,
        "epochs": epochs_done,
        "test": {key: float(value) for key, value in model.evaluate(X_test, data.y_test).items()},
    }


def mnist_torch(data: Any, *, epochs: int = 10, seed: int = 0) -> dict[str, Any]:
    """784-256-128-10 in PyTorch: dropout 0.2, Adam 1e-3, inputs normalised by (0.1307, 0.3081)."""
    from neuropath.lessons import torch_mlp

    epochs_done, start = [], time.perf_counter()
    for figures in torch_mlp.run(data, epochs=epochs, seed=seed):
        model = figures.pop("model")
        epochs_done.append(figures | {"seconds": time.perf_counter() - start})
        print(f"epoch {len(epochs_done)}: " + ", ".join(f"{k} {v:.4f}" for k, v in epochs_done[-1].items()))
        start = time.perf_counter()
    return {
        "sizes": [784, 256, 128, 10],
        "parameters": sum(p.numel() for p in model.parameters()),
        "settings": {
            "optimizer": "Adam(1e-3)",
            "batch_size": 64,
            "dropout": 0.2,
            "normalised": [0.1307, 0.3081],
        },
        "seed": seed,
        "epochs": epochs_done,
        "test": torch_mlp.evaluate(model, torch_mlp.make_loader(data.X_test, data.y_test, 1000), "cpu"),
    }


RUNS: dict[str, Callable[..., dict[str, Any]]] = {"mnist-numpy": mnist_numpy, "mnist-torch": mnist_torch}
RUNS |= {"mnist-lenet": record_lenet.mnist_lenet, "mnist-lenet-1998": record_lenet.mnist_lenet_1998}
MNIST = tuple(RUNS)  # these are handed the data set and a number of epochs, the others bring their own
RUNS |= {
    "transfer-phantom": record_transfer.transfer_phantom,
    "transfer-figshare": record_transfer.transfer_figshare,
    "transfer-sources": record_transfer_a.transfer_sources,
    "transfer-rates": record_transfer_a.transfer_rates,
    "figshare-folds": record_figshare.figshare_folds,
    "preprocessing-figshare": record_figshare.preprocessing_figshare,
}


def circumstances(name: str) -> dict[str, Any]:
    """What a reader needs to make the result again; names no host and no folder."""
    packages = ("neuropath", "numpy", "torch")
    found = {p: metadata.version(p) for p in packages if p == "neuropath" or p in sys.modules}
    return {
        "command": f"python -m neuropath.lessons.record {name}",
        "recorded": datetime.now(UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), **found},
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def write(result: dict[str, Any], path: Path) -> None:
    """Write JSON beside its place and move it there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(_rounded(result), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(draft, path)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value


def main(arguments: list[str] | None = None) -> None:
    from neuropath.lessons.datasets import load

    parser = argparse.ArgumentParser(prog="python -m neuropath.lessons.record", description=__doc__)
    parser.add_argument("name", choices=RUNS)
    parser.add_argument("--epochs", type=int, default=10, help="of the runs on MNIST")
    chosen = parser.parse_args(arguments)
    if chosen.name in MNIST:
        data = load("mnist")
        about: dict[str, Any] = {"name": data.name, "source": data.source}
        about |= {"train": len(data.X_train), "test": len(data.X_test)}
        result = {"data": about, **RUNS[chosen.name](data, epochs=chosen.epochs)}
        print(f"test accuracy {result['test']['accuracy']:.4f}")
    else:
        result = RUNS[chosen.name]()
    head = {"schema": SCHEMA, "name": chosen.name, **circumstances(chosen.name)}
    write({**head, **result}, FOLDER / f"{chosen.name}.json")
    print(f"wrote results/{chosen.name}.json")


if __name__ == "__main__":
    main()
