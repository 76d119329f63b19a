"""The grid of the 6 × 6 maps over a slice: the tiles one draws, and the centres of what is seen."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style
from neuropath.lessons.architectures import output_size, receptive_field
from neuropath.phantom.cohort import plan
from neuropath.phantom.scan import Body, scan
from neuropath.visualizations.s02e_stack import architecture

ALT = (
    "Two simulated slices with dots in a regular grid. Left, 96 pixels: thin lines divide the picture into "
    "6 by 6 tiles; each of the 36 orange dots lies in the lower right corner of its tile, the last row and "
    "column on the very edge of the picture, and none near the upper or left edge. Right, 97 pixels: 7 by "
    "7 dots, from the first pixel to the last, the same at all four edges."
)
SEED, PLANNED, WHO, NUMBER = 11, 360, 58, 4
LAYER = "13 expand"  # the last of the 6 × 6 maps at 96 pixels


def centres(size: int) -> np.ndarray:
    """Pixels at the centres of the fields of LAYER, along one axis."""
    rows, n = architecture(size, 0.35).layers, size
    fields = {field.name: field for field in receptive_field(rows, size)}
    for layer in rows:
        n = output_size(n, layer)
        if layer.name == LAYER:
            break
    return fields[LAYER].centre + fields[LAYER].jump * np.arange(n)


def draw() -> Figure:
    """An even size and an odd one."""
    patient = plan(PLANNED, seed=SEED, sites=("A", "B"))[WHO]
    figure, axes = plt.subplots(1, 2, figsize=(7.0, 3.5))
    for ax, size in zip(axes, (96, 97), strict=True):
        image = np.pad(scan(Body(patient, 96), NUMBER).image, ((0, size - 96), (0, size - 96)), mode="edge")
        ax.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="none")
        at = centres(size)
        down, across = np.meshgrid(at, at, indexing="ij")
        ax.plot(across, down, "o", ms=6, color=style.COLORS["orange"], mec=style.paper(), clip_on=False)
        if size == 96:
            for line in np.arange(16, 96, 16) - 0.5:
                ax.axhline(line, color=style.COLORS["sky"], lw=0.8)
                ax.axvline(line, color=style.COLORS["sky"], lw=0.8)
        ax.set(xticks=[], yticks=[], title=f"{size} pixels: {len(at)} × {len(at)} places")
    return figure
