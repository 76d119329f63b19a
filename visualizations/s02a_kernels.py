"""One slice and what four kernels of nine numbers make of it."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import ink
from neuropath.visualizations._s01a import bare
from neuropath.visualizations._s02a import KERNELS, head_slice, signs, slide

ALT = (
    "Five pictures of the same simulated brain slice with a bright meningioma, and under four of them the "
    "kernel that made it. The slice; blurred, softer everywhere (nine times one ninth); sharpened, with "
    "crisper rims (5 in the centre, minus 1 on its four sides); edges across, where left and right flanks of "
    "skull and tumour stand out in opposite colours; edges down, where upper and lower flanks do. Even "
    "tissue is pale in both maps of edges."
)
SIZE = 96


def maps() -> dict[str, np.ndarray]:
    """The slice (96, 96) and the output of every kernel (94, 94)."""
    image = head_slice(SIZE)
    return {"the slice": image} | {name: slide(image, kernel) for name, kernel in KERNELS.items()}


def draw() -> Figure:
    """Maps above, kernels below."""
    figure, axes = plt.subplots(2, 5, figsize=(8.4, 3.0), height_ratios=[1, 0.42])
    for (above, below), (name, values) in zip(axes.T, maps().items(), strict=True):
        bare(above).set_title(name, fontsize=10)
        if name.startswith("edges"):
            above.imshow(values, cmap=signs(), vmin=-600, vmax=600, interpolation="none")
        else:
            above.imshow(values, cmap="gray", vmin=0, vmax=255, interpolation="none")
        bare(below).set(xlim=(-0.6, 2.6), ylim=(2.6, -0.6), aspect="equal")
        for (i, j), weight in np.ndenumerate(KERNELS.get(name, np.empty((0, 0)))):
            text = "⅑" if name == "blur" else f"{weight:g}".replace("-", "−")
            below.text(j, i, text, ha="center", va="center", fontsize=9, color=ink())
    return figure
