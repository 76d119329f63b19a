"""Softmax in three steps: scores, exponentials, shares."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted

ALT = (
    "Three bar charts for the classes A, B and C. Scores: 2, 1 and -1. Their exponentials: 7.39, 2.72 "
    "and 0.37, all positive. Their shares of the total: 71 %, 26 % and 4 %; A, twice B as a score, is "
    "almost three times B as a share."
)
SCORES = np.array([2.0, 1.0, -1.0])


def steps() -> list[tuple[str, np.ndarray, str]]:
    """Title, three values and how to print them, for each step."""
    raised = np.exp(SCORES)
    shares = raised / raised.sum()
    return [
        ("1. scores", SCORES, "{:.0f}"),
        ("2. raise $e$ to them", raised, "{:.2f}"),
        ("3. share of the total", shares, "{:.0%}"),
    ]


def draw() -> Figure:
    """One panel a step."""
    figure, axes = plt.subplots(1, 3, figsize=(7.0, 2.6))
    colors = [COLORS["blue"], COLORS["orange"], COLORS["green"]]
    for ax, (title, values, form) in zip(axes, steps(), strict=True):
        bars = ax.bar(["A", "B", "C"], values, color=colors, width=0.65)
        texts = [form.format(v).replace("-", "−") for v in values]
        ax.bar_label(bars, texts, padding=2, color=ink())
        ax.axhline(0, color=muted(), lw=0.8)
        ax.margins(y=0.2)
        ax.set(title=title, yticks=[])
        ax.spines["left"].set_visible(False)
    return figure
