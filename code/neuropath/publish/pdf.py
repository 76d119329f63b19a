"""`make pdf`: the built book as one PDF by headless Chromium, with page numbers, links and bookmarks."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import yaml

from neuropath.publish import devtools, one_page
from neuropath.publish.serve import _Quiet as Quiet

FOOTER = (
    '<div style="width:100%;text-align:center;font:8pt sans-serif;color:#4a525b">'
    '<span class="pageNumber"></span></div>'
)
PAPER = {
    "printBackground": True,
    "preferCSSPageSize": True,
    "displayHeaderFooter": True,
    "headerTemplate": "<span></span>",
    "footerTemplate": FOOTER,
    "generateDocumentOutline": True,
    "generateTaggedPDF": True,
}
# MathJax sets what it can see; fonts and pictures have to be there before the lines are broken.
READY = """(async () => {
  const asked = document.querySelectorAll("span.math, div.math").length;
  if (asked) await (window.MathJax?.startup?.promise ?? Promise.resolve());
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  const broken = [...document.images].filter((image) => !image.naturalWidth).map((image) => image.src);
  const set = document.querySelectorAll("mjx-container").length;
  const wrong = document.querySelectorAll("mjx-merror").length;
  return { asked, set, wrong, broken };
})()"""


def main(root: Path, out: Path | None = None) -> Path:
    """Print the book that `make book` has built to `out` (_build/pdf/book.pdf), and return that path.

    Raises FileNotFoundError without a browser or a built book, and ValueError where formulas or pictures
    are missing: a PDF with holes is worse than none.
    """
    program = devtools.find()
    title = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["title"]
    html = root / "_build" / "html"
    document = one_page.document(html, one_page.chapters(root), title)
    out = out or root / "_build" / "pdf" / "book.pdf"
    with serve(html, document) as address, devtools.tab(program) as tab:
        tab.open(address)
        complain(tab.run(READY))
        printed = tab.pdf(**PAPER)
        tab.run(f"({FILL})({json.dumps(page_numbers(printed))})")
        printed = tab.pdf(**PAPER)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(out.name + ".tmp")
    draft.write_bytes(printed)
    os.replace(draft, out)
    print(f"The book is printed in {out}: {pages(printed)} pages, {len(printed) / 1e6:.1f} MB.")
    return out


FILL = """(numbers) => document.querySelectorAll("[data-page-of]").forEach((place) => {
  place.textContent = numbers[place.dataset.pageOf] ?? "";
})"""


def complain(state: dict) -> None:
    """ValueError for formulas that were not set and pictures that did not come."""
    if state["asked"] and not state["set"]:
        raise ValueError(
            "no formula was set: MathJax could not be loaded. Without a network, bundle it first: "
            "make book OFFLINE=yes"
        )
    if state["wrong"]:
        raise ValueError(
            f"MathJax could not read {state['wrong']} formula(s); the book's page shows them in red."
        )
    if state["broken"]:
        raise ValueError(f"pictures are missing: {', '.join(state['broken'][:5])}; run `make book` again.")


def page_numbers(pdf: bytes) -> dict[str, int]:
    """Page on which each named place of Chromium's PDF lies, counted from 1."""
    order = {int(number): at for at, number in enumerate(_page_objects(pdf), 1)}
    places = re.findall(rb"/([\w.#-]+) \[(\d+) 0 R /XYZ", pdf)
    names = {
        re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes.fromhex(m[1].decode()), n): int(p) for n, p in places
    }
    return {name.decode("utf-8", "replace"): order[page] for name, page in names.items() if page in order}


def pages(pdf: bytes) -> int:
    """How many pages a PDF of Chromium's has."""
    return len(_page_objects(pdf))


def _page_objects(pdf: bytes) -> list[bytes]:
    """Numbers of the page objects in reading order: leaves of the tree of /Pages."""
    kinds = dict(re.findall(rb"(?m)^(\d+) 0 obj\s*<<\s*/Type /(Pages?)\b", pdf))
    kids = {}
    for number, kind in kinds.items():
        if kind == b"Pages":
            body = re.search(rb"(?m)^" + number + rb" 0 obj(.*?)endobj", pdf, re.S)
            found = re.search(rb"/Kids \[([^\]]*)\]", body[1]) if body else None
            kids[number] = re.findall(rb"(\d+) 0 R", found[1]) if found else []
    inner = {child for children in kids.values() for child in children}
    roots = [number for number in kids if number not in inner]
    return _leaves(roots, kids)


def _leaves(numbers: list[bytes], kids: dict[bytes, list[bytes]]) -> list[bytes]:
    found = []
    for number in numbers:
        found += _leaves(kids[number], kids) if number in kids else [number]
    return found


@contextlib.contextmanager
def serve(html: Path, document: str) -> Iterator[str]:
    """The built book on 127.0.0.1, with the one document as its first page; yields that page's address."""

    class WithDocument(Quiet):
        def do_GET(self) -> None:
            if self.path != "/":
                return super().do_GET()
            body = document.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(WithDocument, directory=str(html))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
