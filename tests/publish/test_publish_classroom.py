"""A class build: no solution, check, rubric or hidden cell gets to Sphinx; the rest of the page does."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import classroom_book as small
import pytest
from publish_fixtures import read

from neuropath.publish import book as books
from neuropath.publish import classroom, facts, navigation, page, stripped
from neuropath.publish.blocks import directives
from neuropath.publish.errors import PageError
from neuropath.publish.execute import package_key

ROOT = Path(__file__).resolve().parents[2]
PART_A = "book/session01_small/part_a"


@pytest.fixture(scope="module")
def for_class(tmp_path_factory):
    """The small book as a class gets it: the folder with everything that was written for it."""
    root = small.make(tmp_path_factory.mktemp("class") / "a folder")
    classroom.write(root)
    done = small.build(root / classroom.TREE)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture(scope="module")
def unstripped(tmp_path_factory):
    """The negative control: the same, but pages are copied as they are."""
    root = small.make(tmp_path_factory.mktemp("open"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classroom, "for_class", lambda book: {f: p.text for f, p in book.pages.items()})
        classroom.write(root)
    small.build(root / classroom.TREE)  # a footnote in a solution may warn; what it writes is what counts
    return root


def test_nothing_that_was_planted_is_anywhere(for_class):
    found = small.found(for_class / classroom.TREE)
    assert {word: files for word, files in found.items() if files} == {}


def test_without_stripping_every_planted_word_is_found(unstripped):
    """Or the test above would prove nothing."""
    found = small.found(unstripped / classroom.TREE)
    assert [word for word, files in found.items() if not files] == []
    everywhere = set().union(*found.values())
    assert any(name.endswith("part_a.html") for name in found["zqxsolution"])
    assert any(name.endswith("searchindex.js") for name in everywhere)  # as a stem: “zqxsolut”
    assert any("_sources/" in name for name in found["zqxhidden"] & found["zqxmanual"] & found["zqxcheck"])
    assert any(".jupyter_cache/" in name for name in found["zqxprinted"])
    assert any("jupyter_execute/" in name for name in everywhere)
    assert any(name.endswith("objects.inv") for name in everywhere)


def test_what_students_need_stays(for_class):
    html = (for_class / classroom.TREE / "_build" / "html" / f"{PART_A}.html").read_text()
    shown = classroom._plain(for_class / classroom.TREE / "_build" / "html" / f"{PART_A}.html")
    for text in (
        *("Text of the exercise that stays.", "A hint that stays.", "Second text that stays."),
        *("feedback that stays.", "other feedback that stays.", "A last paragraph that stays"),
        *("A footnote that stays.", "count_parameters", "not attempted: replace", "the remark", "a link"),
    ):
        assert text.lower() in shown.lower(), text
    assert html.count(stripped.NOTE.strip("*")) == 1
    start = (for_class / classroom.TREE / "_build" / "html" / "book" / "start_here.html").read_text()
    assert stripped.NOTE.strip("*") in start
    other = (for_class / classroom.TREE / "book" / "session01_small" / "part_b.md").read_text()
    assert "See the solution and {ref}`the exercise <ex-small-count>`." in other
    assert stripped.NOTE not in other


def test_the_notebook_of_a_part_is_still_offered(for_class):
    built = for_class / classroom.TREE / "_build" / "html"
    assert list((built / "_downloads").rglob("part_a.ipynb"))


def test_a_notebook_for_a_class_sends_nobody_to_the_book_for_a_solution(root):
    lines = [
        "Text.\n",
        "\n",
        "*Solution: in the book, under “[A “quoted” one](https://x/y.html#ex)”.*\n",
        "End.",
    ]
    code = {"cell_type": "code", "source": ["# *Solution: in the book, under “it”.*"], "outputs": []}
    whole = {"cells": [{"cell_type": "markdown", "source": lines}, code]}
    path = Path("sessions") / "session01_small" / "part_a.ipynb"
    (root / path).write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    tree = classroom.write(root).tree
    told, same = json.loads((tree / path).read_text(encoding="utf-8"))["cells"]
    assert "".join(told["source"]) == "Text.\n\n*Solutions are with your instructor.*\nEnd."
    assert same == code
    assert "in the book, under" in (root / path).read_text(encoding="utf-8"), "for all others it stays"


def test_every_notebook_of_the_book_can_be_given_to_a_class():
    notebooks = sorted((ROOT / "sessions").rglob("part_*.ipynb"))
    assert notebooks
    promised = 0
    for file in notebooks:
        before = file.read_text(encoding="utf-8")
        after = classroom._content(ROOT, file.relative_to(ROOT), {}).decode()
        assert "Solution: in the book" not in after, file
        assert after.count(classroom.ELSEWHERE) == before.count("*Solution: in the book, under “"), file
        assert len(json.loads(after)["cells"]) == len(json.loads(before)["cells"])
        promised += "Solution: in the book" in before
    assert promised > 5, "the notebooks of the repository still say where"


def test_the_search_afterwards_passes_the_one_and_removes_the_other(for_class, unstripped, capsys):
    assert classroom.check(for_class) == 0
    assert "nothing that was taken out" in capsys.readouterr().out
    assert classroom.check(unstripped) == 1
    told = capsys.readouterr().err
    assert f"{PART_A}.html" in told
    assert f"_sources/{PART_A}.md" in told
    assert not (unstripped / classroom.TREE / "_build" / "html").exists()


@pytest.fixture
def root(tmp_path):
    return small.make(tmp_path)


def test_only_what_changed_is_written_again(root):
    first = classroom.write(root)
    assert (first.pages, first.stripped) == (4, 2)
    assert classroom.write(root).changed == 0
    (root / "book" / "intro.md").write_text("# A small book\n\nFor another test.\n")
    assert classroom.write(root).changed == 1
    (root / "book" / "session01_small" / "part_b.md").unlink()
    classroom.write(root)
    assert not (root / classroom.TREE / "book" / "session01_small" / "part_b.md").exists()


def test_an_edited_self_check_is_noticed_though_its_text_is_not_copied(root):
    tree = classroom.write(root).tree
    before = package_key(tree)
    (root / classroom.CHECKS / "small.json").write_text('{"source": "zqxcheck, edited"}')
    classroom.write(root)
    assert package_key(tree) != before


def test_a_broken_page_leaves_the_copy_as_it_was(root):
    tree = classroom.write(root).tree
    before = (tree / f"{PART_A}.md").read_text()
    nested = "# Start here\n\n````{note}\n```{solution} ex-small-count\nIt is 42.\n```\n````\n"
    (root / "book" / "start_here.md").write_text(nested)
    with pytest.raises(PageError, match=r"book/start_here\.md:4: \{solution\} stands inside another"):
        classroom.write(root)
    assert (tree / f"{PART_A}.md").read_text() == before


def test_the_copy_is_no_checkout(root):
    tree = classroom.write(root).tree
    with pytest.raises(ValueError, match="itself a class build"):
        classroom.write(tree)


def test_a_class_build_offers_no_way_to_the_source(root):
    config = root / "_config.yml"
    config.write_text(config.read_text().replace('url: ""', 'url: "https://github.com/some/where"'))
    tree = classroom.write(root).tree
    assert navigation.edit_url(root, PART_A)
    assert navigation.edit_url(tree, PART_A) == ""


def test_the_command_works_in_a_checkout_only(root, monkeypatch, capsys):
    monkeypatch.chdir(root)
    assert classroom.main([]) == 0
    assert "4 pages, 2 of them without their solutions" in capsys.readouterr().out
    monkeypatch.chdir(root / "book")
    assert classroom.main([]) == 1
    assert "is no checkout of the course" in capsys.readouterr().err


def test_checking_before_building_says_what_to_do(root):
    classroom.write(root)
    with pytest.raises(FileNotFoundError, match="make book SOLUTIONS=no"):
        classroom.check(root)


# -- one page -----------------------------------------------------------------------------------------------


def test_code_keeps_its_percent_signs():
    text = "```{code-cell} ipython3\n%config x\n# <!-- y -->\n```\n% gone\n\n"
    text += "````{note}\n% gone\n```python\n% stays\n```\n````\n"
    assert stripped.without_comments(text) == text.replace("% gone\n", "")


def test_a_starter_keeps_its_code_and_what_the_self_check_needs():
    before = read(small.BODY[small.BODY.index("(sec-ex") :])
    after = page.parse(stripped.strip(before, stripped.labels_within(before)), before.file)
    starter = next(c for c in directives(after.blocks, "code-cell") if c.options.get("exercise"))
    kept = {"id": "s01a-count", "kind": "starter", "answer": "count_parameters", "points": 2}
    assert starter.options == {"exercise": kept}
    assert starter.content.startswith("%config")
    assert "return ..." in starter.content


def test_a_footnote_defined_in_a_solution_and_used_outside_is_told():
    body = "Text.[^a]\n\n````{exercise-start} E\n:label: ex-e\n````\nT.\n```{exercise-end}\n```\n"
    body += "````{solution-start} ex-e\n````\nS.\n\n[^a]: Note.\n\n```{solution-end}\n```\n"
    with pytest.raises(PageError, match=r"\[\^a\] is used outside this solution"):
        stripped.strip(read(body))


def test_every_page_of_the_book_can_be_given_to_a_class():
    book = books.load(ROOT).raise_errors()
    for file, text in classroom.for_class(book).items():
        before = book.pages[file]
        if text == before.text or file in classroom.TOLD:
            continue
        after = page.parse(text, file)
        assert not list(directives(after.blocks, "solution", "solution-start", "solution-end")), file
        kinds = {(c.options.get("exercise") or {}).get("kind") for c in directives(after.blocks, "code-cell")}
        assert kinds <= {None, "starter"}, file
        for name in ("exercise-start", "hint", "quiz"):
            counts = [len(list(directives(p.blocks, name))) for p in (before, after)]
            assert counts[0] == counts[1], (file, name)
        assert not re.search(r"misconceptions:|rubric:", text), file
        assert text.count(stripped.NOTE) == 1
        minutes = [facts.minutes_to_read(t) for t in (before.text, text)]
        assert minutes[1] - minutes[0] in (0, 5), file  # the note may reach the next five minutes


# -- the Makefile -------------------------------------------------------------------------------------------


def recipe(*words: str) -> subprocess.CompletedProcess[str]:
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    return subprocess.run(
        ["make", "-n", "-o", ".venv/ready", *words], cwd=ROOT, capture_output=True, text=True
    )


def test_make_builds_the_class_book_in_its_own_folder():
    lines = recipe("book", "SOLUTIONS=no").stdout.splitlines()
    steps = ["publish.classroom", "cli execute", "jupyter-book build", "publish.classroom --check"]
    places = [next(i for i, line in enumerate(lines) if step in line) for step in steps]
    places[0] = next(i for i, line in enumerate(lines) if line.endswith("publish.classroom"))
    assert places == sorted(places)
    assert all("_build/class" in lines[i] for i in places[1:3])
    assert "classroom" not in recipe("book").stdout
    assert "_build/class" not in recipe("book", "SOLUTIONS=yes").stdout


def test_make_knows_yes_and_no_only():
    done = recipe("book", "SOLUTIONS=nein")
    assert done.returncode != 0
    assert "SOLUTIONS should be yes or no and is nein" in done.stderr
