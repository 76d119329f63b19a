"""Stands in for `ConvolutionExplorer` where no JavaScript runs: the explorer as it starts."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath import scratch as nn
from neuropath.lessons.style import COLORS, ink, muted, paper
from neuropath.widgets.convolution import COLUMN, EDGE_X, ROW, ConvolutionExplorer, brain_slice

ALT = ConvolutionExplorer.ALT


def convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Stride 1, no padding, one channel in and one out: scratch's layer with this kernel."""
    layer = nn.Conv2D(1, 1, kernel.shape, rng=np.random.default_rng(0), use_bias=False, dtype="float64")
    layer.params["W"][...] = kernel[:, :, None, None]
    return layer.forward(image[None, :, :, None])[0, :, :, 0]


def draw() -> Figure:
    """The slice with the window, the nine products, the output with its pixel."""
    image, kernel = np.array(brain_slice(), float), np.array(EDGE_X)
    output = convolve(image, kernel)
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(7.6, 2.9))
    left.imshow(image, cmap="gray", vmin=0, vmax=255)
    signs = LinearSegmentedColormap.from_list("signs", [COLORS["orange"], paper(), COLORS["blue"]])
    most = np.abs(output).max()
    right.imshow(output, cmap=signs, vmin=-most, vmax=most, extent=(0.5, 26.5, 26.5, 0.5))
    for ax, size, at in ((left, 3, -0.5), (right, 1, 0.5)):
        box = Rectangle((COLUMN + at, ROW + at), size, size, fill=False, ec=COLORS["amber"], lw=2)
        ax.add_patch(box)
        ax.set(xlim=(-0.5, 27.5), ylim=(27.5, -0.5), xticks=[], yticks=[])
    _products(middle, image[ROW : ROW + 3, COLUMN : COLUMN + 3], kernel)
    left.set_title("the slice")
    right.set_title("the output")
    for spine in ("right", "top"):
        right.spines[spine].set(visible=True, color=muted())
    return figure


def _products(ax: Axes, window: np.ndarray, kernel: np.ndarray) -> None:
    """Pixel × entry = product, nine times, and their sum."""
    ax.axis("off")
    ax.set_box_aspect(1)
    ax.set(xlim=(-0.5, 2.5), ylim=(3.1, -0.6), title="pixel × kernel entry")
    for (i, j), pixel in np.ndenumerate(window):
        text = f"{pixel:.0f} × {kernel[i, j]:.0f}\n= {pixel * kernel[i, j]:.0f}".replace("-", "−")
        ax.text(j, i, text, ha="center", va="center", fontsize=8, color=ink())
    ax.text(1, 2.85, f"sum: {(window * kernel).sum():.0f}", ha="center", weight="bold", color=ink())
