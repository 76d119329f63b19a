"""The first layer of the bundled base: sixteen filters as a grey image meets them, and what they answer."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import neuropath
from neuropath.lessons import style
from neuropath.phantom.cohort import plan
from neuropath.phantom.scan import Body, scan
from neuropath.scratch.windows import Window, pad, patches

ALT = (
    "Sixteen small squares of three by three cells, blue for positive and orange for negative weights, "
    "each above the map that the filter makes of a simulated brain slice with a bright meningioma. No two "
    "filters are alike and none is a clean edge detector. Some maps are nearly the slice itself, blurred; "
    "some are bright along edges in one direction; some are bright where the slice is dark."
)
FILE = Path(neuropath.__file__).parent / "project" / "pretrained" / "mobilenet_v2_0.35.npz"
SEED, PLANNED, WHO, NUMBER = 11, 360, 58, 4  # a meningioma of the phantom, as in Session 01 E


def grey_stem() -> tuple[np.ndarray, np.ndarray]:
    """Kernel (3, 3, 16) and bias (16,) of the first layer and its normalisation for grey pixels 0–255."""
    with np.load(FILE) as stored:
        W = stored["Conv1/kernel"].astype(float)  # (3, 3, 3, 16)
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        gamma, beta, mean, variance = (stored[f"bn_Conv1/{name}"].astype(float) for name in names)
    scale = gamma / np.sqrt(variance + 1e-3)
    return scale * W.sum(axis=2) / 127.5, beta - scale * (mean + W.sum(axis=(0, 1, 2)))


def slice_shown() -> np.ndarray:
    """(96, 96), 0–255."""
    patients = plan(PLANNED, seed=SEED, sites=("A", "B"))
    return scan(Body(patients[WHO], 96), NUMBER).image


def answers(image: np.ndarray) -> np.ndarray:
    """(96, 96) -> (48, 48, 16): convolution, normalisation, ReLU6; the frame is mid-grey."""
    kernel, bias = grey_stem()
    framed = pad(image[None, :, :, None].astype(float), ((0, 1), (0, 1)), value=127.5)
    seen = patches(framed, Window((3, 3), (2, 2)), (48, 48))[0, ..., 0]  # (48, 48, 3, 3)
    return np.clip(np.einsum("yxij,ijo->yxo", seen, kernel) + bias, 0, 6)


def draw() -> Figure:
    """Filters in the odd rows, their maps below them."""
    kernel, maps = grey_stem()[0], answers(slice_shown())
    figure, axes = plt.subplots(4, 8, figsize=(8.4, 4.6), height_ratios=[0.55, 1, 0.55, 1])
    colours = style.mpl.colors.LinearSegmentedColormap.from_list(
        "signed", [style.COLORS["orange"], style.paper(), style.COLORS["blue"]]
    )
    for o in range(16):
        above, below = axes[2 * (o // 8) : 2 * (o // 8) + 2, o % 8]
        largest = np.abs(kernel[..., o]).max()
        above.imshow(kernel[..., o], cmap=colours, vmin=-largest, vmax=largest)
        below.imshow(maps[..., o], cmap="gray", vmin=0, interpolation="none")
        above.set_title(str(o), fontsize=8, weight="normal")
        for ax in (above, below):
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set(visible=True, color=style.muted(), linewidth=0.6)
    return figure
