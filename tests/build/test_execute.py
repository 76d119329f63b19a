"""The executor: caching, what re-executes, and how a failing page is named."""

import shutil
from pathlib import Path

import pytest

from neuropath.publish.execute import execute, package_key, pages

PAGE = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
# A page

```{code-cell} ipython3
x = 1
```

Prose.

```{code-cell} ipython3
assert x == 1, "x should be one"
```
"""


@pytest.fixture
def book(tmp_path):
    for folder in ("book", "code", "visualizations"):
        (tmp_path / folder).mkdir()
    (tmp_path / "requirements.lock").write_text("numpy==2.4\n")
    (tmp_path / "code" / "module.py").write_text("SIGN = 1\n")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/page.md\n")
    (tmp_path / "book" / "page.md").write_text(PAGE)
    return tmp_path


def test_second_run_and_an_edit_of_prose_execute_nothing(book, capsys):
    assert execute(book) == 0
    assert "page 1 of 1: book/page.md" in capsys.readouterr().out
    assert execute(book) == 0
    assert "1 pages, 1 of them cached" in capsys.readouterr().out
    (book / "book" / "page.md").write_text(PAGE.replace("Prose.", "Other prose, and a second line.\n\nMore."))
    assert execute(book) == 0
    assert "1 of them cached" in capsys.readouterr().out


def test_an_edit_of_the_package_reexecutes(book, capsys):
    execute(book)
    before = package_key(book)
    (book / "code" / "module.py").write_text("SIGN = -1\n")
    assert package_key(book) != before
    capsys.readouterr()
    execute(book)
    assert "0 of them cached" in capsys.readouterr().out


def test_a_failing_cell_is_named_and_not_cached(book, capsys):
    (book / "book" / "page.md").write_text(PAGE.replace("x == 1, ", "x == 2, "))
    for _ in range(2):  # a failure must not be remembered as a success
        assert execute(book) == 1
        told = capsys.readouterr().err
        assert "book/page.md, line 14, code cell 2 of 2" in told
        assert "AssertionError: x should be one" in told
        assert "assert x == 2" in told


def test_a_cell_that_hangs_is_stopped_and_named(book, capsys):
    (book / "book" / "page.md").write_text(PAGE.replace("x = 1\n", "while True:\n    pass\n", 1))
    assert execute(book, timeout=3) == 1
    assert "CellTimeoutError" in capsys.readouterr().err


def test_a_missing_page_is_named(book):
    shutil.move(book / "book" / "page.md", book / "book" / "other.md")
    with pytest.raises(FileNotFoundError, match=r"_toc\.yml names book/page\.md"):
        pages(Path(book))
