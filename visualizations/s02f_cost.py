"""Session 02 F: multiplications of a convolution, by three algorithms, against the size of the kernel."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, muted

ALT = (
    "Real multiplications for each output, channel and filter against kernel sizes from 3 to 31, on a "
    "logarithmic scale. Direct convolution rises from 9 to 961. Two horizontal lines for the Fourier way on "
    "64 by 64 pixels: at 38 for one channel, one filter and one image, which direct convolution passes "
    "between kernel sizes 5 and 7, and at 2.8 for 64 channels, 64 filters and 32 images, below direct "
    "convolution from the start. Winograd's tiles of 4 by 4 outputs begin at 2.25 for kernel size 3 and rise "
    "to 72 at size 31."
)
SIZES = np.arange(3, 32, 2)


def fourier(n: int, channels: int = 1, filters: int = 1, images: int = 1) -> float:
    """Multiplications for each output, channel and filter: n × n pixels, n a power of two.

    A transform of a real image costs 2 n² log₂ n, a product of two half spectra 2 n².
    """
    return 2 + 2 * np.log2(n) * (1 / filters + 1 / channels + 1 / images)


def winograd(m: int, k: int | np.ndarray) -> float | np.ndarray:
    """The same for tiles of m × m outputs, the transforms not counted."""
    return ((m + k - 1) / m) ** 2


def draw() -> Figure:
    """Four lines."""
    figure, ax = plt.subplots(figsize=(7.2, 3.5))
    ax.semilogy(SIZES, SIZES**2, "o-", color=COLORS["blue"], ms=4)
    ax.semilogy(SIZES, winograd(4, SIZES), "s-", color=COLORS["green"], ms=4)
    for height, style in ((fourier(64), "--"), (fourier(64, 64, 64, 32), "-.")):
        ax.axhline(height, color=COLORS["orange"], ls=style)
    for x, y, text, hue in (
        (23, 620, "direct", "blue"),
        (23.4, 20, "Winograd, 4 × 4 outputs", "green"),
        (9.6, 46, "Fourier, 1 channel, 1 filter, 1 image", "orange"),
        (31, 3.2, "Fourier, 64 channels, 64 filters, 32 images", "orange"),
    ):
        ax.text(x, y, text, color=COLORS[hue], ha="left" if x < 10 or hue == "green" else "right", fontsize=9)
    ax.text(31, 1.15, "64 × 64 pixels, stride 1", color=muted(), ha="right", fontsize=9)
    ax.set(xlabel="kernel size", ylabel="multiplications", ylim=(1, 1500), xticks=SIZES[::2])
    return figure
