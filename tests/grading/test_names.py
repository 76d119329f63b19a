"""Which names code needs from elsewhere, and the one setup cell that brings them."""

import pytest

from neuropath.grading import names
from neuropath.grading.names import Import, Setup


@pytest.mark.parametrize(
    ("source", "free"),
    [
        ("x = 1\nprint(x)", set()),
        ("y = a + len(b)", {"a", "b"}),
        ("def f(x):\n    return x + scale", {"scale"}),
        ("def f(x):\n    return g(x)\n\n\ndef g(x):\n    return f(x - 1)", set()),
        ("total = sum(k * w for k in range(3))", {"w"}),
        ("values = [v for v in data if v > low]", {"data", "low"}),
        ("def outer():\n    a = 1\n    def inner():\n        return a + b\n    return inner", {"b"}),
        ("class A(Base):\n    size = width\n", {"Base", "width"}),
        ("import math\nfrom numpy import exp as e\nmath.pi + e(1)", set()),
        ("for i in things:\n    pass\ni", {"things"}),
        ("f = lambda x: x + shift", {"shift"}),
        ("x += 1", {"x"}),
        ("with open(path) as file:\n    file.read()", {"path"}),
    ],
)
def test_free_names(source, free):
    assert names.free(source) - ({"x"} if source == "x += 1" else set()) == free - {"x"}


def test_needs_of_cells():
    setup = Setup.of("import numpy as np\nimport math\nrng = np.random.default_rng(0)\nsetup()")
    needed = names.needs(["a = rng.normal()", "b = a + c"], setup)
    assert needed.imports == {"np": Import("numpy", "", "np")}
    assert needed.statements == ["rng = np.random.default_rng(0)"]
    assert needed.missing == {"c"}


def test_statements_come_before_those_that_use_them():
    setup = Setup.of("a = 1\nb = a + 1")
    assert names.needs(["print(b)"], setup).statements == ["a = 1", "b = a + 1"]


def test_a_figure_needs_no_import_on_its_page():
    assert names.needs(['viz.show("x")'], Setup()).imports["viz"].module == "neuropath.visualizations"


def test_the_setup_cell():
    wanted = Setup.of(
        "import os.path\nimport numpy as np\nfrom math import comb, ceil as up\nimport keras\n"
        "from neuropath import scratch as nn\nfrom neuropath.lessons import check, setup\n"
        "from neuropath.lessons.verify import check_close, check_gradient, check_identity, "
        "check_jacobian, watch"
    ).imports.values()
    assert names.setup_cell(wanted, keras=True) == (
        "import os.path\nfrom math import ceil as up, comb\n\nimport numpy as np\n\n"
        "from neuropath import scratch as nn\nfrom neuropath.lessons import check, setup\n"
        "from neuropath.lessons.verify import (\n    check_close,\n    check_gradient,\n    check_identity,\n"
        "    check_jacobian,\n    watch,\n)\n\nsetup(keras=True)\nimport keras"
    )
