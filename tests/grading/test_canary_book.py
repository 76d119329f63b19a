"""The whole book, built for a class from sources full of canaries: no file of it has one.

The pages are not executed, which would take minutes: a class build executes what the copy holds, and Sphinx
sees all of that here too.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from canaries import copied_with_canaries, hits

from neuropath.publish import book as books
from neuropath.publish import classroom

INDEXES = (
    "searchindex.js",
    "index.html",
    "_sources/book/session01_neural_networks/part_c_mathematical_derivations.md",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """(the sources with canaries, the built class book)."""
    root = tmp_path_factory.mktemp("class")
    copied_with_canaries(root)
    tree = classroom.write(root).tree
    config = tree / "_config.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("execute_notebooks: cache", 'execute_notebooks: "off"'), encoding="utf-8")
    assert config.read_text(encoding="utf-8") != text
    command = [Path(sys.executable).parent / "jupyter-book", "build", ".", "-q"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    html = tree / "_build" / "html"
    assert all((html / name).is_file() for name in INDEXES), done.stderr[-3000:]
    return root, html


def test_no_file_of_the_class_book_has_a_canary(built):
    root, html = built
    files = [file for file in html.rglob("*") if file.is_file()]
    pages = {page.removesuffix(".md") for page in books.load(root).pages}
    assert {page for page in pages if (html / f"{page}.html").is_file()} == pages
    assert {page for page in pages if (html / "_sources" / f"{page}.md").is_file()} == pages
    assert [str(file.relative_to(html)) for file in files if hits(file.read_bytes())] == []
    assert sum(len(hits(page.read_bytes())) for page in (root / "book").rglob("*.md")) > 600


def test_the_search_index_of_the_class_book_knows_no_word_of_a_canary(built):
    """Sphinx cuts words at hyphens and stems them: "canary-solution-7x" would be known by its parts."""
    _, html = built
    index = (html / "searchindex.js").read_text(encoding="utf-8").lower()
    assert "softmax" in index
    assert "canari" not in index
    assert "canary" not in index


def test_what_was_cut_is_found_nowhere(built):
    """By its own words too, and not only by those that were planted."""
    root, html = built
    assert classroom.leaks(root, html) == []
