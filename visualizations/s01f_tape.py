"""Session 01 F: one small expression as a graph, values and adjoints."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from neuropath.lessons.style import COLORS, ink, muted, paper

ALT = (
    "A graph with four nodes. On the left the leaves a = 3 and b = -1; in the middle c = a + b = 2; on "
    "the right L = c times a = 6. Solid arrows lead forward from a and b to c, and from c and a to L. "
    "Dashed arrows lead back: L's adjoint is 1, c's is 3, b's is 3, and a receives two contributions, 2 "
    "directly from L and 3 by way of c, so its adjoint is 2 + 3 = 5."
)
A, B = 3.0, -1.0
PLACES = {"a": (0.0, 1.0), "b": (0.0, 0.0), "c": (2.0, 0.0), "L": (4.0, 0.5)}


def sweep(a: float, b: float) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Values, adjoints, and the contribution that travels back along each edge of L = (a + b) a."""
    c = a + b
    edges = {"Lc": a, "La": c, "ca": a * 1.0, "cb": a * 1.0}  # adjoint of the head times the local slope
    adjoints = {"L": 1.0, "c": edges["Lc"], "b": edges["cb"], "a": edges["La"] + edges["ca"]}
    return {"a": a, "b": b, "c": c, "L": c * a}, adjoints, edges


def _edge(ax, start: str, end: str, shift: float, style: str, color: str, text: str = "", at: float = 0.5):
    (x0, y0), (x1, y1) = PLACES[start], PLACES[end]
    away = {"shrinkA": 24, "shrinkB": 24, "lw": 1.6, "color": color, "ls": style, "arrowstyle": "-|>"}
    ax.annotate("", (x1, y1 + shift), (x0, y0 + shift), arrowprops=away)
    where = (x0 + at * (x1 - x0), y0 + shift + at * (y1 - y0))
    box = {"facecolor": paper(), "edgecolor": "none", "pad": 1.5}
    if text:
        ax.text(*where, text, color=color, ha="center", va="center", bbox=box, fontsize=10)


def draw() -> Figure:
    """Four nodes, four edges, both ways."""
    figure, ax = plt.subplots(figsize=(7.2, 3.1))
    values, adjoints, edges = sweep(A, B)
    formula = {"a": "a", "b": "b", "c": "c = a + b", "L": "L = c · a"}
    for head, tail in ("Lc", "La", "ca", "cb"):
        _edge(ax, tail, head, 0.06, "-", COLORS["blue"])
        _edge(ax, head, tail, -0.06, "--", COLORS["orange"], f"{edges[head + tail]:g}", at=0.62)
    circle = {"boxstyle": "circle,pad=0.45", "facecolor": paper(), "edgecolor": COLORS["blue"], "lw": 1.6}
    for name, (x, y) in PLACES.items():
        value = f"{values[name]:g}".replace("-", "−")
        ax.text(x, y, value, ha="center", va="center", fontsize=13, color=ink(), zorder=3, bbox=circle)
        total = "2 + 3 = 5" if name == "a" else f"{adjoints[name]:g}"
        at, side = (x - 0.3, "right") if name in "ab" else (x, "center")
        ax.text(at, y + (0.05 if name in "ab" else 0.25), formula[name], ha=side, color=COLORS["blue"])
        ax.text(at, y - (0.15 if name in "ab" else 0.36), f"adjoint {total}", ha=side, color=COLORS["orange"])
    ax.text(
        2.0,
        -0.62,
        "values flow forward (solid), adjoints flow back (dashed) and add up where they meet",
        ha="center",
        color=muted(),
        fontsize=9,
    )
    ax.set(xlim=(-1.5, 4.6), ylim=(-0.75, 1.25))
    ax.axis("off")
    return figure
