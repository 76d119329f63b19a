"""Session 03 F: slices of the phantom from two sites, which differ in scanner settings."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons.style import muted
from neuropath.phantom import generate

ALT = (
    "Brain slices of four simulated patients in two rows, the same patients in both. The upper row, site A, "
    "is crisp: grey ribbon, white matter and ventricles are clearly told apart. The lower row, site C, is "
    "blurred and grainy, so that fine folds are lost."
)
SITES, SEED, SHOWN = ("A", "C"), 4, 4


def slices(site: str) -> list:
    """SHOWN images (96, 96), each of another patient; the same patients at every site."""
    made = generate(SHOWN, size=96, seed=SEED, sites=(site,), slices=(1, 1), jobs=1, progress=False)
    return list(made.images)


def draw() -> Figure:
    """The two rows of slices."""
    figure, axes = plt.subplots(2, SHOWN, figsize=(7.0, 3.7))
    for row, site in zip(axes, SITES, strict=True):
        for ax, image in zip(row, slices(site), strict=True):
            ax.imshow(image, cmap="gray", vmin=0, vmax=255)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
        row[0].set_ylabel(f"site {site}", color=muted())
    return figure
