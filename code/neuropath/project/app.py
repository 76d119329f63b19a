"""The classifier in a browser: `neuropath app`, or `streamlit run app.py -- --runs FOLDER`.

Choose a trained run and an image (simulated, uploaded, or from a web address), see all probabilities, where
the network looked, what the classes are, and how good the run is. It runs on this computer alone and keeps
nothing. Streamlit is an extra of the package: app.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # Streamlit puts this folder on the path, where `files` or `metrics` could be ours
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).parent]

import numpy as np

from neuropath.project import app_parts, one_image
from neuropath.project.classes import SHORT_NAMES
from neuropath.project.examples import PATIENTS, SITES, example
from neuropath.project.fetch import MAX_DOWNLOAD, fetch
from neuropath.project.images import ImageProblem
from neuropath.project.one_image import Picture
from neuropath.project.runs import Run, find

__all__ = ["page", "serve"]

EXAMPLE, UPLOAD, ADDRESS = "Simulated example", "Upload a file", "Web address"
KEPT = {  # what becomes of an image, by where it comes from
    EXAMPLE: "Made by this computer, of people who do not exist.",
    UPLOAD: "Your image stays on this computer: sent nowhere, kept nowhere, gone when the page closes.",
    ADDRESS: "This computer fetches it, classifies it here, and keeps it nowhere.",
}
PICTURES = {
    "confusion_matrix.png": ("Truth in rows, the model's answers in columns.", "Confusion matrix"),
    "training_curves.png": ("Training, epoch by epoch.", "Curves of loss and accuracy"),
    "calibration.png": ("On the dotted line, softmax values would be frequencies.", "Calibration curve"),
    "grad_cam.png": ("Grad-CAM on test images; true lesions, where known, in blue.", "Grad-CAM examples"),
}


def serve(runs: str | Path = "runs", *, port: int = 8501, browser: bool = False) -> int:
    """Serve the app on 127.0.0.1 until it is stopped (Ctrl+C); browser: also open one. The exit status.

    Raises ValueError where Streamlit or TensorFlow is not installed.
    """
    missing = [name for name in ("streamlit", "keras", "tensorflow") if not importlib.util.find_spec(name)]
    if missing:
        raise ValueError(
            f"the app needs {' and '.join(missing)}, not installed here: python -m pip install "
            f"{' '.join(missing)} (or, in a checkout of the course: pip install '.[app,tensorflow]')."
        )
    process = subprocess.Popen(command(runs, port, browser), env={"TF_CPP_MIN_LOG_LEVEL": "3"} | os.environ)
    try:
        return process.wait()
    except KeyboardInterrupt:  # the terminal sends it to both
        process.wait()
        return 0
    finally:
        if process.poll() is None:
            process.terminate()


def command(runs: str | Path, port: int, browser: bool = False) -> list[str]:
    """The command line that serves the app: on this computer only, without telemetry."""
    options = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": str(not browser).lower(),
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",  # it would walk through all of TensorFlow
        "server.maxUploadSize": MAX_DOWNLOAD // 1_000_000,
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "type",
        "theme.light.primaryColor": "#0072B2",  # the course's blue; set for both, or dark is lost
        "theme.dark.primaryColor": "#56B4E9",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    start = [sys.executable, "-P", "-m", "streamlit", "run", str(Path(__file__).resolve())]
    return [*start, *flags, "--", "--runs", str(Path(runs).resolve())]


def page(root: Path) -> None:
    """The whole page, for the runs in `root`."""
    import streamlit as st

    st.set_page_config(page_title="neuropath: brain-MRI classifier", layout="wide")
    st.html(app_parts.STYLE)
    st.title("Brain-MRI classifier")
    folders = find(root)
    if not folders:
        st.info(app_parts.no_runs(root))
        return
    run = _choose_run(st, folders)
    if run is None:
        return
    first, *rest = one_image.caution(run)
    st.warning(f"**{first}** {' '.join(rest)}", icon=":material/warning:")
    picture = _choose_image(st, run)
    classify, quality, classes = st.tabs(["Classify an image", "How good is this model?", "The classes"])
    with classify:
        _answer(st, run, picture)
    with quality:
        _quality(st, run)
    with classes:
        for title, words in app_parts.all_classes(run.class_names):
            st.expander(title).markdown(words)


def _choose_run(st: Any, folders: list[Path]) -> Run | None:
    """The run that is chosen in the sidebar, its model loaded; None, after saying why, if it cannot be."""

    @st.cache_resource(max_entries=2, show_spinner="Starting TensorFlow and loading the model …")
    def load(folder: str, changed: float) -> Run:  # `changed` makes a retrained run a new one
        run = Run.open(folder)
        assert run.model is not None  # loaded here, once
        return run

    with st.sidebar:
        st.header("Model")
        folder = st.selectbox(
            "Trained run", folders, format_func=lambda f: f.name, help="The newest comes first."
        )
        try:
            run = load(str(folder), (folder / "metrics.json").stat().st_mtime)
        except (OSError, ValueError) as error:
            st.error(f"This run cannot be used: {error}")
            return None
        st.caption(app_parts.how_set_apart(run))
    return run


def _choose_image(st: Any, run: Run) -> Picture | ImageProblem | None:
    """The image that is chosen in the sidebar, or why it was not taken; None if there is none yet."""
    with st.sidebar:
        st.header("Image")
        how = st.radio("Where from?", list(KEPT))
        try:
            if how == EXAMPLE:
                return _example(st, run)
            data = _uploaded(st) if how == UPLOAD else _downloaded(st)
            return None if data is None else one_image.read_picture(run, data)
        except ImageProblem as problem:
            return problem
        finally:
            st.caption(KEPT[how])


def _example(st: Any, run: Run) -> Picture:
    label = st.selectbox("Class", range(len(SHORT_NAMES)), format_func=SHORT_NAMES.__getitem__)
    patient, scanner = st.columns(2)
    people = range(1, PATIENTS + 1)
    number = patient.selectbox("Patient", people, help="Simulated people this model was not trained on.")
    site = scanner.selectbox(
        "Scanner", list(SITES), help="Models are trained on A and B, unless told otherwise."
    )
    return example(run, label, number, site)


def _uploaded(st: Any) -> bytes | None:
    # Any kind of file is taken here, so that `images` can say what is wrong with it in our words.
    file = st.file_uploader("Image file: PNG, JPEG, TIFF, BMP, GIF, WebP, PGM; one slice of an MRI")
    return None if file is None else file.getvalue()


def _downloaded(st: Any) -> bytes | None:
    address = st.text_input(
        "Address of an image", placeholder="https://…", help="http or https, public, ≤ 20 MB."
    )
    if not address.strip():
        return None
    kept = st.session_state.get("download")
    if kept is None or kept[0] != address:  # not again with every move of a slider
        with st.spinner("Fetching …"):
            st.session_state.download = kept = (address, fetch(address))
    return kept[1]


def _answer(st: Any, run: Run, picture: Picture | ImageProblem | None) -> None:
    """The answer to a picture: a sentence, the image beside where the network looked, all classes."""
    if picture is None:
        st.info(
            "Choose an image in the sidebar: upload a file, give an address, or take a simulated example."
        )
        return
    if isinstance(picture, ImageProblem):
        st.error(app_parts.refusal(picture))
        return
    first = _looked(st, run, picture, None, run.layer)
    rows = one_image.ranked(run.class_names, first.probabilities)
    st.subheader(app_parts.verdict(rows))
    if picture.truth:
        st.markdown(app_parts.right_or_wrong(rows, picture.truth))
    for note in picture.notes:
        st.info(f"Note: {note}.")
    st.fragment(_pictures)(st, run, picture)
    st.html(app_parts.probability_table(rows, picture.truth))
    with st.expander(f"About {rows[0].short}: what it is and what is often seen", expanded=False):
        st.markdown(app_parts.class_words(run.class_names[rows[0].label]))


def _looked(st: Any, run: Run, picture: Picture, label: int | None, layer: str) -> Any:
    """Grad-CAM, computed once for a picture, class and layer; sliders only draw it anew."""
    digest = hashlib.sha256(picture.pixels.tobytes()).hexdigest()
    key = (str(run.folder), run.metrics["accuracy"], digest, label, layer)
    kept = st.session_state.get("looked", {})
    if key not in kept:
        kept = {k: v for k, v in kept.items() if k[:3] == key[:3]}  # of this picture only
        st.session_state.looked = kept | {key: one_image.look(run, picture, label=label, layer=layer)}
    return st.session_state.looked[key]


def _pictures(st: Any, run: Run, picture: Picture) -> None:
    """The image, the heat map over it, and what changes that: a fragment, the rest of the page stays."""
    given, heat, controls = st.columns([5, 5, 4], gap="medium")
    with controls:
        label, layer, threshold, alpha, contours, truth = _controls(st, run, picture)
    found = _looked(st, run, picture, label, layer)
    name = one_image.names_of(run.class_names[found.label])[0]
    plain, shown = (
        picture.shown,
        found.over(picture.shown, threshold=threshold, alpha=alpha, contours=contours),
    )
    if truth and picture.lesion is not None:
        plain, shown = (app_parts.outlined(it, picture.lesion) for it in (plain, shown))
    side = picture.pixels.shape[0]
    caption = f"The image. The network gets it as {side} × {side} pixels."
    given.image(plain, caption, width="stretch", alt="The image that is classified")
    caption = f"Grad-CAM for {name} at {found.layer}: what raised its score, not where a lesion is."
    drawn = _png(shown)
    heat.image(
        drawn, caption, width="stretch", alt=f"The image with the Grad-CAM heat map for {name} over it"
    )
    with controls:
        if not found.heatmap.any():
            st.info(f"Nothing in this layer spoke for {name}: the heat map is empty.")
        elif picture.lesion is not None and picture.lesion.any():
            st.caption(app_parts.peak_words(found.heatmap, picture.lesion))
        st.download_button("Save the picture", drawn, "grad_cam.png", "image/png", on_click="ignore")


def _controls(st: Any, run: Run, picture: Picture) -> tuple[int | None, str, float, float, bool, bool]:
    """(class or None for the answer, layer, threshold, alpha, contours, outline the true lesion)."""
    names = {-1: "the model's answer"} | {
        k: one_image.names_of(name)[0] for k, name in enumerate(run.class_names)
    }
    layers = one_image.layers_of(run)
    label = st.selectbox(
        "Heat map for", list(names), format_func=names.__getitem__, key=f"class-{run.folder}"
    )
    layer = st.selectbox(
        "Layer", list(layers), list(layers).index(run.layer), layers.__getitem__, key=f"layer-{run.folder}",
        help="Fine maps point sharply and know little; coarse ones know more and point roughly. Measured "
        "best: its hottest point lay in the true lesion of validation patients most often.",
    )  # fmt: skip
    threshold = st.slider(
        "Threshold: draw heat from", 0.0, 1.0, 0.3, 0.05, help="Share of the strongest heat."
    )
    alpha = st.slider("Opacity of the heat (alpha)", 0.0, 1.0, 0.45, 0.05)
    contours = st.checkbox("Outline the heat in white", value=True)
    known = picture.lesion is not None and bool(picture.lesion.any())
    truth = known and st.checkbox("Outline the true lesion in blue", value=True)
    return (None if label < 0 else label), layer, threshold, alpha, contours, truth


def _quality(st: Any, run: Run) -> None:
    """The run's scores, its pictures and its model card."""
    for column, score in zip(st.columns(4), app_parts.scores(run.metrics), strict=True):
        column.metric(score.name, score.value, help=score.meaning)
        column.caption(score.beside)
    st.markdown(f"How test images were set apart: {run.metrics['split']}.")
    left, right = st.columns([3, 2], gap="medium")
    for name, where in zip(PICTURES, (left, right, right, st), strict=True):
        if (run.folder / name).is_file():
            caption, alt = PICTURES[name]
            where.image(str(run.folder / name), caption, width="stretch", alt=alt)
    with st.expander("Model card", expanded=True):
        st.markdown(app_parts.demoted(run.card, 2))


def _png(pixels: np.ndarray) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=3)  # quick: made with every move of a slider
    return stream.getvalue()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=Path, default=Path("runs"))
    page(arguments.parse_args().runs)
