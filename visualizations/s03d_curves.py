"""The recorded experiment: right answers by number of training images, four learners, three seeds."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons import style

from ._s03d import LEARNERS, LOOKS, accuracies

ALT = (
    "Accuracy on unseen simulated patients against the number of training images, 100, 350 and 1000, on a "
    "logarithmic axis, three seeds as points and their mean as a line, for four learners. The "
    "frozen pretrained base rises from 0.60 to 0.81; fine-tuned lies below it at 100 images, 0.51, and on it "
    "from 350 on; from scratch rises from 0.13 to 0.27; a frozen random base stays at about 0.12."
)


def draw() -> Figure:
    """Points are seeds, a little apart so that none hides another; the line is their mean."""
    figure, axes = plt.subplots(figsize=(7, 3.6))
    for shift, learner in zip((0.96, 1.04, 1.0, 1.0), LEARNERS, strict=True):
        hue, marker, line = LOOKS[learner]
        sizes, values = accuracies(learner)
        at = [n * shift for n in sizes]
        axes.plot(at, values.mean(axis=1), line, color=style.COLORS[hue])
        for seed in range(values.shape[1]):
            label = learner if seed == 0 else None
            axes.plot(at, values[:, seed], marker, color=style.COLORS[hue], ms=5, alpha=0.8, label=label)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [str(n) for n in sizes])
    axes.minorticks_off()
    axes.set(xlabel="training images", ylabel="right on unseen patients", ylim=(0, 1))
    axes.legend(ncols=2, loc="center", bbox_to_anchor=(0.62, 0.42))
    return figure
