"""Stands in for `GraphExplorer` where no JavaScript runs: the graph as it starts, walked to the end."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from neuropath.lessons.style import COLORS, ink, muted, paper
from neuropath.scratch import autodiff as ad
from neuropath.visualizations._s01a import bare
from neuropath.widgets.graph import BIAS, INPUTS, TARGET, WEIGHTS, GraphExplorer

ALT = GraphExplorer.ALT
SPOTS = {"w1": (0, 2), "x1": (0, 1), "w2": (0, 0), "x2": (0, -1), "b": (0, -2)}
SPOTS |= {"m1": (1.5, 1.5), "m2": (1.5, -0.5), "z": (3, -0.6), "a": (4.5, -0.6), "L": (6, -0.6)}
NAMES = {"w1": "$w_1$", "x1": "$x_1$", "w2": "$w_2$", "x2": "$x_2$", "b": "$b$"}
NAMES |= {"m1": "$m_1 = w_1 x_1$", "m2": "$m_2 = w_2 x_2$", "z": "$z$ = sum", "a": "$a = \\sigma(z)$"}
NAMES["L"] = "$L = (a - y)^2$"


def nodes() -> dict[str, ad.Node]:
    """The graph at the explorer's first numbers, recorded by the course's own engine."""
    node = dict(zip(("w1", "w2", "x1", "x2", "b"), map(ad.leaf, (*WEIGHTS, *INPUTS, BIAS)), strict=True))
    node["m1"], node["m2"] = node["w1"] * node["x1"], node["w2"] * node["x2"]
    node["z"] = node["m1"] + node["m2"] + node["b"]
    node["a"] = 1 / (1 + (-node["z"]).exp())
    node["L"] = (node["a"] - TARGET) ** 2
    return node


def draw() -> Figure:
    """Boxes with value above and derivative below, edges with their local derivative, read left to right."""
    figure, ax = plt.subplots(figsize=(7.0, 4.0))
    bare(ax).set(xlim=(-0.6, 6.6), ylim=(-2.6, 2.8))
    node = nodes()
    gradient = dict(zip(node, ad.gradients(node["L"], list(node.values())), strict=True))
    w1, w2, x1, x2, a = (float(node[name].data) for name in ("w1", "w2", "x1", "x2", "a"))
    slopes = {("w1", "m1"): x1, ("x1", "m1"): w1, ("w2", "m2"): x2, ("x2", "m2"): w2}
    slopes |= {("m1", "z"): 1, ("m2", "z"): 1, ("b", "z"): 1, ("z", "a"): a * (1 - a)}
    slopes["a", "L"] = 2 * (a - TARGET)
    for (start, end), slope in slopes.items():
        _edge(ax, SPOTS[start], SPOTS[end], slope)
    for name, (x, y) in SPOTS.items():
        look = {"boxstyle": "round,pad=0,rounding_size=0.1", "facecolor": paper(), "edgecolor": muted()}
        ax.add_patch(FancyBboxPatch((x - 0.48, y - 0.42), 0.96, 0.84, **look))
        middle = {"ha": "center", "va": "center"}
        ax.text(x, y + 0.25, NAMES[name], color=ink(), fontsize=8, **middle)
        ax.text(x, y, _text(node[name].data), color=COLORS["blue"], fontsize=9, **middle)
        ax.text(x, y - 0.25, _text(gradient[name]), color=COLORS["orange"], fontsize=9, **middle)
    ax.text(3, 2.4, "value", color=COLORS["blue"], weight="bold")
    ax.text(3.8, 2.4, "derivative of the loss", color=COLORS["orange"], weight="bold")
    return figure


def _text(value) -> str:
    return f"{float(value):.3f}".replace("-", "−")


def _edge(ax: Axes, start, end, slope: float) -> None:
    ax.annotate(
        "", xy=end, xytext=start, zorder=0, arrowprops={"arrowstyle": "-", "color": muted(), "lw": 1.2}
    )
    x, y = (0.5 * start[i] + 0.5 * end[i] for i in (0, 1))
    halo = {"facecolor": paper(), "edgecolor": "none", "pad": 0.5}
    ax.text(x, y, f"×{slope:.2f}".replace("-", "−"), ha="center", va="center", fontsize=7.5, bbox=halo)
