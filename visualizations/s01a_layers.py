"""From pixels to parts: what successive layers tend to answer to, shown with hand-made filters."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from scipy.signal import correlate2d

from neuropath.lessons.style import COLORS, ink
from neuropath.visualizations._s01a import bare

ALT = (
    "Four pictures in a row. A drawn, schematic head slice with a bright ring on one side. Layer 1: "
    "only outlines are lit, as an edge detector answers. Layer 2: a ring detector answers with one "
    "bright spot at the ring. Deeper: two bars; the answer for the right half of the picture is high, "
    "the one for the left half low."
)


def slice_image(size: int = 64) -> np.ndarray:
    """A drawing, not a scan: head, two ventricles and a bright ring, (size, size) in [0, 1]."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    image = 0.45 * ((x / 0.75) ** 2 + (y / 0.92) ** 2 < 1)
    for side in (-1, 1):
        image[((x - 0.13 * side) / 0.07) ** 2 + (y / 0.26) ** 2 < 1] = 0.15
    radius = np.hypot(x - 0.42, y + 0.18)
    image[(radius > 0.1) & (radius < 0.19)] = 1.0
    return image


def layers() -> list[np.ndarray]:
    """Image, edge strength, ring response (all the same shape) and the strongest ring in each half, (2,)."""
    image = slice_image()
    across = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    pair = [np.maximum(correlate2d(image, s * f, "same"), 0) for f in (across, across.T) for s in (1, -1)]
    edges = np.sum(pair, axis=0)  # four ReLU neurons a pixel: left, right, up and down edges
    v, u = np.mgrid[-9:10, -9:10]
    ring = np.exp(-((np.hypot(u, v) - 4.6) ** 2) / 4)
    response = correlate2d(edges, ring - ring.mean(), "same")
    response = np.maximum(response - 0.6 * response.max(), 0)  # a ReLU with a negative bias
    half = image.shape[1] // 2
    return [image, edges, response, np.array([response[:, :half].max(), response[:, half:].max()])]


def draw() -> Figure:
    """Pixels, edges, a part, and where the part is."""
    figure, axes = plt.subplots(1, 4, figsize=(7.0, 2.2), width_ratios=[1, 1, 1, 0.7])
    *maps, halves = layers()
    for ax, title, picture in zip(axes, ("pixels", "layer 1: edges", "layer 2: a part"), maps, strict=False):
        bare(ax).imshow(picture, cmap="gray")
        ax.set_title(title, fontsize=10)
    bars = axes[3].bar(["left", "right"], halves / halves.max(), color=[COLORS["blue"], COLORS["orange"]])
    axes[3].bar_label(bars, [f"{v:.2f}" for v in halves / halves.max()], color=ink(), fontsize=9)
    axes[3].set(yticks=[], ylim=(0, 1.25))
    axes[3].spines["left"].set_visible(False)
    axes[3].set_title("deeper: where", fontsize=10)
    return figure
