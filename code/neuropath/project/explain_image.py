"""`neuropath explain IMAGE`: one image, all probabilities, and one picture of where the network looked."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from .helpers import TRAIN, Visualizer
from .images import ImageProblem
from .one_image import Picture, Row, caution, look, ranked, read_picture

if TYPE_CHECKING:
    from .explain import Explanation
    from .runs import Run

__all__ = ["explain_image", "explanation_figure"]

REST = "#7f8fa0"
ENDINGS = (".png", ".svg", ".pdf")


def explain_image(run: Run, path: str | Path, out: str | Path | None = None) -> Path:
    """Print all probabilities of an image file and write a picture (default: NAME.explained.png here).

    Returns where the picture is. Raises ImageProblem for a file that holds no image, ValueError for a picture
    that would replace the image or that matplotlib cannot write.
    """
    path = Path(path)
    out = Path(f"{path.stem}.explained.png") if out is None else Path(out)
    if out.suffix.lower() not in ENDINGS:
        raise ValueError(f"--out expects a name that ends in {', '.join(ENDINGS)}, received {out}.")
    if out.exists() and path.exists() and out.samefile(path):
        raise ValueError(f"--out expects another file than the image, received {out} for both.")
    try:
        picture = read_picture(run, path)
    except ImageProblem as problem:
        raise ImageProblem(f"{path}: {problem.kind}", problem.detail) from None
    found = look(run, picture)
    rows = ranked(run.class_names, found.probabilities)
    print(report(run, path.name, picture, rows))
    Visualizer.save(explanation_figure(run, picture, found, rows), out)
    print(f"\nwritten: {out}")
    return out


def report(run: Run, name: str, picture: Picture, rows: list[Row]) -> str:
    """What the terminal shows: the notes on the image, one line a class, and what all this is not."""
    width = max(len(row.short) for row in rows)
    lines = [f"{name}, as the model in {run.folder} sees it"]
    lines += [f"note: {note}" for note in picture.notes] + [""]
    lines += [f"{row.short:{width}}  {row.probability:7.2%}  {row.folder}".rstrip() for row in rows]
    return "\n".join([*lines, "", textwrap.fill(" ".join(caution(run)), 100)])


def explanation_figure(run: Run, picture: Picture, found: Explanation, rows: list[Row]) -> Figure:
    """The image, Grad-CAM over it, and a bar for every class; the caution stands below them."""
    figure = Figure(figsize=(13, 5.2), layout="constrained")
    given, heat, bars = figure.subplots(1, 3, width_ratios=(1, 1, 1.1))
    for axes, pixels in ((given, picture.shown), (heat, found.over(picture.shown))):
        axes.imshow(pixels)
        axes.set_axis_off()
    side = picture.pixels.shape[0]
    given.set_title(f"The image\n(the network gets {side} × {side} pixels)", size=10)
    heat.set_title(f"Grad-CAM for {rows[0].short}\nat {found.layer}", size=10)
    _bars(bars, rows)
    figure.supxlabel(textwrap.fill(" ".join(caution(run)), 170), size=8, color="0.3")
    return figure


def _bars(axes, rows: list[Row]) -> None:
    values = np.array([row.probability for row in rows])
    colors = [TRAIN] + [REST] * (len(rows) - 1)
    drawn = axes.barh([row.short for row in rows], values, color=colors)
    axes.bar_label(drawn, [f"{value:.1%}" for value in values], padding=3, size=8)
    axes.invert_yaxis()
    axes.tick_params(axis="y", labelsize=8, length=0)
    axes.set(xlim=(0, 1.14), xlabel="softmax")
    axes.spines[["top", "right"]].set_visible(False)
