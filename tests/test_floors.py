"""Who may import whom. The floors are in CONTRIBUTING; this is what holds them up."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "code" / "neuropath"

# Floor -> the other floors it may stand on.
FLOORS = {
    "scratch": set(),
    "phantom": set(),
    "project": {"phantom"},
    "pairs": {"scratch", "project"},
    "lessons": {"scratch", "phantom", "project", "pairs"},
    "widgets": {"scratch", "phantom", "project", "pairs", "lessons"},
    "publish": {"scratch", "phantom", "project", "pairs", "lessons", "widgets"},
    "grading": {"scratch", "project", "pairs", "lessons", "publish"},
    "cli": {"scratch", "phantom", "project", "pairs", "lessons", "widgets", "publish", "grading"},
}
# Where a floor may use nothing else of other people's: (anywhere, inside functions only).
THIRD_PARTY = {
    "scratch": ({"numpy"}, {"tqdm"}),
    "phantom": ({"numpy", "scipy"}, {"tqdm", "PIL"}),
    "project": (
        {"numpy", "keras", "PIL", "matplotlib"},
        {"tensorflow", "jax", "sklearn", "tqdm", "kagglehub", "streamlit"},
    ),
    "pairs": ({"numpy"}, set()),
    "grading": ({"numpy", "yaml"}, {"tqdm"}),
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
HEAVY = {"tensorflow", "keras", "torch"}
MAY_IMPORT_HEAVY = {"project"}
OPTIONAL = {"lessons/torch_mlp.py"}  # imported where its framework is known to be installed, never otherwise


def imports(source, package=""):
    """(module, at top level?) for every import statement; relative ones are resolved against `package`."""
    tree = ast.parse(source)
    inside = {id(n) for f in ast.walk(tree) if isinstance(f, FUNCTIONS) for n in ast.walk(f)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((name, id(node) not in inside) for name in names)


def floor_of(path):
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def sources():
    """(path, floor, imports) of every module below code/neuropath."""
    for path in sorted(PACKAGE.rglob("*.py")):
        package = ".".join(("neuropath", *path.parent.relative_to(PACKAGE).parts))
        yield path, floor_of(path), list(imports(path.read_text(encoding="utf-8"), package))


def violations(floor, found, heavy=HEAVY):
    """What a module of this floor imports although it may not."""
    anywhere, lazily = THIRD_PARTY.get(floor, (None, set()))
    for name, top_level in found:
        root, *rest = name.split(".")
        if root == "neuropath":
            if rest and rest[0] not in {floor, *FLOORS[floor]}:
                yield f"{floor} imports {name}: it may stand on {sorted(FLOORS[floor]) or 'nothing'}"
        elif root in heavy and top_level and floor not in MAY_IMPORT_HEAVY:
            yield f"{floor} imports {name} at its top level: move it into the function that needs it"
        elif anywhere is not None and root not in (
            sys.stdlib_module_names | anywhere | (set() if top_level else lazily)
        ):
            yield f"{floor} imports {name}: it may use {sorted(anywhere)}; inside functions {sorted(lazily)}"


def test_every_module_stands_on_a_floor():
    floors = {floor for _, floor, _ in sources()} - {"__init__"}
    assert floors <= FLOORS.keys(), f"give {floors - FLOORS.keys()} a place in FLOORS"
    assert "scratch" in floors


@pytest.mark.parametrize("floor", FLOORS)
def test_floor_keeps_to_itself(floor):
    found = []
    for path, its_floor, names in sources():
        name = path.relative_to(PACKAGE).as_posix()
        heavy = set() if name in OPTIONAL else HEAVY
        if its_floor == floor:
            found += [f"{name}: {v}" for v in violations(floor, names, heavy)]
    assert not found, "\n".join(found)


def test_the_package_itself_imports_nothing():
    assert not list(imports((PACKAGE / "__init__.py").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("floor", "source"),
    [
        ("scratch", "import scipy"),
        ("scratch", "import tqdm"),
        ("scratch", "def f():\n    from keras import layers"),
        ("scratch", "from neuropath.lessons import style"),
        ("scratch", "from neuropath import pairs"),
        ("scratch", "from .. import lessons"),
        ("scratch", "from ..lessons.style import use"),
        ("lessons", "import neuropath.publish.page"),
        ("lessons", "from neuropath import visualizations"),
        ("lessons", "import keras"),
        ("project", "from neuropath import scratch"),
        ("project", "import tensorflow as tf"),
        ("project", "import pandas"),
        ("project", "from neuropath.lessons import style"),
        ("phantom", "import tqdm"),
        ("phantom", "from neuropath.project import classes"),
        ("publish", "import neuropath.visualizations as viz"),
    ],
)
def test_a_planted_import_is_seen(floor, source):
    assert list(violations(floor, list(imports(source, f"neuropath.{floor}"))))


@pytest.mark.parametrize(
    ("floor", "source"),
    [
        ("scratch", "import os.path\nfrom . import layers\nfrom .layers import Dense\nimport numpy as np"),
        ("scratch", "def f():\n    from tqdm import tqdm"),
        ("lessons", "def f():\n    import keras"),
        ("project", "import keras\nfrom neuropath.phantom import patient"),
        ("project", "def gradient():\n    import tensorflow as tf"),
        ("phantom", "def f():\n    from tqdm import tqdm"),
    ],
)
def test_a_good_import_is_left_alone(floor, source):
    assert not list(violations(floor, list(imports(source, f"neuropath.{floor}"))))


def code_of_pages():
    """(file, code) of everything a reader runs."""
    for path in sorted((ROOT / "book").rglob("*.md")):
        for cell in re.findall(
            r"^(`{3,})\{code-cell\}.*?\n(.*?)^\1", path.read_text(encoding="utf-8"), re.M | re.S
        ):
            yield path, cell[1]
    for path in sorted((ROOT / "sessions").rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        yield from ((path, "".join(c["source"])) for c in cells if c["cell_type"] == "code")
    for path in sorted((ROOT / "visualizations").rglob("*.py")):
        if path.name != "__main__.py":  # the build's own command
            yield path, path.read_text(encoding="utf-8")


def imports_publish(code):
    return re.search(r"\bneuropath\.publish\b|from neuropath import [^\n]*\bpublish\b", code) is not None


def test_publish_is_imported_by_no_page_notebook_or_figure():
    assert not [str(path) for path, code in code_of_pages() if imports_publish(code)]


@pytest.mark.parametrize("line", ["import neuropath.publish.page", "from neuropath import scratch, publish"])
def test_an_import_of_publish_is_seen(line):
    assert imports_publish(f"import numpy as np\n{line}\n")


def test_code_is_not_a_package():
    assert not (ROOT / "code" / "__init__.py").exists(), (
        "it would shadow the standard library's module `code`"
    )


@pytest.mark.parametrize(
    "module",
    [f"neuropath.{floor}" for floor in ("scratch", "phantom", "project", "pairs", "lessons", "cli")],
)
def test_importing_is_light(module):
    if (
        not (PACKAGE / module.split(".")[1]).exists()
        and not (PACKAGE / f"{module.split('.')[1]}.py").exists()
    ):
        pytest.skip(f"{module} does not exist yet")
    heavy = sorted(HEAVY | ({"tqdm", "scipy", "matplotlib"} if module == "neuropath.scratch" else set()))
    code = f"import {module}, sys; print([m for m in {heavy!r} if m in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]", f"{module} pulls in {run.stdout.strip()}"
