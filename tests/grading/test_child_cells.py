"""A submission's cells in its own process: their order, errors, output, and what Colab writes into them."""

import pytest
from sandboxes import states

from neuropath.grading import notebook


def test_cells_run_in_order_and_one_that_fails_stops_no_other(child):
    reports = child.run(["a = 1", "a = 1 / 0  # mine", "def (", "a += 1", ""])
    assert states(reports) == ["ok", "error", "error", "ok", "ok"]
    assert [r.index for r in reports] == [0, 1, 2, 3, 4]
    assert (reports[1].kind, reports[1].message) == ("ZeroDivisionError", "division by zero")
    assert reports[1].line == "a = 1 / 0  # mine"
    assert (reports[2].kind, reports[2].line) == ("SyntaxError", "def (")
    assert child.get("a") == 2


def test_the_line_is_the_students_own_even_inside_a_library(child):
    reports = child.run(
        ["import numpy as np\ndef g(x):\n    return np.ones(3) @ x\n", "y = 1\ng(np.ones(4))"]
    )
    assert reports[1].line == "return np.ones(3) @ x"
    assert "mismatch" in reports[1].message


@pytest.mark.parametrize(
    "line", ["import sys; sys.exit()", "raise KeyboardInterrupt", "raise GeneratorExit", "quit()"]
)
def test_leaving_is_an_error_of_that_cell(child, line):
    reports = child.run([line, "a = 3"])
    assert reports[0].state == "error"
    assert reports[0].kind in ("SystemExit", "KeyboardInterrupt", "GeneratorExit")
    assert child.get("a") == 3


def test_an_exception_that_hides_is_still_an_error(child):
    code = "class Odd(Exception):\n    def __str__(self): raise SystemExit\nraise Odd()"
    (report,) = child.run([code])
    assert (report.state, report.kind, report.message) == ("error", "Odd", "")


COLAB = [
    "%matplotlib inline\n!pip install -q numpy\nx = 1\n?x\nx?",
    "from google.colab import drive, files, userdata\nimport google.colab\ndrive.mount('/content/drive')\n"
    "for name in files.upload(): print(name)",
    "%%bash\nrm -rf everything\nx = 7",
    "%%time\ny = x + 1",
    "if True:\n    !ls -l\nfiles = !ls\nz = %timeit x",
    "from IPython.display import display, HTML, clear_output\nimport IPython\ndisplay(HTML('<b>'))",
    "display(x)\ntext = '''\n% not a magic\n'''\nrest = (17\n% 5)",
    "w = 5",
]


def test_what_colab_writes_does_no_harm(child):
    reports = child.run(COLAB)
    assert states(reports) == ["ok"] * len(COLAB), [r for r in reports if r.state != "ok"]
    assert [child.get(name) for name in ("x", "y", "rest", "w")] == [1, 2, 2, 5]
    assert child.get("text") == "\n% not a magic\n"


def test_lines_keep_their_number():
    cell = "%%capture out\n!pip install x\nif a:\n    %time b\nc = 1\n"
    assert notebook.plain_source(cell) == "\npass\nif a:\n    b\nc = 1\n"
    assert notebook.plain_source("a = 5 % 3\n") == "a = 5 % 3\n"
    assert notebook.plain_source("%%html\n<b>") == ""


def test_what_is_timed_binds_its_names(child):
    """As in Colab; `%timeit` runs its line many times and binds nothing."""
    cell = (
        "%time total = sum(range(5))\nif total:\n    square = %time total**2\n%timeit other = 1\nrest = !ls"
    )
    assert states(child.run([cell])) == ["ok"]
    assert [child.get(name) for name in ("total", "square", "rest")] == [10, 100, []]
    assert not child.has("other")


def test_cells_that_only_ask_a_self_check_are_not_run(child):
    assert notebook.only_checks('check("a", f)\ncheck("b", g, n=3)\n')
    for more in ("", "x = check('a', f)", "check('a', f)\ny = 1", "other.check(f)", "check('a'", "'check'"):
        assert not notebook.only_checks(more), more
    cells = ["calls = []", "def check(*_):\n    calls.append(1)", "check('a', 1)", "found = check('a', 1)"]
    child.run(cells)
    assert child.get("calls") == [1]


def test_output_and_warnings_are_kept_and_cost_nothing(child):
    reports = child.run(["import warnings\nprint('hello')\nwarnings.warn('careful')", "print('again')"])
    assert states(reports) == ["ok", "ok"]
    assert reports[0].output.startswith("hello\n")
    assert "careful" in reports[0].output
    assert reports[1].output == "again\n"


def test_the_courses_package_and_a_figure(child):
    cells = [
        "import numpy as np\nimport matplotlib.pyplot as plt\nfrom neuropath.lessons import check, setup\n"
        "from neuropath import scratch as nn\nsetup()",
        "plt.plot([1, 2])\nplt.savefig('figure.png')\np = nn.softmax(np.zeros((1, 2)))",
        "import fractions, statistics, decimal",  # not loaded before: they are read from the library
    ]
    assert states(child.run(cells)) == ["ok", "ok", "ok"]
    assert child.get("p").tolist() == [[0.5, 0.5]]
