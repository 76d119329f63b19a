"""Session 02 F: the four sheets of a lifted digit, and of the same digit after a quarter turn."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.datasets import load
from neuropath.lessons.style import COLORS, ink, muted
from neuropath.scratch.group_convolution import p4_kernel

ALT = (
    "Two rows of five pictures. Upper row: a handwritten 5, and the four maps that an edge filter and its "
    "three quarter turns make of it; each map lights up edges that face another way. Lower row: the same 5 "
    "after a quarter turn to the left, and its four maps. Frames in four colours and line styles show that "
    "every map of the upper row returns in the lower one, a quarter turn later and one place to the right; "
    "the last returns in the first place."
)
LOOKS = (("blue", "-"), ("orange", "--"), ("green", "-."), ("pink", ":"))
EDGE = np.array([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])


def digit() -> np.ndarray:
    """The first 5 of the training digits, (8, 8), in a frame of two zeros: (12, 12)."""
    data = load("digits")
    return np.pad(data.X_train[np.flatnonzero(data.y_train == 5)[0]].astype(float), 2)


def sheets(image: np.ndarray) -> np.ndarray:
    """(H, W) -> (4, H - 2, W - 2): the edge filter in its four positions, then a ReLU."""
    K = p4_kernel(EDGE[:, :, None, None, None])[:, :, 0]  # (3, 3, 4)
    seen = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    return np.maximum(np.einsum("yxij,ijr->ryx", seen, K), 0)


def draw() -> Figure:
    """Upright above, turned below."""
    figure, axes = plt.subplots(2, 5, figsize=(7.6, 3.5))
    for turn, row in enumerate(axes):
        image = np.rot90(digit(), turn)
        row[0].imshow(image, cmap="gray_r")
        for r, sheet in enumerate(sheets(image)):
            row[r + 1].imshow(sheet, cmap="cividis", vmin=0, vmax=sheets(digit()).max())
            hue, style = LOOKS[(r - turn) % 4]
            for spine in row[r + 1].spines.values():
                spine.set(visible=True, color=COLORS[hue], linestyle=style, linewidth=3)
    for r in range(4):
        axes[0, r + 1].set_title(f"sheet {r}", color=ink())
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
    for ax, word in zip(axes[:, 0], ("image", "turned"), strict=True):
        ax.set_ylabel(word, color=muted())
        ax.spines[["left", "bottom"]].set_visible(False)
    return figure
