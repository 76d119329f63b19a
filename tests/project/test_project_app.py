"""The app without a browser: what it says and shows, what it refuses, and that it survives odd runs."""

import io
import re
import socket
import sys
from pathlib import Path

import numpy as np
import pytest
from app_run import CARD, make_run
from PIL import Image
from project_trees import encoded, picture

from neuropath.project import app, app_parts, one_image
from neuropath.project.classes import DISCLAIMER, FOLDERS, SHORT_NAMES
from neuropath.project.one_image import ranked


def bomb() -> bytes:
    """A PNG of some kilobytes that unpacks to 30,000 × 30,000 pixels."""
    stream = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(stream, "PNG")
    return stream.getvalue()


SLICE = encoded(picture(5, 64))
BROKEN = {
    "zero bytes": (b"", "empty file"),
    "cut short": (encoded(picture(1, 200))[:9000], "corrupt image"),
    "a page": (b"<html>404</html>" * 9, "web page"),
    "dicom": (bytes(128) + b"DICM" + bytes(300), "export the slice as PNG"),
    "bomb": (bomb(), "too many pixels"),
    "a film": (
        encoded(picture(1), "GIF", save_all=True, append_images=[picture(2), picture(3)]),
        "more than one frame",
    ),
}


@pytest.fixture(scope="module", autouse=True)
def the_same_main():
    """AppTest leaves its script as `__main__`, and processes that are started later would run it again."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(scope="module")
def runs(tmp_path_factory, keras):
    """A folder with one run of the 17 classes."""
    folder = tmp_path_factory.mktemp("runs")
    make_run(folder / "first")
    return folder


@pytest.fixture(scope="module")
def run(runs):
    return one_image.open_run(root=runs)


def script(root):
    from pathlib import Path

    from neuropath.project.app import page

    page(Path(root))


@pytest.fixture(scope="module")
def opened(runs):
    """root -> the page for it, run once; no page may end in a traceback."""
    reason = "the app needs Streamlit: python -m pip install streamlit"
    testing = pytest.importorskip("streamlit.testing.v1", reason=reason)

    def open_(root=runs):
        page = testing.AppTest.from_function(script, kwargs={"root": str(root)}, default_timeout=60)
        return calm(page.run())

    return open_


@pytest.fixture(scope="module")
def uploading(opened):
    """A page that waits for a file; the tests take turns with it, as a person would with several files."""
    return choose(opened(), "Where from?", app.UPLOAD)


def calm(page):
    assert not page.exception, [it.value for it in page.exception]
    return page


def words(page) -> str:
    """All text of the page."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "html")
    return "\n".join(it.value for kind in kinds for it in page.get(kind))


def captions(page) -> list[str]:
    return [caption for it in page.image for caption in it.captions]


def addresses(page) -> list[str]:
    return [url for it in page.image for url in it.value]


def choose(page, label, value):
    box = next(it for kind in ("selectbox", "radio", "slider") for it in page.get(kind) if it.label == label)
    return calm(box.set_value(value).run())


def upload(page, data, name="slice.png"):
    return calm(page.file_uploader[0].set_value((name, data, "image/png")).run())


def test_it_opens_with_an_example_all_classes_and_what_it_is_not(opened):
    page = opened()
    text = words(page)
    assert DISCLAIMER in page.warning[0].value
    assert "simulated images only" in page.warning[0].value
    assert "no probability of a disease" in page.warning[0].value
    assert "was made as Glioma T1" in text
    for name in (*SHORT_NAMES, *FOLDERS):
        assert f">{name}" in text
    assert len(re.findall(r"\d\s%</td>", text)) == 17
    assert CARD.splitlines()[-1] in text
    assert [metric.label for metric in page.metric] == [
        "Macro-F1",
        "Accuracy",
        "Calibration error",
        "Test images",
    ]


def test_the_answer_to_an_upload_is_the_models(uploading, run):
    assert "Choose an image" in uploading.info[0].value
    page = upload(uploading, SLICE)
    row = ranked(run.class_names, run.model.predict(one_image.read_picture(run, SLICE).pixels)[0])[0]
    assert page.subheader[0].value == app_parts.verdict([row])
    assert "was made as" not in words(page)
    assert app.KEPT[app.UPLOAD] in words(page)


def test_class_and_layer_change_the_heat_map_and_sliders_the_picture(uploading):
    page = upload(uploading, SLICE)
    answer, first = page.subheader[0].value, addresses(page)
    page = choose(page, "Heat map for", 12)
    assert "Grad-CAM for Other lesions T1C+ at" in captions(page)[1]
    assert addresses(page)[1] != first[1]
    assert page.subheader[0].value == answer
    layers = next(it for it in page.selectbox if it.label == "Layer")
    assert "default" in layers.options[[one.split()[0] for one in layers.options].index("8")]
    before = addresses(page)
    page = choose(page, "Layer", "block_3_expand_relu")
    assert addresses(page)[1] != before[1]
    assert "at block_3_expand_relu" in captions(page)[1]
    for label, value in (("Threshold: draw heat from", 0.05), ("Opacity of the heat (alpha)", 0.9)):
        before = addresses(page)
        page = choose(page, label, value)
        assert addresses(page)[0] == before[0] == first[0]
        assert addresses(page)[1] != before[1]


@pytest.mark.parametrize(("data", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_single_sane_image_is_refused_in_the_loaders_words(uploading, data, reason):
    page = upload(uploading, data)
    assert len(page.error) == 1
    assert "not taken" in page.error[0].value
    assert reason in page.error[0].value
    assert not page.subheader
    assert not any("network gets" in caption for caption in captions(page))


def test_after_a_refusal_the_next_file_is_taken(uploading):
    assert upload(uploading, b"").error
    page = upload(uploading, SLICE)
    assert not page.error
    assert page.subheader


def test_what_was_converted_is_said(uploading):
    cmyk = encoded(Image.new("CMYK", (40, 40), (0, 200, 200, 0)), "JPEG")
    deep = encoded(Image.fromarray(np.arange(1600, dtype=np.uint16).reshape(40, 40) * 30))
    text = words(upload(uploading, cmyk))
    assert "CMYK colours converted" in text
    assert "MRI slices have none" in text
    text = words(upload(uploading, deep))
    assert "more than 8 bits" in text
    assert "MRI slices have none" not in text


def test_addresses_inside_are_refused_and_nothing_is_asked_of_them(opened, monkeypatch):
    def connected(*args, **options):
        raise AssertionError("a connection was opened")

    page = choose(opened(), "Where from?", app.ADDRESS)
    monkeypatch.setattr(socket, "create_connection", connected)
    for address in ("http://127.0.0.1:8501/x.png", "file:///etc/passwd"):
        page = calm(page.text_input[0].set_value(address).run())
        assert "upload the file" in page.error[0].value


def test_without_runs_it_says_how_to_make_one(opened, tmp_path):
    page = opened(tmp_path / "absent")
    assert "neuropath train --data phantom --out" in page.info[0].value
    assert not page.warning


def test_a_damaged_run_is_named_and_another_can_be_chosen(opened, tmp_path, runs):
    (tmp_path / "good").symlink_to(runs / "first")
    bad = tmp_path / "bad"
    bad.mkdir()
    for file in (runs / "first").iterdir():
        (bad / file.name).write_bytes(b"PK cut" if file.name == "model.keras" else file.read_bytes())
    page = opened(tmp_path)
    page = choose(page, "Trained run", bad)
    assert "cannot be used" in page.error[0].value
    assert not page.subheader
    assert not choose(page, "Trained run", tmp_path / "good").error


def test_other_classes_split_by_slice(opened, tmp_path):
    make_run(tmp_path / "own", ("<b>cat</b>", "dog *", "Glioma T1"), data="figshare", split="slice")
    page = opened(tmp_path)
    text = words(page)
    assert "slice by slice" in page.warning[0].value
    assert "a test's own data" in page.warning[0].value
    assert "simulated images only" not in page.warning[0].value
    assert "none of the 17 classes" in text
    assert "<b>cat" not in text
    assert "&lt;b&gt;cat" in text
    page = choose(page, "Class", 16)
    assert "which this model does not know" in words(page)


def test_the_command_serves_this_computer_only_and_sends_no_statistics(tmp_path):
    words = app.command(tmp_path, 8600)
    assert words[0] == sys.executable
    for flag in (
        "--server.address=127.0.0.1",
        "--server.port=8600",
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
    ):
        assert flag in words
    assert words[words.index("--") :] == ["--", "--runs", str(tmp_path)]
    assert Path(words[words.index("run") + 1]).name == "app.py"


def test_without_streamlit_one_line_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "streamlit" else object())
    with pytest.raises(ValueError, match=r"needs streamlit, .* pip install streamlit .*\[app,"):
        app.serve(tmp_path)
