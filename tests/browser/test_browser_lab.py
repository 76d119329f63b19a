"""The explorers in a real JupyterLab, started here on 127.0.0.1: drawn, moved, heard by the kernel."""

import json
import os
import socket
import subprocess
import sys

import nbformat
import pytest
from harness import lacking

from neuropath.widgets import EXPLORERS

TRACKER = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
PANEL = "window.jupyterapp?.shell.currentWidget"


def notebook():
    """A cell for each explorer, and a last one that asks the kernel what it has heard."""
    cells = ["import neuropath.widgets as w"]
    cells += [f"{cls.module} = w.{cls.__name__}(); {cls.module}" for cls in EXPLORERS]
    cells.append("print('heard', neuron.bias)")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return book


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """JupyterLab for one folder with one notebook; settings and history are its own."""
    folder = tmp_path_factory.mktemp("lab")
    work, settings = folder / "work", folder / "settings"
    for path in (work, (settings / TRACKER).parent):
        path.mkdir(parents=True)
    nbformat.write(notebook(), work / "explorers.ipynb")
    (settings / TRACKER).write_text(json.dumps({"windowingMode": "none"}), encoding="utf-8")
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "RUNTIME", "DATA")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(settings), "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces")}
    port = free_port()
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    options += ["--IdentityProvider.token=", "--ServerApp.allow_root=True", "--expose-app-in-browser"]
    command = [sys.executable, "-m", "jupyterlab", *options, f"--ServerApp.root_dir={work}"]
    command.append("--LabApp.extension_manager=readonly")  # or it asks a package index what there is
    with (folder / "log.txt").open("wb") as log:
        lab = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            lab.terminate()
            lab.wait(30)


@pytest.fixture(scope="module")
def lab(chromium, address):
    """The notebook, open, all its cells run."""
    pytest.importorskip("jupyterlab")
    chromium.emulate(1300, 1000, prefers_reduced_motion="reduce")
    for _ in range(150):
        try:
            chromium.get(f"{address}/lab/tree/explorers.ipynb")
            break
        except AssertionError:  # the server is still starting
            chromium.run("return new Promise(r => setTimeout(r, 200))")
    else:
        lacking("JupyterLab did not start")
    chromium.until(f"return {PANEL}?.sessionContext?.session?.kernel?.status === 'idle'", 60)
    chromium.run("jupyterapp.commands.execute('notebook:run-all-cells')")
    chromium.until(f"return document.querySelectorAll('.npx').length === {len(EXPLORERS)}", 60)
    yield chromium
    chromium.get("about:blank")  # before the server goes, of which the page would complain


def test_every_explorer_is_drawn(lab):
    labels = lab.run("return [...document.querySelectorAll('.npx')].map(e => e.getAttribute('aria-label'))")
    assert len(set(labels)) == len(EXPLORERS)
    drawn = lab.run(
        "return [...document.querySelectorAll('.npx')].map(e => [e.clientHeight, e.innerText.length])"
    )
    assert all(height > 200 and text > 200 for height, text in drawn)
    assert "Traceback" not in lab.run("return document.body.innerText")


@pytest.mark.parametrize("number", range(len(EXPLORERS)), ids=[cls.module for cls in EXPLORERS])
def test_it_reacts_to_keys_which_stay_its_own(lab, number):
    """JupyterLab moves from cell to cell with the arrow keys; on a slider they are the slider's."""
    state = f"return document.querySelectorAll('.npx')[{number}].innerText"
    before, cell = lab.run(state), lab.run(f"return {PANEL}.content.activeCellIndex")
    lab.run(
        "const r = document.querySelectorAll('.npx')[arguments[0]].querySelector('input[type=range]');"
        "r.scrollIntoView({ block: 'center' }); r.focus()",
        number,
    )
    lab.press("Right", "Right", "Left")
    lab.settle()
    assert lab.run(state) != before
    assert lab.run("return document.activeElement.type") == "range"
    after = lab.run(f"return {PANEL}.content.activeCellIndex")
    assert after in (cell, number + 1)  # the cell that was clicked into, and no other


def test_the_kernel_hears_of_it(lab):
    lab.press_on("[aria-label='b, bias']", "Right")
    shown = lab.run("return document.querySelector(\"[aria-label='b, bias']\").value")
    last = len(EXPLORERS) + 1
    lab.run("return new Promise(r => setTimeout(r, 600))")  # a change is sent when the hand rests
    panel = PANEL.replace("?.", ".")
    lab.run(f"{panel}.content.activeCellIndex = {last}; jupyterapp.commands.execute('notebook:run-cell')")
    output = f"{PANEL}.content.widgets[{last}].outputArea.node.innerText"
    lab.until(f"return {output}.trim() === 'heard {float(shown)}'", 20)


def test_the_theme_of_jupyterlab_is_worn(lab):
    lab.run("jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })")
    lab.until("return [...document.querySelectorAll('.npx')].every(e => e.dataset.theme === 'dark')", 20)
