"""One step of training as a round trip, with the shape of every array that travels."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from neuropath.lessons import style

ALT = (
    "A round trip of one training step in three rows. Forward, left to right: a batch of 32 images of 64 "
    "numbers, layer 1 giving 32 by 128 numbers, layer 2 giving 32 by 64, the logits, 32 by 10, and the "
    "loss, one number. Backward, right to left: from the loss comes p minus y over N, 32 by 10, then the "
    "weight gradients of the third, second and first layer, each shaped as its weights. Arrows lead from "
    "all three down to the optimiser, which subtracts eta times the gradient in place."
)
WIDTH, HEIGHT = 1.55, 0.62
TOP = ["batch X\n(32, 64)", "layer 1\n(32, 128)", "layer 2\n(32, 64)", "logits\n(32, 10)", "loss\n()"]
BACK = ["dW₁ (64, 128)\ndb₁ (128,)", "dW₂ (128, 64)\ndb₂ (64,)", "dW₃ (64, 10)\ndb₃ (10,)"]


def draw() -> Figure:
    """The top row is the forward pass, the middle one the backward pass, the bottom one the update."""
    figure, axes = plt.subplots(figsize=(7.6, 3.5))
    axes.set(xlim=(-0.95, 9.0), ylim=(-2.95, 0.65))
    axes.axis("off")
    for i, text in enumerate(TOP):
        _box(axes, 2 * i, 0, text, style.COLORS["blue"])
        if i:
            _arrow(axes, (2 * i - 2 + WIDTH / 2, 0), (2 * i - WIDTH / 2, 0), style.COLORS["blue"])
    for i, text in enumerate(BACK):
        _box(axes, 2 * i + 2, -1.3, text, style.COLORS["orange"], dashed=True)
    _arrow(axes, (8, -HEIGHT / 2), (6 + WIDTH / 2, -1.3), style.COLORS["orange"])
    for i in (1, 2):
        _arrow(axes, (2 * i + 2 - WIDTH / 2, -1.3), (2 * i + WIDTH / 2, -1.3), style.COLORS["orange"])
    axes.text(8.05, -1.22, "(p − y) / N\n(32, 10)", ha="center", va="top", fontsize=8.5)
    _box(
        axes,
        4,
        -2.55,
        "optimiser: W ← W − η dW,  b ← b − η db   (in place)",
        style.COLORS["green"],
        width=6.4,
    )
    for i in (1, 2, 3):
        _arrow(axes, (2 * i, -1.3 - HEIGHT / 2), (2 * i, -2.55 + HEIGHT / 2), style.COLORS["green"])
    for y, text in ((0.5, "forward →"), (-0.8, "← backward"), (-2.05, "step ↓")):
        axes.text(-0.9, y, text, ha="left", va="center", fontsize=9, color=style.muted())
    return figure


def _box(axes, x: float, y: float, text: str, colour: str, *, width: float = WIDTH, dashed: bool = False):
    corner = (x - width / 2, y - HEIGHT / 2)
    shape = FancyBboxPatch(corner, width, HEIGHT, boxstyle="round,pad=0.02,rounding_size=0.08", lw=1.6)
    shape.set(facecolor=style.paper(), edgecolor=colour, linestyle="--" if dashed else "-")
    axes.add_patch(shape)
    axes.text(x, y, text, ha="center", va="center", fontsize=8.5)


def _arrow(axes, start: tuple[float, float], end: tuple[float, float], colour: str):
    axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, color=colour, lw=1.6))
