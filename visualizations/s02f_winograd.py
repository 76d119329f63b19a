"""Session 02 F: Winograd's tiles, and what larger tiles cost in digits."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons.style import COLORS, muted
from neuropath.scratch.fast_convolution import fft_conv2d, winograd_conv2d

ALT = (
    "Left, a grid of 6 by 6 pixels under four overlapping squares of 4 by 4, in four colours and line "
    "styles; an arrow leads to a grid of 4 by 4 outputs cut into four squares of 2 by 2, each in the colour "
    "of the square it comes from. Right, on a logarithmic scale, the relative error in float32 for tiles of "
    "2, 4, 6 and 8 outputs a side: about 2e-7 for 2, the height of a dashed line for direct convolution, "
    "then 1e-6, 2e-6 and, for 8, 1e-4. Labels say how many times fewer multiplications each needs: 2.25, 4, "
    "5.06 and 5.76."
)
TILES = (2, 4, 6, 8)


def error(m: int | None, dtype: str = "float32") -> float:
    """Relative root-mean-square error for tiles of m outputs a side; None: plain sums in `dtype`."""
    rng = np.random.default_rng(0)
    X, W = (rng.normal(size=s).astype(dtype) for s in ((2, 34, 34, 16), (3, 3, 16, 8)))
    exact = fft_conv2d(X.astype(np.float64), W.astype(np.float64))
    if m is None:
        seen = np.lib.stride_tricks.sliding_window_view(X, (3, 3), axis=(1, 2))  # (N, Ho, Wo, C, 3, 3)
        Y = seen.reshape(-1, 16 * 9) @ W.transpose(2, 0, 1, 3).reshape(-1, 8)
    else:
        Y = winograd_conv2d(X, W, m)
    return float(np.sqrt(np.mean((Y.reshape(exact.shape) - exact) ** 2) / np.mean(exact**2)))


def fewer(m: int, r: int = 3) -> float:
    """How many times fewer multiplications."""
    return (m * r / (m + r - 1)) ** 2


def _tiles(ax: Axes) -> None:
    for size, x0, y0 in ((6, 0, 0), (4, 8.4, 1)):
        for y, x in np.ndindex(size, size):
            ax.add_patch(Rectangle((x0 + x, y0 + y), 1, 1, fill=False, ec=muted(), lw=0.6))
    for k, (hue, style) in enumerate(
        zip(("blue", "orange", "green", "pink"), ("-", "--", "-.", ":"), strict=True)
    ):
        y, x = 2 * (k // 2), 2 * (k % 2)
        look = {"ec": COLORS[hue], "ls": style, "lw": 2.2, "fill": False}
        shift = 0.08 * (k - 1.5)
        ax.add_patch(Rectangle((x + shift, y + shift), 4, 4, **look))
        ax.add_patch(Rectangle((8.4 + x + 0.08, 1 + y + 0.08), 1.84, 1.84, **look))
    ax.annotate("", (8.1, 3), (6.3, 3), arrowprops={"arrowstyle": "-|>", "color": muted()})
    ax.set(xlim=(-0.3, 12.7), ylim=(6.3, -0.3), aspect="equal", title="4 × 4 pixels give 2 × 2 outputs")
    ax.axis("off")


def draw() -> Figure:
    """Tiles, and errors."""
    figure, (left, ax) = plt.subplots(1, 2, figsize=(8, 3.2), width_ratios=(1.35, 1))
    _tiles(left)
    heights = [error(m) for m in TILES]
    ax.semilogy(TILES, heights, "o-", color=COLORS["blue"])
    ax.axhline(error(None), color=COLORS["grey"], ls="--")
    ax.text(8.4, error(None) * 0.5, "direct", color=COLORS["grey"], ha="right", fontsize=9)
    for m, height in zip(TILES, heights, strict=True):
        ax.annotate(
            f"÷ {fewer(m):.3g}", (m, height), (-14, 8), textcoords="offset points", ha="center", fontsize=9
        )
    ax.set(xlabel="outputs a side of the tile", xticks=TILES, ylim=(4e-8, 6e-4), xlim=(0.4, 8.8))
    ax.set_title("relative error, float32")
    return figure
