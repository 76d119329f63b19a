"""Submissions with accidents: what stops in one cell must cost that answer and no other."""

from __future__ import annotations

import os
from pathlib import Path

from corpus.answers import BY_HAND, DRAWN
from corpus.case import CRASHED, NOT, PERSON, WRONG, Case, as_json
from corpus.notebooks import Notebook, answer, first, last, words
from neuropath.grading import keys

WITH_NUMPY = ("s01a-exactly-one", "s01b-hinges", "s01c-temperature", "s01c-nan", "s01c-adam-epsilon",
              "s01f-adjoints", "own-rms")  # fmt: skip


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


UNLUCKY = [
    Case(
        "number",
        "another number in the line that was drawn",
        25,
        (answer("s01a-rate-limit", "steepness = 2  # yours\nrate_limit = 1 / steepness"),),
        {"s01a-rate-limit": WRONG},
        says={
            "s01a-rate-limit": "^the line `steepness = 2  # yours` was handed out with [0-9]+: put it back"
        },
        remark="^s01a-rate-limit: the line `steepness = 2  # yours` was handed out with",
    ),
    Case(
        "neighbour",
        "the notebook that was made for somebody else",
        19,
        (others_numbers,),
        dict.fromkeys(DRAWN, WRONG),
        remark="handed out to another student",
    ),
    Case(
        "two-files",
        "an older file of the same student is there, too",
        27,
        writer=with_an_older_one,
        remark="2 files were handed in; the newest counts",
    ),
    Case(
        "syntax-elsewhere",
        "a cell that is no Python, beside right answers",
        27,
        (first("def broken(:\n  return"), last("for i in range(3)\nprint(i)")),
    ),
    Case(
        "syntax",
        "an answer that is no Python",
        24,
        (answer("s01b-hinges", "def hinge_weights(values):\n    return np.diff(values"),),
        {"s01b-hinges": CRASHED},
        says={"s01b-hinges": "SyntaxError"},
    ),
    Case(
        "indent",
        "an answer indented by tabs and blanks",
        25,
        (answer("s01c-nan", "def safe_log_softmax(z):\n        x = z\n\treturn x"),),
        {"s01c-nan": CRASHED},
    ),
    Case("error-elsewhere", "a cell without an answer stops", 27, (first("1 / 0"), last("undefined"))),
    Case(
        "error",
        "a cell stops before its answer is defined",
        25,
        (answer("s01a-rate-limit", "YOURS\nrate_limit = 1 / (steepness - steepness)"),),
        {"s01a-rate-limit": CRASHED},
        says={"s01a-rate-limit": "ZeroDivisionError.*|`rate_limit = 1 / \\(steepness - steepness\\)`"},
    ),
    Case(
        "raises",
        "a function raises",
        25,
        (answer("s01c-nan", "def safe_log_softmax(z):\n    return z - z.maximum()"),),
        {"s01c-nan": CRASHED},
        says={"s01c-nan": "AttributeError.*maximum"},
    ),
    Case(
        "raises-nothing",
        "a function raises an error of its own without a word",
        25,
        (
            answer(
                "s01c-nan",
                "class Mine(BaseException):\n    def __str__(self): raise self\n"
                "def safe_log_softmax(z):\n    raise Mine",
            ),
        ),
        {"s01c-nan": CRASHED},
    ),
    Case(
        "too-early",
        "a cell uses what only a later cell defines",
        26,
        (
            answer("s01e-stale", "YOURS\nn_epochs = helper(steps_an_epoch)"),
            last("def helper(n):\n    return int(np.ceil(459 / n))"),
        ),
        {"s01e-stale": CRASHED},
        says={"s01e-stale": "NameError.*helper"},
    ),
    Case(
        "shadows",
        "the last cell gives `np` to something else",
        8,
        (last("np = 'my notes'"),),
        dict.fromkeys(WITH_NUMPY, CRASHED),
        says={"s01c-nan": "in the line"},
    ),
    Case(
        "empty-words",
        "words that are none: blanks, and the placeholder in bold",
        27,
        (words("s01b-eta", "  \n\n"), words("s01e-judge", "*Write here.*\n\n")),
        dict.fromkeys(BY_HAND, NOT),
    ),
    Case(
        "long-words",
        "two hundred thousand characters of words",
        27,
        (words("s01b-eta", "Because of that. " * 12_000),),
        {"s01b-eta": PERSON},
    ),
]
