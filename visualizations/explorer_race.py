"""Stands in for `RaceExplorer` where no JavaScript runs: the explorer as it starts, on the long bowl."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath import scratch as nn
from neuropath.lessons.style import COLORS, ink, muted
from neuropath.widgets.race import BEGIN, RATE, STEPS, RaceExplorer

ALT = RaceExplorer.ALT
STEEP = np.array([1.0, 40.0])  # the bowl is (x² + 40 y²) / 2
LOOKS = {"SGD": "-", "momentum": "--", "RMSprop": ":", "Adam": "-."}


def optimisers(rate: float) -> dict:
    """The four, by the names the explorer gives them."""
    momentum = nn.SGD(rate, momentum=0.9)
    return {"SGD": nn.SGD(rate), "momentum": momentum, "RMSprop": nn.RMSprop(rate), "Adam": nn.Adam(rate)}


def trail(optimiser, slope, start, steps: int) -> np.ndarray:
    """The places (steps + 1, 2) an optimiser visits from `start`, following `slope(w)`, the gradient."""
    w = np.array(start, float)
    places = [w.copy()]
    for _ in range(steps):
        optimiser.step({"w": w}, {"w": slope(w)})
        places.append(w.copy())
    return np.array(places)


def losses() -> dict[str, np.ndarray]:
    """The bowl's loss along each path (81,), as the explorer starts."""
    paths = {name: trail(o, lambda w: STEEP * w, BEGIN, STEPS) for name, o in optimisers(RATE).items()}
    return {name: places**2 @ STEEP / 2 for name, places in paths.items()}


def draw() -> Figure:
    """The bowl from above with four paths; the four losses."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.6))
    side = np.linspace(-2.2, 2.2, 120)
    x, y = np.meshgrid(side, side)
    left.contour(x, y, np.log1p((x**2 + 40 * y**2) / 2), 12, colors=muted(), linewidths=0.5)
    colors = (ink(), COLORS["orange"], COLORS["pink"], COLORS["green"])
    curves = losses()
    for (name, dash), color in zip(LOOKS.items(), colors, strict=True):
        places = trail(optimisers(RATE)[name], lambda w: STEEP * w, BEGIN, STEPS)
        left.plot(*places.T, dash, color=color, lw=1.6)
        right.semilogy(np.maximum(curves[name], 1e-6), dash, color=color, lw=1.6, label=name)
    left.plot(*BEGIN, "o", ms=11, mfc="none", mec=COLORS["amber"], mew=2)
    left.set(xlabel="$x$", ylabel="$y$", aspect="equal", title="the loss from above")
    right.axhline(0.01, color=muted(), lw=0.8, ls=":")
    right.set(xlabel="steps", ylim=(1e-6, 100), title=f"loss, learning rate {RATE}")
    right.legend(loc="lower left", labelcolor=ink())
    return figure
