"""Pages opened as files, with no web server: explorers live, formulas are drawn or it is said why not."""

from html import escape

import pytest
from built import BOOK, READY, TYPESET, is_offline
from harness import LOADER, page, unbuilt, wake

from neuropath.publish import offline
from neuropath.publish.explorer_scripts import write_scripts
from neuropath.widgets import EXPLORERS


def test_every_explorer_lives_and_moves_in_a_page_that_is_opened_as_a_file(chromium, tmp_path):
    write_scripts(tmp_path / "_static" / "explorers")
    (tmp_path / "_static" / "explorers.mjs").write_bytes(LOADER.read_bytes())
    file = tmp_path / "a page.html"
    file.write_text(page([cls() for cls in EXPLORERS]), encoding="utf-8")
    chromium.emulate(900, 900)
    chromium.complaints()
    chromium.get(file.as_uri())
    assert wake(chromium) == len(EXPLORERS)
    before = chromium.run("return document.querySelector('figure .npx').innerText")
    chromium.press_on("figure input[type=range]", "Right", "Right", "Right")
    assert chromium.run("return document.querySelector('figure .npx').innerText") != before
    assert chromium.complaints() == []


def test_a_script_that_is_missing_leaves_the_still_picture_and_is_told(chromium, tmp_path):
    write_scripts(tmp_path / "_static" / "explorers")
    (tmp_path / "_static" / "explorers" / "xor.classic.mjs").unlink()
    (tmp_path / "_static" / "explorers.mjs").write_bytes(LOADER.read_bytes())
    (tmp_path / "page.html").write_text(page([cls() for cls in EXPLORERS[:2]]), encoding="utf-8")
    chromium.complaints()
    chromium.get((tmp_path / "page.html").as_uri())
    chromium.until("return document.querySelector('figure[data-module=neuron]').matches('.alive')")
    chromium.run("document.querySelector('figure[data-module=xor]').scrollIntoView()")
    told: list[str] = []
    for _ in range(100):
        told += chromium.complaints()
        if any("explorer xor:" in message for message in told):
            break
        chromium.settle()
    assert any("explorer xor:" in message for message in told), told
    assert chromium.run("return document.querySelector('figure[data-module=xor] .explorer-still') !== null")
    assert not chromium.run("return document.querySelector('figure[data-module=xor]').matches('.alive')")


@pytest.fixture
def formula(tmp_path):
    """A page whose MathJax cannot be had, with the notes and the script as the book writes them."""
    head = f'<meta charset="utf-8"><title>x</title>{offline.NO_SCRIPT_STYLE}'
    script = f'<script defer src="no-such.js" onerror="{escape(offline.FAILED)}"></script>'
    body = f'{offline.NOTES}<span class="math">\\(x^2\\)</span>'
    file = tmp_path / "page.html"
    file.write_text(f"<!doctype html><html><head>{head}{script}</head><body>{body}</body></html>", "utf-8")
    return file.as_uri()


SHOWN = "return document.body.innerText"
FONT = "return getComputedStyle(document.querySelector('.math')).fontFamily"


def test_formulas_without_mathjax_are_tex_and_the_page_says_so(chromium, formula):
    chromium.get(formula)
    chromium.until("return document.documentElement.matches('.plain-tex')")
    text = chromium.run(SHOWN)
    assert "could not be loaded" in text
    assert "No JavaScript" not in text
    assert "\\(x^2\\)" in text
    assert chromium.run(FONT) == "monospace"


def test_formulas_without_javascript_are_tex_and_the_page_says_so(chromium, formula):
    chromium.script_off(True)
    try:
        chromium.get(formula)
        text = chromium.run(SHOWN)
        assert "No JavaScript runs here" in text
        assert "could not be loaded" not in text
        assert "\\(x^2\\)" in text
        assert chromium.run(FONT) == "monospace"
    finally:
        chromium.script_off(False)


@pytest.mark.parametrize("name", ["index.html", "book/notation.html", "book/gallery.html", "search.html"])
def test_the_built_book_needs_no_server(chromium, name):
    """An offline build is whole; the default one, cut off from its CDN, says what is missing."""
    if not (BOOK / name).is_file():
        unbuilt(name)
    chromium.emulate(1280, 900)
    chromium.complaints()
    chromium.get((BOOK / name).as_uri())
    chromium.until(READY, 30)
    chromium.run(TYPESET)
    assert wake(chromium) == (len(EXPLORERS) if "gallery" in name else 0)
    math = chromium.run("return document.querySelectorAll('.math').length")
    assert (math > 0) is (name != "search.html")
    drawn = chromium.run("return document.querySelectorAll('mjx-container').length")
    assert drawn == (math if is_offline() else 0)
    told = chromium.complaints(grave=True)
    if is_offline() or not math:
        assert told == []
    else:
        assert "could not be loaded" in chromium.run(SHOWN)
        assert all(message.startswith("https://cdn.jsdelivr.net/npm/mathjax@") for message in told), told
