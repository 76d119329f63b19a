"""The executor: caching, what re-executes, and how a failing page is named."""

import shutil
import time
from pathlib import Path

import nbformat
import pytest

from neuropath import cli
from neuropath.publish.execute import Run, _finished, execute, package_key, pages

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


def test_a_kernel_that_dies_is_named_by_its_cell(book, capsys):
    (book / "book" / "page.md").write_text(PAGE.replace("x = 1\n", "import os; os._exit(3)\n", 1))
    assert execute(book) == 1
    told = capsys.readouterr().err
    assert "line 8, code cell 1 of 2" in told
    assert "DeadKernelError" in told


def test_an_error_that_is_meant_is_not_taken_for_the_one_that_is_not(book, capsys):
    meant = PAGE.replace("x = 1\n", ":tags: [raises-exception]\nx = 1 / 0\n", 1)
    (book / "book" / "page.md").write_text(meant)
    assert execute(book) == 1
    told = capsys.readouterr().err
    assert "code cell 2 of 2" in told
    assert "NameError" in told


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_other_line_ends_change_nothing(book, line_end, capsys):
    execute(book)
    (book / "book" / "page.md").write_bytes(b"\xef\xbb\xbf" + PAGE.replace("\n", line_end).encode())
    capsys.readouterr()
    assert execute(book) == 0
    assert "1 of them cached" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PAGE.replace("Prose", "Präzise").encode("latin-1"), r"page\.md should be UTF-8"),
        (
            b"---\nfoo: [\n---\n```{code-cell} ipython3\n1\n```\n",
            r"page\.md: Notebook metadata.*Mend the YAML",
        ),
        (PAGE.replace("x = 1\n", "---\ntags: [a\n---\n").encode(), r"page\.md: Code cell 1 at line 7.*YAML"),
    ],
    ids=["encoding", "front matter", "options"],
)
def test_a_page_that_cannot_be_read_is_named(book, content, message):
    (book / "book" / "page.md").write_bytes(content)
    with pytest.raises(ValueError, match="(?s)" + message):
        execute(book)


def test_a_table_of_contents_nests_and_may_have_empty_lists(book):
    for name in ("a b.md", "c.md", "d.md"):
        (book / "book" / name).write_text(PAGE)
    (book / "_toc.yml").write_text(
        "format: jb-book\nroot: book/page.md\nparts:\n- caption: x\n  chapters:\n  - file: book/a b.md\n"
        "    sections:\n    - file: book/c.md\n      sections:\n      - file: book/d.md\n- chapters:\n"
    )
    assert [page.name for page in pages(book)] == ["page.md", "a b.md", "c.md", "d.md"]


def test_an_editor_s_lock_is_no_part_of_the_key(book):
    before = package_key(book)
    (book / "code" / ".#module.py").symlink_to("me@host.123:456")  # points nowhere, as Emacs' do
    (book / "code" / "module.cpython-311.pyc").write_bytes(b"compiled")
    assert package_key(book) == before


def test_after_an_interruption_no_other_page_begins(book, monkeypatch):
    begun = []

    def run(page, timeout):
        begun.append(page)
        time.sleep(0.2)
        return page

    monkeypatch.setattr("neuropath.publish.execute._run", run)
    pages = _finished([Run(book, nbformat.v4.new_notebook()) for _ in range(20)], 2, 10)
    next(pages)
    pages.close()  # what KeyboardInterrupt does to the loop that reads them
    time.sleep(0.5)
    assert len(begun) <= 5


def test_a_long_page_has_all_cores_to_itself(book, monkeypatch):
    running, most = set(), {}

    def run(page, timeout):
        running.add(page.at)
        time.sleep(0.05)
        most[page.at] = max(most.get(page.at, 0), len(running))
        time.sleep(0.05)
        running.discard(page.at)
        return page

    monkeypatch.setattr("neuropath.publish.execute._run", run)
    seconds = [5, 25, 5, 30, 20, 5]
    runs = [
        Run(book, nbformat.v4.new_notebook(metadata={"course": {"run_seconds": s}}), at=i)
        for i, s in enumerate(seconds)
    ]
    done = [run.at for run in _finished(runs, 2, 10)]
    assert done[:2] == [1, 3]
    assert sorted(done) == list(range(6))
    assert most[1] == most[3] == 1
    assert max(most.values()) == 2


def test_ctrl_c_ends_in_one_line(book, monkeypatch, capsys):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.chdir(book)
    (book / "_config.yml").touch()
    monkeypatch.setattr("neuropath.publish.execute.execute", interrupted)
    assert cli.main(["execute"]) == 130
    assert capsys.readouterr().err == "neuropath: stopped\n"
