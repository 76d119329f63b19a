"""Shared by the figures of Session 03 Part D: values of the recorded runs."""

from __future__ import annotations

import numpy as np

from neuropath.lessons.record import recorded

LEARNERS = ("frozen", "fine-tuned", "from scratch", "random, frozen")
LOOKS = {  # learner: colour, marker, line
    "frozen": ("blue", "o", "-"),
    "fine-tuned": ("orange", "s", "--"),
    "from scratch": ("green", "^", "-."),
    "random, frozen": ("grey", "D", ":"),
}


def accuracies(learner: str) -> tuple[list[int], np.ndarray]:
    """Sizes, and accuracy (sizes, seeds) of the recorded experiment on the phantom."""
    run = recorded("transfer-phantom")
    rows = [
        [r["accuracy"] for r in run["runs"] if (r["learner"], r["size"]) == (learner, size)]
        for size in run["sizes"]
    ]
    return run["sizes"], np.array(rows)


def changes() -> dict[str, np.ndarray]:
    """Of each case of the freezing experiment: accuracy minus that of its own stage 1, seed by seed."""
    run = recorded("transfer-phantom")
    size = run["settings"]["freezing"]["size"]
    before = {r["seed"]: r["accuracy"] for r in run["runs"] if (r["learner"], r["size"]) == ("frozen", size)}
    found: dict[str, list[float]] = {}
    for row in run["freezing"]:
        layers = "all layers" if row["unfreeze"] == "all" else f"last {row['unfreeze']}"
        name = f"{layers}, {row['rate']:g}" + (", batch statistics" if row["train_batch_norm"] else "")
        found.setdefault(name, []).append(row["accuracy"] - before[row["seed"]])
    return {name: np.array(values) for name, values in found.items()}


def folds() -> tuple[np.ndarray, np.ndarray]:
    """Accuracy of the frozen and of the fine-tuned network on each of Cheng's five folds."""
    rows = [row for row in recorded("figshare-folds")["runs"] if row["split"] == "fold"]
    return np.array([r["frozen"] for r in rows]), np.array([r["fine_tuned"] for r in rows])


def probes(base: str) -> tuple[list[float], np.ndarray]:
    """Mean number of training images, and accuracy (sizes, folds) of probes on Cheng's set."""
    rows = [row for row in recorded("transfer-figshare")["runs"] if row["base"] == base]
    small = sorted({row["size"] for row in rows if not row["all"]})
    groups = [[r for r in rows if r["size"] == n and not r["all"]] for n in small]
    groups.append([r for r in rows if r["all"]])
    sizes = [float(np.mean([r["size"] for r in group])) for group in groups]
    return sizes, np.array([[r["accuracy"] for r in group] for group in groups])
