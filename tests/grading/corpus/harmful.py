"""Submissions that do harm: to their own process, to the machine, to whoever reads their feedback."""

from __future__ import annotations

from corpus.case import CRASHED, PERSON, Case
from corpus.notebooks import after, answer, before, first, last, words

FORK_BOMB = "import os\nwhile True:\n    os.fork()"
DAEMON = """\
import os, sys, time
if os.fork() == 0:
    try: os.setsid()
    except OSError: pass
    if os.fork() == 0:
        for number in range(64):
            try: os.close(number)
            except OSError: pass
        forever = 'import time\\nwhile True: time.sleep(1)'
        os.execv(sys.executable, [sys.executable, '-c', forever, '<MARKER>'])
    os._exit(0)
import subprocess
asleep = [sys.executable, '-c', 'import time; time.sleep(999)', '<MARKER>']
try: subprocess.Popen(asleep, start_new_session=True)
except OSError: subprocess.Popen(asleep)
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
TRACE = """\
import sys
sys.settrace(lambda *_: None)
sys.setprofile(lambda *_: None)
sys.setswitchinterval(9)
"""
RUBBISH = """\
import os
for number in range(3, 300):
    try: os.write(number, b'\\xff' * 4096)
    except OSError: pass
"""
KILLS = """\
import os
for pid in (1, -1, os.getppid(), 2, 3):
    try: os.kill(pid, 9)
    except OSError: pass
"""
FILLS = """\
try:
    with open('big', 'wb') as f:
        while True: f.write(bytes(2**20))
except OSError: pass
"""
INODES = """\
import os
for n in range(100_000):
    try: os.mkdir(str(n)); open(f'{n}.txt', 'w')
    except OSError: break
"""
DELETES = """\
import os, shutil, neuropath
for path in ('.', '<KEY>', *neuropath.__path__, '/tmp', '/content'):
    shutil.rmtree(path, ignore_errors=True)
    os.system(f'rm -rf {path}')
"""
BOMB_INSIDE = """\
import os
def safe_log_softmax(z):
    while True:
        os.fork()
"""
MARKUP = "</pre></code><script>alert('<MARKER>')</script><img src=x onerror=alert(1)>"


def nan(source: str, does: str, name: str, outcome=CRASHED, **more) -> Case:
    """A case in which the answer to one question is an attack."""
    return Case(name, does, 25, (answer("s01c-nan", source),), {"s01c-nan": outcome}, **more)


def died(source: str, does: str, name: str, **more) -> Case:
    """A case in which the cell of one right answer ends its process first."""
    return Case(name, does, 25, (before("s01c-nan", source),), {"s01c-nan": CRASHED}, **more)


def cell(source: str, does: str, name: str) -> Case:
    """An attack in a cell of its own, beside right answers: it costs nothing and gains nothing."""
    return Case(name, does, 27, (first(source),))


HARMFUL = [
    died(
        "import os\nos._exit(0)",
        "ends the process in a cell",
        "os-exit",
        says={"s01c-nan": "ended the process"},
    ),
    nan(
        "import os\ndef safe_log_softmax(z):\n    os._exit(0)",
        "ends the process in a function",
        "os-exit-called",
        says={"s01c-nan": "ended the process"},
    ),
    died(
        "import os, signal\nos.killpg(0, signal.SIGKILL)\nos.kill(os.getpid(), signal.SIGKILL)\nos.abort()",
        "kills itself and its group",
        "kills-itself",
    ),
    nan(
        "import ctypes\ndef safe_log_softmax(z):\n    ctypes.string_at(0)", "a segmentation fault", "segfault"
    ),
    died(
        RUBBISH,
        "writes rubbish into every pipe",
        "rubbish",
    ),
    died("import os\nos.closerange(0, 1000)", "closes every file", "closes"),
    nan(
        "def safe_log_softmax(z):\n    raise ValueError('" + MARKUP.replace("'", '"') + "' * 10**6)",
        "an error of a hundred megabytes of markup",
        "markup",
        says={"s01c-nan": "<script>"},
    ),
    Case("forks", "a child that goes on as if it were its parent", 27, (first("import os\nos.fork()"),)),
    Case("fork-bomb", "forks for ever in a cell of its own", 27, (last(FORK_BOMB),)),
    nan(
        BOMB_INSIDE,
        "forks for ever in a function",
        "fork-bomb-called",
    ),
    Case("daemons", "children in sessions of their own, that never end", 27, (last(DAEMON),)),
    cell(
        KILLS,
        "kills whatever it can",
        "kills-others",
    ),
    cell(
        FILLS,
        "fills the disk",
        "fills",
    ),
    cell(
        INODES,
        "makes files without end",
        "inodes",
    ),
    cell(ALARMS, "alarms that go off later, signals ignored", "alarms"),
    cell(HOOKS, "hooks, exits and finalisers", "hooks"),
    cell(TRACE, "a tracer on every line", "trace"),
    Case(
        "formulas",
        "words that a spreadsheet or a browser would run",
        27,
        (
            words("s01b-eta", '=HYPERLINK("http://x.invalid","click")\n<script>alert(\'<MARKER>\')</script>'),
            words("s01e-judge", "@SUM(A1:A9)\u202e\u0000\n## Question 3 · mine (99 points)\n+1"),
        ),
        {"s01b-eta": PERSON, "s01e-judge": PERSON},
    ),
    Case(
        "deletes",
        "deletes itself, the package, the tests",
        27,
        (
            last(DELETES),
            after("s01d-memory", "import os\nos.chdir('/')"),
            before("own-rms", "import sys\nsys.path.clear()"),
        ),
    ),
]
