"""Submissions with accidents: what stops in one cell must cost that answer and no other."""

from __future__ import annotations

import os
from pathlib import Path

from corpus.answers import BY_HAND, DRAWN, RIGHT
from corpus.case import CRASHED, NO_VALUE, NOT, PERSON, TIMED, WRONG, Case, as_json
from corpus.notebooks import Notebook, after, answer, before, first, last, text, words
from neuropath.grading import keys

LOOP = "while True:\n    pass"
WITH_NUMPY = ("s01a-exactly-one", "s01b-hinges", "s01c-temperature", "s01c-nan", "s01c-adam-epsilon",
              "s01f-adjoints", "own-rms")  # fmt: skip
LATE = ("s01c-adam-epsilon", "s01d-patience", "s01d-memory", "s01e-stale", "s01f-adjoints", "own-rms")


def others_numbers(book: Notebook) -> None:
    """The whole notebook of somebody for whom all numbers were drawn differently."""
    drawn = keys.read(book.world.key).drawn
    mine = drawn[book.student]
    theirs = next(id for id, has in drawn.items() if all(has[q] != mine[q] for q in DRAWN))
    other = Notebook(theirs, book.world)
    other.fill()
    book.whole = other.whole


def with_an_older_one(path: Path, book: Notebook) -> None:
    """A second, older file of the same student, in which nothing is answered."""
    as_json(path, Notebook(book.student, book.world))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    as_json(path.with_name(path.name.replace("_late", "_late-1")), book)


def sleeping(book: Notebook) -> None:
    """Every function takes most of a call's time (and the cells that call them for a check are gone)."""
    book.cells[:] = [cell for cell in book.cells if not text(cell).startswith("check(")]
    for id, source in RIGHT.items():
        head, *rest = source.split("\n")
        if head.startswith("def "):
            book.answer(id, "\n".join(["import time", head, "    time.sleep(0.8)", *rest]))


UNLUCKY = [
    Case("number", "another number in the line that was drawn",
         25, (answer("s01a-rate-limit", "steepness = 2  # yours\nrate_limit = 1 / steepness"),),
         {"s01a-rate-limit": WRONG}),
    Case("neighbour", "the notebook that was made for somebody else", 19, (others_numbers,),
         dict.fromkeys(DRAWN, WRONG), remark="handed out to another student"),
    Case("two-files", "an older file of the same student is there, too", 27, writer=with_an_older_one,
         remark="2 files were handed in; the newest counts"),
    Case("syntax-elsewhere", "a cell that is no Python, beside right answers", 27,
         (first("def broken(:\n  return"), last("for i in range(3)\nprint(i)"))),
    Case("syntax", "an answer that is no Python",
         24, (answer("s01b-hinges", "def hinge_weights(values):\n    return np.diff(values"),),
         {"s01b-hinges": CRASHED}, says={"s01b-hinges": "SyntaxError"}),
    Case("indent", "an answer indented by tabs and blanks",
         25, (answer("s01c-nan", "def safe_log_softmax(z):\n        x = z\n\treturn x"),),
         {"s01c-nan": CRASHED}),
    Case("error-elsewhere", "a cell without an answer stops", 27, (first("1 / 0"), last("undefined"))),
    Case("error", "a cell stops before its answer is defined",
         25, (answer("s01a-rate-limit", "YOURS\nrate_limit = 1 / (steepness - steepness)"),),
         {"s01a-rate-limit": CRASHED},
         says={"s01a-rate-limit": "ZeroDivisionError.*|`rate_limit = 1 / \\(steepness - steepness\\)`"}),
    Case("raises", "a function raises",
         25, (answer("s01c-nan", "def safe_log_softmax(z):\n    return z - z.maximum()"),),
         {"s01c-nan": CRASHED}, says={"s01c-nan": "AttributeError.*maximum"}),
    Case("raises-nothing", "a function raises an error of its own without a word",
         25, (answer("s01c-nan", "class Mine(BaseException):\n    def __str__(self): raise self\n"
                                 "def safe_log_softmax(z):\n    raise Mine"),),
         {"s01c-nan": CRASHED}),
    Case("too-early", "a cell uses what only a later cell defines",
         26, (answer("s01e-stale", "YOURS\nn_epochs = helper(steps_an_epoch)"),
              last("def helper(n):\n    return int(np.ceil(459 / n))")),
         {"s01e-stale": CRASHED}, says={"s01e-stale": "NameError.*helper"}),
    Case("shadows", "the last cell gives `np` to something else",
         8, (last("np = 'my notes'"),), dict.fromkeys(WITH_NUMPY, CRASHED), says={"s01c-nan": "in the line"}),
    Case("prints", "prints 100 MB in a cell and in a function", 27, (
        first("for _ in range(100):\n    print('x' * 2**20)"),
        answer("s01c-nan", "def safe_log_softmax(z):\n    print('y' * 2**24)\n"
                           "    return z - z.max() - np.log(np.exp(z - z.max()).sum())"))),
    Case("writes", "writes files where it works, and reads them again", 27, (
        before("s01c-nan", "import pathlib, tempfile\npathlib.Path('notes').mkdir()\n"
                           "pathlib.Path('notes/a.txt').write_text('mine')\n"
                           "assert pathlib.Path('notes/a.txt').read_text() == 'mine'\n"
                           "np.save('a.npy', np.arange(9)); assert np.load('a.npy').sum() == 36\n"
                           "tempfile.NamedTemporaryFile(delete=False).write(b'x')"),)),
    Case("naps", "a function takes a moment", 27, (
        answer("own-rms", "import time\ndef rms(x):\n    time.sleep(0.2)\n    s = abs(x).max()\n"
                          "    return s * np.sqrt(((x / s)**2).mean())"),)),
    Case("sleeps", "a cell sleeps for an hour",
         25, (before("s01c-nan", "import time\ntime.sleep(3600)"),), {"s01c-nan": TIMED}),
    Case("loops", "an endless loop in the cell of an answer", 25, (before("s01c-nan", LOOP),), {"s01c-nan": TIMED},
         says={"s01c-nan": "stopped after 2 seconds"}),
    Case("loops-elsewhere", "an endless loop in a cell without an answer", 27, (first(LOOP),)),
    Case("loops-when-called", "an endless loop in a function", 25,
         (answer("s01c-nan", "def safe_log_softmax(z):\n    while True:\n        pass"),),
         {"s01c-nan": TIMED}, says={"s01c-nan": "stopped after 1 seconds"}),
    Case("loops-for-good", "a loop that catches everything", 25, (
        answer("s01c-nan", "def safe_log_softmax(z):\n    while True:\n        try:\n            while True: pass\n"
                           "        except BaseException: pass"),), {"s01c-nan": TIMED}),
    Case("slow", "every function takes most of its time, together too much", 13, (sleeping,),
         dict.fromkeys(LATE, TIMED), says={"own-rms": "the 10 seconds for the whole notebook were over"}),
    Case("recursion", "a function calls itself for ever", 25,
         (answer("s01c-nan", "def safe_log_softmax(z):\n    return safe_log_softmax(z)"),),
         {"s01c-nan": CRASHED}, says={"s01c-nan": "RecursionError"}),
    Case("memory", "40 GB at once, and bit by bit", 22, (
        answer("s01c-nan", "def safe_log_softmax(z):\n    return np.ones(5_000_000_000)"),
        before("s01b-hinges", "much = [0]\nwhile True:\n    much += much")),
        {"s01c-nan": CRASHED, "s01b-hinges": CRASHED}, says={"s01c-nan": "Memory"}),
    Case("too-much", "answers of 96 MB, of a million digits, of a million numbers", 21, (
        answer("s01c-nan", "def safe_log_softmax(z):\n    return np.zeros(12_000_000)"),
        answer("s01d-memory", "YOURS\nn_bytes = 1 << 1_000_000"),
        answer("s01a-rate-limit", "YOURS\nrate_limit = list(range(1_000_000))")),
        {"s01c-nan": NO_VALUE, "s01d-memory": WRONG, "s01a-rate-limit": WRONG}),
    Case("knot", "a list that contains itself, a dictionary with odd keys, a generator", 22, (
        answer("s01a-rate-limit", "YOURS\nrate_limit = []\nrate_limit.append(rate_limit)"),
        answer("s01e-stale", "YOURS\nn_epochs = {(1, 2): {3}, None: range(4)}"),
        answer("s01d-patience", "def my_stop(losses, patience):\n    yield from range(10**9)")),
        {"s01a-rate-limit": WRONG, "s01e-stale": WRONG, "s01d-patience": NO_VALUE}),
    Case("coroutine", "an answer that is to be awaited", 25,
         (answer("s01c-nan", f"async {RIGHT['s01c-nan']}"),), {"s01c-nan": NO_VALUE}),
    Case("threads", "threads, some of which never end", 27, (
        first("import threading, time\ndef work():\n    while True: time.sleep(0.01)\n"
              "for _ in range(4): threading.Thread(target=work, daemon=True).start()"),
        last("workers = [threading.Thread(target=sum, args=(range(1000),)) for _ in range(4)]\n"
             "for w in workers: w.start()\nfor w in workers: w.join()"))),
    Case("many-threads", "a thousand threads", 25, (
        before("s01c-nan", "import threading, time\n"
                           "for _ in range(1000): threading.Thread(target=time.sleep, args=(99,)).start()"),),
        {"s01c-nan": CRASHED}, says={"s01c-nan": "thread"}),
    Case("exits", "sys.exit below an answer, exit() in a cell of its own", 27,
         (after("s01c-nan", "import sys\nsys.exit('done')"), last("exit()"), last("raise SystemExit"))),
    Case("exits-when-called", "sys.exit in a function", 25,
         (answer("s01c-nan", "import sys\ndef safe_log_softmax(z):\n    sys.exit(0)"),), {"s01c-nan": CRASHED}),
    Case("empty-words", "words that are none: blanks, and the placeholder in bold", 27,
         (words("s01b-eta", "  \n\n"), words("s01e-judge", "*Write here.*\n\n")), dict.fromkeys(BY_HAND, NOT)),
    Case("long-words", "two hundred thousand characters of words", 27,
         (words("s01b-eta", "Because of that. " * 12_000),), {"s01b-eta": PERSON}),
]  # fmt: skip
