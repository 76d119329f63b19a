"""The look of every figure: one palette, two themes, sizes that read at 700 pixels wide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from cycler import cycler

# Okabe & Ito's palette, which keeps its hues apart for the common kinds of colour blindness
# (https://jfly.uni-koeln.de/color/); yellow is left out, since it vanishes on white paper.
COLORS = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "pink": "#CC79A7",
    "sky": "#56B4E9",
    "amber": "#E69F00",
    "grey": "#7F7F7F",
}
MARKERS = ("o", "s", "^", "D", "v", "P")  # colour is never the only difference

_THEMES = {
    "light": {"ink": "#1f2328", "paper": "#ffffff", "muted": "#6b7280", "grid": "#d9dce1"},
    "dark": {"ink": "#e6e8eb", "paper": "#121212", "muted": "#9aa4b2", "grid": "#3a414b"},
}
# On dark paper the darkest hues are lifted until they reach a contrast of 4.5 : 1.
_LIFTED = {"blue": "#4FA8DE", "orange": "#F08A4B", "green": "#2BBF96", "grey": "#A5A5A5"}
_LIGHT_HUES = dict(COLORS)
_current = "light"


def ink() -> str:
    """Colour of text and axes in the current theme."""
    return _THEMES[_current]["ink"]


def paper() -> str:
    """Colour of the background in the current theme."""
    return _THEMES[_current]["paper"]


def muted() -> str:
    """Colour of secondary text and helper lines in the current theme."""
    return _THEMES[_current]["muted"]


def use(name: str = "light") -> None:
    """Set matplotlib's defaults to the course's figure style, `name` is "light" or "dark"."""
    global _current
    if name not in _THEMES:
        raise ValueError(f"theme expects one of {sorted(_THEMES)}, received {name!r}.")
    _current = name
    # COLORS is updated in place, so that a module that imported it sees the theme's hues.
    COLORS.update(_LIGHT_HUES | (_LIFTED if name == "dark" else {}))
    mpl.rcParams.update(_parameters(_THEMES[name]))


@contextmanager
def theme(name: str) -> Iterator[None]:
    """Draw inside this block in the "light" or "dark" theme; the old settings return afterwards."""
    before = _current
    with mpl.rc_context():
        use(name)
        try:
            yield
        finally:
            use(before)


def _parameters(tone: dict[str, str]) -> dict:
    edges = dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor", "axes.edgecolor"), tone["ink"])
    ticks = dict.fromkeys(("xtick.color", "ytick.color"), tone["ink"])
    faces = dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), tone["paper"])
    return {
        **edges,
        **ticks,
        **faces,
        "axes.grid": False,
        "axes.prop_cycle": cycler(color=list(COLORS.values())),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "figure.constrained_layout.use": True,
        "figure.dpi": 100,
        "figure.figsize": (7.0, 3.4),
        "font.family": ["DejaVu Sans"],  # ships inside matplotlib: the same letters everywhere
        "font.size": 10,
        "grid.color": tone["grid"],
        "image.cmap": "cividis",
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "savefig.dpi": 150,
        "svg.hashsalt": "neuropath",  # ids in the SVG do not change from run to run
    }
