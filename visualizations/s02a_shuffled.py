"""Digits, and the same digits with their pixels in another, fixed order."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.datasets import load
from neuropath.lessons.style import ink
from neuropath.visualizations._s01a import bare

ALT = (
    "Two rows of six pictures of 8 by 8 pixels. Upper row: handwritten digits 0, 1, 2, 3, 4 and 5, all "
    "legible. Lower row: the same pictures after their 64 pixels have changed places by one fixed rule; "
    "they look like scattered grey squares, and no digit can be recognised."
)


def shuffle(images: np.ndarray) -> np.ndarray:
    """Every picture's pixels in the same new order: (N, H, W), the shape stays."""
    order = np.random.default_rng(7).permutation(images[0].size)
    return images.reshape(len(images), -1)[:, order].reshape(images.shape)


def typical(images: np.ndarray) -> np.ndarray:
    """The image nearest to the mean of its class: (N, H, W) -> (H, W)."""
    return images[((images - images.mean(axis=0)) ** 2).sum(axis=(1, 2)).argmin()]


def draw() -> Figure:
    """Above as written, below shuffled."""
    data = load("digits")
    chosen = np.stack([typical(data.X_train[data.y_train == digit]) for digit in range(6)])
    figure, axes = plt.subplots(2, 6, figsize=(7.0, 2.6))
    rows = (("as written", chosen), ("shuffled", shuffle(chosen)))
    for row, (name, pictures) in zip(axes, rows, strict=True):
        for ax, picture in zip(row, pictures, strict=True):
            bare(ax).imshow(picture, cmap="gray", vmin=0, vmax=1)
        row[0].set_ylabel(name, color=ink())
    return figure
