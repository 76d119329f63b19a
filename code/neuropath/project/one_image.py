"""One image and one trained run: what the network is given, what it answers, and what that is not.

Shared by `neuropath explain` and the app. Nothing here knows a terminal or a web page.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .classes import DISCLAIMER, FOLDERS, SHORT_NAMES, label_of
from .images import decode, read_bytes

if TYPE_CHECKING:
    from .explain import Explanation
    from .runs import Run

__all__ = ["SOFTMAX", "Picture", "Row", "caution", "layers_of", "look", "open_run", "ranked", "read_picture"]

VIEW = 480  # pixels a side of what people are shown
COLORFUL = 12  # mean spread of red, green and blue, of 255, from which a picture counts as coloured
ONE_AT_A_TIME = threading.Lock()
SOFTMAX = (
    "A softmax value is no probability of a disease: the values always add up to 1, for a photograph of a "
    "cat as well."
)
PHANTOM = (
    "This model was trained on simulated images only. About an image of a person its answer says nothing."
)
ONCE = "Trained on: {source}. On images of other scanners, hospitals or people it was not measured."
SLICES = (
    "Its test images were set apart slice by slice: other slices of the same patients were trained on, so "
    "its scores are too good."
)


@dataclass(frozen=True, eq=False)
class Picture:
    """One image, ready. pixels (S, S[, 3]) and shown (VIEW, VIEW, 3), uint8, are cut and padded alike.

    notes: what had to be changed on the way. truth and lesion (H, W) bool are known of simulated images only.
    """

    pixels: np.ndarray
    shown: np.ndarray
    notes: tuple[str, ...] = ()
    truth: str | None = None
    lesion: np.ndarray | None = None


@dataclass(frozen=True)
class Row:
    """One line of an answer. short: English; folder: of this class in the reference's data, "" if none."""

    label: int
    short: str
    folder: str
    probability: float


def open_run(folder: str | Path | None = None, root: str | Path = "runs") -> Run:
    """The run in `folder`, or without one the newest below `root`. FileNotFoundError says how to make one."""
    from .runs import Run, find

    if folder is not None:
        return Run.open(folder)
    found = find(root)
    if not found:
        raise FileNotFoundError(
            f"expected a finished training run in {root}, found none: make one with `neuropath train --out "
            f"{Path(root) / 'first'}`, or name one with --run."
        )
    return Run.open(found[0])


def read_picture(run: Run, source: str | Path | bytes) -> Picture:
    """An image file, or its bytes, as the run's network takes it. Raises ImageProblem, as the loader does."""
    data = source if isinstance(source, bytes) else read_bytes(Path(source))
    side, _, channels = run.model.input_shape
    given = decode(data, side, color_mode="rgb" if channels == 3 else "grayscale")
    shown = decode(data, VIEW, color_mode="rgb")
    notes = list(given.notes)
    if np.ptp(shown.pixels.astype(int), axis=2).mean() > COLORFUL:
        notes.append("it has colours, and MRI slices have none: is this one?")
    return Picture(given.pixels, shown.pixels, tuple(notes))


def look(run: Run, picture: Picture, *, label: int | None = None, layer: str | None = None) -> Explanation:
    """The run's answer to a picture; Grad-CAM for `label` (default: the answer) at `layer` (the run's)."""
    from .explain import explain  # Keras takes seconds to start

    with ONE_AT_A_TIME:  # several people may look at the app
        return explain(run.model, picture.pixels, label=label, layer=layer or run.layer)


def ranked(class_names: Sequence[str], probabilities: np.ndarray) -> list[Row]:
    """One row a class, the most probable first; equal ones in the order of the classes."""
    if np.shape(probabilities) != (len(class_names),):
        raise ValueError(
            f"expected {len(class_names)} probabilities, one a class, received {np.shape(probabilities)}."
        )
    order = np.argsort(-np.asarray(probabilities), kind="stable")
    return [Row(int(k), *names_of(class_names[k]), float(probabilities[k])) for k in order]


def names_of(name: str) -> tuple[str, str]:
    """(English short name, the reference's folder name); for a class that is none of the 17 its own, ""."""
    label = label_of(name)
    return (name, "") if label is None else (SHORT_NAMES[label], FOLDERS[label])


def layers_of(run: Run) -> dict[str, str]:
    """{layer: words for it}: the maps Grad-CAM can use, fine to coarse, the run's own marked."""
    from .explain import candidate_layers
    from .probe import locate

    measured = (run.metrics.get("grad_cam") or {}).get("layer") == run.layer
    mark = " (measured best)" if measured else " (default)"
    words = {}
    for layer in dict.fromkeys([*candidate_layers(run.model), run.layer]):
        height, width = locate(run.model.model, layer)[1].output.shape[1:3]
        words[layer] = f"{height} × {width}" + (mark if layer == run.layer else "")
    return words


def caution(run: Run) -> list[str]:
    """What an answer of this run is not, the general first; belongs wherever an answer is shown."""
    data = run.metrics.get("data") or {}
    about = PHANTOM if run.settings.data == "phantom" else ONCE.format(source=data.get("source", "unknown"))
    sentences = [DISCLAIMER, about, SOFTMAX]
    return [*sentences, SLICES] if run.settings.split == "slice" else sentences
