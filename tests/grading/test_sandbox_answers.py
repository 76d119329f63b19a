"""What a hostile submission answers: a value at most, whatever it replaces, forges or leaves half said."""

import numpy as np
import pytest
from sandboxes import LINUX_ONLY, submission

from neuropath.grading.child import RemoteDeath, RemoteTimeout
from neuropath.grading.limits import Limits

pytestmark = LINUX_ONLY


def test_what_the_student_replaces_changes_nothing_here(kept_apart):
    code = """
import builtins, json, numpy as np
def yes(*args, **kwargs): return True
for name in ("allclose", "isclose", "isfinite", "array_equal", "all"): setattr(np, name, yes)
for name in ("abs", "all", "any", "isinstance_", "max", "min", "sum"): setattr(builtins, name, yes)
class Always(int):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    __hash__ = int.__hash__
class Fits(np.ndarray):
    def __sub__(self, other): return np.zeros(3)
    def __array__(self, *args, **kwargs): return np.ones(3)
number, array = Always(4), np.arange(3.0).view(Fits)
"""
    with submission(kept_apart, code) as (child, _):
        number, array = child.get("number"), child.get("array")
        assert type(number) is int
        assert number != 5
        assert type(array) is np.ndarray
        assert array.tolist() == [0, 1, 2]
        assert not np.allclose(array, 1)


FORGE = """
import os, socket, stat
from neuropath.grading import protocol
pipes = []
for n in range(3, 200):
    try:
        if stat.S_ISSOCK(os.fstat(n).st_mode): pipes.append(n)
    except OSError: pass
"""


def test_only_one_connection_is_open_and_nothing_else(kept_apart):
    code = FORGE + "\nothers = []\nfor n in set(range(3, 1000)) - set(pipes):\n    try:\n"
    code += "        os.fstat(n)\n        others.append(n)\n    except OSError: pass"
    with submission(kept_apart, code) as (child, _):
        assert len(child.get("pipes")) == 1
        assert child.get("others") == []


def test_a_forged_answer_is_a_value_at_most(kept_apart):
    """An answer ahead of its question's turn ends the submission; one in turn is the student's own answer."""
    code = FORGE + (
        "def answer():\n    for n in range(100):\n"
        "        os.write(pipes[0], protocol.pack({'number': n, 'value': 42, 'verdict': 'right'}))\n"
        "    return 1"
    )
    with submission(kept_apart, code) as (child, _), pytest.raises(RemoteDeath, match="no question"):
        child.get("answer")()
    code = FORGE + (
        "def answer(n):\n    os.write(pipes[0], protocol.pack({'number': n, 'value': 42, 'points': 9}))\n"
        "    os._exit(0)"
    )
    with submission(kept_apart, code) as (child, _):
        assert child.get("answer")(3) == 42  # cell 1, get 2, call 3: a value, to be judged like any other
        with pytest.raises(RemoteDeath):
            child.get("answer")


@pytest.mark.parametrize(
    "sent",
    [
        "b'garbage that is no frame at all'",
        "b'\\xff' * 12",
        "protocol.HEAD.pack(20, 16) + b'[' * 16",
        "protocol.HEAD.pack((8 << 20) + 4, 8 << 20) + b'[' * (8 << 20)",
        "protocol.pack({'number': 3, 'value': {'a': [0, '<f8', [10**9], 0]}}, [b'12345678'])",
        "protocol.pack({'number': 3, 'value': {'a': [0, '|O', [1], 0]}}, [b'12345678'])",
        "protocol.pack({'number': 3, 'value': {'f': [0, 'print']}})",
        "protocol.pack({'number': 3, 'value': 1, 'changed': [[0, [1]], [7, [1]]]})",
    ],
)
def test_a_malformed_answer_is_death(kept_apart, sent):
    code = FORGE + (
        f"def answer():\n    data = {sent}\n    while data:\n        data = data[os.write(pipes[0], data):]\n"
        "    import time\n    time.sleep(600)"
    )
    with submission(kept_apart, code) as (child, _):
        with pytest.raises(RemoteDeath, match="cannot be read"):
            child.get("answer")()
        assert not child.alive


def test_half_an_answer_is_a_timeout(kept_apart):
    code = FORGE + "def answer():\n    os.write(pipes[0], b'\\0' * 5)\n    while True: pass"
    with submission(kept_apart, code, limits=Limits(call_seconds=0.3)) as (child, _):
        answer_ = child.get("answer")
        with pytest.raises(RemoteTimeout):
            answer_()
