"""Random images beside real ones: almost nothing in the space of images is an image of something."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import ink
from neuropath.visualizations._s01a import bare

ALT = (
    "Two rows of six 8 by 8 grey images. The upper row, drawn at random, is noise without any shape; "
    "the lower row, taken from a set of handwritten digits, shows 0, 1, 2, 3, 4 and 5."
)


def images() -> tuple[np.ndarray, np.ndarray]:
    """Six images of random pixels and the first handwritten 0 … 5, each (6, 8, 8) in [0, 1]."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    first = [np.flatnonzero(digits.target == k)[0] for k in range(6)]
    noise = np.random.default_rng(1).integers(0, 17, (6, 8, 8)) / 16
    return noise, digits.images[first] / 16


def draw() -> Figure:
    """Six points of the space at random, above six that people wrote."""
    figure, axes = plt.subplots(2, 6, figsize=(7.0, 2.7))
    for row, batch, name in zip(axes, images(), ("at random", "by hand"), strict=True):
        for ax, image in zip(row, batch, strict=True):
            bare(ax).imshow(image, cmap="gray", vmin=0, vmax=1)
        row[0].set_ylabel(name, color=ink(), fontweight="bold")
    return figure
