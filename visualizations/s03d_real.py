"""Real slices: linear probes on two bases by number of images, and frozen against fine-tuned by fold."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons import style

from ._s03d import folds, probes

ALT = "@@"


def draw() -> Figure:
    """Left the probes of `transfer-figshare`, right the runs of `figshare-folds`."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.2), width_ratios=(1.25, 1))
    for base, hue, marker, line in (("imagenet", "blue", "o", "-"), ("random", "grey", "D", ":")):
        sizes, values = probes(base)
        left.plot(sizes, values.mean(axis=1), line, color=style.COLORS[hue])
        for fold in range(values.shape[1]):
            label = {"imagenet": "ImageNet", "random": "random weights"}[base] if fold == 0 else None
            left.plot(
                sizes, values[:, fold], marker, color=style.COLORS[hue], ms=4.5, alpha=0.75, label=label
            )
    left.set_xscale("log")
    left.set_xticks(sizes[:-1], [f"{n:.0f}" for n in sizes[:-1]])
    left.minorticks_off()
    left.set(xlabel="training images", ylabel="accuracy", ylim=(0.4, 1), title="linear probe")
    left.legend(loc="lower right")
    frozen, tuned = folds()
    for k, (a, b) in enumerate(zip(frozen, tuned, strict=True)):
        hue = "blue" if b > a else "orange"
        right.plot([0, 1], [a, b], "-" if b > a else "--", marker="o", color=style.COLORS[hue])
        right.text(1.06, b, str(k + 1), va="center", fontsize=9)
    right.set_xticks([0, 1], ["frozen", "fine-tuned"])
    right.set(xlim=(-0.3, 1.3), ylim=(0.8, 1), title="five folds, one seed")
    return figure
