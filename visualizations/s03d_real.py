"""Real slices: linear probes on two bases by number of images, and frozen against fine-tuned by fold."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons import style

from ._s03d import folds, probes

ALT = (
    "Two panels. Left: accuracy of a linear probe on Cheng's slices against the number of training images, "
    "five folds as points with their mean as a line. On ImageNet's features it rises from 0.74 at 50 images "
    "to 0.85 at 450 and is nearly flat from there on, 0.87 with all; on random features it creeps from 0.44 "
    "to 0.53. Right: the accuracy of the frozen and of the fine-tuned network, a line for each of five "
    "folds; four lines rise, by three to eight points, and that of fold 1 falls by one."
)


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
    left.set_xticks(sizes, [*(f"{n:.0f}" for n in sizes[:-1]), "all"])
    left.minorticks_off()
    left.set(xlabel="training images", ylabel="accuracy", ylim=(0.35, 1), title="linear probe")
    left.legend(loc="center right", bbox_to_anchor=(1, 0.5))
    frozen, tuned = folds()
    for a, b in zip(frozen, tuned, strict=True):
        hue = "blue" if b > a else "orange"
        right.plot([0, 1], [a, b], "-" if b > a else "--", marker="o", color=style.COLORS[hue])
    at = -1.0
    for k in frozen.argsort():  # each number as near to its point as the others allow
        at = max(at + 0.011, frozen[k])
        right.text(-0.08, at, str(k + 1), va="center", ha="right", fontsize=9)
    right.set_xticks([0, 1], ["frozen", "fine-tuned"])
    right.set_yticks([0.8, 0.85, 0.9, 0.95, 1])
    right.set(xlim=(-0.35, 1.15), ylim=(0.8, 1), title="five folds, one seed")
    return figure
