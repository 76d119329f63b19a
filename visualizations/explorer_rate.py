"""Stands in for `RateExplorer` where no JavaScript runs: the explorer as it starts."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath import scratch as nn
from neuropath.lessons.style import COLORS, ink
from neuropath.widgets.rate import BEGIN, CURVATURE, RATE, STEPS, RateExplorer

ALT = RateExplorer.ALT


def trail() -> np.ndarray:
    """The places (13,) that plain gradient descent visits on the parabola λx²/2."""
    x, descent = np.array([BEGIN]), nn.SGD(RATE)
    places = [BEGIN]
    for _ in range(STEPS):
        descent.step({"x": x}, {"x": CURVATURE * x})
        places.append(float(x[0]))
    return np.array(places)


def draw() -> Figure:
    """The parabola with the zigzag on it; the loss over the steps."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.4))
    x, places = np.linspace(-3, 3, 200), trail()
    losses = CURVATURE * places**2 / 2
    left.plot(x, CURVATURE * x**2 / 2, color=COLORS["blue"])
    left.plot(places, losses, "o-", ms=4, lw=1.4, color=COLORS["orange"])
    left.annotate("start", (places[0], losses[0]), (-2.2, 3.1), color=ink())
    left.set(xlabel="$x$", ylabel="loss", title=f"$|1 - \\eta\\lambda|$ = {abs(1 - RATE * CURVATURE):.1f}")
    right.semilogy(losses, "o-", ms=4, lw=1.4, color=COLORS["orange"])
    right.set(xlabel="steps", title="loss over the steps")
    return figure
