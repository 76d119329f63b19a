"""The book on paper: one document, links turned inwards, answers at the end, pages in the contents."""

import re
import shutil

import pytest
from bs4 import BeautifulSoup
from websocket import WebSocketConnectionClosedException

from neuropath import cli
from neuropath.publish import devtools, one_page, pdf

HEAD = (
    '<head><meta charset="utf-8"><link rel="stylesheet" href="{up}_static/course.css">'
    '<script src="{up}_static/own.js"></script></head>'
)
FIRST = """<html>{head}<body><article class="bd-article"><section id="top"><h1>First<a class="headerlink"
href="#top">#</a></h1><p><a href="s/second.html#claim">there</a> <a href="s/second.html">page</a>
<a href="#top">up</a> <a href="https://example.org/x">out</a> <a href="_downloads/a.ipynb">file</a></p>
<img class="in-dark" src="_images/a-dark.svg"><script>alert(1)</script></section></article></body></html>"""
SECOND = """<html>{head}<body><article class="bd-article"><h1>Second</h1><p id="claim">Claim.
<img src="../_images/dot.svg" alt="a dot"></p>
<div class="exercise admonition" id="ex"><p>Ask.</p></div>
<div class="solution dropdown admonition"><p>Solved, see <a href="#ex">Exercise</a>.</p></div>
<div class="quiz"><p>Which?</p><details class="right"><summary><p>(a) this</p></summary>
<div class="quiz-feedback"><p>✓ Yes.</p></div></details></div>
<p>The end.</p></article></body></html>"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


@pytest.fixture
def root(tmp_path):
    """A built book of two pages."""
    html = tmp_path / "_build/html"
    for folder in ("s", "_static", "_images"):
        (html / folder).mkdir(parents=True)
    (html / "first.html").write_text(FIRST.format(head=HEAD.format(up="")), encoding="utf-8")
    (html / "s/second.html").write_text(SECOND.format(head=HEAD.format(up="../")), encoding="utf-8")
    (html / "_static/course.css").write_text("section.chapter { break-before: page } body { margin: 0 }")
    (html / "_images/dot.svg").write_text(DOT)
    toc = "format: jb-book\nroot: first.md\nparts:\n  - caption: One & two\n    chapters:\n"
    (tmp_path / "_toc.yml").write_text(toc + "      - file: s/second.md\n", encoding="utf-8")
    (tmp_path / "_config.yml").write_text("title: A <book>\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def soup(root):
    text = one_page.document(root / "_build/html", one_page.chapters(root), "A <book>")
    return BeautifulSoup(text, "html.parser")


def test_chapters_come_in_the_order_of_the_table_of_contents(root, soup):
    assert [(c.docname, c.group) for c in one_page.chapters(root)] == [
        ("first", ""),
        ("s/second", "One & two"),
    ]
    assert [tag["id"] for tag in soup.select("section.chapter")] == ["first", "s-second"]


def test_links_between_pages_become_links_inside_the_document(soup):
    hrefs = {tag.get_text(): tag.get("href") for tag in soup.select("#first p a")}
    assert hrefs["there"] == "#s-second--claim"
    assert hrefs["page"] == "#s-second"
    assert hrefs["up"] == "#first--top"
    assert hrefs["out"] == "https://example.org/x"
    assert hrefs["file"] is None  # paper gives no download
    ids = {tag["id"] for tag in soup.find_all(id=True)}
    inner = {tag["href"][1:] for tag in soup.select('a[href^="#"]')}
    assert inner <= ids
    assert len(soup.find_all(id=True)) == len(ids)


def test_what_only_a_screen_can_use_is_left_out(soup):
    assert soup.select("section script, .headerlink, img.in-dark") == []
    assert [tag["href"] for tag in soup.select("link")] == ["_static/course.css"]  # one head serves all
    assert soup.select("script") == []  # no formula here, so no MathJax
    assert soup.select_one("img")["src"] == "_images/dot.svg"


def test_answers_stand_at_the_end_of_the_chapter_not_beside_the_question(soup):
    text = soup.select_one("#s-second").get_text(" ", strip=True)
    places = [text.index(word) for word in ("Ask.", "Which?", "The end.", "Solved", "Yes.")]
    assert places == sorted(places)
    assert "(a) ✓ Yes." in " ".join(text.split())
    assert soup.select_one(".answers .quiz-feedback.right")
    assert soup.select_one("details").has_attr("open")


def test_the_contents_name_every_chapter_under_its_caption(soup):
    contents = soup.select_one("nav.book-contents")
    assert [a["href"] for a in contents.select("a")] == ["#first", "#s-second"]
    assert contents.select_one("li.group").get_text() == "One & two"
    assert soup.title.get_text() == "A <book>"


def test_a_page_that_is_not_built_is_named(root):
    (root / "_build/html/s/second.html").unlink()
    with pytest.raises(FileNotFoundError, match=r"second\.html is not there: run `make book`"):
        one_page.document(root / "_build/html", one_page.chapters(root), "T")


def test_without_a_browser_the_message_says_what_to_do(root, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(devtools.shutil, "which", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"no Chromium or Chrome was found.*apt-get install chromium"):
        pdf.main(root)
    monkeypatch.setenv("CHROMIUM", "/nowhere/chrome")
    with pytest.raises(FileNotFoundError, match="CHROMIUM names '/nowhere/chrome'"):
        pdf.main(root)
    assert not (root / "_build/pdf").exists()


def test_a_browser_that_breaks_off_is_told_in_a_line(monkeypatch, root, capsys):
    class Gone:
        def send(self, text):
            pass

        def recv(self):
            raise WebSocketConnectionClosedException("closed")

    with pytest.raises(ConnectionError, match=r"Page\.printToPDF: the browser broke off \(closed\)"):
        devtools.Tab(Gone()).pdf()
    monkeypatch.chdir(root)
    monkeypatch.setattr(devtools, "find", lambda: "/bin/false")  # a program that is no browser
    assert cli.main(["pdf"]) == 1
    assert "the browser ended at once, with status 1" in capsys.readouterr().err
    assert not (root / "_build/pdf").exists()


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ({"asked": 3, "set": 0, "wrong": 0, "broken": []}, "OFFLINE=yes"),
        ({"asked": 3, "set": 3, "wrong": 2, "broken": []}, "could not read 2"),
        ({"asked": 0, "set": 0, "wrong": 0, "broken": ["http://x/a.svg"]}, "a.svg"),
    ],
)
def test_a_pdf_with_holes_is_refused(state, word):
    with pytest.raises(ValueError, match=word):
        pdf.complain(state)


def test_whole_pages_pass():
    pdf.complain({"asked": 3, "set": 3, "wrong": 0, "broken": []})


SMALL = b"""1 0 obj
<</Type /Page
/Parent 9 0 R>>
endobj
2 0 obj
<</Type /Page
/Parent 9 0 R>>
endobj
9 0 obj
<</Type /Pages
/Count 2
/Kids [2 0 R 1 0 R]>>
endobj
12 0 obj
<</a--b [1 0 R /XYZ 0 700 0]
/c#20d [2 0 R /XYZ 0 10 0]>>
endobj
"""


def test_pages_are_counted_in_reading_order_and_names_are_decoded():
    assert pdf.pages(SMALL) == 2
    assert pdf.page_numbers(SMALL) == {"a--b": 2, "c d": 1}


def test_the_book_is_printed_with_numbers_links_and_bookmarks(root, capsys):
    try:
        devtools.find()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    out = pdf.main(root)
    printed = out.read_bytes()
    assert out == root / "_build/pdf/book.pdf"
    assert printed.startswith(b"%PDF-")
    assert pdf.pages(printed) == 3  # title and contents, two chapters
    places = pdf.page_numbers(printed)
    assert (places["first"], places["s-second"]) == (2, 3)
    titles = b"".join(re.findall(rb"/Title \(([^)]*)\)", printed))
    assert b"First" in titles
    assert b"Second" in titles
    assert re.search(rb"/URI \(https://example\.org/x\)", printed)
    assert "3 pages" in capsys.readouterr().out
    assert shutil.which("chromium") is None or printed.count(b"/Subtype /Link") >= 5
