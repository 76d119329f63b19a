"""Session 01 C: the error of finite differences against the step, with the floors that rounding sets."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style

ALT = (
    "Relative error of a numerical slope against the step epsilon, both axes logarithmic, three "
    "V-shaped curves. The one-sided difference in float64 falls along slope 1 to about 7e-9 at "
    "epsilon 1e-8, then rises. The central difference in float64 falls along slope 2 to about 1e-11 "
    "near epsilon 5e-6, then rises as epsilon shrinks. The central difference in float32 never gets "
    "below about 7e-6, near epsilon 5e-3. A shaded band marks epsilon from 1e-6 to 1e-5, the step "
    "used by check_gradient and around it."
)


def errors(kind: str, dtype: str, steps: np.ndarray, points: int = 60) -> np.ndarray:
    """Root-mean-square relative error of d/dx exp(x) over points in [0.5, 1.5], one value a step."""
    x = np.linspace(0.5, 1.5, points).astype(dtype)
    h = steps.astype(dtype)[:, None]
    right, left = np.exp(x + h), np.exp(x - h) if kind == "central" else np.exp(x)
    slope = (right - left) / (2 * h if kind == "central" else h)
    exact = np.exp(x.astype("float64"))
    return np.sqrt(np.mean((slope.astype("float64") / exact - 1) ** 2, axis=1))


def draw() -> Figure:
    """Three V-curves and the two slopes that theory predicts."""
    figure, ax = plt.subplots(figsize=(7.0, 4.0))
    steps = np.logspace(-13, -0.5, 90)
    curves = [
        ("one-sided", "float64", "amber", ":", "one-sided, float64"),
        ("central", "float64", "blue", "-", "central, float64"),
        ("central", "float32", "orange", "--", "central, float32"),
    ]
    for kind, dtype, colour, line, label in curves:
        usable = steps[steps > (1e-6 if dtype == "float32" else 0)]
        ax.loglog(usable, errors(kind, dtype, usable), line, color=style.COLORS[colour], label=label)
    ax.axvspan(1e-6, 1e-5, color=style.muted(), alpha=0.2, lw=0)
    ax.text(3.2e-6, 3e-1, "the check's step", ha="center", va="bottom", color=style.muted(), fontsize=9)
    ax.text(3e-3, 4e-8, r"$\propto\varepsilon^2$", color=style.COLORS["blue"])
    ax.text(1.5e-7, 2e-6, r"$\propto\varepsilon$", color=style.COLORS["amber"])
    ax.text(3e-10, 1.5e-8, r"$\propto u/\varepsilon$", color=style.COLORS["blue"], ha="right")
    ax.set(xlabel=r"step $\varepsilon$", ylabel="relative error of the slope", ylim=(1e-12, 2))
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 0.0))
    return figure
