"""LeNet-5: shapes, and where its parameters and its work are."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from neuropath.lessons import style

ALT = (
    "Two panels. Top: eight boxes from left to right, the shapes in LeNet-5: image 28 by 28 by 1, "
    "convolution 28 by 28 by 6, pooling 14 by 14 by 6, convolution 10 by 10 by 16, pooling 5 by 5 by 16, "
    "then 120 and 84 units and 10 logits. Bottom: for the five layers with weights two bars each, the "
    "share of parameters and the share of multiply-adds. The first dense layer has 78 percent of the "
    "parameters and 12 percent of the work; the second convolution has 4 percent of the parameters and 58"
    " percent of the work."
)
STAGES = (
    ("image", "28×28×1"),
    ("conv 5×5", "28×28×6"),
    ("pool 2", "14×14×6"),
    ("conv 5×5", "10×10×16"),
    ("pool 2", "5×5×16"),
    ("dense", "120"),
    ("dense", "84"),
    ("dense", "10"),
)
LAYERS = ("conv 1", "conv 2", "dense 1", "dense 2", "dense 3")
PARAMETERS = (156, 2_416, 48_120, 10_164, 850)
MACS = (117_600, 240_000, 48_000, 10_080, 840)


def draw() -> Figure:
    """Parameters and multiply-adds in percent of their sums."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(7.4, 4), height_ratios=(1, 2.1))
    top.set(xlim=(-0.55, 7.55), ylim=(-0.6, 0.6))
    top.axis("off")
    for x, (name, shape) in enumerate(STAGES):
        hue = "blue" if "conv" in name else "green" if "pool" in name else "orange"
        edge = style.muted() if name == "image" else style.COLORS[hue]
        box = FancyBboxPatch(
            (x - 0.38, -0.32), 0.76, 0.64, boxstyle="round,pad=0.02", fc="none", ec=edge, lw=1.6
        )
        top.add_patch(box)
        top.text(x, 0, f"{name}\n{shape}", ha="center", va="center", fontsize=8.5)
        if x:
            top.annotate(
                "", (x - 0.4, 0), (x - 0.6, 0), arrowprops={"arrowstyle": "->", "color": style.muted()}
            )
    for shift, counts, hue, hatch, label in (
        (-0.2, PARAMETERS, "sky", "", "parameters"),
        (0.2, MACS, "amber", "//", "multiply-adds"),
    ):
        shares = [100 * n / sum(counts) for n in counts]
        at = [x + shift for x in range(len(LAYERS))]
        bars = bottom.bar(at, shares, 0.38, color=style.COLORS[hue], hatch=hatch, label=label)
        bottom.bar_label(bars, [f"{n:,}" for n in counts], fontsize=8.5, padding=2)
        for bar in bars:
            bar.set(edgecolor=style.paper(), linewidth=0.6)
    bottom.set_xticks(range(len(LAYERS)), LAYERS)
    bottom.set(ylabel="percent of the sum", ylim=(0, 90))
    bottom.legend()
    return figure
