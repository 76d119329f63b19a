"""Session 03 C: where MobileNetV2 spends its multiply-adds and where it keeps its weights."""

from __future__ import annotations

from math import isqrt

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from neuropath.lessons import style
from neuropath.scratch.mobilenet_v2 import BLOCKS, widths

ALT = (
    "Two rows of stacked bars over the stem, the seventeen blocks and the last layer of MobileNetV2 at "
    "224 pixels. Top, multiply-adds in millions: block 2 takes 29, block 3 takes 26, the others between "
    "8 and 23. Bottom, weights in thousands: next to none in the stem and the first seven blocks, then "
    "rising to 469 in block 17 and 410 in the last layer. Expand and project make up almost all of "
    "both; the depthwise layers are thin slices."
)
HUES = {"expand": "blue", "depthwise": "orange", "project": "green", "stem, last": "grey"}
HATCHES = {"expand": "", "depthwise": "", "project": "//", "stem, last": ".."}


def rows(alpha: float = 1.0, side: int = 224) -> list[tuple[str, int, int, int]]:
    """(kind, position 0–18, weights, output places) of the 52 layers with a kernel."""
    stem, *ends, last = widths(alpha)
    side = -(-side // 2)
    found, C = [("stem, last", 0, 9 * 3 * stem, side**2)], stem
    for k, ((t, _, s), O) in enumerate(zip(BLOCKS, ends, strict=True), 1):
        A = t * C
        if t > 1:
            found.append(("expand", k, C * A, side**2))
        side = -(-side // s)
        found += [("depthwise", k, 9 * A, side**2), ("project", k, A * O, side**2)]
        C = O
    return [*found, ("stem, last", len(BLOCKS) + 1, C * last, side**2)]


def totals(alpha: float = 1.0, side: int = 224) -> dict[str, np.ndarray]:
    """For each kind (2, 19): multiply-adds and weights by position."""
    sums = {kind: np.zeros((2, len(BLOCKS) + 2), int) for kind in HUES}
    for kind, k, weights, places in rows(alpha, side):
        sums[kind][:, k] += (weights * places, weights)
    return sums


def table(alpha: float = 1.0, side: int = 224) -> dict[str, tuple[int, float, int]]:
    """Multiply-adds, their share in per cent, and weights of each kind; stem and last apart."""
    sums = totals(alpha, side)
    whole = sum(kind[0].sum() for kind in sums.values())
    ends = sums.pop("stem, last")
    parts = {kind: both.sum(axis=1) for kind, both in sums.items()}
    parts |= {"stem": ends[:, 0], "last": ends[:, -1]}
    return {kind: (int(m), round(100 * float(m / whole), 1), int(w)) for kind, (m, w) in parts.items()}


def frame_zeros(alpha: float = 1.0, side: int = 224) -> int:
    """Multiply-adds one of whose factors is a zero of the frame, for sides that 32 divides.

    A 3 x 3 kernel at stride 1 meets 3n - 2 pixels along an axis of n, at stride 2 it meets 3n/2 - 1.
    """
    zeros = 0
    for kind, k, weights, places in rows(alpha, side):
        after = isqrt(places)
        if kind == "depthwise" or k == 0:
            met = 3 * side - 2 if after == side else 3 * side // 2 - 1
            zeros += weights // 9 * (9 * places - met**2)
        side = after
    return zeros


def draw() -> Figure:
    """Two rows of stacked bars."""
    figure, axes = plt.subplots(2, 1, figsize=(7.4, 4.4), sharex=True)
    names = ["stem", *map(str, range(1, len(BLOCKS) + 1)), "last"]
    for row, (ax, unit) in enumerate(zip(axes, (1e6, 1e3), strict=True)):
        floor = np.zeros(len(names))
        for kind, sums in totals().items():
            bars = sums[row] / unit
            colour, hatch = style.COLORS[HUES[kind]], HATCHES[kind]
            ax.bar(names, bars, bottom=floor, color=colour, hatch=hatch, ec=style.paper(), lw=0.4, label=kind)
            floor += bars
    axes[0].set(ylabel="MACs, millions", ylim=(0, 37))
    axes[1].set(ylabel="weights, thousands", xlabel="stem, blocks, last layer")
    axes[0].legend(loc="upper right", ncols=4, fontsize=9)
    return figure
