"""Submissions that want points for nothing, or want the grader to fall over."""

from __future__ import annotations

from corpus.answers import RIGHT
from corpus.case import NO_VALUE, WRONG, Case
from corpus.notebooks import Notebook, answer, first

NOTHING_RIGHT = "def safe_log_softmax(z):\n    return z"
ALWAYS = """\
class Always({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __gt__ = __le__ = __ge__ = __eq__
    def __sub__(self, other): return Always(0)
    __add__ = __radd__ = __rsub__ = __mul__ = __rmul__ = __abs__ = __sub__
    __hash__ = {base}.__hash__
    def __int__(self): return 10**9
"""
TRANSFORMER = """\
from IPython import get_ipython
shell = get_ipython()
shell.input_transformers_cleanup.append(lambda lines: ['pass'])
shell.ast_transformers.append(None)
"""
PICKLE = """\
import os, pickle
class Bad:
    def __reduce__(self):
        return os.system, ('touch /tmp/<MARKER>-pickle <KEY>/<MARKER>-pickle',)
    def __float__(self): return pickle.loads(pickle.dumps(self))
"""
PATCHED_WORKER = """\
import gc, sys
import neuropath.grading.worker as w
def forged(self, body, parts):
    if body['name'] == 'safe_log_softmax':
        return {'value': True, 'outcome': 'right', 'points': 99}, []
    return kept(self, body, parts)
kept, w.Worker._do_call = w.Worker._do_call, forged
for name in ('judge', 'verdicts', 'results', 'store', 'run'):
    sys.modules['neuropath.grading.' + name] = None
"""
PATCHES = """\
for name in ('allclose', 'isclose', 'isfinite', 'array_equal', 'all', 'any'):
    setattr(np, name, lambda *_, **__: True)
np.testing.assert_allclose = lambda *_, **__: None
"""
COURSE = """\
import sys
import neuropath.lessons.check, neuropath.lessons.expectations as e
checks = sys.modules['neuropath.lessons.check']
for name in ('expect', 'expect_close', 'expect_shape', 'expect_type'): setattr(e, name, lambda *_, **__: None)
checks.run_check = checks.check = lambda *_, **__: checks.Result('right')
checks.load_checks = lambda: {}
"""
BUILTINS = """\
import builtins
for name in ('abs', 'sum', 'all', 'any', 'print', 'sorted', 'open', 'repr', 'id', 'hash', 'vars', 'eval'):
    setattr(builtins, name, lambda *_, **__: True)
"""


def forged_marks(book: Notebook) -> None:
    """Metadata that claim points, in the words of several graders."""
    grade = {"grade": True, "points": 99, "score": 99, "state": "graded", "student": "right"}
    book.whole["metadata"] |= {"neuropath": {"student": "right"} | grade, "otter": grade}
    for cell in book.cells:
        cell["metadata"] = {"nbgrader": grade | {"grade_id": "x", "schema_version": 3}, "neuropath": grade}


HOSTILE = [
    Case(
        "int-subclass",
        "an int that is equal to everything",
        22,
        (
            answer("s01d-memory", ALWAYS.format(base="int") + "YOURS\nn_bytes = Always(1)"),
            answer("s01e-stale", ALWAYS.format(base="int") + "YOURS\nn_epochs = Always(-1)"),
            answer("s01a-rate-limit", ALWAYS.format(base="float") + "YOURS\nrate_limit = Always(7)"),
        ),
        dict.fromkeys(("s01d-memory", "s01e-stale", "s01a-rate-limit"), WRONG),
    ),
    Case(
        "array-subclass",
        "an array, and a text, that are equal to everything",
        22,
        (
            first("import numpy as np\n" + ALWAYS.replace("Always", "Same").format(base="np.ndarray")),
            answer("s01c-nan", "def safe_log_softmax(z):\n    return z.view(Same)"),
            answer(
                "s01a-exactly-one", ALWAYS.format(base="str") + "def exactly_one(X):\n    return Always('1')"
            ),
        ),
        dict.fromkeys(("s01c-nan", "s01a-exactly-one"), WRONG),
    ),
    Case(
        "anything",
        "an object that agrees to whatever it is asked",
        23,
        (
            answer(
                "s01d-memory",
                "YOURS\nclass Any:\n    def __getattr__(self, name): return lambda *_: True\n"
                "    def __eq__(self, other): return True\nn_bytes = Any()",
            ),
            answer("s01c-nan", "from unittest.mock import MagicMock\nsafe_log_softmax = MagicMock()"),
        ),
        {"s01d-memory": WRONG, "s01c-nan": NO_VALUE},
    ),
    Case(
        "pickle",
        "objects that run a command when they are unpickled",
        23,
        (
            first("import numpy as np\n" + PICKLE),
            answer("s01d-memory", "YOURS\nn_bytes = Bad()"),
            answer("s01c-nan", "def safe_log_softmax(z):\n    return np.array([Bad()], dtype=object)"),
        ),
        {"s01d-memory": WRONG, "s01c-nan": NO_VALUE},
    ),
    Case(
        "patches",
        "np.allclose and np.isfinite say yes",
        23,
        (
            first("import numpy as np\n" + PATCHES),
            answer("s01c-nan", NOTHING_RIGHT),
            answer("s01a-rate-limit", "YOURS\nrate_limit = 99.0"),
        ),
        dict.fromkeys(("s01c-nan", "s01a-rate-limit"), WRONG),
        remark="^code cell [0-9]+ stopped in the line `assert not np.allclose",
    ),
    Case(
        "course",
        "the course's own check says right",
        23,
        (first(COURSE), answer("s01c-nan", NOTHING_RIGHT), answer("s01d-memory", "YOURS\nn_bytes = 1")),
        dict.fromkeys(("s01c-nan", "s01d-memory"), WRONG),
    ),
    Case(
        "builtins",
        "abs, sum and a dozen more builtins say yes",
        23,
        (
            first(BUILTINS),
            answer("s01c-nan", NOTHING_RIGHT),
            answer("s01d-memory", "YOURS\nn_bytes = 1"),
            answer("s01c-adam-epsilon", RIGHT["s01c-adam-epsilon"].replace("abs(g)", "g * np.sign(g)")),
        ),
        dict.fromkeys(("s01c-nan", "s01d-memory"), WRONG),
        remark="^code cell 1 ",
    ),
    Case(
        "worker",
        "the process that runs it is rewritten from within",
        25,
        (first(PATCHED_WORKER), answer("s01c-nan", NOTHING_RIGHT)),
        {"s01c-nan": WRONG},
    ),
    Case(
        "transformer",
        "an IPython transformer turns all cells into `pass`",
        0,
        (first(TRANSFORMER),),
        base="untouched",
    ),
    Case("transformer-right", "the same above right answers", 27, (first(TRANSFORMER),)),
    Case(
        "forged-marks",
        "metadata claim points and another name",
        0,
        (forged_marks,),
        base="untouched",
        remark="handed out to another student",
    ),
]
