"""Three ways to learn five new digits from few pictures, with a base that learned the other five."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, MARKERS, muted
from neuropath.visualizations import _s03a_digits as small
from neuropath.visualizations._s01a import bare

ALT = (
    "Three panels, each under three example pictures of a digit; across, 2, 5, 20 and 100 pictures of "
    "each of the digits 5 to 9, upwards the share of unseen ones that is right, with chance dotted at 20 "
    "%. As they are: all three curves climb; both borrowed ones lead with few pictures, fine-tuning alone "
    "from 20 on, and at 100 training from scratch has almost caught up. Inverted, and shuffled: feature "
    "extraction hardly rises above a third; at 100 fine-tuning is clearly the best of inverted pictures, "
    "and training from scratch by a little of shuffled ones."
)
HUES = {"feature extraction": "blue", "fine-tuning": "orange", "from scratch": "grey"}


def draw() -> Figure:
    """Examples above, curves below, a band from the worst run to the best."""
    figure = plt.figure(figsize=(8.4, 4.3))
    grid = figure.add_gridspec(2, 9, height_ratios=[0.42, 1])
    X = small.few(2, 0)[0][[0, 3, 5]]
    for number, (name, look) in enumerate(small.VIEWS.items()):
        for place, picture in enumerate(look(X)):
            ax = bare(figure.add_subplot(grid[0, 3 * number + place]))
            ax.imshow(picture.reshape(small.SIDE, small.SIDE), cmap="gray", vmin=0, vmax=1)
            if place == 1:
                ax.set_title(name)
        _panel(figure.add_subplot(grid[1, 3 * number : 3 * number + 3]), name, first=number == 0)
    return figure


def _panel(ax, view: str, *, first: bool) -> None:
    for (way, shares), marker in zip(small.curves(view).items(), MARKERS, strict=False):
        hue = COLORS[HUES[way]]
        ax.plot(small.PER_CLASS, shares.mean(axis=1), marker=marker, color=hue, label=way)
        ax.fill_between(small.PER_CLASS, shares.min(axis=1), shares.max(axis=1), color=hue, alpha=0.18, lw=0)
    ax.axhline(0.2, ls=":", lw=1.2, color=muted())
    ax.set(xscale="log", ylim=(0.1, 0.95), xlabel="pictures of each digit")
    ax.set_xticks(small.PER_CLASS, [str(n) for n in small.PER_CLASS])
    ax.minorticks_off()
    if first:
        ax.set_ylabel("right, of unseen digits")
        ax.legend(loc="upper left", fontsize=8)
