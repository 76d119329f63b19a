"""The grader's side at work: cells, values, calls, and what a check of the course makes of them."""

import signal
import time

import numpy as np
import pytest
from sandboxes import isolation_or_skip

from neuropath.grading import notebook, sandbox
from neuropath.grading.child import Child, Remote, RemoteDeath, RemoteError, RemoteTimeout
from neuropath.grading.limits import Limits
from neuropath.lessons.check import run_check


@pytest.fixture(scope="module")
def isolation():
    """What this machine has; without a word about what must hold."""
    return isolation_or_skip(sandbox.describe().level)


@pytest.fixture
def child(isolation):
    with Child(isolation, Limits(cell_seconds=5, call_seconds=2)) as child:
        yield child


def states(reports):
    return [report.state for report in reports]


def function(child, code, name="f"):
    """The Remote of this name, after a cell that must be fine."""
    (report,) = child.run([code])
    assert report.state == "ok", report
    return child.get(name)


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
    assert notebook.plain_source(cell) == "\npass\nif a:\n    pass\nc = 1\n"
    assert notebook.plain_source("a = 5 % 3\n") == "a = 5 % 3\n"
    assert notebook.plain_source("%%html\n<b>") == ""


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


def test_values_functions_and_what_is_neither(child):
    child.run(["import numpy as np\na = np.arange(3)\nb = ...\ndef f(): pass\nclass K: pass\nk = K()"])
    assert child.has("a")
    assert not child.has("print")
    assert not child.has("missing")
    assert child.get("b") is ...
    assert isinstance(child.get("f"), Remote)
    assert isinstance(child.get("K"), Remote)
    with pytest.raises(RemoteError, match="is a K") as caught:
        child.get("k")
    assert caught.value.kind == "kind"
    with pytest.raises(RemoteError) as caught:
        child.get("missing")
    assert caught.value.kind == "KeyError"


def test_a_call_and_its_signature(child):
    f = function(child, "def f(a, *, scale=2, **more):\n    'help'\n    return a * scale + len(more)")
    assert f(3) == 6
    assert f(np.ones(2), scale=3, x=1).tolist() == [4, 4]
    assert f.__name__ == "f"
    import inspect

    assert str(inspect.signature(f)) == "(a, *, scale=2, **more)"
    builtin = function(child, "f = max")
    assert builtin(3, 5) == 5


def test_what_a_call_raises(child):
    f = function(child, "def f(x):\n    y = x\n    return y['a']")
    with pytest.raises(RemoteError) as caught:
        f({})
    error = caught.value
    assert (error.kind, error.message, error.line) == ("KeyError", "'a'", "return y['a']")
    assert error.original is KeyError
    assert child.alive


@pytest.mark.parametrize("body", ["yield 1", "return object()", "return lambda: 1", "return np.random"])
def test_a_result_that_is_not_plain(child, body):
    f = function(child, f"import numpy as np\ndef f():\n    {body}")
    with pytest.raises(RemoteError, match="returned a") as caught:
        f()
    assert caught.value.kind == "kind"


def test_a_result_of_a_hundred_megabytes(child):
    f = function(child, "import numpy as np\ndef f(n): return np.zeros(n)")
    assert f(10**6).nbytes == 8 * 10**6
    with pytest.raises(RemoteError, match="at most 64 MB"):
        f(2 * 10**7)
    assert f(2).tolist() == [0, 0]


def test_what_is_changed_in_place_is_changed_here(child, rng):
    f = function(
        child,
        "def f(x, params, items, rng):\n    x += 1\n    params['W'] *= 2\n    params['new'] = 5\n"
        "    items.append(3)\n    return rng.normal()",
    )
    x, W, items = np.zeros(3), np.ones(2), [1, 2]
    params, twin = {"W": W}, np.random.default_rng(20240601)
    drawn = f(x, params, items, rng)
    assert x.tolist() == [1, 1, 1]
    assert W.tolist() == [2, 2]
    assert params["new"] == 5
    assert items == [1, 2, 3]
    assert drawn == twin.normal()
    assert rng.normal() == twin.normal()


def test_changes_are_there_even_when_the_call_fails(child):
    f = function(child, "def f(x):\n    x[0] = 7\n    raise ValueError")
    x = np.zeros(2)
    with pytest.raises(RemoteError):
        f(x)
    assert x.tolist() == [7, 0]


def test_a_read_only_argument_stays_so(child):
    f = function(child, "def f(x): x += 1")
    x = np.zeros(2)
    x.flags.writeable = False
    with pytest.raises(RemoteError, match="read-only"):
        f(x)


def test_functions_are_called_back(child):
    f = function(child, "def f(g, x): return [g(x), g(x, twice=True)]")
    seen = []

    def g(x, twice=False):
        seen.append(x)
        return x * (2 if twice else 1)

    assert f(g, 4) == [4, 8]
    assert seen == [4, 4]


def test_what_a_called_back_function_raises_arrives_over_there(child):
    f = function(
        child, "def f(g):\n    try:\n        g()\n    except ValueError as e:\n        return str(e)"
    )

    def g():
        raise ValueError("no")

    assert f(g) == "no"


def test_called_back_too_often_or_too_late(child, isolation):
    f = function(child, "def f(g):\n    while True: g()")
    with pytest.raises((RemoteDeath, RemoteTimeout)):
        f(lambda: 0)
    with Child(isolation, Limits(call_seconds=0.3)) as slow:
        f = function(slow, "def f(g): return g()")
        began = time.monotonic()
        with pytest.raises(RemoteTimeout):
            f(lambda: time.sleep(30))
        assert time.monotonic() - began < 3
    with Child(isolation) as later:
        f = function(later, "kept = []\ndef f(g):\n    kept.append(g)\n    return kept[0]()")
        assert f(lambda: 1) == 1
        assert f(lambda: 2) == 2  # the number of a function counts in its own call: there is one at a time


def test_an_alarm_of_the_caller_outlives_a_function_that_is_called_back(child):
    f = function(child, "def f(g): return g()")

    def ring(*_):
        raise InterruptedError("the caller's own")

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 1)
        assert f(lambda: 3) == 3
        with pytest.raises(InterruptedError, match="own"):
            time.sleep(5)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_the_submissions_own_function_as_an_argument(child):
    child.run(["def f(x): return x + 1\ndef g(h, x): return h(h(x))"])
    assert child.get("g")(child.get("f"), 1) == 3


def test_an_argument_that_cannot_be_sent_is_the_checks_own_slip(child):
    f = function(child, "def f(x): return 1")
    with pytest.raises(TypeError, match="cannot be given an object"):
        f(object())
    with pytest.raises(TypeError, match="so much"):
        f(np.zeros(10**7))
    assert child.get("f")(1) == 1


def test_a_call_that_dies_or_hangs_and_a_fresh_process(isolation):
    cells = ["import os\ndef f(x):\n    if x == 1: os._exit(7)\n    while x: pass\n    return 5"]
    with Child(isolation, Limits(call_seconds=0.3)) as child:
        child.run(cells)
        f = child.get("f")
        with pytest.raises(RemoteDeath, match="exit status 7"):
            f(1)
        with pytest.raises(RemoteDeath):
            f(0)
        assert states(child.restart(cells)) == ["ok"]
        assert f(0) == 5
        with pytest.raises(RemoteTimeout, match=r"0\.3 seconds"):
            f(2)
        assert not child.alive
        child.restart(cells)
        assert child.get("f")(0) == 5
        assert child.starts == 3


def test_death_and_time_are_no_exceptions_that_a_check_could_swallow():
    assert not issubclass(RemoteDeath, Exception)
    assert not issubclass(RemoteTimeout, Exception)


def test_cells_that_end_the_process_are_left_out_from_then_on(isolation):
    cells = ["a = 1", "while True: pass", "b = a + 1", "import os; os._exit(0)", "c = b + 1"]
    with Child(isolation, Limits(cell_seconds=0.5)) as child:
        assert states(child.run(cells)) == ["ok", "timed out", "ok", "died", "ok"]
        assert child.get("c") == 3
        began = time.monotonic()
        assert states(child.restart(cells)) == ["ok", "timed out", "ok", "died", "ok"]
        assert time.monotonic() - began < 2


def test_the_whole_submission_has_a_time_too(isolation):
    cells = [f"import time\nx = {n}\ntime.sleep(0.4)" for n in range(6)]
    began = time.monotonic()
    with Child(isolation, Limits(cell_seconds=1, total_seconds=1)) as child:
        reports = child.run(cells)
        assert states(reports)[0] == "ok"
        assert states(reports)[-2:] == ["timed out", "timed out"]
        assert "whole submission" in reports[-1].message
        with pytest.raises((RemoteTimeout, RemoteDeath)):
            child.get("x")
    assert time.monotonic() - began < 5


CHECK = {
    "source": """
def check_softmax(softmax, rng):
    z = rng.normal(size=(3, 4))
    p = softmax(z)
    expect_shape(p, (3, 4))
    expect_close(p.sum(axis=1), np.ones(3), "the sum of a row")
    e = np.exp(z - z.max(axis=1, keepdims=True))
    expect_close(p, e / e.sum(axis=1, keepdims=True))
    expect(np.all(np.isfinite(softmax(z + 1000))), "large logits overflow")
""",
    "function": "check_softmax",
    "answer": "softmax",
    "misconceptions": {
        "wrong-axis": {
            "code": "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()",
            "message": "all entries together sum to one: each row should",
        }
    },
}
GOOD = """import numpy as np
def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)"""


@pytest.mark.parametrize(
    ("code", "outcome", "said"),
    [
        (GOOD, "right", ""),
        ("def softmax(z):\n    return ...", "not attempted", ""),
        ("softmax = ...", "not attempted", ""),
        (
            "import numpy as np\ndef softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()",
            "wrong",
            "each row should",
        ),
        (GOOD.replace("e = np.exp(z - z.max(1, keepdims=True))", "e = np.exp(z)"), "wrong", "overflow"),
        ("def softmax(z, axis):\n    return z", "wrong", "yours is softmax(z, axis)"),
        ("def softmax(z):\n    return 1 / 0", "wrong", "ZeroDivisionError: division by zero (in your line"),
        ("def softmax(z):\n    return softmax(z)", "wrong", "calls itself without end"),
        (GOOD.replace("e = ", "z -= 1; e = ").replace("    return", "    z[:] = 0\n    return"), "wrong", ""),
        ("def softmax(z):\n    yield z", "wrong", "returned a generator"),
        (
            "import numpy as np\ndef softmax(z): return np.full(z.shape, np.nan)",
            "wrong",
            "no finite number",
        ),
        (
            GOOD.replace(
                "import numpy as np\n",
                "import numpy as np\nnp.allclose = np.isclose = lambda *a, **k: True\n",
            )
            + " + 1",
            "wrong",
            "",
        ),
    ],
)
def test_a_check_of_the_course_judges_a_remote_answer_as_it_judges_one_here(child, code, outcome, said):
    child.run([code])
    result = run_check(CHECK, child.get("softmax"), np.random.default_rng(5))
    assert result.outcome == outcome, result
    assert said in result.message


def test_a_check_is_cut_short_by_a_timeout(isolation):
    with Child(isolation, Limits(call_seconds=0.3)) as child:
        child.run(["def softmax(z):\n    while True: pass"])
        with pytest.raises(RemoteTimeout):
            run_check(CHECK, child.get("softmax"), np.random.default_rng(5))


def test_a_worker_starts_and_answers_quickly(isolation):
    """Far above what is measured (15 ms and 0.2 ms on two cores), far below what a class would feel."""
    with Child(isolation) as child:
        child.run(["a = 1"])
    began = time.monotonic()
    for _ in range(5):
        with Child(isolation) as child:
            child.run(["def f(x): return x"])
    assert (time.monotonic() - began) / 5 < 0.5
    with Child(isolation) as child:
        child.run(["def f(x): return x"])
        f = child.get("f")
        began = time.monotonic()
        for _ in range(50):
            f(1.0)
        assert (time.monotonic() - began) / 50 < 0.05
