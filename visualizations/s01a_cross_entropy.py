"""The price of a belief: cross-entropy beside squared error."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink

ALT = (
    "Loss against the probability given to the true class. Minus log p falls from very high near 0, "
    "through 4.61 at 0.01 and 0.69 at 0.5, to 0 at 1. The squared error (1 - p) squared falls gently "
    "from 1 to 0 and stays below it."
)
MARKED = (1.0, 0.5, 0.01)


def draw() -> Figure:
    """Both curves, with the three values the text quotes."""
    p = np.linspace(0.004, 1, 500)
    figure, ax = plt.subplots(figsize=(7.0, 3.2))
    ax.plot(p, -np.log(p), color=COLORS["blue"], label="cross-entropy: $-\\log\\,p$")
    ax.plot(p, (1 - p) ** 2, color=COLORS["orange"], ls="--", label="squared error: $(1-p)^2$")
    for q in MARKED:
        price = abs(-np.log(q))
        ax.plot(q, price, "o", color=COLORS["blue"], ms=7)
        ax.annotate(f"p = {q:g} costs {price:.2f}", (q, price), (-8 if q == 1 else 12, 12), color=ink(),
                    textcoords="offset points", ha="right" if q == 1 else "left")  # fmt: skip
    ax.set(
        xlabel="probability $p$ given to the true class", ylabel="loss", xlim=(-0.02, 1.05), ylim=(-0.2, 5.6)
    )
    ax.legend(loc="upper right")
    return figure
