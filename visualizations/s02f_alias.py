"""Session 02 F: a fast wave that becomes a slow one when it is sampled, and filters that forbid it."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Left, a wave with 11 periods across 32 pixels, in grey, and every fourth of its values as orange dots: "
    "they lie exactly on a slow wave with 3 periods, drawn dashed. Right, how much of each frequency a blur "
    "lets through, from 0 to half a period a pixel: no blur 1 everywhere; two equal weights, as in average "
    "pooling, falling to 0 at the end; weights 1 2 1 falling faster, to a half at the border of a quarter "
    "period a pixel, above which the area is shaded and marked as folding back."
)
N, FAST, STEP = 32, 11, 4
BLURS = {"none": [1.0], "1 1 (average)": [0.5, 0.5], "1 2 1": [0.25, 0.5, 0.25]}


def slow(fast: int = FAST, n: int = N, step: int = STEP) -> int:
    """The lowest frequency, with its sign, that agrees with `fast` at every `step`-th of n places."""
    left = n // step
    return (fast + left // 2) % left - left // 2


def gain(weights: list[float], frequency: np.ndarray) -> np.ndarray:
    """|Σ w_i exp(-2πi f i)|: what a filter does to a wave of f periods a pixel."""
    return np.abs(np.exp(-2j * np.pi * np.outer(frequency, np.arange(len(weights)))) @ np.array(weights))


def draw() -> Figure:
    """The wave, and the gains."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 2.9), width_ratios=(1.2, 1))
    t = np.linspace(0, N, 800)
    left.plot(t, np.cos(2 * np.pi * FAST * t / N), color=COLORS["grey"], lw=1)
    left.plot(t, np.cos(2 * np.pi * slow() * t / N), "--", color=COLORS["orange"])
    kept = np.arange(0, N, STEP)
    left.plot(kept, np.cos(2 * np.pi * FAST * kept / N), "o", color=COLORS["orange"], ms=7)
    left.set(xlabel="pixel", yticks=[-1, 0, 1], title=f"{FAST} periods, sampled, become {abs(slow())}")
    frequency = np.linspace(0, 0.5, 200)
    right.axvspan(0.25, 0.5, color=muted(), alpha=0.15, lw=0)
    for (name, weights), style, hue in zip(
        BLURS.items(), (":", "--", "-"), ("grey", "orange", "blue"), strict=True
    ):
        right.plot(frequency, gain(weights, frequency), style, color=COLORS[hue], label=name)
    right.text(0.375, 1.06, "folds back at stride 2", color=ink(), ha="center", fontsize=8)
    right.set(xlabel="periods a pixel", ylim=(0, 1.15), title="what a blur lets through")
    right.legend(fontsize=8, loc="lower left", labelcolor=ink())
    return figure
