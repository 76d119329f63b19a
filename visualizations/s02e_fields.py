"""What units of the base see of a slice of 96 pixels, beside how large the phantom's lesions are."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neuropath.lessons import style
from neuropath.lessons.architectures import Field, receptive_field
from neuropath.phantom.cohort import plan
from neuropath.phantom.scan import Body, Slice, scan
from neuropath.visualizations.s02e_stack import architecture

ALT = (
    "Left, a simulated slice of 96 pixels with a meningioma at the front of the brain, outlined in blue. "
    "Four squares, around nearly the same point in the picture: of 3, 19, 59 and 75 pixels; the last two "
    "hold the whole lesion. Middle, the same slice small, inside squares of 139, 267 and 491 pixels that "
    "reach far beyond it. Right, a histogram of the diameters of 55 lesions, from 9 to 34 pixels, most of "
    "them between 12 and 26."
)
SIZE, SEED, PLANNED, WHO, NUMBER = 96, 11, 360, 58, 4
NEAR = (("stem", 3), ("2 depthwise", 19), ("5 depthwise", 59), ("6 depthwise", 75))
FAR = (("8 depthwise", 139), ("12 depthwise", 267), ("16 depthwise", 491))
LOOKS = ("-", "--", "-.", ":")


def fields() -> dict[str, Field]:
    """Field of each layer, by name."""
    return {field.name: field for field in receptive_field(architecture(SIZE, 0.35).layers, SIZE)}


def patients() -> list[Slice]:
    """One slice of every patient that was planned."""
    return [scan(Body(patient, SIZE), 0) for patient in plan(PLANNED, seed=SEED, sites=("A", "B"))]


def diameters() -> np.ndarray:
    """Of circles as large as the lesions, in pixels."""
    areas = np.array([it.lesion.sum() for it in patients()])
    return 2 * np.sqrt(areas[areas > 0] / np.pi)


def draw() -> Figure:
    """Near, far, and the lesions."""
    it = scan(Body(plan(PLANNED, seed=SEED, sites=("A", "B"))[WHO], SIZE), NUMBER)
    figure, (near, far, histogram) = plt.subplots(1, 3, figsize=(8.6, 3.1), width_ratios=[1.1, 1.1, 1])
    place = np.argwhere(it.lesion).mean(axis=0)
    for ax, which in ((near, NEAR), (far, FAR)):
        ax.imshow(it.image, cmap="gray", vmin=0, vmax=255, interpolation="none")
        ax.contour(it.lesion, [0.5], colors=style.COLORS["sky"], linewidths=1.4)
        ax.set(xticks=[], yticks=[])
        _squares(ax, which, place)
        ax.legend(fontsize=7.5, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2, title="pixels seen",
                  title_fontsize=8)  # fmt: skip
    near.set(xlim=(-0.5, SIZE - 0.5), ylim=(SIZE - 0.5, -0.5))
    far.set(xlim=(-230, 330), ylim=(330, -230))
    far.spines[:].set_visible(False)
    histogram.hist(diameters(), np.arange(6, 40, 3), color=style.COLORS["sky"], edgecolor=style.paper())
    histogram.set(xlabel="lesion: diameter in pixels", ylabel="patients")
    return figure


def _squares(ax: Axes, which: tuple[tuple[str, int], ...], place: np.ndarray) -> None:
    """The field of that unit of each layer whose field is centred nearest to the place."""
    known, colours = fields(), [style.COLORS[c] for c in ("orange", "amber", "pink", "green")]
    for (name, width), look, colour in zip(which, LOOKS, colours, strict=False):
        field = known[name]
        row, column = (field.start + field.jump * round((p - field.centre) / field.jump) for p in place)
        box = Rectangle((column - 0.5, row - 0.5), width, width, fill=False, ec=colour, lw=1.7, ls=look)
        box.set_label(f"{width} (block {name.split()[0]})" if name != "stem" else f"{width} (stem)")
        ax.add_patch(box)
