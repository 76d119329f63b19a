"""An image without any content, blurred with zero padding: the border grows inwards, a pixel a layer."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import ink, muted, paper

ALT = (
    "Four maps of 11 by 11 pixels, after 0, 1, 2 and 3 layers that replace each pixel by the mean of its 3 "
    "by 3 neighbourhood, with zeros around the image. The first is 1 everywhere. After one layer a frame "
    "one pixel wide is darker, with 0.44 in the corners; after two layers the frame is two pixels wide, "
    "after three layers three, and the corner has sunk to 0.23. The middle is still exactly 1, outlined "
    "by a dashed square of 9, 7 and 5 pixels."
)
SIDE, LAYERS = 11, 3


def maps() -> list[np.ndarray]:
    """The image and what each of the layers makes of it, (11, 11) each."""
    found = [np.ones((SIDE, SIDE))]
    for _ in range(LAYERS):
        framed = np.pad(found[-1], 1)
        found.append(sum(framed[i : i + SIDE, j : j + SIDE] for i in range(3) for j in range(3)) / 9)
    return found


def draw() -> Figure:
    """Four maps in a row; a dashed square around what the border has not reached."""
    figure, axes = plt.subplots(1, LAYERS + 1, figsize=(7.2, 2.6))
    dark = min(ink(), paper())  # the darker of the two, as the maps are bright in both themes
    for layers, (ax, values) in enumerate(zip(axes, maps(), strict=True)):
        image = ax.imshow(values, vmin=0, vmax=1)
        inner = SIDE - 2 * layers
        if layers:
            corner = layers - 0.5
            box = [corner, corner, corner + inner, corner + inner, corner]
            ax.plot(box, [corner, corner + inner, corner + inner, corner, corner], "--", color=dark, lw=1.4)
        ax.set_title(f"{layers} layer{'s' * (layers != 1)}")
        ax.set_xlabel(f"corner {values[0, 0]:.2f}")
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_color(muted())
    figure.colorbar(image, ax=axes, shrink=0.85, label="value")
    return figure
