"""Session 01 C: the two-layer network as a computation graph, with the error signals that flow back."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neuropath.lessons import style

ALT = (
    "A chain of six boxes from left to right: x, z1, a1, z2, p and the loss L. Solid arrows above the "
    "boxes run forward: multiply by W1 and add b1, apply phi, multiply by W2 and add b2, softmax, "
    "cross-entropy. Dashed arrows below run backward: from L straight to z2 with p minus y, which is "
    "called delta 2; from z2 to a1 by multiplying with the transpose of W2; from a1 to z1 by "
    "multiplying elementwise with phi prime, which gives delta 1. Below z1 and z2 the parameter "
    "gradients branch off: delta 1 times x transposed and delta 2 times a1 transposed, and the deltas "
    "themselves for the biases."
)
_NODES = {"x": 0.0, "z1": 1.9, "a1": 3.6, "z2": 5.5, "p": 7.1, "L": 8.7}
_NAMES = {
    "x": r"$\mathbf{x}$",
    "z1": r"$\mathbf{z}^{(1)}$",
    "a1": r"$\mathbf{a}^{(1)}$",
    "z2": r"$\mathbf{z}^{(2)}$",
    "p": r"$\mathbf{p}$",
    "L": r"$L$",
}


def draw() -> Figure:
    """Forward arrows above, backward arrows below, parameter gradients branching off at the bottom."""
    figure, ax = plt.subplots(figsize=(8.2, 3.6))
    for name, x in _NODES.items():
        box = {"boxstyle": "round,pad=0.4", "fc": style.paper(), "ec": style.ink(), "lw": 1.4}
        ax.text(x, 0, _NAMES[name], ha="center", va="center", fontsize=13, bbox=box, zorder=3)
    _forward(ax)
    _backward(ax)
    ax.text(-0.55, 1.55, "forward: compute and keep", color=style.COLORS["blue"], fontsize=11, weight="bold")
    ax.text(-0.55, -0.95, "backward: reuse", color=style.COLORS["orange"], fontsize=11, weight="bold")
    ax.set(xlim=(-0.7, 9.3), ylim=(-2.75, 1.85))
    ax.axis("off")
    return figure


def _arrow(ax: Axes, start: str, end: str, colour: str, linestyle: str, bend: float) -> None:
    shape = {
        "arrowstyle": "-|>",
        "color": colour,
        "lw": 1.7,
        "linestyle": linestyle,
        "shrinkA": 15,
        "shrinkB": 15,
    }
    shape["connectionstyle"] = f"arc3,rad={bend}"
    ax.annotate("", (_NODES[end], 0), (_NODES[start], 0), arrowprops=shape)


def _forward(ax: Axes) -> None:
    steps = [
        ("x", "z1", r"$\mathbf{W}^{(1)}\mathbf{x}+\mathbf{b}^{(1)}$"),
        ("z1", "a1", r"$\varphi$"),
        ("a1", "z2", r"$\mathbf{W}^{(2)}\mathbf{a}^{(1)}+\mathbf{b}^{(2)}$"),
        ("z2", "p", "softmax"),
        ("p", "L", r"$-\log p_{\mathrm{true}}$"),
    ]
    for start, end, label in steps:
        _arrow(ax, start, end, style.COLORS["blue"], "-", -0.35)
        ax.text((_NODES[start] + _NODES[end]) / 2, 0.75, label, ha="center", va="center", fontsize=10)


def _backward(ax: Axes) -> None:
    colour = style.COLORS["orange"]
    steps = [
        ("L", "z2", r"$\boldsymbol{\delta}^{(2)}=\mathbf{p}-\mathbf{y}$", -1.0, -0.28),
        ("z2", "a1", r"$\mathbf{W}^{(2)\top}\boldsymbol{\delta}^{(2)}$", -0.8, -0.35),
        ("a1", "z1", r"$\odot\,\varphi'(\mathbf{z}^{(1)})$", -0.75, -0.35),
    ]
    for start, end, label, height, bend in steps:
        _arrow(ax, start, end, colour, "--", bend)
        ax.text((_NODES[start] + _NODES[end]) / 2, height, label, ha="center", va="center", fontsize=10)
    ax.text(_NODES["z1"] - 0.15, -0.75, r"$\boldsymbol{\delta}^{(1)}$", ha="right", va="center", fontsize=11)
    for name, layer, signal in (("z1", "1", r"\mathbf{x}^{\top}"), ("z2", "2", r"\mathbf{a}^{(1)\top}")):
        x, delta = _NODES[name], rf"\boldsymbol{{\delta}}^{{({layer})}}"
        shape = {"arrowstyle": "-|>", "color": colour, "lw": 1.7, "linestyle": "--", "shrinkA": 16}
        ax.annotate("", (x, -1.65), (x, 0), arrowprops=shape)
        lines = (
            rf"$\partial L/\partial\mathbf{{W}}^{{({layer})}}={delta}\,{signal}$"
            f"\n"
            rf"$\partial L/\partial\mathbf{{b}}^{{({layer})}}={delta}$"
        )
        ax.text(x, -1.75, lines, ha="center", va="top", fontsize=10, linespacing=1.6)
