"""Stage 1 in two ways: the frozen base at every step, and its features computed once."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from neuropath.lessons import style

ALT = (
    "Two rows. Top, the usual way: images, frozen base, features, head, with one bracket over base and head "
    "that reads every step of every epoch. Bottom, features once: images and frozen base under a bracket "
    "that reads once, then a store of features, N by 1280, and from it to the head under a bracket that "
    "reads every step of every epoch. A note between the rows says that both give the same head unless "
    "images are augmented or the base is in training mode."
)
STEPS = (
    ("images", "N × 96 × 96"),
    ("frozen base", "10.7 M MACs"),
    ("features", "1280"),
    ("head", "0.8 M MACs"),
)


def draw() -> Figure:
    """The same four boxes twice; what differs is which of them a step runs through."""
    figure, axes = plt.subplots(figsize=(7.2, 3.3))
    axes.set(xlim=(-0.6, 3.75), ylim=(-0.75, 3.1))
    axes.axis("off")
    _row(axes, 2.0, ((0.55, 3.45, "every step of every epoch"),), store=False)
    _row(axes, 0.0, ((0.55, 1.45, "once"), (2.55, 3.45, "every step of every epoch")), store=True)
    note = "the same head, to rounding: unless images are augmented, or the base is in training mode"
    axes.text(1.55, 1.08, note, ha="center", fontsize=8.5, style="italic", color=style.muted())
    return figure


def _row(axes, y: float, brackets, store: bool) -> None:
    for x, (name, size) in enumerate(STEPS):
        hue = {"frozen base": "sky", "head": "amber"}.get(name)
        edge = style.COLORS[hue] if hue else style.ink() if store and name == "features" else style.muted()
        box = FancyBboxPatch(
            (x - 0.36, y - 0.28), 0.72, 0.56, boxstyle="round,pad=0.03", fc="none", ec=edge, lw=1.8
        )
        axes.add_patch(box)
        shown = "stored features\nN × 1280" if store and name == "features" else f"{name}\n{size}"
        axes.text(x, y, shown, ha="center", va="center", fontsize=8.5)
        if x:
            arrow = {"arrowstyle": "->", "color": style.muted()}
            axes.annotate("", (x - 0.4, y), (x - 0.6, y), arrowprops=arrow)
    for left, right, text in brackets:
        axes.plot([left, left, right, right], [y + 0.4, y + 0.48, y + 0.48, y + 0.4], color=style.ink(), lw=1)
        axes.text((left + right) / 2, y + 0.54, text, ha="center", va="bottom", fontsize=8.5)
