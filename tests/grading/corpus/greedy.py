"""Submissions that take too much: time, memory, output, threads, or the process itself."""

from __future__ import annotations

from corpus.answers import RIGHT
from corpus.case import CRASHED, NO_VALUE, TIMED, WRONG, Case
from corpus.notebooks import Notebook, after, answer, before, first, last, text

LOOP = "while True:\n    pass"
LATE = ("s01f-adjoints", "own-rms")


def sleeping(book: Notebook) -> None:
    """Every function takes half a second (and the cells that call them for a check are gone)."""
    book.cells[:] = [cell for cell in book.cells if not text(cell).startswith("check(")]
    book.add("import time\ntime.sleep(0.6)", at=0)
    for id, source in RIGHT.items():
        head, *rest = source.split("\n")
        if head.startswith("def "):
            book.answer(id, "\n".join(["import time", head, "    time.sleep(0.5)", *rest]))


GREEDY = [
    Case(
        "prints",
        "prints 100 MB in a cell and in a function",
        27,
        (
            first("for _ in range(100):\n    print('x' * 2**20)"),
            answer(
                "s01c-nan",
                "def safe_log_softmax(z):\n    print('y' * 2**24)\n"
                "    return z - z.max() - np.log(np.exp(z - z.max()).sum())",
            ),
        ),
    ),
    Case(
        "writes",
        "writes files where it works, and reads them again",
        27,
        (
            before(
                "s01c-nan",
                "import pathlib, tempfile\npathlib.Path('notes').mkdir()\n"
                "pathlib.Path('notes/a.txt').write_text('mine')\n"
                "assert pathlib.Path('notes/a.txt').read_text() == 'mine'\n"
                "np.save('a.npy', np.arange(9)); assert np.load('a.npy').sum() == 36\n"
                "tempfile.NamedTemporaryFile(delete=False).write(b'x')",
            ),
        ),
    ),
    Case(
        "naps",
        "a function takes a moment",
        27,
        (
            answer(
                "own-rms",
                "import time\ndef rms(x):\n    time.sleep(0.2)\n    s = abs(x).max()\n"
                "    return s * np.sqrt(((x / s)**2).mean())",
            ),
        ),
    ),
    Case(
        "sleeps",
        "a cell sleeps for an hour",
        25,
        (before("s01c-nan", "import time\ntime.sleep(3600)"),),
        {"s01c-nan": TIMED},
    ),
    Case(
        "loops",
        "an endless loop in the cell of an answer",
        25,
        (before("s01c-nan", LOOP),),
        {"s01c-nan": TIMED},
        says={"s01c-nan": "stopped after 2 seconds"},
    ),
    Case("loops-elsewhere", "an endless loop in a cell without an answer", 27, (first(LOOP),)),
    Case(
        "loops-when-called",
        "an endless loop in a function",
        25,
        (answer("s01c-nan", "def safe_log_softmax(z):\n    while True:\n        pass"),),
        {"s01c-nan": TIMED},
        says={"s01c-nan": "stopped after 1 seconds"},
    ),
    Case(
        "loops-for-good",
        "a loop that catches everything",
        25,
        (
            answer(
                "s01c-nan",
                "def safe_log_softmax(z):\n    while True:\n        try:\n            while True: pass\n"
                "        except BaseException: pass",
            ),
        ),
        {"s01c-nan": TIMED},
    ),
    Case(
        "slow",
        "every function takes half a second, all calls together too much",
        20,
        (sleeping,),
        dict.fromkeys(LATE, TIMED),
        says={"own-rms": "the 10 seconds for the whole notebook were over"},
    ),
    Case(
        "recursion",
        "a function calls itself for ever",
        25,
        (answer("s01c-nan", "def safe_log_softmax(z):\n    return safe_log_softmax(z)"),),
        {"s01c-nan": CRASHED},
        says={"s01c-nan": "RecursionError"},
    ),
    Case(
        "memory",
        "40 GB at once, and bit by bit",
        22,
        (
            answer("s01c-nan", "def safe_log_softmax(z):\n    return np.ones(5_000_000_000)"),
            before("s01b-hinges", "much = [0]\nwhile True:\n    much += much"),
        ),
        {"s01c-nan": CRASHED, "s01b-hinges": CRASHED},
        says={"s01c-nan": "Memory"},
    ),
    Case(
        "too-much",
        "answers of 96 MB, of a million digits, of a million numbers",
        21,
        (
            answer("s01c-nan", "def safe_log_softmax(z):\n    return np.zeros(12_000_000)"),
            answer("s01d-memory", "YOURS\nn_bytes = 1 << 1_000_000"),
            answer("s01a-rate-limit", "YOURS\nrate_limit = list(range(1_000_000))"),
        ),
        {"s01c-nan": NO_VALUE, "s01d-memory": WRONG, "s01a-rate-limit": WRONG},
    ),
    Case(
        "knot",
        "a list that contains itself, a dictionary with odd keys, a generator",
        22,
        (
            answer("s01a-rate-limit", "YOURS\nrate_limit = []\nrate_limit.append(rate_limit)"),
            answer("s01e-stale", "YOURS\nn_epochs = {(1, 2): {3}, None: range(4)}"),
            answer("s01d-patience", "def my_stop(losses, patience):\n    yield from range(10**9)"),
        ),
        {"s01a-rate-limit": WRONG, "s01e-stale": WRONG, "s01d-patience": NO_VALUE},
    ),
    Case(
        "coroutine",
        "an answer that is to be awaited",
        25,
        (answer("s01c-nan", f"async {RIGHT['s01c-nan']}"),),
        {"s01c-nan": NO_VALUE},
    ),
    Case(
        "threads",
        "threads, some of which never end",
        27,
        (
            first(
                "import threading, time\ndef work():\n    while True: time.sleep(0.01)\n"
                "for _ in range(4): threading.Thread(target=work, daemon=True).start()"
            ),
            last(
                "workers = [threading.Thread(target=sum, args=(range(1000),)) for _ in range(4)]\n"
                "for w in workers: w.start()\nfor w in workers: w.join()"
            ),
        ),
    ),
    Case(
        "many-threads",
        "a thousand threads",
        25,
        (
            before(
                "s01c-nan",
                "import threading, time\n"
                "for _ in range(1000): threading.Thread(target=time.sleep, args=(99,)).start()",
            ),
        ),
        {"s01c-nan": CRASHED},
        says={"s01c-nan": "thread"},
    ),
    Case(
        "exits",
        "sys.exit below an answer, exit() in a cell of its own",
        27,
        (after("s01c-nan", "import sys\nsys.exit('done')"), last("exit()"), last("raise SystemExit")),
    ),
    Case(
        "exits-when-called",
        "sys.exit in a function",
        25,
        (answer("s01c-nan", "import sys\ndef safe_log_softmax(z):\n    sys.exit(0)"),),
        {"s01c-nan": CRASHED},
    ),
]
