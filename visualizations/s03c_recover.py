"""Session 03 C: how often a random ReLU layer of m units keeps what n numbers said."""

from __future__ import annotations

from math import comb

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style

ALT = (
    "Probabilities against m / n, units per dimension, from 0.5 to 6, for n = 2, 8 and 32. Solid rising "
    "lines: the probability that a given input can be recovered. At m = n they stand at 0.25 for n = 2 "
    "and at practically 0 for n = 8 and 32; at m = 2n all lie between one half and 0.7; at m = 6n all "
    "are above 0.99. Dashed falling lines: the probability that a whole cone of inputs is mapped to "
    "zero. They are 1 up to m = n, exactly one half at m = 2n, and then fall, the more steeply the "
    "larger n is. Dotted vertical lines mark m = n, a ReLU on the bottleneck, and m = 6n, one after "
    "expansion."
)
SIZES = {2: ("blue", "o"), 8: ("orange", "s"), 32: ("green", "^")}


def recovered(m: int, n: int) -> float:
    """P(Bin(m, 1/2) >= n): at least n of m units are active."""
    return sum(comb(m, k) for k in range(n, m + 1)) / 2**m


def silenced(m: int, n: int) -> float:
    """Wendel: the probability that some input makes all m units inactive."""
    return sum(comb(m - 1, k) for k in range(n)) / 2 ** (m - 1)


def draw() -> Figure:
    """Three pairs of lines."""
    figure, ax = plt.subplots(figsize=(7.2, 3.9))
    for n, (hue, marker) in SIZES.items():
        step = max(1, n // 8)
        m = list(range(max(1, n // 2), 6 * n + 1, step))
        every = max(1, len(m) // 12)
        how = {"color": style.COLORS[hue], "marker": marker, "ms": 5, "markevery": every}
        ax.plot(np.divide(m, n), [recovered(k, n) for k in m], label=f"n = {n}: recovered", **how)
        ax.plot(
            np.divide(m, n), [silenced(k, n) for k in m], ls="--", mfc="none", label="a cone silenced", **how
        )
    for x, text in ((1, "ReLU on the\nbottleneck"), (6, "after the\nexpansion")):
        ax.axvline(x, color=style.muted(), lw=0.9, ls=":")
        ax.text(x - 0.06, 0.5, text, ha="right", va="center", color=style.muted(), fontsize=9)
    ax.plot(2, 0.5, "x", color=style.ink(), ms=8, mew=1.8, zorder=5)
    ax.set(xlabel="m / n, units per dimension", ylabel="probability")
    ax.set(xlim=(0, 6.2), ylim=(-0.03, 1.05))
    ax.legend(loc="center", bbox_to_anchor=(0.66, 0.5), fontsize=9)
    return figure
