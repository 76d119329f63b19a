"""The static side: what Sphinx makes of an explorer's output, in a page two folders deep."""

import html
import json
import re
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from neuropath.publish.explorer_renderer import ExplorerRenderer, forget_kernel_state
from neuropath.widgets import EXPLORERS, MIME_TYPE

CONF = """
extensions = ["myst_nb"]
html_theme = "basic"
html_static_path = ["assets"]
nb_execution_mode = "off"
nb_ipywidgets_js = {}
"""
STATE = "application/vnd.jupyter.widget-state+json"


def states(explorers) -> dict:
    """Widget state as a kernel leaves it in a notebook's metadata, with one model of somebody else's."""
    models = {"other": {"model_module": "@jupyter-widgets/controls", "model_name": "IntModel", "state": {}}}
    for e in explorers:
        models[e.model_id] = {
            "model_module": "anywidget",
            "model_name": "AnyModel",
            "state": {"_esm": e._esm, "layout": f"IPY_MODEL_{e.layout.model_id}"},
        }
        models[e.layout.model_id] = {"model_module": "@jupyter-widgets/base", "state": {}}
    return {STATE: {"state": models, "version_major": 2, "version_minor": 0}}


@pytest.fixture(scope="module")
def explorers():
    return [cls() for cls in EXPLORERS]


@pytest.fixture(scope="module")
def build(tmp_path_factory, explorers):
    """Runs Sphinx on a page with all explorers, and returns the folder of what it wrote."""
    source = tmp_path_factory.mktemp("book")
    figures = source / "assets" / "figures"
    figures.mkdir(parents=True)
    for e in explorers:
        for theme in ("light", "dark"):
            svg = f'<svg xmlns="http://www.w3.org/2000/svg"><title>{theme}</title></svg>'
            (figures / f"{e.fallback()}-{theme}.svg").write_text(svg)
    (source / "conf.py").write_text(CONF)
    (source / "index.md").write_text("# Home\n\n```{toctree}\ndeep/er/page\n```\n")
    cells = [nbformat.v4.new_markdown_cell("# Page")]
    for e in explorers:
        output = nbformat.v4.new_output("execute_result", e._repr_mimebundle_()[0], execution_count=1)
        cells.append(nbformat.v4.new_code_cell("e", outputs=[output], execution_count=1))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"widgets": states(explorers)})
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (source / "deep" / "er").mkdir(parents=True)
    nbformat.write(notebook, source / "deep" / "er" / "page.ipynb")

    def run(builder: str):
        out = source / "out" / builder
        command = [sys.executable, "-m", "sphinx", "-b", builder, "-q", "-W", "-n", str(source), str(out)]
        done = subprocess.run([*command, "-D", "exclude_patterns=out"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return out

    return run


def test_the_page_holds_figures_to_bring_to_life(build, explorers):
    page = build("html") / "deep" / "er" / "page.html"
    text = page.read_text()
    tags = re.findall(
        r'<figure class="explorer" data-module="(\w+)" data-version="(\w+)" data-state="(.*?)">', text
    )
    assert [tag[0] for tag in tags] == [e.module for e in explorers]
    for (_, version, state), e in zip(tags, explorers, strict=True):
        assert json.loads(html.unescape(state)) == e.state()
        assert version == e._repr_mimebundle_()[0][MIME_TYPE]["version"]
    assert text.count("</figure>") == len(explorers)


def test_the_still_figures_are_found_from_any_depth_and_carry_their_text(build, explorers):
    page = build("html") / "deep" / "er" / "page.html"
    images = [
        dict(re.findall(r'(\w+)="(.*?)"', tag)) for tag in re.findall("<img .*?>", page.read_text(), re.S)
    ]
    assert len(images) == 2 * len(explorers)
    for image, (e, theme) in zip(images, ((e, t) for e in explorers for t in ("light", "dark")), strict=True):
        assert html.unescape(image["alt"]) == e.ALT
        assert f"in-{theme}" in image["class"]
        assert theme in (page.parent / image["src"]).read_text()


def test_neither_the_widgets_source_nor_a_cdn_is_in_the_page(build):
    text = (build("html") / "deep" / "er" / "page.html").read_text()
    assert "_esm" not in text
    assert "widget-view" not in text
    assert "IntModel" in text  # somebody else's widget is none of our business
    assert "//cdn" not in text


def test_other_builders_get_the_alternative_text(build, explorers):
    text = " ".join((build("text") / "deep" / "er" / "page.txt").read_text().split())
    for e in explorers:
        assert " ".join(e.ALT.split()) in text


def test_other_outputs_are_left_alone():
    other = SimpleNamespace(mime_type="text/html", content="<p>", output_metadata={})
    assert ExplorerRenderer.handle_mime(None, other, False) is None


def test_kernel_state_of_a_page_without_widgets():
    metadata: dict = {}
    forget_kernel_state(metadata)
    assert metadata == {}
