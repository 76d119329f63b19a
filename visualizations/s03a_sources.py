"""What borrowed features are worth: four sources, two targets, more and more training pictures."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.record import recorded
from neuropath.lessons.style import COLORS

ALT = (
    "Two panels, accuracy over 50 to 1,600 training slices, a curve and a band for each source of "
    "features. Left, simulated slices of 17 classes: the base trained on simulated anatomy is far above "
    "all others, photographs second, plain pixels behind them, the random base flat at the bottom. "
    "Right, real slices of three tumours: photographs are on top throughout, plain pixels end above the "
    "base from simulated anatomy, and the random base is far below all others."
)
TARGETS = {"phantom": "simulated, 17 classes", "figshare": "real, 3 tumours"}
LOOKS = {
    "phantom": ("base from simulated anatomy", "blue", "o", "-"),
    "imagenet": ("base from photographs", "orange", "s", "-"),
    "imagenet, 96 px": ("the same, slices 96 px wide", "orange", "s", ":"),
    "pixels": ("plain pixels, no base", "green", "^", "-"),
    "random": ("random base", "grey", "D", "-"),
}


def shares(target: str, source: str) -> tuple[np.ndarray, np.ndarray]:
    """(sizes (n,), accuracies (n, repeats))."""
    runs = [r for r in recorded("transfer-sources")["runs"] if (r["target"], r["source"]) == (target, source)]
    sizes = sorted({run["size"] for run in runs})
    found = [[run["accuracy"] for run in runs if run["size"] == size] for size in sizes]
    return np.array(sizes), np.array(found)


def draw() -> Figure:
    """Means and, as bands, the worst and the best repeat."""
    figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.9), sharey=True)
    for ax, (target, title) in zip(axes, TARGETS.items(), strict=True):
        for source, (name, hue, marker, line) in LOOKS.items():
            sizes, found = shares(target, source)
            ax.plot(sizes, found.mean(axis=1), line, marker=marker, ms=5, color=COLORS[hue], label=name)
            ax.fill_between(sizes, found.min(axis=1), found.max(axis=1), color=COLORS[hue], alpha=0.15, lw=0)
        ax.set(xscale="log", ylim=(0, 1), xlabel="training slices", title=title)
        ax.set_xticks(sizes, [f"{n:,}" for n in sizes], fontsize=8.5)
        ax.minorticks_off()
    axes[0].set_ylabel("accuracy, unseen patients")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8.5)
    return figure
