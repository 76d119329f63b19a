"""How wide four families of networks are inside one block, to the same scale."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Four rows of upright bars, heights being channels. VGG-16: 512 and 512, between them one standard 3 "
    "by 3 layer, 2,359,296 weights. ResNet-50: 256, 64, 64, 256, wide outside and narrow inside, with a "
    "shortcut between the wide ends, 69,632 weights. MobileNet: 512, 512, 512 by separable layers, "
    "266,752 weights, no shortcut. MobileNetV2: 32, 192, 192, 32, narrow outside and wide inside, with a "
    "shortcut between the narrow ends, 14,016 weights."
)
# name, channels before and after each layer, (window, one window a channel?) of each layer, shortcut?
BLOCKS = (
    ("VGG-16, 2014", (512, 512), ((3, False),), False),
    ("ResNet-50, 2015", (256, 64, 64, 256), ((1, False), (3, False), (1, False)), True),
    ("MobileNet, 2017", (512, 512, 512), ((3, True), (1, False)), False),
    ("MobileNetV2, 2018", (32, 192, 192, 32), ((1, False), (3, True), (1, False)), True),
)


def weights(channels: tuple[int, ...], layers: tuple[tuple[int, bool], ...]) -> int:
    """Kernel entries of a block."""
    ends = zip(channels, channels[1:], layers, strict=False)
    return sum(size**2 * before * (1 if alone else after) for before, after, (size, alone) in ends)


def draw() -> Figure:
    """One row a block; a bow is a shortcut."""
    figure, axes = plt.subplots(2, 2, figsize=(8.2, 4.4))
    for ax, (name, channels, layers, shortcut) in zip(axes.flat, BLOCKS, strict=True):
        ax.set(xlim=(-0.6, 3.7), ylim=(-1.05, 1.0))
        ax.axis("off")
        ax.set_title(f"{name}: {weights(channels, layers):,} weights", fontsize=10)
        step = 3 / (len(channels) - 1)
        for k, n in enumerate(channels):
            high, hue = n / 420, COLORS["blue" if k in (0, len(channels) - 1) else "sky"]
            ax.add_patch(Rectangle((step * k - 0.07, -high / 2), 0.14, high, fc=hue, ec=ink(), lw=0.8))
            ax.text(step * k, -high / 2 - 0.07, str(n), ha="center", va="top", fontsize=9, color=ink())
        for k, (size, alone) in enumerate(layers):
            text = f"{size} × {size}" + ("\neach alone" if alone else "")
            ax.text(step * (k + 0.5), 0, text, ha="center", va="center", fontsize=8.5, color=muted())
        if shortcut:
            bow = {
                "arrowstyle": "-|>",
                "lw": 1.8,
                "color": COLORS["orange"],
                "connectionstyle": "arc3,rad=-0.3",
            }
            ax.annotate("", (3, channels[-1] / 840 + 0.03), (0, channels[0] / 840 + 0.03), arrowprops=bow)
    return figure
