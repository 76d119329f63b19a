"""What units of a trained network answer to most: patches of real digits, first and second layer."""

from functools import lru_cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.datasets import load
from neuropath.lessons.style import ink
from neuropath.visualizations._s01a import bare
from neuropath.visualizations._s02a import box
from neuropath.visualizations._s02a_digits import framed, trained

ALT = (
    "Two blocks of small grey patches cut from handwritten digits; each row belongs to one unit of a "
    "trained network and shows the six patches that it answers to most. Left block, first layer, five "
    "units, patches of 3 by 3 pixels: within a row the patches look alike, each a step or bar of one "
    "direction. Right block, second layer, five units, patches of 5 by 5 pixels: within a row similar "
    "bends, ends and crossings of strokes."
)
UNITS, PATCHES = 5, 6
WIDTHS = (3, 5)


@lru_cache(maxsize=1)
def answers() -> tuple[np.ndarray, list[np.ndarray]]:
    """The training digits, (N, H, W), and the outputs of both layers after ReLU, (N, H', W', units)."""
    X = framed(load("digits").X_train)
    out, seen = X, []
    for layer in trained("sliding").layers[:4]:
        out = layer.forward(out)
        seen.append(out)
    return X[..., 0], [seen[1], seen[3]]


def best_patches(depth: int, unit: int) -> np.ndarray:
    """The patches, one a digit, with the largest answers of a unit: (PATCHES, width, width)."""
    images, outputs = answers()
    maps, width = outputs[depth][..., unit], WIDTHS[depth]
    order = np.argsort(-maps.max(axis=(1, 2)), kind="stable")[:PATCHES]
    patches = []
    for n in order:
        y, x = np.unravel_index(maps[n].argmax(), maps[n].shape)
        patches.append(images[n, y : y + width, x : x + width])
    return np.stack(patches)


def busiest(depth: int) -> list[int]:
    """The units whose answers vary most over places and digits."""
    maps = answers()[1][depth]
    return [int(u) for u in np.argsort(-maps.std(axis=(0, 1, 2)), kind="stable")[:UNITS]]


def likeness(depth: int) -> float:
    """Mean correlation between the best patches of one unit, over the units shown."""
    found = []
    for unit in busiest(depth):
        rows = best_patches(depth, unit).reshape(PATCHES, -1)
        found.append(np.corrcoef(rows)[np.triu_indices(PATCHES, 1)].mean())
    return float(np.mean(found))


def control(depth: int) -> float:
    """Mean correlation between patches of the same size cut at random around the digits' strokes."""
    (images, _), width, rng = answers(), WIDTHS[depth], np.random.default_rng(0)
    rows = []
    while len(rows) < 60:
        n, y, x = (int(rng.integers(0, top)) for top in np.subtract(images.shape, (0, width - 1, width - 1)))
        patch = images[n, y : y + width, x : x + width]
        if patch.std() > 0.2:  # not empty paper
            rows.append(patch.ravel())
    return float(np.corrcoef(rows)[np.triu_indices(60, 1)].mean())


def draw() -> Figure:
    """One picture a layer, rows of units."""
    figure, axes = plt.subplots(1, 2, figsize=(7.4, 3.6))
    for depth, ax in enumerate(axes):
        _block(bare(ax), depth)
    return figure


def _block(ax: Axes, depth: int) -> None:
    width = WIDTHS[depth]
    sheet = np.full((UNITS * (width + 1), PATCHES * (width + 1)), np.nan)
    for row, unit in enumerate(busiest(depth)):
        for column, patch in enumerate(best_patches(depth, unit)):
            y, x = row * (width + 1), column * (width + 1)
            sheet[y : y + width, x : x + width] = patch
            box(ax, (x - 0.5, y - 0.5), width, width, "sky", lw=1.2)
    ax.imshow(sheet, cmap="gray", vmin=0, vmax=1, interpolation="none")
    ax.set_title(f"layer {depth + 1}: sees {width} × {width}", fontsize=10)
    ax.set_yticks(
        [(row + 0.5) * (width + 1) - 1 for row in range(UNITS)], [f"unit {n + 1}" for n in range(UNITS)]
    )
    ax.tick_params(length=0, labelsize=9, labelcolor=ink())
