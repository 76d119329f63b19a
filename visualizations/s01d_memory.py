"""What lies in memory during one training step of 784-128-64-10, at four batch sizes."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style

ALT = (
    "Four stacked bars, the memory of one training step of the network 784-128-64-10 with Adam in "
    "float32, for batches of 1, 32, 256 and 2048 examples. Parameters, gradients and Adam's two averages "
    "take 0.44, 0.44 and 0.88 megabytes at every batch size. Inputs and activations grow in proportion to "
    "the batch: invisible at 1, 0.13 megabytes at 32, 1.0 at 256 and 8.1 at 2048, where they are most of "
    "the bar."
)
SIZES = (784, 128, 64, 10)
BATCHES = (1, 32, 256, 2048)


def megabytes(batch: int) -> dict[str, float]:
    """Float32 megabytes (10⁶ bytes) of each kind of array, for one training step."""
    parameters = sum(a * b + b for a, b in pairwise(SIZES))
    numbers = {
        "parameters": parameters,
        "gradients": parameters,
        "Adam's m and v": 2 * parameters,
        "inputs and activations": batch * sum(SIZES),
    }
    return {name: 4 * count / 1e6 for name, count in numbers.items()}


def draw() -> Figure:
    """Fixed costs are the same in every bar; the hatched part is proportional to the batch."""
    figure, axes = plt.subplots(figsize=(7, 3.2))
    looks = zip(("blue", "sky", "green", "orange"), ("", "..", "xx", "//"), strict=True)
    left = np.zeros(len(BATCHES))
    for name, (colour, hatch) in zip(megabytes(1), looks, strict=True):
        width = np.array([megabytes(batch)[name] for batch in BATCHES])
        axes.barh(range(len(BATCHES)), width, 0.62, left, color=style.COLORS[colour], hatch=hatch, label=name)
        left += width
    for row, total in enumerate(left):
        axes.text(total + 0.1, row, f"{total:.1f} MB", va="center", fontsize=9)
    axes.set_yticks(range(len(BATCHES)), [f"batch {batch}" for batch in BATCHES])
    axes.set(xlabel="megabytes (float32)", xlim=(0, 11.2))
    axes.invert_yaxis()
    axes.legend(loc="upper right", fontsize=9)
    for bar in axes.patches:
        bar.set(edgecolor=style.paper(), linewidth=0.8)
    return figure
