"""Writing notebooks and self-checks, and saying which are out of date."""

from __future__ import annotations

import json
import shutil

import pytest
from publish_fixtures import FILE, HEAD, ROOT, SETUP
from test_publish_exercises import coding

from neuropath.publish import sync

NOTEBOOK = "sessions/session01_fixture/part_a_case.ipynb"
CHECKS = "code/neuropath/lessons/checks/session01_fixture.part_a_case.json"


@pytest.fixture
def checkout(tmp_path):
    """A small checkout with one exercise, its notebooks written."""
    shutil.copytree(ROOT, tmp_path, dirs_exist_ok=True)
    (tmp_path / FILE).write_text(HEAD + SETUP + coding(), encoding="utf-8")
    assert sync.main(tmp_path) == 0
    return tmp_path


def test_notebooks_and_checks_are_written_and_then_agree(checkout, capsys):
    assert json.loads((checkout / CHECKS).read_text(encoding="utf-8"))["case-a"]["function"] == "check_f"
    assert (checkout / NOTEBOOK).exists()
    assert (checkout / "sessions/session01_fixture/part_b_other.ipynb").exists()
    assert sync.main(checkout, check=True) == 0
    assert "agree" in capsys.readouterr().out
    assert sync.write_notebooks(checkout) == []


@pytest.mark.parametrize("name", [NOTEBOOK, CHECKS])
def test_an_edit_of_what_is_generated_names_the_page_to_edit(checkout, capsys, name):
    (checkout / name).write_text((checkout / name).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert sync.main(checkout, check=True) == 1
    assert f"{name} differs from what {FILE} gives" in capsys.readouterr().out
    assert sync.write_notebooks(checkout) == [checkout / name]
    assert sync.main(checkout, check=True) == 0


def test_an_edit_of_a_page_is_noticed(checkout, capsys):
    page = checkout / FILE
    page.write_text(page.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    assert sync.main(checkout, check=True) == 1
    assert "edit book/session01_fixture/part_a_case.md" in capsys.readouterr().out


def test_an_address_in_the_configuration_reaches_every_notebook(checkout):
    config = checkout / "_config.yml"
    config.write_text('repository:\n  url: "https://github.com/some/course"\n', encoding="utf-8")
    assert len(sync.check_notebooks(checkout)) == 2
    sync.write_notebooks(checkout)
    assert 'public = \\"https://github.com/some/course' in (checkout / NOTEBOOK).read_text(encoding="utf-8")


def test_what_has_no_page_any_more_is_removed_and_a_readers_copy_is_not(checkout):
    copy = checkout / "sessions/session01_fixture/part_a_case-Copy1.ipynb"
    shutil.copy(checkout / NOTEBOOK, copy)
    (checkout / "sessions/mine.ipynb").write_text("{}", encoding="utf-8")
    (checkout / FILE).unlink()
    assert any("has no page" in line for line in sync.check_notebooks(checkout))
    assert set(sync.write_notebooks(checkout)) == {checkout / NOTEBOOK, checkout / CHECKS}
    assert copy.exists()
    assert (checkout / "sessions/mine.ipynb").exists()


def test_a_broken_page_is_named_and_loses_nothing(checkout, capsys):
    before = (checkout / NOTEBOOK).read_text(encoding="utf-8")
    page = checkout / FILE
    page.write_text(page.read_text(encoding="utf-8") + "\n```{nope}\n```\n", encoding="utf-8")
    other = checkout / "book/session01_fixture/part_b_other.md"
    other.write_text(other.read_text(encoding="utf-8") + "\nNew, and {doc}`part_a_case`.\n", encoding="utf-8")
    for check in (False, True):
        assert sync.main(checkout, check=check) == 1
        errors = capsys.readouterr().err.strip().splitlines()
        assert len(errors) == 1, "a link to a page that could not be read is no news"
        assert errors[0].startswith(f"{FILE}:")
        assert "unknown directive {nope}" in errors[0]
    assert (checkout / NOTEBOOK).read_text(encoding="utf-8") == before


def test_solutions_and_front_pages_are_looked_at_too(checkout, capsys):
    page = checkout / FILE
    page.write_text(
        page.read_text(encoding="utf-8").replace("Text.\n", "See {ref}`nowhere`.\n"), encoding="utf-8"
    )
    (checkout / "book/intro.md").write_text("# Intro\n\n{doc}`nothing`\n", encoding="utf-8")
    assert sync.main(checkout, check=True) == 1
    errors = capsys.readouterr().err
    assert "book/intro.md:3: there is no page book/nothing.md" in errors
    assert "nothing in the book is labelled `nowhere`" in errors
