"""The end of a run: scores on unseen patients, pictures, where the network looked, and the model card."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

from .callbacks import read_history
from .classes import CLASSES as SEVENTEEN
from .classes import SHORT_NAMES
from .dataset import MRIData
from .evaluate_model import Evaluation, ModelEvaluator
from .explain import candidate_layers, default_layer, grad_cam, peak_hits
from .files import leftovers, write_text
from .helpers import Visualizer
from .model_card import model_card
from .neuropathology_model import NeuropathologyModel
from .runs import CARD, METRICS, MODEL
from .settings import Settings

__all__ = ["evaluate_part", "finish", "kinds", "looked_at"]

SHOWN = 12  # images in the pictures of a run
MASKED = 400  # images with a lesion on which layers are compared


def finish(settings: Settings, data: MRIData) -> Evaluation:
    """Evaluate the best network on the test part and write what a run leaves; metrics.json comes last."""
    folder = settings.out
    model = NeuropathologyModel.load_model(folder / MODEL)
    result = evaluate_part(model, data, "test", settings.seed)
    print(result.report())
    more = kinds(result)
    if "lesion" in data.extras and all(len(_with_lesion(data, part)[0]) for part in ("val", "test")):
        more["grad_cam"] = looked_at(model, data)
    history = read_history(folder / "history.csv")
    more |= {"data": data.provenance(), "settings": settings.decided(), "best": _best(history)}
    more["versions"] = {"python": sys.version.split()[0], "keras": keras.__version__}
    _pictures(folder, model, data, result, history, more)
    write_text(folder / CARD, model_card(result, more))
    result.save(folder / METRICS, **more)
    # Only a resumption needed them.
    for file in (folder / "stage1.keras", *folder.glob("last.*.keras"), *leftovers(folder)):
        file.unlink(missing_ok=True)
    print(f"written: {', '.join(sorted(p.name for p in folder.iterdir()))}\nin {folder}")
    return result


def evaluate_part(model: NeuropathologyModel, data: MRIData, part: str, seed: int) -> Evaluation:
    """Scores on one part of a data set, with intervals from redrawn patients where these are known."""
    rows = data.rows(part)
    how = data.split.how if data.split else "unknown"
    evaluator = ModelEvaluator(data.class_names, split=how, seed=seed)
    groups = None if data.groups is None else data.groups[rows]
    return evaluator.evaluate_model(model, data.images[rows], data.labels[rows], groups)


def kinds(result: Evaluation) -> dict[str, Any]:
    """Accuracy when only the sequence counts, or only the pathology; for the 17 classes."""
    if result.class_names != SHORT_NAMES:
        return {}
    return {
        "modality_accuracy": result.accuracy_by([c.sequence for c in SEVENTEEN]),
        "pathology_accuracy": result.accuracy_by([c.pathology for c in SEVENTEEN]),
    }


def looked_at(model: NeuropathologyModel, data: MRIData) -> dict[str, Any]:
    """How often Grad-CAM's peak lies in the true lesion: the layer chosen on validation, measured on test.

    "chance": the lesion's share of the head, which a peak put anywhere in the head would reach. "random": the
    same layer of the same network with random weights; a lesion is often the brightest spot, and a method
    that finds it without having learned anything proves nothing.
    """
    images, masks, _ = _with_lesion(data, "val")
    layers = candidate_layers(model)
    hits = {layer: _hits(model, images, masks, layer) for layer in layers}
    layer = max(hits, key=lambda name: hits[name])
    images, masks, heads = _with_lesion(data, "test")
    stranger = NeuropathologyModel(
        model.num_classes,
        model.input_shape,
        model.base_model_name,
        weights="none",
        alpha=_alpha(model),
        seed=0,
    )
    stranger.build_model()
    stranger.recalibrate(images)
    return {
        "layer": layer,
        "default_layer": default_layer(model),
        "validation": hits,
        "peak_in_lesion": _hits(model, images, masks, layer),
        "chance": float((masks.sum(axis=(1, 2)) / heads).mean()),
        "random": _hits(stranger, images, masks, layer),
        "images": len(images),
    }


def _hits(model: NeuropathologyModel, images: np.ndarray, masks: np.ndarray, layer: str) -> float:
    return float(peak_hits(grad_cam(model, images, layer=layer)[0], masks).mean())


def _with_lesion(data: MRIData, part: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(images, lesion masks, pixels of the head) of up to MASKED images that show a lesion, evenly taken."""
    rows = data.rows(part)
    rows = rows[data.extras["lesion"][rows].any(axis=(1, 2))]
    rows = rows[np.linspace(0, len(rows) - 1, min(MASKED, len(rows))).astype(int)]
    return data.images[rows], data.extras["lesion"][rows], (data.extras["tissue"][rows] > 0).sum(axis=(1, 2))


def _alpha(model: NeuropathologyModel) -> float:
    """Width of a MobileNetV2: its last but one block's output has 320 channels at width 1."""
    if model.base_model_name != "mobilenet":
        return 1.0
    return model.base.get_layer("block_16_project").filters / 320


def _best(history: list[dict[str, Any]]) -> dict[str, Any]:
    """The epoch whose network was kept, and the best validation accuracy of each stage."""
    best = max(history, key=lambda row: row["val_accuracy"])
    stages = dict.fromkeys(row["stage"] for row in history)
    by_stage = {s: max(r["val_accuracy"] for r in history if r["stage"] == s) for s in stages}
    return {"epoch": best["epoch"], "stage": best["stage"], "val_accuracy": by_stage}


def _pictures(
    folder: Path,
    model: NeuropathologyModel,
    data: MRIData,
    result: Evaluation,
    history: list[dict[str, Any]],
    more: dict[str, Any],
) -> None:
    draw, save = Visualizer, Visualizer.save
    save(draw.plot_training_history(history), folder / "training_curves.png")
    save(
        draw.plot_confusion_matrix(result.confusion_matrix, data.class_names), folder / "confusion_matrix.png"
    )
    save(draw.plot_calibration(result.calibration), folder / "calibration.png")
    rows = data.rows("test")
    rows = rows[np.linspace(0, len(rows) - 1, min(SHOWN, len(rows))).astype(int)]
    layer = more.get("grad_cam", {}).get("layer")
    maps, probabilities = grad_cam(model, data.images[rows], layer=layer)
    called = probabilities.argmax(axis=1)
    titles = [
        f"{data.class_names[t]}\n{'✓' if t == p else '✗ ' + data.class_names[p]} {q[p]:.0%}"
        for t, p, q in zip(data.labels[rows], called, probabilities, strict=True)
    ]
    masks = data.extras["lesion"][rows] if "lesion" in data.extras else None
    save(draw.plot_grad_cam(data.images[rows], maps, titles, masks=masks), folder / "grad_cam.png")
