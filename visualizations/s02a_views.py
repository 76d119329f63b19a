"""What units of VGG-16 at five depths get to see of a slice, were they to look at the rim of a lesion."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.architectures import VGG16, receptive_field
from neuropath.lessons.style import COLORS
from neuropath.visualizations._s01a import bare
from neuropath.visualizations._s02a import box, head_slice

ALT = (
    "Left, a simulated brain slice of 224 by 224 pixels with a bright meningioma and five nested squares "
    "around a point on the tumour's right rim, of 5, 14, 40, 92 and 196 pixels a side. Right, what lies in "
    "the four smaller squares, enlarged: 5 pixels show a blurred step from bright to dark; 14 pixels an "
    "edge; 40 pixels a bright region that ends; 92 pixels most of the tumour, the skull and folded cortex."
)
SHOWN = ("conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3")
PLACE = (78, 97)  # row and column: on the lesion's right rim


def widths() -> list[int]:
    """Pixels a side that a unit of each layer shown sees."""
    seen = {field.name: field.width for field in receptive_field(VGG16.layers, 224)}
    return [seen[name] for name in SHOWN]


def crop(image: np.ndarray, width: int) -> np.ndarray:
    """A square around PLACE: (width, width)."""
    top, left = (at - width // 2 for at in PLACE)
    return image[top : top + width, left : left + width]


def draw() -> Figure:
    """The slice with its squares, then the squares' contents."""
    image = head_slice(224)
    figure, axes = plt.subplots(1, 5, figsize=(8.6, 2.35), width_ratios=[1.35, 1, 1, 1, 1])
    whole, *parts = axes
    bare(whole).imshow(image, cmap="gray", vmin=0, vmax=255)
    whole.set_title("224 × 224", fontsize=10)
    for width in widths():
        row, column = (at - width // 2 - 0.5 for at in PLACE)
        box(whole, (column, row), width, width, "orange", lw=1.3)
    for ax, name, width in zip(parts, SHOWN, widths(), strict=False):
        bare(ax).imshow(crop(image, width), cmap="gray", vmin=0, vmax=255, interpolation="none")
        ax.set_title(f"{width} × {width}", fontsize=10)
        ax.set_xlabel(name, fontsize=9)
        for side in ax.spines.values():
            side.set(visible=True, color=COLORS["orange"], linewidth=1.6)
    return figure
