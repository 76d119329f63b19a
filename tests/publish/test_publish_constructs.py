"""One golden test a construct: `pages/constructs/NAME.md` becomes the cells in `NAME.out.md`.

`WRITE_GOLDENS=1 pytest tests/publish/test_publish_constructs.py` writes them anew; review the difference.
"""

from __future__ import annotations

import os
import shutil

import pytest
import yaml
from publish_fixtures import ROOT, cells_of, shown

from neuropath.publish import leftovers

CONSTRUCTS = sorted(p.stem for p in (ROOT / "constructs").glob("*.md") if not p.stem.endswith(".out"))


@pytest.fixture
def published(tmp_path):
    """The small book with a public address."""
    shutil.copytree(ROOT, tmp_path, dirs_exist_ok=True)
    config = {"repository": {"url": "https://github.com/Somebody/course", "branch": "main"}}
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_construct_becomes_its_golden_cells(name, published):
    text = (ROOT / "constructs" / f"{name}.md").read_text(encoding="utf-8")
    cells = cells_of(text, root=published if name.endswith("_published") else ROOT)
    golden = ROOT / "constructs" / f"{name}.out.md"
    if os.environ.get("WRITE_GOLDENS"):
        golden.write_text(shown(cells), encoding="utf-8")
    assert shown(cells) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_nothing_of_sphinx_survives(name, published):
    text = (ROOT / "constructs" / f"{name}.md").read_text(encoding="utf-8")
    for cell in cells_of(text, root=published if name.endswith("_published") else ROOT):
        source = "".join(cell["source"])
        assert "SECRET" not in source
        if cell["cell_type"] == "markdown":
            assert leftovers.find(source) == []


@pytest.mark.parametrize(
    "markdown",
    [
        "```{note}\nx\n```",
        "> ````{note}",
        ":::{note}",
        "see {eq}`eq-x`",
        "a {cite:p}`key` b",
        "(sec-x)=",
        "$$\na\n$$ (eq-x)",
        "$a \\label{x}$",
        "see \\eqref{x}",
        "a[^note]",
        "[^note]: text",
        "[x](other.md)",
        "[x](#anchor)",
        "![x](pictures/dot.png)",
        '<img src="pictures/dot.png">',
        "> a $x\n> + y$ b",
        "a <!-- comment -->",
    ],
)
def test_the_look_for_leftovers_would_see_them(markdown):
    assert leftovers.find(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "`{eq}` in code",
        "```python\nd = {eq}`x`\n```",
        "[x](https://a.b)",
        "$$a \\tag{1}$$",
        "![x](data:image/png;base64,AA)",
    ],
)
def test_the_look_for_leftovers_leaves_the_rest_alone(markdown):
    assert leftovers.find(markdown) == []
