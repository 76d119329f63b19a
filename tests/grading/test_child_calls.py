"""A submission's values and functions from the grader's side: calls, arguments, callbacks."""

import signal
import time

import numpy as np
import pytest

from neuropath.grading.child import Child, Remote, RemoteDeath, RemoteError, RemoteTimeout
from neuropath.grading.limits import Limits


def function(child, code, name="f"):
    """The Remote of this name, after a cell that must be fine."""
    (report,) = child.run([code])
    assert report.state == "ok", report
    return child.get(name)


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
