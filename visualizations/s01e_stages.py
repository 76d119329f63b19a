"""The two stages of training: what runs how often, what moves, and which function of train.py it is."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from neuropath.lessons import style

ALT = (
    "Two rows of boxes. Stage 1, frozen_stage: images go once through the grey, frozen base into a table of "
    "features; from the table batches of 32 go through the blue head, again and again, every epoch. Stage 2, "
    "fine_tune_stage: in every epoch batches of images are changed at random by augmentation and go through "
    "base and head, both blue because both now learn."
)


def draw() -> Figure:
    """Blue learns, grey does not; a bracket says how often a stretch is gone through."""
    figure, axes = plt.subplots(figsize=(8.2, 3.6))
    axes.set(xlim=(-0.3, 10.4), ylim=(-1.2, 4.3))
    axes.axis("off")
    blue, grey, ink = style.COLORS["blue"], style.COLORS["grey"], style.muted()
    _heading(axes, 3.85, "stage 1: frozen_stage", "Adam 1e-3, best val_accuracy is kept")
    _boxes(
        axes, 2.8, [("images", ink), ("base\n(frozen)", grey), ("features\n(N, 1280)", ink), ("head", blue)]
    )
    _heading(axes, 1.15, "stage 2: fine_tune_stage", "a fresh optimiser, a schedule, resumable")
    _boxes(axes, 0.05, [("images", ink), ("augment", ink), ("base", blue), ("head", blue)])
    _note(axes, (0.0, 5.5), 2.15, "once", grey)
    _note(axes, (6.3, 9.9), 2.15, "every epoch, batches of 32", blue)
    _note(axes, (0.0, 9.9), -0.65, "every epoch, batches of 32", blue)
    return figure


def _heading(axes: Axes, y: float, name: str, more: str) -> None:
    axes.text(-0.2, y, name, fontsize=10, weight="bold")
    axes.text(9.95, y, more, fontsize=8.5, color=style.muted(), ha="right")


def _boxes(axes: Axes, y: float, boxes: list[tuple[str, str]]) -> None:
    """Four boxes and the loss; what learns is drawn with a thick line."""
    for i, (text, colour) in enumerate([*boxes, ("loss", style.muted())]):
        x, learns = 0.6 + 2.15 * i, colour == style.COLORS["blue"]
        box = FancyBboxPatch((x - 0.75, y - 0.4), 1.5, 0.8, boxstyle="round,pad=0.02,rounding_size=0.1")
        box.set(facecolor=style.paper(), edgecolor=colour, lw=2.6 if learns else 1.4)
        axes.add_patch(box)
        axes.text(x, y, text, ha="center", va="center", fontsize=8.5)
        if i:
            arrow = FancyArrowPatch((x - 1.4, y), (x - 0.75, y), arrowstyle="-|>", mutation_scale=10, lw=1.4)
            arrow.set(color=style.ink())
            axes.add_patch(arrow)


def _note(axes: Axes, ends: tuple[float, float], y: float, text: str, colour: str) -> None:
    """A bracket below a stretch of boxes, and how often they are gone through."""
    left, right = ends
    axes.plot([left, left, right, right], [y + 0.15, y, y, y + 0.15], color=colour, lw=1.4)
    axes.text((left + right) / 2, y - 0.08, text, ha="center", va="top", fontsize=8.5, color=colour)
