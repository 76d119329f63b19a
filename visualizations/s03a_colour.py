"""What the first layer of a network from photographs says to pictures without colour."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.record import recorded
from neuropath.lessons.style import COLORS, muted
from neuropath.visualizations._s01a import bare
from neuropath.visualizations._s02a import head_slice

ALT = (
    "Above, three pictures: a photograph of an orange flower in colour, the same photograph in grey, "
    "and a simulated brain slice. Below, for each of the sixteen filters of the first layer, bars of "
    "how much its answers vary over colour photographs, grey photographs and slices. The two filters on "
    "the left, which compare colours, vary over colour photographs and are silent on both kinds of grey "
    "picture; a third is quieter on them. Eight others vary over all three. Five filters vary over "
    "none."
)
KINDS = {
    "colour": ("photographs", "pink"),
    "grey": ("the same, grey", "grey"),
    "phantom": ("simulated slices", "blue"),
}


def order() -> np.ndarray:
    """Filters that vary at all, from those about colour to those blind to it, then the silent ones."""
    found = {name: np.array(values) for name, values in recorded("transfer-sources")["first_layer"].items()}
    silent = found["colour"] < 0.01
    return np.lexsort((found["grey_share"], silent))


def draw() -> Figure:
    """Pictures above, bars below."""
    from sklearn.datasets import load_sample_image

    photo = load_sample_image("flower.jpg")[60:420, 120:480]
    pictures = (photo, photo @ [0.299, 0.587, 0.114], head_slice(224))
    figure = plt.figure(figsize=(8.2, 4.6))
    grid = figure.add_gridspec(2, 3, height_ratios=[1, 1.05])
    for place, (picture, (name, _)) in enumerate(zip(pictures, KINDS.values(), strict=True)):
        ax = bare(figure.add_subplot(grid[0, place]))
        ax.imshow(picture, cmap="gray", vmin=0, vmax=255)
        ax.set_title(name, fontsize=10)
    ax, rows, found = figure.add_subplot(grid[1, :]), order(), recorded("transfer-sources")["first_layer"]
    for place, (kind, (name, hue)) in enumerate(KINDS.items()):
        heights = np.array(found[kind])[rows]
        hatch = ("", "//", "..")[place]
        ax.bar(
            np.arange(len(rows)) + 0.27 * (place - 1),
            heights,
            0.27,
            color=COLORS[hue],
            hatch=hatch,
            label=name,
        )
    shares = np.array(found["grey_share"])[rows]
    ax.set_xticks(range(len(rows)), [f"{share:.2f}" for share in shares], fontsize=8.5)
    ax.set(xlabel="filter, by how much of its weights is left when the colours are summed")
    ax.set_ylabel("spread of its answers", color=muted())
    ax.legend(fontsize=9)
    return figure
