"""Submissions that want points for nothing, or want the grader to fall over."""

from __future__ import annotations

from corpus.answers import RIGHT
from corpus.case import CRASHED, NO_VALUE, PERSON, WRONG, Case
from corpus.notebooks import Notebook, after, answer, before, first, last, words

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
FORK_BOMB = "import os\nwhile True:\n    os.fork()"
DAEMON = """\
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(64):
            try: os.close(number)
            except OSError: pass
        os.execv(sys.executable, [sys.executable, '-c', 'import time\\nwhile True: time.sleep(1)', '<MARKER>'])
    os._exit(0)
import subprocess
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(999)', '<MARKER>'], start_new_session=True)
"""
ALARMS = """\
import signal
def ring(*_): raise KeyboardInterrupt('now')
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
"""
HOOKS = """\
import atexit, builtins, sys
atexit.register(lambda: open('/tmp/<MARKER>-atexit', 'w'))
sys.excepthook = sys.unraisablehook = sys.displayhook = lambda *_: exit()
class Late:
    def __del__(self): open('/tmp/<MARKER>-del', 'w')
late = Late()
late.me = late
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
TRACE = "import sys, threading\nsys.settrace(lambda *_: None)\nsys.setprofile(lambda *_: None)\nsys.setswitchinterval(9)"
MARKUP = "</pre></code><script>alert('<MARKER>')</script><img src=x onerror=alert(1)>"


def forged_marks(book: Notebook) -> None:
    """Metadata that claim points, in the words of several graders."""
    grade = {"grade": True, "points": 99, "score": 99, "state": "graded", "student": "right"}
    book.whole["metadata"] |= {"neuropath": {"student": "right"} | grade, "otter": grade}
    for cell in book.cells:
        cell["metadata"] = {"nbgrader": grade | {"grade_id": "x", "schema_version": 3}, "neuropath": grade}


def nan(source: str, does: str, name: str, outcome=CRASHED, **more) -> Case:
    """A case in which the answer to one question is an attack."""
    return Case(name, does, 25, (answer("s01c-nan", source),), {"s01c-nan": outcome}, **more)


def died(source: str, does: str, name: str, **more) -> Case:
    """A case in which the cell of one right answer ends its process first."""
    return Case(name, does, 25, (before("s01c-nan", source),), {"s01c-nan": CRASHED}, **more)


def cell(source: str, does: str, name: str) -> Case:
    """An attack in a cell of its own, beside right answers: it costs nothing and gains nothing."""
    return Case(name, does, 27, (first(source),))


HOSTILE = [
    Case("int-subclass", "an int that is equal to everything", 22, (
        answer("s01d-memory", ALWAYS.format(base="int") + "YOURS\nn_bytes = Always(1)"),
        answer("s01e-stale", ALWAYS.format(base="int") + "YOURS\nn_epochs = Always(-1)"),
        answer("s01a-rate-limit", ALWAYS.format(base="float") + "YOURS\nrate_limit = Always(7)")),
        dict.fromkeys(("s01d-memory", "s01e-stale", "s01a-rate-limit"), WRONG)),
    Case("array-subclass", "an array, and a text, that are equal to everything", 22, (
        first("import numpy as np\n" + ALWAYS.replace("Always", "Same").format(base="np.ndarray")),
        answer("s01c-nan", "def safe_log_softmax(z):\n    return z.view(Same)"),
        answer("s01a-exactly-one", ALWAYS.format(base="str") + "def exactly_one(X):\n    return Always('1')")),
        dict.fromkeys(("s01c-nan", "s01a-exactly-one"), WRONG)),
    Case("anything", "an object that agrees to whatever it is asked", 23, (
        answer("s01d-memory", "YOURS\nclass Any:\n    def __getattr__(self, name): return lambda *_: True\n"
                              "    def __eq__(self, other): return True\nn_bytes = Any()"),
        answer("s01c-nan", "from unittest.mock import MagicMock\nsafe_log_softmax = MagicMock()")),
        {"s01d-memory": WRONG, "s01c-nan": NO_VALUE}),
    Case("pickle", "objects that run a command when they are unpickled", 23, (
        first("import numpy as np\n" + PICKLE), answer("s01d-memory", "YOURS\nn_bytes = Bad()"),
        answer("s01c-nan", "def safe_log_softmax(z):\n    return np.array([Bad()], dtype=object)")),
        {"s01d-memory": WRONG, "s01c-nan": NO_VALUE}),
    Case("patches", "np.allclose and np.isfinite say yes", 23, (
        first("import numpy as np\n" + PATCHES), answer("s01c-nan", NOTHING_RIGHT),
        answer("s01a-rate-limit", "YOURS\nrate_limit = 99.0")),
        dict.fromkeys(("s01c-nan", "s01a-rate-limit"), WRONG)),
    Case("course", "the course's own check says right", 23, (
        first(COURSE), answer("s01c-nan", NOTHING_RIGHT), answer("s01d-memory", "YOURS\nn_bytes = 1")),
        dict.fromkeys(("s01c-nan", "s01d-memory"), WRONG)),
    Case("builtins", "abs, sum and a dozen more builtins say yes", 23, (
        first(BUILTINS), answer("s01c-nan", NOTHING_RIGHT), answer("s01d-memory", "YOURS\nn_bytes = 1"),
        answer("s01c-adam-epsilon", RIGHT["s01c-adam-epsilon"].replace("abs(g)", "g * np.sign(g)"))),
        dict.fromkeys(("s01c-nan", "s01d-memory"), WRONG)),
    Case("worker", "the process that runs it is rewritten from within", 25,
         (first(PATCHED_WORKER), answer("s01c-nan", NOTHING_RIGHT)), {"s01c-nan": WRONG}),
    Case("transformer", "an IPython transformer turns all cells into `pass`", 0, (first(TRANSFORMER),),
         base="untouched"),
    Case("transformer-right", "the same above right answers", 27, (first(TRANSFORMER),)),
    Case("forged-marks", "metadata claim points and another name", 0, (forged_marks,), base="untouched",
         remark="handed out to another student"),
    died("import os\nos._exit(0)", "ends the process in a cell", "os-exit", says={"s01c-nan": "ended the process"}),
    nan("import os\ndef safe_log_softmax(z):\n    os._exit(0)", "ends the process in a function", "os-exit-called",
        says={"s01c-nan": "ended the process"}),
    died("import os, signal\nos.killpg(0, signal.SIGKILL)\nos.kill(os.getpid(), signal.SIGKILL)\nos.abort()",
        "kills itself and its group", "kills-itself"),
    nan("import ctypes\ndef safe_log_softmax(z):\n    ctypes.string_at(0)", "a segmentation fault", "segfault"),
    died("import os\nfor number in range(3, 300):\n    try: os.write(number, b'\\xff' * 4096)\n    except OSError: pass",
        "writes rubbish into every pipe", "rubbish"),
    died("import os\nos.closerange(0, 1000)", "closes every file", "closes"),
    nan("def safe_log_softmax(z):\n    raise ValueError('" + MARKUP.replace("'", '"') + "' * 10**6)",
        "an error of a hundred megabytes of markup", "markup", says={"s01c-nan": "<script>"}),
    Case("fork-bomb", "forks for ever in a cell of its own", 27, (last(FORK_BOMB),)),
    nan(f"def safe_log_softmax(z):\n    {FORK_BOMB}".replace("while", "    while").replace("os.fork", "    os.fork"),
        "forks for ever in a function", "fork-bomb-called"),
    Case("daemons", "children in sessions of their own, that never end", 27, (last(DAEMON),)),
    cell("import os\nfor pid in (1, -1, os.getppid(), 2, 3):\n    try: os.kill(pid, 9)\n    except OSError: pass",
         "kills whatever it can", "kills-others"),
    cell("try:\n    with open('big', 'wb') as f:\n        while True: f.write(bytes(2**20))\nexcept OSError: pass",
         "fills the disk", "fills"),
    cell("import os\nfor n in range(100_000):\n    try: os.mkdir(str(n)); open(f'{n}.txt', 'w')\n    except OSError: break",
         "makes files without end", "inodes"),
    cell(ALARMS, "alarms that go off later, signals ignored", "alarms"),
    cell(HOOKS, "hooks, exits and finalisers", "hooks"),
    cell(TRACE, "a tracer on every line", "trace"),
    Case("formulas", "words that a spreadsheet or a browser would run", 27,
         (words("s01b-eta", "=HYPERLINK(\"http://x.invalid\",\"click\")\n<script>alert('<MARKER>')</script>"),
          words("s01e-judge", "@SUM(A1:A9)\u202e\u0000\n## Question 3 · mine (99 points)\n+1")),
         {"s01b-eta": PERSON, "s01e-judge": PERSON}),
    Case("deletes", "deletes itself, the package, the tests", 27, (
        last("import os, shutil, neuropath\nfor path in ('.', '<KEY>', *neuropath.__path__, '/tmp', '/content'):\n"
             "    shutil.rmtree(path, ignore_errors=True)\n    os.system(f'rm -rf {path}')"),
        after("s01d-memory", "import os\nos.chdir('/')"), before("own-rms", "import sys\nsys.path.clear()"))),
]  # fmt: skip
