"""Session 01 F: four ways to tell a hidden layer what to change."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted, paper

ALT = (
    "Four small diagrams of the same network: input x, hidden layers h1 and h2, loss, from bottom to top, "
    "joined by solid arrows. Backpropagation: dashed arrows go back through the same weights, transposed. "
    "Feedback alignment: dashed arrows go back through fixed random matrices B. Forward gradient: no "
    "arrow goes back; one number, the slope along a random direction u, is sent to all layers. Local "
    "losses: each hidden layer has a loss of its own, and no signal passes from one layer down to the "
    "next."
)
NODES = ("x", "h₁", "h₂", "loss")
TITLES = ("backpropagation", "feedback alignment", "forward gradient", "local losses")


def _arrow(ax: Axes, start, end, color: str, style: str = "-", bend: float = 0.0) -> None:
    look = {"arrowstyle": "-|>", "color": color, "ls": style, "lw": 1.5, "shrinkA": 11, "shrinkB": 11}
    ax.annotate("", end, start, arrowprops=look | {"connectionstyle": f"arc3,rad={bend}"})


def _network(ax: Axes, title: str, nodes=NODES) -> None:
    for y, name in enumerate(nodes):
        box = {"boxstyle": "round,pad=0.35", "facecolor": paper(), "edgecolor": ink(), "lw": 1.2}
        ax.text(0, y, name, ha="center", va="center", color=ink(), bbox=box, zorder=3)
        if y:
            _arrow(ax, (0, y - 1), (0, y), ink())
    ax.set(xlim=(-0.75, 1.35), ylim=(-0.4, 3.4))
    ax.set_title(title, fontsize=10)
    ax.axis("off")


def _backward(ax: Axes, names: tuple[str, str], color: str) -> None:
    for y, name in zip((3, 2), names, strict=True):
        _arrow(ax, (0.16, y), (0.16, y - 1), color, "--", -0.5)
        ax.text(0.62, y - 0.5, name, color=color, va="center")


def draw() -> Figure:
    """Backpropagation, feedback alignment, forward gradient, local losses."""
    figure, axes = plt.subplots(1, 4, figsize=(8.0, 3.1))
    for ax, title in zip(axes, TITLES, strict=True):
        _network(ax, title, (*NODES[:3], "head") if title == "local losses" else NODES)
    _backward(axes[0], ("W₃ᵀ", "W₂ᵀ"), COLORS["blue"])
    _backward(axes[1], ("B₃ random", "B₂ random"), COLORS["orange"])
    for y in (1, 2):
        _arrow(axes[2], (0.75, 3), (0.15, y), COLORS["green"], ":", -0.2)
        _arrow(axes[3], (0, y), (0.85, y + 0.35), muted())
        _arrow(axes[3], (0.85, y + 0.2), (0.1, y - 0.12), COLORS["pink"], "--", -0.35)
        axes[3].text(0.9, y + 0.35, f"loss {'₁' if y == 1 else '₂'}", color=ink(), va="center", fontsize=9)
    _arrow(axes[2], (0, 3), (0.9, 3), COLORS["green"], ":")
    axes[2].text(0.86, 3, "u · ∇L", color=COLORS["green"], va="center")
    return figure
