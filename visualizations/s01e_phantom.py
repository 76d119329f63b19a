"""One slice of each pathology from the phantom, and the truth that only a phantom has."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons import style
from neuropath.phantom import SHORT_NAMES
from neuropath.phantom.cohort import plan
from neuropath.phantom.scan import Body, Slice, scan

ALT = (
    "Two rows of six simulated brain slices in grey: glioma, meningioma, neurocytoma, another lesion (a "
    "cyst) and schwannoma with contrast agent, and a normal brain in T2. The lower row repeats the slices "
    "with the true lesion outlined by a solid blue line and the swelling around the glioma by a dashed "
    "orange line; the normal brain has no outline. The lesions cover between a sixteenth and a fifth of "
    "the head."
)
SEED, PLANNED = 11, 360
# patient and number of the image: chosen by eye for large lesions; most slices of the set are harder
SHOWN = ((51, 3), (58, 4), (3, 7), (32, 3), (25, 5), (61, 0))


def slices() -> list[Slice]:
    """The images shown: these only are made, not the whole cohort."""
    patients = plan(PLANNED, seed=SEED, sites=("A", "B"))
    return [scan(Body(patients[who], 96), number) for who, number in SHOWN]


def draw() -> Figure:
    """Above what a network sees, below what it is not told."""
    figure, axes = plt.subplots(2, len(SHOWN), figsize=(8.4, 3.2))
    for (above, below), it in zip(axes.T, slices(), strict=True):
        for its in (above, below):
            its.imshow(it.image, cmap="gray", vmin=0, vmax=255, interpolation="none")
            its.set_axis_off()
        above.set_title(SHORT_NAMES[it.label], size=8, weight="normal")
        if it.lesion.any():
            below.contour(it.lesion, [0.5], colors=style.COLORS["sky"], linewidths=1.5)
        if it.oedema.any():
            look = {"colors": style.COLORS["amber"], "linewidths": 1, "linestyles": "--"}
            below.contour(it.oedema, [0.5], **look)
    return figure
