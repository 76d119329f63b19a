"""Eighty years of neural networks on one line, with the two winters."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "A time line from 1940 to today. 1943: the neuron as logic. 1957/58: perceptron. 1969: the book "
    "Perceptrons. 1986: backpropagation. 2009: ImageNet. 2012: AlexNet. 2017: transformers. Two shaded "
    "bands, about 1974 to 1980 and about 1987 to 1993, are the first and the second winter."
)
EVENTS = {1943: "neuron\nas logic", 1958: "perceptron\n1957/58", 1969: "Perceptrons,\nthe book",
          1986: "backpropagation", 2009: "ImageNet", 2012: "AlexNet", 2017: "transformers"}  # fmt: skip
WINTERS = {"first\nwinter": (1974, 1980), "second\nwinter": (1987, 1993)}
_LEVELS = {1943: 1, 1958: 1, 1969: -1, 1986: 1, 2009: -1, 2012: 1, 2017: -2.1}


def draw() -> Figure:
    """Events above and below the line, winters behind it."""
    figure, ax = plt.subplots(figsize=(7.0, 2.9))
    for name, (start, end) in WINTERS.items():
        ax.axvspan(start, end, ymin=0.12, ymax=0.63, color=COLORS["sky"], alpha=0.3, lw=0)
        ax.text((start + end) / 2, -2.3, name, ha="center", va="center", color=ink(), fontsize=9)
    ax.axhline(0, color=muted(), lw=1.5)
    for year, name in EVENTS.items():
        level = _LEVELS[year]
        ax.plot([year, year], [0, level], color=muted(), lw=1)
        ax.plot(year, 0, "o", color=COLORS["orange"], ms=7)
        text = name if "\n" in name and "19" in name else f"{name}\n{year}"
        side = "right" if year == 1969 else "center"
        ax.text(
            year + 1.5 * (year == 1969),
            level,
            text,
            ha=side,
            va="bottom" if level > 0 else "top",
            color=ink(),
            fontsize=9,
        )
    ax.set(xlim=(1936, 2027), ylim=(-3.6, 2.8), yticks=[], xticks=range(1940, 2021, 20))
    ax.spines["left"].set_visible(False)
    return figure
