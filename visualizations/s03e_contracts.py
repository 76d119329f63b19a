"""What each base expects, on the axis of greys: where black and white land, and which grey is zero."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style

ALT = (
    "Four horizontal strips, each running from black, 0, to white, 255. A diamond marks the grey that "
    "arrives as zero, and so the grey of every zero that padding adds. MobileNetV2: near the middle, at "
    "127.5; its strip goes from -1 to 1. ResNet50 and VGG16: three diamonds from 104 to 124, one a "
    "channel; -124 to 151. EfficientNetB0, whose own first layers do the scaling: three diamonds from 104 "
    "to 124; about -2.1 to 2.6. Last, MobileNetV2 with pixels scaled to 0 to 1, the slip: the diamond is "
    "at the black end."
)
MEANS = (103.939, 116.779, 123.68)  # ImageNet, BGR
# EfficientNet normalises inside: (pixel / 255 - mean) / std
INSIDE = tuple((mean, std) for mean, std in ((0.485, 0.229), (0.456, 0.224), (0.406, 0.225)))


def strips() -> list[tuple[str, list[float], float, float]]:
    """(label, greys that become zero, where the lowest black lands, where the highest white lands)."""
    lows = [-mean / std for mean, std in INSIDE]
    highs = [(1 - mean) / std for mean, std in INSIDE]
    caffe = ("ResNet50, VGG16", list(MEANS), -max(MEANS), 255 - min(MEANS))
    return [
        ("MobileNetV2", [127.5], -1.0, 1.0),
        caffe,
        ("EfficientNetB0", [255 * mean for mean, _ in INSIDE], min(lows), max(highs)),
        ("MobileNetV2 with [0, 1]\n(the slip)", [0.0], 0.0, 1.0),
    ]


def draw() -> Figure:
    """One strip a contract."""
    rows = strips()
    figure, ax = plt.subplots(figsize=(7.4, 3.1))
    for y, (_, zeros, low, high) in enumerate(rows):
        ax.imshow(
            np.linspace(0, 1, 256)[None], cmap="gray", extent=(0, 255, y - 0.26, y + 0.26), aspect="auto"
        )
        ax.plot(zeros, [y] * len(zeros), "D", ms=8, color=style.COLORS["orange"], mec=style.paper())
        ax.text(-6, y + 0.42, f"{low:.3g}", ha="left", va="center", fontsize=9)
        ax.text(261, y + 0.42, f"{high:.3g}", ha="right", va="center", fontsize=9)
    ax.set_yticks(range(len(rows)), [label for label, *_ in rows])
    ax.set(xlim=(-8, 263), ylim=(len(rows) - 0.3, -0.6), xlabel="grey of the pixel")
    ax.plot([], [], "D", color=style.COLORS["orange"], mec=style.paper(), label="arrives as zero")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.16))
    ax.spines["left"].set_visible(False)
    ax.tick_params(left=False)
    return figure
