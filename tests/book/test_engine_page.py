"""The page "The engine, equation by equation": docstrings, labels, cells and table tell the same story."""

from __future__ import annotations

import ast
import re
import warnings
from functools import cache
from pathlib import Path

import pytest
from book_pages import ROOT, whole

from neuropath import scratch as nn
from neuropath.pairs import PAIRS
from neuropath.publish.blocks import Directive, Math, directives, walk

SCRATCH = ROOT / "code" / "neuropath" / "scratch"
PAGE = "book/engine.md"
LABEL = re.compile(r"\b(?:eq|prop|thm)-(?:engine|s\d\d[a-f])-[a-z0-9-]*[a-z0-9]")
OURS = re.compile(r"\beq-engine-[a-z0-9-]*[a-z0-9]")

# Public names that compute nothing of their own, and why no equation stands behind them.
WITHOUT_EQUATION = {
    **dict.fromkeys(("Callback", "CallbackList", "CSVLogger", "LambdaCallback"), "called, not computed"),
    **dict.fromkeys(("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau"), "comparisons of two numbers"),
    **dict.fromkeys(("Classifier", "ImageGraph", "MobileNetV2", "Sequential"), "layers, put together"),
    **dict.fromkeys(("create_mnist_model", "mlp"), "layers, put together"),
    **dict.fromkeys(("History", "Minimum"), "records"),
    "Regularizer": "says what a layer asks of one",
    "full_batch": "a model's loss under another name",
    "initializers": "a module; its functions are public themselves",
    "ones": "a constant",
    "to_keras": "copies weights",
}


@cache
def docstrings() -> dict[str, str]:
    """module.py, module.py:Name and module.py:Name.method → docstring, its line breaks made spaces."""
    found = {}
    for file in sorted(SCRATCH.glob("*.py")):
        stack = [(file.name, ast.parse(file.read_text(encoding="utf-8")))]
        while stack:
            name, node = stack.pop()
            found[name] = " ".join((ast.get_docstring(node) or "").split())
            inner = (n for n in node.body if isinstance(n, ast.ClassDef | ast.FunctionDef))
            joint = "." if ":" in name else ":"
            stack += [(f"{name}{joint}{n.name}", n) for n in inner]
    return found


def docstring(name: str) -> str:
    """The docstring of a public object of neuropath.scratch."""
    module = getattr(nn, name).__module__.rsplit(".", 1)[-1]
    return docstrings()[f"{module}.py:{name}"]


def page_labels() -> list[str]:
    """The labels of the page's equations, in order."""
    return [b.label for b in walk(whole().pages[PAGE].blocks) if isinstance(b, Math) and b.label]


def cells() -> list[Directive]:
    return list(directives(whole().pages[PAGE].blocks, "code-cell"))


def checked(cell: Directive) -> list[str]:
    """The labels in a cell's first line, "# checks: eq-engine-…, eq-engine-…"."""
    first = cell.content.strip().splitlines()[0]
    return OURS.findall(first) if first.startswith("# checks: ") else []


def rows() -> dict[str, tuple[list[str], list[str], str]]:
    """Our name in the page's table → labels referred to, labels shown beside them, Keras' name or ""."""
    lines = re.findall(
        r"^\| (.+?) (\{eq\}[^|<]+?)(?:<br>`(.+?)`)? \| (`eq-.+?) \|$", whole().pages[PAGE].text, re.M
    )
    return {
        ours: (re.findall(r"\{eq\}`(.+?)`", refs), re.findall(r"`(.+?)`", shown), twin)
        for ours, refs, twin, shown in lines
    }


def with_equation() -> list[str]:
    return [name for name in nn.__all__ if name not in WITHOUT_EQUATION]


@pytest.mark.parametrize("name", with_equation())
def test_every_public_object_with_mathematics_names_its_equation(name):
    assert LABEL.findall(docstring(name)), f"{name}: its docstring names no equation"


def test_what_has_no_equation_exists_and_names_none():
    assert set(WITHOUT_EQUATION) <= set(nn.__all__)
    objects = set(WITHOUT_EQUATION) - {"initializers"}
    assert {name for name in objects if OURS.search(docstring(name))} == set()


def test_every_label_in_a_docstring_exists_on_a_page():
    named = {(label, where) for where, text in docstrings().items() for label in LABEL.findall(text)}
    assert len(named) > 100
    assert sorted((label, where) for label, where in named if label not in whole().labels) == []


def test_every_equation_of_the_page_is_named_by_a_docstring():
    named = {label for text in docstrings().values() for label in OURS.findall(text)}
    assert len(page_labels()) > 90
    assert set(page_labels()) == named


def test_labels_in_docstrings_say_on_which_page_they_are():
    group = re.compile(
        rf"{OURS.pattern}(?:(?:,| and) {OURS.pattern})*(?! ?\(page engine\)|[a-z0-9,-]| and eq-)"
    )
    alone = [(where, m[0]) for where, text in docstrings().items() for m in group.finditer(text)]
    assert alone == [], "write `eq-engine-… (page engine)`"


def test_no_docstring_refers_to_a_session_that_does_not_exist():
    parts = {(p.course["session"], p.course["part"]) for p in whole().notebooks if "part" in p.course}
    named = [
        (where, int(session), part)
        for where, text in docstrings().items()
        for session, part in re.findall(r"Session (\d\d) ([A-F])\b", text)
    ]
    assert [(where, s, p) for where, s, p in named if (s, p) not in parts] == []


def test_every_equation_of_the_page_is_checked_by_a_cell_and_every_check_names_one():
    found = [label for cell in cells() for label in checked(cell)]
    assert sorted(set(found)) == sorted(page_labels())
    for cell in cells():
        if checked(cell):
            asserts = re.search(r"\bcheck_\w+\(|\bassert\b", cell.content)
            assert asserts, f"the cell on line {cell.line} checks nothing"


def test_a_check_comes_after_its_equation():
    lines = {b.label: b.line for b in walk(whole().pages[PAGE].blocks) if isinstance(b, Math) and b.label}
    early = [(label, cell.line) for cell in cells() for label in checked(cell) if cell.line < lines[label]]
    assert early == []


@pytest.mark.parametrize("name", [name for name in with_equation() if OURS.search(docstring(name))])
def test_the_table_says_what_the_docstring_and_the_twins_say(name):
    refs, shown, twin = rows()[f"`{name}`"]
    assert refs == shown == list(dict.fromkeys(OURS.findall(docstring(name))))
    keras = next((pair.twin for pair in PAIRS if pair.name == name), "")
    assert twin == re.sub(r"\(\w+=True\)", "", keras).removeprefix("keras.")


def test_the_table_has_no_rows_of_other_objects():
    public = {f"`{name}`" for name in nn.__all__}
    others = set(rows()) - public
    for ours in others:
        module, _, name = re.sub(r"[`]|module ", "", ours).partition(".")
        text = docstrings()[f"{module}.py:{name}" if name else f"{module}.py"]
        assert rows()[ours][:2] == (OURS.findall(text), OURS.findall(text)), ours


def test_works_that_docstrings_cite_are_in_the_bibliography():
    works = {
        (names.split()[0], year[:4]) for names, year in ((w.names, w.year) for w in whole().works.values())
    }
    cited = [
        (where, author, year)
        for where, text in docstrings().items()
        for author, year in re.findall(
            r"([A-Z]\w+)(?:,? [A-Z]\w+)?(?: et al\.| and [A-Z]\w+)? \((\d{4})\)", text
        )
    ]
    assert len(cited) > 20
    assert [(where, a, y) for where, a, y in cited if (a, y) not in works] == []


def run(faulty: str = "", right: str = "") -> None:
    """All cells of the page, one after the other; in the cell that holds `right`, `faulty` in its place."""
    space: dict = {"__name__": "page"}
    for cell in cells():
        code = cell.content.replace(right, faulty) if faulty and checked(cell) else cell.content
        with warnings.catch_warnings():
            if cell is cells()[0]:  # what the setup imports may warn, the page may not
                warnings.simplefilter("ignore")
            exec(compile(code, f"{PAGE}:{cell.content_line}", "exec"), space)


def test_the_page_runs():
    run()


FAULTS = {
    "a mean in the place of a sum": ('np.einsum("nk->k", dY))', 'np.einsum("nk->k", dY) / len(dY))'),
    "a kernel that takes instead of giving": ("d_framed[seen] += ", "d_framed[seen] -= "),
    "a mean that does not depend on X": ('dY - grads["beta"] / m', "dY"),
    "a correction without its power": (
        "math.sqrt(1 - b2**t) / (1 - b1**t)",
        "math.sqrt(1 - b2**t) / (1 - b1)",
    ),
    "a pair the wrong way round": ("np.outer(y, s)", "np.outer(s, y)"),
    "a line without its slope": ("1.5 * abs(e) - 1.5**2 / 2", "abs(e) - 1.5**2 / 2"),
    "a channel that comes out elsewhere": ("s[2 * c + q]", "s[c + 3 * q]"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_formula_on_the_page_is_noticed(fault):
    right, faulty = FAULTS[fault]
    assert right in "".join(cell.content for cell in cells())
    with pytest.raises(AssertionError, match="off by"):
        run(faulty, right)


@pytest.mark.parametrize(
    ("layer", "method"),
    [
        (nn.Conv2D, "forward"),
        (nn.MaxPool2D, "backward"),
        (nn.GlobalMaxPool2D, "forward"),
        (nn.BatchNormalization, "backward"),
    ],
)
def test_a_layer_that_is_slightly_wrong_is_noticed(layer, method, monkeypatch):
    sound = getattr(layer, method)
    monkeypatch.setattr(layer, method, lambda *args, **options: sound(*args, **options) * (1 + 1e-5))
    with pytest.raises(AssertionError, match="off"):
        run()


def test_the_page_is_in_the_book():
    assert f"- file: {PAGE}" in Path(ROOT / "_toc.yml").read_text(encoding="utf-8")
