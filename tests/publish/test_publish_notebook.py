"""The notebook as a whole: bytes, ids, metadata, setup, and what happens under deep nesting."""

from __future__ import annotations

import json
import subprocess
import sys

import hypothesis.strategies as st
import nbformat
import pytest
from hypothesis import given
from publish_fixtures import FILE, HEAD, ROOT, SETUP, book_with, cells_of, in_list, nested

from neuropath.publish import book, install, leftovers, notebook, page

EVERYTHING = "\n\n".join(
    (ROOT / "constructs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("admonitions", "equations", "figures", "exercises", "tabs", "viz", "citations")
)


def made(body, root=ROOT):
    small = book_with(body, root=root)
    return notebook.dumps(small.pages[FILE], small)


def test_the_same_page_gives_the_same_bytes():
    code = (
        "import sys; sys.path.insert(0, 'tests/publish'); import test_publish_notebook as t; "
        "sys.stdout.buffer.write(t.made(t.EVERYTHING).encode())"
    )
    other = [  # other processes, so that the seeds of hashes differ
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)
    ]
    assert other[0] == other[1] == made(EVERYTHING).encode()


def test_it_is_a_valid_notebook_without_outputs_or_anything_personal():
    whole = json.loads(made(EVERYTHING))
    nbformat.validate(nbformat.from_dict(whole))
    assert (whole["nbformat"], whole["nbformat_minor"]) == (4, 5)
    assert whole["metadata"]["kernelspec"]["name"] == "python3"
    assert set(whole["metadata"]) == {"kernelspec", "language_info", "neuropath"}
    ids = [cell["id"] for cell in whole["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in whole["cells"]:
        assert set(cell["metadata"]) <= {"tags", "verifies", "check", "exercise"}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


def test_prose_that_is_added_leaves_the_ids_of_code_cells_alone():
    def code_ids(body):
        return [c["id"] for c in json.loads(made(body))["cells"] if c["cell_type"] == "code"]

    assert code_ids(EVERYTHING) == code_ids("## New\n\nText.\n\n" + EVERYTHING)


def test_title_then_install_then_setup():
    cells = json.loads(made("x"))["cells"]
    assert "".join(cells[0]["source"]) == "# Part A — The page under test"
    assert cells[1]["metadata"] == {"tags": ["colab-setup"]}
    assert cells[2]["metadata"] == {"tags": ["setup"]}


def test_figures_bring_their_import_into_the_setup_cell_once():
    figure = "```{viz} a_figure\n:name: fig-a\nCaption.\n```"
    setup = "".join(json.loads(made(figure))["cells"][2]["source"])
    line = "import neuropath.visualizations as viz"
    assert setup == f"import numpy as np\n\n{line}\n\nrng = np.random.default_rng(0)"
    imported = page.parse(HEAD + SETUP.replace("import numpy", f"{line}\nimport numpy") + figure, FILE)
    small = book.load(ROOT)
    book.add(small, imported)
    setup = "".join(json.loads(notebook.dumps(imported, small))["cells"][2]["source"])
    assert setup.count(line) == 1


def test_a_page_that_needs_a_gpu_asks_colab_for_one():
    gpu = page.parse(HEAD.replace("needs: CPU", "needs: GPU") + SETUP, FILE)
    small = book.load(ROOT)
    book.add(small, gpu)
    assert notebook.notebook(gpu, small)["metadata"]["accelerator"] == "GPU"


# -- the install cell ---------------------------------------------------------------------------------------


def run_install(url, *, env=None, hide=True, pip=None):
    """Run the install cell in a process where the package is hidden and pip is replaced."""
    lines = ["import importlib.util, subprocess, sys, types"]
    if hide:
        lines.append("importlib.util.find_spec = lambda name: None")
    lines.append("calls = []")
    lines.append(
        f"subprocess.run = lambda c, **k: (calls.append(c), types.SimpleNamespace(returncode={pip or 0}))[1]"
    )
    code = "\n".join([*lines, install.source(url), "print(calls)"])
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)


def test_nothing_is_installed_where_the_package_is_there():
    done = run_install("https://example.org/x", hide=False)
    assert done.stdout.strip() == "[]"


def test_the_package_is_installed_from_the_repository_by_this_python():
    done = run_install("https://github.com/somebody/course")
    wanted = ["-m", "pip", "install", "--quiet", "neuropath @ git+https://github.com/somebody/course"]
    assert done.stdout.strip() == str([[sys.executable, *wanted]])


def test_an_environment_variable_overrides_the_address():
    done = run_install("https://github.com/somebody/course", env={"NEUROPATH_REPOSITORY": "file:///a/b"})
    assert "'neuropath @ git+file:///a/b'" in done.stdout


@pytest.mark.parametrize(
    ("url", "pip", "words"),
    [
        ("", 0, "does not know where to get it: set the environment variable NEUROPATH_REPOSITORY"),
        ("", 0, "(in a cell of its own: %env NEUROPATH_REPOSITORY=https://...), and run this cell again."),
        ("https://example.org/x", 1, "pip could not install the course's package from https://example.org/x"),
    ],
)
def test_what_cannot_be_installed_is_said_in_one_sentence(url, pip, words):
    done = run_install(url, pip=pip, env={})
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert last.startswith("ModuleNotFoundError: ")
    assert words in last
    assert "During handling" not in done.stderr


def test_a_formula_holds_nothing_that_a_browser_takes_for_a_tag():
    cells = cells_of("If $a<b$ and $\\ell<L$, not $1<2$:\n\n$$\nx<y\n$$\n")
    assert "".join(cells[0]["source"]) == "If $a< b$ and $\\ell< L$, not $1<2$:\n\n$$\nx< y\n$$"


# -- nesting ------------------------------------------------------------------------------------------------

PARTS = st.sampled_from(
    [
        "Text with {eq}`eq-other-first` and $a\n+ b$.",
        "$$\na\n= b\n$$",
        "- a list\n- of two",
        "| a | b |\n| --- | --- |\n| 1 | 2 |",
        '```python\nx = {"{eq}": 1}\n```',
        "![dot](pictures/dot.png)",
        "Text {cite:p}`minsky1969perceptrons`[^note].",
    ]
)
WRAPS = st.lists(st.sampled_from(["note", "list", "quote"]), max_size=4)


@given(parts=st.lists(PARTS, min_size=1, max_size=3), wraps=WRAPS)
def test_every_nesting_renders_and_leaves_nothing_of_sphinx(parts, wraps):
    text, depth = "\n\n".join(parts), 1
    for wrap in wraps:
        if wrap == "note":
            ticks = "`" * (3 + depth)
            text, depth = f"{ticks}{{note}}\n{text}\n{ticks}", depth + 1
        elif wrap == "list":
            text = in_list(text)
        else:
            text = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    cells = json.loads(made(f"{text}\n\nCited[^note].\n\n[^note]: A note."))["cells"]
    for cell in cells:
        if cell["cell_type"] == "markdown":
            assert leftovers.find("".join(cell["source"])) == []
    body = "".join("".join(c["source"]) for c in cells)
    assert body.count("**Note.**") == wraps.count("note")


@given(depth=st.integers(1, 12))
def test_any_depth(depth):
    body = made(nested(depth, "Deep {eq}`eq-other-first`."))
    assert f"{'> ' * depth}**Note.** Deep equation (1) of Part B." in body


@pytest.mark.parametrize("command", [["format", "--check"], ["check"]])
def test_the_install_cell_is_formatted_and_clean(command):
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None}
    long_url = "https://github.com/somebody-with-a-long-name/a-repository-with-a-name"
    for url in ("", long_url):
        cells = [cell | {"source": install.source(url)}]
        text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        name = ["--stdin-filename", "sessions/page.ipynb", "-"]
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *name], input=text, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


def test_hints_misconceptions_and_solutions_stay_out_wherever_they_stand():
    body = (
        "```{exercise-start} A\n:label: ex-a\n```\n"
        "```{code-cell} ipython3\n---\nexercise:\n  id: a\n  kind: starter\n  answer: my_a\n"
        '  hints: ["SECRET"]\n  misconceptions: {b: {code: "SECRET", message: "SECRET"}}\n'
        '  rubric: [{points: 1, text: "SECRET"}]\n---\nmy_a = ...\n```\n'
        "```{code-cell} ipython3\n:exercise: {id: a, kind: solution}\nmy_a = 'SECRET'\n```\n"
        "```{exercise-end}\n```\n"
    )
    text = made(body)
    assert "SECRET" not in text
    assert "my_a = ..." in text
