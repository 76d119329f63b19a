"""What the app shows, as HTML and Markdown: everything of it that needs no Streamlit, and can be tested so.

Names of classes and of runs come from folders of whoever trained: they are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from .classes import CLASSES, DESCRIPTIONS, FINDINGS, about, label_of
from .images import ImageProblem
from .one_image import Row
from .references import REFERENCES
from .runs import Run

__all__ = [
    "STYLE",
    "Score",
    "all_classes",
    "class_words",
    "demoted",
    "how_set_apart",
    "no_runs",
    "outlined",
    "peak_words",
    "probability_table",
    "refusal",
    "right_or_wrong",
    "scores",
    "share",
    "verdict",
]

OVERLAP = "Appearances overlap; none of this is a rule to reach a diagnosis."
LESION = (86, 180, 233)  # the blue that outlines true lesions in the course's figures
SETS = {
    "patient": "no patient in two parts",
    "slice": "slice by slice: patients in two parts",
    "fold": "published folds",
}

# Bars are drawn in the text's own colour, so that they fit a light and a dark page.
STYLE = """<style>
[data-testid="stMainBlockContainer"] {padding-top: 3rem}
.np-table {border-collapse: collapse; width: 100%; font-size: 0.95rem}
.np-table caption {text-align: left; padding: 0 0 .4rem; opacity: .85}
.np-table th, .np-table td {text-align: left; font-weight: 400; padding: .2rem .6rem .2rem 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); vertical-align: middle}
.np-table thead th {font-size: .8rem; opacity: .8}
.np-table .np-number {text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap}
.np-table .np-folder {font-size: .8rem; opacity: .8}
.np-table tr.np-first th {font-weight: 700}
.np-table tbody th {white-space: nowrap}
.np-bar {min-width: 5rem; width: 26%}
.np-bar div {height: .8rem; background: #0072B2; min-width: 1px}
.np-table tr.np-rest .np-bar div {background: #7f8fa0}
</style>"""


def probability_table(rows: Sequence[Row], truth: str | None = None) -> str:
    """All classes and their softmax values, chart and table in one: HTML that a screen reader can read."""
    folders = any(row.folder for row in rows)
    head = ["Class", "Softmax", "<span aria-hidden='true'></span>"]
    head += ["Folder in the reference project"] * folders
    cells = "".join(f"<th scope='col'>{text}</th>" for text in head)
    body = "".join(_line(row, place, truth, folders) for place, row in enumerate(rows))
    caption = f"All {len(rows)} classes, the most probable first. The values add up to 100 %."
    return (
        f"<table class='np-table'><caption>{caption}</caption><thead><tr>{cells}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _line(row: Row, place: int, truth: str | None, folders: bool) -> str:
    width, kind = 100 * row.probability, "np-first" if place == 0 else "np-rest"
    mark = " ← truth" if truth == row.short else ""
    line = (
        f"<th scope='row'>{escape(row.short)}{mark}</th><td class='np-number'>{share(row.probability)}</td>"
        f"<td class='np-bar' aria-hidden='true'><div style='width:{width:.2f}%'></div></td>"
    )
    folder = f"<td class='np-folder' lang='pt'>{escape(row.folder)}</td>" if folders else ""
    return f"<tr class='{kind}'>{line}{folder}</tr>"


def share(value: float) -> str:
    """0.8312 -> "83.1 %", unbreakable; what would be rounded to nothing is "< 0.1 %"."""
    text = "< 0.1 %" if 0 < value < 0.0005 else f"{value:.1%}".replace("%", " %")
    return text.replace(" ", "\u00a0")


def verdict(rows: Sequence[Row]) -> str:
    """The answer in a sentence, Markdown."""
    return f"The model's answer: {_plain(rows[0].short)}, softmax {share(rows[0].probability)}"


def right_or_wrong(rows: Sequence[Row], truth: str) -> str:
    """Whether the answer is right, of a simulated image, whose class is known; Markdown."""
    if rows[0].short == truth:
        return f"**Right.** This simulated image was made as {truth}."
    place = next((n for n, row in enumerate(rows, 1) if row.short == truth), None)
    where = f", which the model puts in place {place}" if place else ", which this model does not know"
    return f"**Wrong.** This simulated image was made as {truth}{where}."


def outlined(drawn: np.ndarray, lesion: np.ndarray) -> np.ndarray:
    """A picture (V, V, 3) uint8 with the true lesion (H, W) bool outlined in blue, two pixels wide."""
    from .explain import contour, resize  # Keras takes seconds to start

    inside = resize(lesion.astype(np.float32), drawn.shape[:2]) >= 0.5
    outer = contour(inside)
    drawn = drawn.copy()
    drawn[outer | contour(inside & ~outer)] = LESION
    return drawn


def peak_words(heatmap: np.ndarray, lesion: np.ndarray) -> str:
    """Whether the hottest point of a heat map (h, w) lies in the true lesion (H, W)."""
    from .explain import peak_hits

    place = "inside" if peak_hits(heatmap[None], lesion[None])[0] else "outside"
    return f"The hottest point lies {place} the true lesion."


def class_words(name: str) -> str:
    """What a class is and what it often looks like, with sources and the disclaimer, in Markdown."""
    if label_of(name) is None:
        return f"{_plain(name)} is none of the 17 classes of this course: there is no description of it here."
    it = about(name)
    return (
        f"**What it is.** {it.description}\n\n**What is often seen in such an image.** {it.findings}\n\n"
        f"{OVERLAP} {it.disclaimer}\n\n{_sources(it.sources)}"
    )


def all_classes(class_names: Sequence[str]) -> list[tuple[str, str]]:
    """(pathology, its words: what it is, then what is often seen in T1, T1C+ and T2), Markdown."""
    known = {label for name in class_names if (label := label_of(name)) is not None}
    words = []
    for pathology, (description, keys) in DESCRIPTIONS.items():
        mine = [CLASSES[k] for k in sorted(known) if CLASSES[k].pathology == pathology]
        if not mine:
            continue
        seen = [(it.sequence, *FINDINGS[pathology, it.sequence]) for it in mine]
        used = dict.fromkeys(keys + tuple(key for *_, more in seen for key in more))
        findings = "\n".join(f"- **{sequence}:** {finding}" for sequence, finding, _ in seen)
        text = f"{description}\n\nOften seen:\n\n{findings}\n\n{OVERLAP}\n\n"
        title = mine[0].short.removesuffix(f" {mine[0].sequence}")
        words.append((title, text + _sources([REFERENCES[key] for key in used])))
    others = [name for name in class_names if label_of(name) is None]
    return words + [(name, class_words(name)) for name in others]


def _sources(references: Sequence[str]) -> str:
    return "Sources:\n\n" + "\n".join(f"- {_plain(reference)}" for reference in references)


@dataclass(frozen=True)
class Score:
    """One figure of a run: its value, what belongs beside it (an interval, patients), what it means."""

    name: str
    value: str
    beside: str
    meaning: str


def scores(metrics: dict[str, Any]) -> list[Score]:
    """The scores that say most."""
    patients = f"of {metrics['groups']:,} patients" if metrics.get("groups") else "patients unknown"
    f1 = "F1 of every class, averaged: rare classes count in full."
    right = "Share of test images answered rightly: frequent classes count most."
    gap = "How far softmax values and the share of right answers are apart, on average."
    return [
        Score("Macro-F1", f"{metrics['macro_f1']:.2f}", _interval(metrics, "macro_f1"), f1),
        Score("Accuracy", f"{metrics['accuracy']:.2f}", _interval(metrics, "accuracy"), right),
        Score("Calibration error", f"{metrics['ece']:.2f}", "0 is best", gap),
        Score("Test images", f"{metrics['images']:,}", patients, "None of them was used in training."),
    ]


def how_set_apart(run: Run) -> str:
    """One line under a run's name: data, size, split, macro-F1."""
    settings = run.settings
    return (
        f"{_plain(settings.data)} · {settings.side} px · {SETS[settings.split]} · macro-F1 "
        f"{run.metrics['macro_f1']:.2f}"
    )


def refusal(problem: ImageProblem) -> str:
    """Why an image was not taken, Markdown."""
    return (
        f"**This image was not taken: {_plain(problem.kind)}.** {_plain(problem.detail)}".rstrip(" .") + "."
    )


def no_runs(root: Path) -> str:
    """What to do where there is no trained model, in Markdown."""
    return (
        f"There is no finished training run in `{root}`.\n\nTrain one; on two processor cores it takes some "
        f"minutes and needs neither data nor a network:\n\n```\nneuropath train --data phantom --out "
        f"{root / 'first'}\n```\n\nThen load this page again. If your runs lie elsewhere: `neuropath app "
        "--runs FOLDER`."
    )


def demoted(markdown: str, levels: int = 1) -> str:
    """Markdown with its headings lowered, to stand below those of a page."""
    return re.sub(r"^(#+ )", "#" * levels + r"\1", markdown, flags=re.M)


def _interval(metrics: dict[str, Any], name: str) -> str:
    interval = metrics.get(f"{name}_interval")
    return f"95 % interval {interval[0]:.2f}–{interval[1]:.2f}" if interval else "no interval"


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return re.sub(r"([\\`*_\[\]<>#$|~:])", r"\\\1", text)
