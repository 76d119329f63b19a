"""Marks of progress: made, told to the sidebar and the cards, kept over a reload, taken back, forgotten."""

import functools
import http.server
import threading
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "book" / "_static" / "progress.mjs"
PAGE = """<!doctype html><html lang="en" data-content_root="{up}"><head><meta charset="utf-8"><title>T</title>
<link rel="icon" href="data:,"><script defer src="{up}_static/progress.mjs"></script></head><body>
<ul class="bd-sidenav"><li><a id="side-a" href="{a}">A</a></li><li><a id="side-b" href="{b}">B</a></li></ul>
<main tabindex="-1"><article class="bd-article">{body}</article></main></body></html>"""
PART = """<nav class="part-list"><ul><li><strong class="current-part">A</strong></li>
<li><a id="list-b" href="part_b.html">B</a></li></ul></nav>"""
CARDS = """<div class="session-cards"><div class="part-card"><a href="s/part_a.html">A</a></div>
<div class="part-card"><a href="s/part_b.html">B</a></div></div>"""
DONE = "return document.querySelector('.progress-done')"
TICKED = "return [...document.querySelectorAll('.done-tick')].map(tick => tick.parentElement.id)"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    (folder / "_static").mkdir()
    (folder / "s").mkdir()
    (folder / "_static/progress.mjs").write_bytes(SCRIPT.read_bytes())
    front = PAGE.format(up="./", a="s/part_a.html", b="s/part_b.html", body=CARDS)
    part = PAGE.format(up="../", a="#", b="part_b.html", body=PART)
    (folder / "intro.html").write_text(front, encoding="utf-8")
    (folder / "s/part_a.html").write_text(part, encoding="utf-8")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fresh(chromium, book):
    """The part's page with no mark anywhere."""
    chromium.emulate(900)
    chromium.complaints()
    chromium.get(f"{book}/s/part_a.html")
    chromium.run("localStorage.clear()")
    chromium.get(f"{book}/s/part_a.html")
    yield chromium
    chromium.run("localStorage.clear()")


def test_a_mark_shows_at_once_and_outlives_a_reload(fresh, book):
    assert fresh.run(TICKED) == []
    fresh.press_on(".progress-done", "Space")
    assert fresh.run("return document.querySelector('.progress-done').getAttribute('aria-pressed')") == "true"
    assert fresh.run(TICKED) == ["side-a", ""]  # the sidebar, and the list of parts
    fresh.get(f"{book}/s/part_a.html")
    assert fresh.run(TICKED) == ["side-a", ""]
    fresh.press_on(".progress-done", "Space")
    assert fresh.run(TICKED) == []
    assert fresh.run("return localStorage.length") == 0


def test_the_cards_of_the_front_page_know_it(fresh, book):
    fresh.press_on(".progress-done", "Space")
    fresh.get(f"{book}/intro.html")
    assert fresh.run("return document.querySelectorAll('.part-card.is-done').length") == 1
    assert fresh.run("return document.querySelector('.progress-told').innerText") == "1 of 2 parts done."
    assert not fresh.run(DONE)  # nothing to mark on a page that is no part


def test_all_marks_can_be_forgotten_after_a_question(fresh):
    fresh.press_on(".progress-done", "Space")
    fresh.run("window.confirm = () => false")
    fresh.press_on(".progress-reset", "Space")
    assert fresh.run(TICKED) != []
    fresh.run("window.confirm = () => true")
    fresh.press_on(".progress-reset", "Space")
    assert fresh.run(TICKED) == []
    assert fresh.run("return document.querySelector('.progress-reset').hidden")


def test_a_strange_text_under_the_key_is_no_mark_and_no_error(fresh, book):
    for strange in ("{", '{"a": 1}', "[1, null]"):
        fresh.run("localStorage.setItem('neuropath-done', arguments[0])", strange)
        fresh.get(f"{book}/s/part_a.html")
        assert fresh.run(TICKED) == []
    assert fresh.complaints() == []


def test_without_javascript_nothing_appears(fresh, book):
    fresh.script_off(True)
    fresh.get(f"{book}/s/part_a.html")
    assert not fresh.run("return document.querySelector('.progress-mark')")
    fresh.script_off(False)
    fresh.get(f"{book}/s/part_a.html")
    assert fresh.run(DONE)


def test_nothing_is_sent_anywhere(fresh, book):
    fresh.press_on(".progress-done", "Space")
    asked = fresh.run("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert asked == [f"{book}/_static/progress.mjs"]
