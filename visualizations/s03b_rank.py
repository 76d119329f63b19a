"""One input channel of a kernel as a matrix: anything, or one pattern in different strengths."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import ink, muted

ALT = (
    "Four heat maps in one colour scale. A matrix of 9 rows, the places of a 3 by 3 kernel, and 12 columns, "
    "the output channels, with no visible order. An equals-about sign; a matrix of the same size whose "
    "columns all repeat one pattern, stronger, weaker or with opposite sign. An equals sign; that pattern "
    "as a single column of 9, times a single row of 12. The nearest such matrix keeps 33 percent of the sum "
    "of squares."
)
PLACES, OUTPUTS = 9, 12


def kernel() -> np.ndarray:
    """A general M_c (9, 12)."""
    return np.random.default_rng(7).normal(size=(PLACES, OUTPUTS))


def nearest(M: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Column (9, 1) and row (1, 12) of the nearest matrix of rank one."""
    U, s, V = np.linalg.svd(M)
    return U[:, :1] * np.sqrt(s[0]), V[:1] * np.sqrt(s[0])


def draw() -> Figure:
    """The matrix, its nearest of rank one, and its factors."""
    M = kernel()
    column, row = nearest(M)
    widths = [OUTPUTS, 1.6, OUTPUTS, 1.6, 1, 1.2, OUTPUTS]
    figure, axes = plt.subplots(1, 7, figsize=(7.2, 2.4), width_ratios=widths)
    top = np.abs(M).max()
    titles = ("any kernel", "separable", "pattern", "weights")
    for ax, values, title in zip(axes[::2], (M, column @ row, column, row), titles, strict=True):
        image = ax.imshow(values, cmap="PuOr", vmin=-top, vmax=top)
        ax.set_title(title)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=muted())
    for ax, sign in zip(axes[1::2], ("≈", "=", "×"), strict=True):
        ax.text(0.5, 0.5, sign, ha="center", va="center", size=18, color=ink(), transform=ax.transAxes)
        ax.axis("off")
    axes[0].set_ylabel("9 places")
    axes[0].set_xlabel("12 output channels")
    figure.colorbar(image, ax=axes, shrink=0.8, label="weight")
    return figure
