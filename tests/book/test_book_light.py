"""Mends of what Sphinx, MyST-NB and the theme write, in a tiny book of their making."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

EXT = Path(__file__).resolve().parents[2] / "book" / "_ext"
CONF = f"""
import sys
sys.path.insert(0, {str(EXT)!r})
import course_light
def setup(app):
    course_light.setup(app)
extensions = ["myst_nb", "sphinxcontrib.bibtex"]
bibtex_bibfiles = ["a.bib"]
html_theme = "sphinx_book_theme"
nb_execution_mode = "off"
"""
PAGE = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
# Folds

{cite}`a`

```{code-cell} ipython3
:tags: [hide-input]
folded = 1
```

```{code-cell} ipython3
:tags: [hide-cell]
folded = 2
```

```{image} dark.png
:alt: dark
:class: in-dark
```

```{bibliography}
```
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page as a browser gets it, and the folder of the build."""
    source = tmp_path_factory.mktemp("light")
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    (source / "index.md").write_text(PAGE, encoding="utf-8")
    (source / "a.bib").write_text("@misc{a, title = {A}, author = {B}, year = {2000}}", encoding="utf-8")
    (source / "dark.png").write_bytes(b"")
    command = [sys.executable, "-m", "sphinx", "-q", str(source), str(source / "out")]
    done = subprocess.run(
        command, env=os.environ | {"NEUROPATH_OFFLINE": "no"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return BeautifulSoup(
        (source / "out/index.html").read_text(encoding="utf-8"), "html.parser"
    ), source / "out"


def test_a_folded_cell_is_named_by_the_words_that_are_seen(page):
    folds = page[0].select("details.hide > summary")
    assert [fold.get_text(" ", strip=True) for fold in folds] == [
        "Show code cell source Hide code cell source",
        "Show code cell content Hide code cell content",
    ]
    assert [fold.attrs for fold in folds] == [{}, {}]


def test_a_list_of_references_claims_no_role_that_its_entries_contradict(page):
    (entries,) = page[0].select(".citation-list")
    assert "role" not in entries.attrs


def test_a_picture_of_the_dark_theme_waits_until_it_is_shown(page):
    (picture,) = page[0].select("img.in-dark")
    assert picture["loading"] == "lazy"


def test_the_icons_are_not_sent_twice(page):
    assert (page[1] / "_static/scripts/fontawesome.js").stat().st_size < 200
