"""The app as people meet it: served by its own command, driven in a browser by mouse, keyboard and files."""

import importlib.util
import os
import socket
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

TABLE = "return document.querySelector('.np-table')"
PICTURES = "return [...document.querySelectorAll('[data-testid=stImage] img')].map(e => [e.alt, e.src])"
TEXT = "return document.querySelector('[data-testid=stMain]').innerText"
FIELD = "[data-testid=stFileUploader] input[type=file]"
CLICK = (
    "const e = [...document.querySelectorAll(arguments[0])].find(e => e.innerText.trim() === arguments[1]); "
    "e.click(); return true"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory, keras):
    """Where the app is served, by the command of `neuropath app`, for a folder with one small run."""
    if importlib.util.find_spec("streamlit") is None:
        pytest.skip("the app needs Streamlit: python -m pip install streamlit")
    from neuropath.project.app import command

    folder = tmp_path_factory.mktemp("app")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    with (folder / "log.txt").open("wb") as log:
        server = subprocess.Popen(
            command(folder / "runs", port), cwd=folder, env=quiet, stdout=log, stderr=log
        )
        try:
            make_run(folder / "runs" / "first")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)
    written = sorted(path.name for path in folder.iterdir())
    assert written == ["log.txt", "runs"]  # nothing of an upload, no settings of Streamlit's
    assert b"Traceback" not in (folder / "log.txt").read_bytes()


def make_run(folder):
    """A run's folder, as the tests of the project make one."""
    file = Path(__file__).parents[1] / "project" / "app_run.py"
    spec = importlib.util.spec_from_file_location("app_run", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make_run(folder)


@pytest.fixture(scope="module")
def page(chromium, address):
    """The app, open, its first example answered."""
    chromium.emulate(1300, 1400)
    for _ in range(100):
        try:
            chromium.get(address)
            break
        except AssertionError:  # the server is still starting
            chromium.run("return new Promise(r => setTimeout(r, 200))")
    chromium.until(TABLE, 90)
    yield chromium
    chromium.get("about:blank")  # before the server goes, of which the page would complain


def overlay(page) -> str:
    """The address of the picture with the heat map, once there are no older pictures left."""
    page.until("return !document.querySelector('[data-stale=true]')")
    return next(src for alt, src in page.run(PICTURES) if "heat map" in alt)


def test_it_opens_without_the_network_and_says_what_it_is_not(page, address):
    text = page.run(TEXT)
    assert "Not a medical device" in text
    assert "simulated images only" in text
    assert len(page.run("return [...document.querySelectorAll('.np-table tbody tr')].map(e => 1)")) == 17
    loaded = page.run("return performance.getEntriesByType('resource').map(e => e.name)")
    assert loaded
    assert [name for name in loaded if not name.startswith((address, "data:", "blob:"))] == []
    assert page.complaints() == []


def test_everything_on_the_page_has_a_name(page):
    unnamed = page.run(
        "const named = e => e.ariaLabel || e.innerText || e.title || e.labels?.length"
        " || e.getAttribute('aria-labelledby');"
        "return [...document.querySelectorAll('input, button, select, [role=combobox], [role=tab]')]"
        ".filter(e => e.getClientRects().length && !named(e)).map(e => e.outerHTML.slice(0, 200))"
    )
    assert unnamed == []
    assert all(alt.strip() for alt, _ in page.run(PICTURES))
    assert page.run("return document.querySelector('.np-table caption').textContent").startswith("All 17")


def test_upload_prediction_sliders_and_a_polite_refusal(page, tmp_path):
    image = tmp_path / "slice.png"
    noise = np.random.default_rng(1).integers(0, 256, (90, 70), dtype=np.uint8)
    Image.fromarray(noise).save(image)
    page.run(CLICK, "label[data-baseweb=radio], [role=radiogroup] label", "Upload a file")
    page.until(f"return document.querySelector('{FIELD}')")
    page.until(f"{TEXT}.includes('Choose an image in the sidebar')")
    page.choose_file(FIELD, image)
    page.until(f'{TEXT}.includes("The model\'s answer")', 30)
    assert "was made as" not in page.run(TEXT)
    before = overlay(page)
    slider = "input[type=range][aria-label^=Threshold]"
    page.press_on(slider, "Right", "Right", "Right")
    page.until(f"{PICTURES}.some(([alt, src]) => alt.includes('heat map') && src !== '{before}')")
    changed = overlay(page)
    assert changed != before
    page.press_on(slider, "Left", "Left", "Left")  # and back: the same picture
    page.until(f"{PICTURES}.some(([alt, src]) => alt.includes('heat map') && src === '{before}')")

    (tmp_path / "cut.png").write_bytes(image.read_bytes()[:3000])
    page.choose_file(FIELD, tmp_path / "cut.png")
    page.until(f"{TEXT}.includes('This image was not taken: corrupt image')", 30)
    assert "The model's answer" not in page.run(TEXT)
    assert "Traceback" not in page.run("return document.body.innerText")


def test_the_model_card_is_a_tab_away(page):
    page.run(CLICK, "[role=tab]", "How good is this model?")
    page.until(f"{TEXT}.includes('The head is untrained: this run is for tests.')")
    assert "Macro-F1" in page.run(TEXT)
