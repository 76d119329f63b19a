"""The model card of a run: what it is, what it saw, how it was split, what it scored, what it is not for.

Headings after Mitchell et al. 2019 (doi:10.1145/3287560.3287596). Every number comes from the run.
"""

from __future__ import annotations

from typing import Any

from .classes import DISCLAIMER
from .evaluate_model import ClassScore, Evaluation

__all__ = ["model_card"]

TEMPLATE = """# Model card

{disclaimer}

## Model

{model}

## Intended use

Teaching and experiments: to see how such a classifier is built, trained, explained and audited. Any use on
patients is out of scope.

## Data

{data}

## How training, validation and test were set apart

{split}

## Training

{training}

## Results on the test part

{results}

{per_class}

Intervals are 95 %. Those of accuracy and F1 redraw {redrawn}; those of recall treat images as independent.

## Where it looks

{looks}

## Limits

{limits}
"""

SPLITS = {
    "patient": "No patient is on two sides: the scores are about patients the model has not seen.",
    "slice": "Slices of one patient may lie on two sides. **The scores are not about new patients** and are "
    "too good: a network that recognises a patient's anatomy is praised for it.",
    "fold": "The folds were published with the data set; no patient is in two of them.",
}
PHANTOM = (
    "The images are simulated. Scores on them say how the method works, and nothing about images of "
    "people: a phantom has the variety that its authors thought of."
)


def model_card(result: Evaluation, more: dict[str, Any]) -> str:
    """The card in Markdown, from the test scores and what else metrics.json holds (data, settings, …)."""
    settings, data = more["settings"], more["data"]
    return TEMPLATE.format(
        disclaimer=DISCLAIMER,
        model=_model(settings, data, len(result.class_names)),
        data=_data(data),
        split=_split(settings, data),
        training=_training(settings, more),
        results=_results(result, more),
        per_class=_table(result.per_class),
        redrawn="patients" if result.groups else "images",
        looks=_looks(more.get("grad_cam")),
        limits=_limits(settings, data, result),
    )


def _model(settings: dict[str, Any], data: dict[str, Any], classes: int) -> str:
    side = data["size"][0]
    width = f", width {settings['alpha']}" if settings["base_model"] == "mobilenet" else ""
    return (
        f"Grey images of {side} × {side} pixels, 0–255, to the probabilities of {classes} classes: a "
        f"convolutional base ({settings['base_model']}{width}, weights: {_weights(settings)}, inputs scaled: "
        f"{settings['preprocessing']}), global average pooling, and a head of dense layers, 512 and 256 "
        "wide, with batch normalisation and dropout."
    )


def _weights(settings: dict[str, Any]) -> str:
    ours = "bundled (trained by us on near-domain phantoms)"
    return ours if settings["weights"] == "bundled" else str(settings["weights"])


def _data(data: dict[str, Any]) -> str:
    patients = "patients unknown" if data["patients"] is None else f"{data['patients']:,} patients"
    return (
        f"{data['source']}. {data['images']:,} images, {patients}. Licence: {data['licence']}. Files left "
        f"out: {data['skipped']}; remarks: {data['notes']}."
    )


def _training(settings: dict[str, Any], more: dict[str, Any]) -> str:
    best, versions = more["best"], more["versions"]
    scores = "; ".join(f"{stage}: {value:.3f}" for stage, value in best["val_accuracy"].items())
    where = "" if settings["strategy"] == "none" else f" Stage 2 was distributed: {settings['strategy']}."
    return (
        f"Seed {settings['seed']}, batches of {settings['batch_size']}. {_stages(settings)}{where} Best "
        f"validation accuracy: {scores}. Kept: epoch {best['epoch'] + 1} ({best['stage']}). Versions: Python "
        f"{versions['python']}, Keras {versions['keras']}."
    )


def _stages(settings: dict[str, Any]) -> str:
    random, two = settings["weights"] == "none", settings["fine_tune_epochs"]
    moved = "all" if random else settings["unfreeze"]
    first = (
        f"Stage 1: the head on a frozen base, up to {settings['epochs']} epochs, Adam, learning rate "
        f"{settings['learning_rate']:g}."
    )
    second = (
        f"Stage 2: up to {two} epochs, layers of the base that train: {moved}, "
        f"learning rate {settings['fine_tune_learning_rate']:g} ({settings['schedule']}), augmentation: "
        f"{settings['augment']}."
    )
    return (
        f"{'Stage 1 was left out: a random base is not worth freezing.' if random else first} "
        f"{second if two else 'Stage 2 was left out.'}"
    )


def _split(settings: dict[str, Any], data: dict[str, Any]) -> str:
    table = f" Patients are those of the table {settings['groups']}." if settings["groups"] else ""
    return f"{data['split']}.\n\n{SPLITS[settings['split']]}{table}"


def _results(result: Evaluation, more: dict[str, Any]) -> str:
    lines = [
        f"- accuracy {_interval(result.accuracy, result.accuracy_interval)}",
        f"- macro-F1 {_interval(result.macro_f1, result.macro_f1_interval)}",
        f"- expected calibration error {result.ece:.3f}",
    ]
    if "modality_accuracy" in more:
        lines.append(f"- right sequence (T1, T1C+, T2): {more['modality_accuracy']:.3f}")
        lines.append(f"- right pathology: {more['pathology_accuracy']:.3f}")
    seen = f"{result.images:,} images" + (f" of {result.groups:,} patients" if result.groups else "")
    return "\n".join([*lines, f"- measured on {seen}"])


def _table(per_class: dict[str, ClassScore]) -> str:
    rows = ["| class | images | precision | recall (95 %) | F1 |", "| --- | --- | --- | --- | --- |"]
    for name, score in per_class.items():
        recall = _interval(score.recall, score.recall_interval, 2)
        rows.append(
            f"| {name} | {score.support} | {_interval(score.precision, None, 2)} | {recall} | "
            f"{_interval(score.f1, None, 2)} |"
        )
    return "\n".join(rows)


def _looks(found: dict[str, Any] | None) -> str:
    if not found:
        return "The data set has no lesion masks: where Grad-CAM points was not measured."
    return (
        f"Grad-CAM at `{found['layer']}` (chosen on validation patients): its peak lies in the true lesion "
        f"in {found['peak_in_lesion']:.0%} of {found['images']} test images that show one; a peak put "
        f"anywhere in the head would in {found['chance']:.0%}, the same network with random weights in "
        f"{found['random']:.0%}."
    )


def _limits(settings: dict[str, Any], data: dict[str, Any], result: Evaluation) -> str:
    weak = [
        name for name, score in result.per_class.items() if score.recall is not None and score.recall < 0.5
    ]
    rare = [name for name, score in result.per_class.items() if score.support < 20]
    limits = [PHANTOM] if settings["data"] == "phantom" else []
    if weak:
        limits.append(f"Less than half of these test images were recognised: {', '.join(weak)}.")
    if rare:
        limits.append(f"Fewer than 20 test images, so hardly measured: {', '.join(rare)}.")
    if settings["split"] == "slice":
        limits.append("The split is by slice; see above.")
    limits.append(
        "A softmax value is no probability of a disease. Other scanners and hospitals were not tested."
    )
    return "\n".join(f"- {limit}" for limit in limits)


def _interval(value: float | None, interval: tuple[float, float] | None, digits: int = 3) -> str:
    if value is None:
        return "–"
    return f"{value:.{digits}f}" + (
        f" ({interval[0]:.{digits}f}–{interval[1]:.{digits}f})" if interval else ""
    )
