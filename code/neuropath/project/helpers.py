"""Pictures of a training and of a model: each method returns a matplotlib Figure and shows or writes nothing.

Figures are made without pyplot, so none stays open behind the reader's back; a notebook displays what it is
given. `Visualizer.save` writes one, whole or not at all. create_callbacks is offered here too, where the
reference's readers look for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from .callbacks import create_callbacks
from .explain import overlay
from .files import atomic

__all__ = ["Visualizer", "create_callbacks"]

# Okabe and Ito's palette (https://jfly.uni-koeln.de/color/), as in the course's figures.
TRAIN, VALIDATION, LESION = "#0072B2", "#D55E00", "#56B4E9"
GREY = {"cmap": "gray", "vmin": 0, "vmax": 255}
PANEL = 1.7  # inches a picture in a grid


class Visualizer:
    """The project's figures. Colours of text and paper follow matplotlib's settings, light or dark."""

    @staticmethod
    def plot_training_history(history: Mapping[str, Sequence[float]] | Sequence[Mapping[str, Any]]) -> Figure:
        """Loss and accuracy by epoch, training and validation; a line where a new stage begins.

        history: Keras' History.history, or the lines of `read_history` (one log over both stages).
        """
        columns, starts = _columns(history)
        names = [name for name in ("loss", "accuracy") if name in columns]
        if not names:
            raise ValueError(
                f'history expects "loss" or "accuracy", received {sorted(columns) or "nothing"}.'
            )
        figure = _figure(3.6 * len(names), 3.2)
        for axes, name in zip(np.atleast_1d(figure.subplots(1, len(names))), names, strict=True):
            epochs = np.arange(1, len(columns[name]) + 1)
            axes.plot(epochs, columns[name], color=TRAIN, marker=".", label="training")
            if f"val_{name}" in columns:
                axes.plot(
                    epochs, columns[f"val_{name}"], color=VALIDATION, marker=".", ls="--", label="validation"
                )
            for start in starts:
                axes.axvline(start + 0.5, color="0.5", lw=1, ls=":")
            axes.set(xlabel="epoch", ylabel=name, title=name.capitalize())
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.legend()
        return figure

    @staticmethod
    def plot_confusion_matrix(
        confusion: np.ndarray, class_names: Sequence[str], *, normalize: bool = True
    ) -> Figure:
        """Counts (K, K), truth in rows, shaded by the share of each row if `normalize`; zeros are blank."""
        confusion = np.asarray(confusion)
        k = len(class_names)
        if confusion.shape != (k, k):
            raise ValueError(
                f"confusion expects shape {(k, k)} for {k} class names, received {confusion.shape}."
            )
        totals = np.maximum(confusion.sum(axis=1, keepdims=True), 1)
        shade = confusion / totals if normalize else confusion / max(confusion.max(), 1)
        side = 2.2 + 0.38 * k
        figure = _figure(side + 1, side)
        axes = figure.subplots()
        picture = axes.imshow(shade, cmap="cividis", vmin=0, vmax=1)
        for row, column in np.argwhere(confusion):
            ink = "black" if shade[row, column] > 0.5 else "white"
            axes.text(column, row, str(confusion[row, column]), ha="center", va="center", color=ink, size=8)
        axes.set_xticks(range(k), class_names, rotation=60, ha="right", rotation_mode="anchor", size=8)
        axes.set_yticks(range(k), class_names, size=8)
        axes.set(xlabel="predicted", ylabel="truth")
        figure.colorbar(
            picture, label="share of the row" if normalize else "share of the largest", shrink=0.7
        )
        return figure

    @staticmethod
    def plot_samples(
        images: np.ndarray,
        labels: Sequence[int],
        class_names: Sequence[str],
        *,
        predicted: Sequence[int] | None = None,
        columns: int = 6,
    ) -> Figure:
        """A grid of images (N, H, W[, C]), 0–255, and their classes; wrong predictions are marked ✗."""
        figure, axes = _grid(len(images), columns)
        for index, (its, image, label) in enumerate(zip(axes, images, labels, strict=True)):
            _show(its, image)
            title = class_names[label]
            if predicted is not None:
                wrong = predicted[index] != label
                title += f"\n✗ {class_names[predicted[index]]}" if wrong else "\n✓"
            its.set_title(title, size=7)
        return figure

    @staticmethod
    def plot_grad_cam(
        images: np.ndarray,
        heatmaps: np.ndarray,
        titles: Sequence[str] = (),
        *,
        masks: np.ndarray | None = None,
        columns: int = 6,
        **options: Any,
    ) -> Figure:
        """Heat maps (N, h, w) over images (N, H, W[, C]); true lesions (N, H, W), if given, outlined in blue.

        options go on to `explain.overlay`: threshold, alpha, contours, colormap.
        """
        figure, axes = _grid(len(images), columns)
        for index, (its, image, heat) in enumerate(zip(axes, images, heatmaps, strict=True)):
            _show(its, overlay(image, heat, **options))
            if masks is not None and masks[index].any():
                its.contour(masks[index], levels=[0.5], colors=LESION, linewidths=1)
            if len(titles):
                its.set_title(titles[index], size=7)
        return figure

    @staticmethod
    def plot_prediction_confidence(
        probabilities: np.ndarray, class_names: Sequence[str], top_k: int | None = 5
    ) -> Figure:
        """Bars of the `top_k` most probable classes of one image, probabilities (K,); None shows all."""
        probabilities = np.asarray(probabilities)
        if probabilities.shape != (len(class_names),):
            raise ValueError(
                f"probabilities expects shape ({len(class_names)},) for as many names, received "
                f"{probabilities.shape}."
            )
        order = np.argsort(probabilities, kind="stable")[::-1][:top_k][::-1]
        figure = _figure(6.0, 0.8 + 0.28 * len(order))
        axes = figure.subplots()
        bars = axes.barh([class_names[k] for k in order], probabilities[order], color=TRAIN)
        axes.bar_label(bars, [f"{probabilities[k]:.1%}" for k in order], padding=3, size=8)
        axes.set(xlim=(0, 1.12), xlabel="softmax probability")
        return figure

    @staticmethod
    def plot_calibration(calibration: np.ndarray) -> Figure:
        """Accuracy against confidence, from `Evaluation.calibration` (bins, 3); dots grow with images."""
        n, confidence, right = np.asarray(calibration).T
        figure = _figure(3.8, 3.6)
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color="0.5", ls=":", label="as sure as right")
        seen = n > 0
        axes.plot(confidence[seen], right[seen], color=TRAIN, lw=1)
        axes.scatter(confidence[seen], right[seen], s=10 + 150 * n[seen] / n.sum(), color=TRAIN)
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence", ylabel="accuracy", title="Calibration")
        axes.legend()
        return figure

    @staticmethod
    def save(figure: Figure, path: str | PathLike[str], **options: Any) -> None:
        """Write a figure to .png, .svg or .pdf; the folder is made, a half-written file never appears."""
        with atomic(path) as temporary:
            figure.savefig(temporary, **({"dpi": 150} | options))


def _columns(history: Any) -> tuple[dict[str, list[float]], list[int]]:
    """(values by name, epochs after which a new stage begins)."""
    if isinstance(history, Mapping):
        return {name: list(values) for name, values in history.items()}, []
    names = dict.fromkeys(name for row in history for name in row)
    columns = {
        name: [row.get(name, np.nan) for row in history] for name in names if name not in ("epoch", "stage")
    }
    stages = [row.get("stage") for row in history]
    return columns, [k for k in range(1, len(stages)) if stages[k] != stages[k - 1]]


def _figure(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), layout="constrained", facecolor=mpl.rcParams["figure.facecolor"])


def _grid(count: int, columns: int) -> tuple[Figure, list[Any]]:
    """A figure and one axes for each of `count` pictures."""
    if count < 1:
        raise ValueError("expected at least one image, received none.")
    columns = min(columns, count)
    rows = -(-count // columns)
    figure = _figure(PANEL * columns, (PANEL + 0.4) * rows)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for its in axes:
        its.set_axis_off()
    return figure, list(axes[:count])


def _show(axes: Any, image: np.ndarray) -> None:
    image = np.squeeze(image)
    axes.imshow(image.astype(np.uint8), **(GREY if image.ndim == 2 else {}))
