"""What the browser tests share: a local server, what happens where something is lacking, and waking."""

import contextlib
import functools
import gzip
import http.server
import io
import os
import threading
from pathlib import Path

import pytest

from neuropath.publish.explorer_renderer import NOTE, opening
from neuropath.widgets import MIME_TYPE

LOADER = Path(__file__).resolve().parents[2] / "book" / "_static" / "explorers.mjs"
TEXT = ("text/", "application/javascript", "application/json", "image/svg")


NOT_NOW = "not asked here: "  # begins the reason of a skip that is no lack


def lacking(reason: str) -> None:
    """Skip with a reason. Under CI, where everything is to be installed, conftest makes a failure of it."""
    pytest.skip(reason)


def unbuilt(page: str) -> None:
    """Skip for want of a built book: `make test` may come before `make book`, `make browse` may not."""
    asked = os.environ.get("NEUROPATH_BROWSE") == "yes"
    pytest.skip(f"{'' if asked else NOT_NOW}no built book with {page}: run `make book` first")


def is_lack(reason: str) -> bool:
    """Whether a skip for this reason leaves something untested that is to be tested here."""
    return os.environ.get("CI") == "true" and not reason.removeprefix("Skipped: ").startswith(NOT_NOW)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Sends text compressed, as the web servers do that publish a book."""

    protocol_version = "HTTP/1.1"
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def log_message(self, *args):
        pass

    def send_head(self):
        file = Path(self.translate_path(self.path.partition("?")[0]))
        kind = self.guess_type(str(file))
        if not (
            file.is_file() and kind.startswith(TEXT) and "gzip" in self.headers.get("Accept-Encoding", "")
        ):
            return super().send_head()
        data = gzip.compress(file.read_bytes(), 6)
        self.send_response(200)
        for name, value in (("Type", kind), ("Encoding", "gzip"), ("Length", len(data))):
            self.send_header(f"Content-{name}", str(value))
        self.end_headers()
        return io.BytesIO(data)


@contextlib.contextmanager
def serving(folder):
    """Serve a folder on a free port of 127.0.0.1; gives its address."""
    serve = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def wake(chromium) -> int:
    """Bring every explorer of the page into view until it is alive; return how many there are."""
    modules = chromium.run(
        "return [...document.querySelectorAll('figure.explorer')].map(e => e.dataset.module)"
    )
    for figure, module in enumerate(modules):
        name = f"document.querySelectorAll('figure.explorer')[{figure}]"
        chromium.run(f"{name}.scrollIntoView()")
        chromium.until(f"return {name}.matches('.alive')  // {module}")
    chromium.run("scrollTo(0, 0)")
    chromium.settle()
    return len(modules)


def page(explorers) -> str:
    """What the book makes of a page: figures with the renderer's own markup, and the loader."""
    figures = ""
    for explorer in explorers:
        data = explorer._repr_mimebundle_()[0][MIME_TYPE]
        still = f'<div class="explorer-still"><p class="explorer-note">{NOTE}</p></div>'
        figures += f"{opening(data)}{still}</figure>\n"
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Explorers</title>'
    look = '<link rel="icon" href="data:,"><style>body{margin:0;padding:12px;background:#8882}</style>'
    script = '<script src="_static/explorers.mjs" defer></script>'
    return f'<!doctype html><html lang="en"><head>{head}{look}{script}</head><body>{figures}</body></html>'
