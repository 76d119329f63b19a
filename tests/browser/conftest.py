"""A page with the book's loader and all explorers, served on 127.0.0.1, and one browser for all tests."""

import functools
import http.server
import threading
from pathlib import Path

import pytest
from chromium import browser, missing

from neuropath.publish.explorer_renderer import NOTE, opening
from neuropath.widgets import EXPLORERS, MIME_TYPE, write_modules

LOADER = Path(__file__).resolve().parents[2] / "book" / "_static" / "explorers.mjs"


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def log_message(self, *args):
        pass


def page(explorers) -> str:
    """What the book makes of a page: figures with the renderer's own markup, and the loader."""
    figures = ""
    for explorer in explorers:
        data = explorer._repr_mimebundle_()[0][MIME_TYPE]
        still = f'<div class="explorer-still"><p class="explorer-note">{NOTE}</p></div>'
        figures += f"{opening(data)}{still}</figure>\n"
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Explorers</title>'
    look = '<link rel="icon" href="data:,"><style>body{margin:0;padding:12px;background:#8882}</style>'
    script = '<script type="module" src="_static/explorers.mjs"></script>'
    return f'<!doctype html><html lang="en"><head>{head}{look}{script}</head><body>{figures}</body></html>'


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Address of a folder with `index.html` and `_static/`, as the built book has it."""
    folder = tmp_path_factory.mktemp("site")
    write_modules(folder / "_static" / "explorers")
    (folder / "_static" / "explorers.mjs").write_bytes(LOADER.read_bytes())
    (folder / "index.html").write_text(page([cls() for cls in EXPLORERS]), encoding="utf-8")
    serve = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    if missing():
        pytest.skip(f"the browser tests need Chromium and its driver: {missing()}")
    with browser(tmp_path_factory.mktemp("chromium")) as session:
        yield session


@pytest.fixture
def open_page(chromium, site):
    """Open the page afresh in a viewport and theme; all explorers are alive when this returns."""

    def open_(width=900, theme=None, **media):
        chromium.emulate(width, 900, **media)
        chromium.get(f"{site}/index.html")
        chromium.run("document.documentElement.dataset.theme = arguments[0] ?? ''", theme)
        for figure in range(len(EXPLORERS)):
            chromium.run("document.querySelectorAll('figure')[arguments[0]].scrollIntoView()", figure)
            chromium.until(f"return document.querySelectorAll('figure')[{figure}].matches('.alive')")
        chromium.run("scrollTo(0, 0)")
        chromium.settle()
        return chromium

    return open_
