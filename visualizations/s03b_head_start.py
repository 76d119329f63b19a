"""What a head start is worth as examples grow in number: good at first, harmful later unless forgotten."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Excess risk against the number of examples, 20 to 10,000, both logarithmic. From scratch it falls as a "
    "straight line from 1 to 0.002. A head start from a near source begins at 0.57, lower than scratch, and "
    "nears 0.006; it crosses the line of scratch at 1400 examples. From a far source it begins at "
    "0.63, nears 0.06 and crosses at 140. The best memory for the far source, dotted, "
    "lies below scratch everywhere and joins it at the right."
)
D, SIGMA2, MEMORY = 20, 1.0, 0.25
SOURCES = {"near source": 0.1, "far source": 1.0}  # squared distances


def variance(examples: np.ndarray) -> np.ndarray:
    """The excess risk of least squares."""
    return D * SIGMA2 / examples


def head_start(examples: np.ndarray, distance2: float, memory: float = MEMORY) -> np.ndarray:
    """Excess risk with a memory of the source (eq-s03b-head-start)."""
    return memory**2 * distance2 + (1 - memory) ** 2 * variance(examples)


def crossing(distance2: float) -> float:
    """The number of examples from which on the head start does harm."""
    return (2 / MEMORY - 1) * D * SIGMA2 / distance2


def draw() -> Figure:
    """Scratch, two sources with one memory, and the best memory for the far one."""
    figure, ax = plt.subplots(figsize=(7.2, 3.6))
    n = np.geomspace(D, 1e4, 200)  # white inputs need N ≥ D
    ax.loglog(n, variance(n), color=ink(), label="from scratch")
    for (name, distance2), hue, dash in zip(SOURCES.items(), ("blue", "orange"), ("-.", "-"), strict=True):
        ax.loglog(n, head_start(n, distance2), dash, color=COLORS[hue], label=f"head start, {name}")
        where = crossing(distance2)
        risk = float(variance(np.array(where)))
        ax.plot(where, risk, "o", color=COLORS[hue], ms=8, mec=ink())
        ax.annotate(f"N = {where:.0f}", (where, risk), (8, 8), textcoords="offset points", color=ink())
    far, V = SOURCES["far source"], variance(n)
    ax.loglog(n, far * V / (far + V), ":", color=COLORS["green"], label="best memory, far source", lw=2.4)
    ax.set(xlabel="examples N", ylabel="excess risk")
    ax.grid(color=muted(), alpha=0.25)
    ax.legend(loc="lower left")
    return figure
