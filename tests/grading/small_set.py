"""Shared by the tests of grading: a set of four questions made by hand, and notebooks that answer it."""

import json
from pathlib import Path

from neuropath.grading.limits import Limits
from neuropath.grading.problems import MANUAL, Chosen, Key, ProblemSet, Question

LIMITS = Limits(cell_seconds=3, call_seconds=1.5, total_seconds=40, memory_mb=512, processes=8)
SECRET_TEXT = "canary-of-the-hidden-test"

SOFTMAX_CHECK = """
def check_softmax(softmax, rng):
    z = rng.normal(size=5)
    p = softmax(z)
    expect_shape(p, (5,))
    expect_close(p.sum(), 1.0, "the sum of your result")
    expect_close(p, np.exp(z) / np.exp(z).sum(), "softmax of five numbers")
"""
SOFTMAX_HIDDEN = f'''
def check_large(softmax, rng):
    p = softmax(np.array([1000.0, 0.0]))
    expect_close(p, np.array([1.0, 0.0]), "{SECRET_TEXT}", atol=1e-12)
'''
COUNT_CHECK = """
def check_count(n_weights, rng, n):
    expect_type(n_weights, (int, float), "n_weights")
    expect(n_weights == n * 10 + 10, f"{n_weights} is not the number of parameters")
"""
NORM_HIDDEN = f'''
def check_norm(norm, rng):
    x = rng.normal(size=7)
    expect_close(norm(x), np.sqrt((x * x).sum()), "{SECRET_TEXT}")
'''
STARTERS = {
    "q-softmax": "def softmax(z):\n    shifted = z - z.max()\n    return ...",
    "q-count": "n = 3  # yours\nn_weights = ...",
    "q-norm": "def norm(x):\n    return ...",
}
RIGHT = {
    "q-softmax": "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()",
    "q-count": "n = 3  # yours\nn_weights = n * 10 + 10",
    "q-norm": "def norm(x):\n    return np.linalg.norm(x)",
}


def entry(source, answer, points, hidden=False, misconceptions=None, variant=None):
    """One test as `run_check` takes it, with its points."""
    function = source.strip().split("(")[0].removeprefix("def ")
    plain = {"source": source, "function": function, "answer": answer, "points": points, "hidden": hidden}
    title = "large numbers" if hidden else "the question"
    return plain | {"misconceptions": misconceptions or {}, "variant": variant or {}, "title": title}


def questions():
    """Softmax (public and hidden test), a number with a variant, a norm (hidden only), and words."""
    no_shift = {
        "code": "def softmax(z):\n    return np.exp(z)",
        "message": "the exponentials do not sum to one: divide by their sum",
    }
    count = {"n": [3, 17]}
    return (
        Question(
            "q-softmax",
            "Softmax",
            "auto",
            3,
            answer="softmax",
            entries=(
                entry(SOFTMAX_CHECK, "softmax", 2, misconceptions={"no-sum": no_shift}),
                entry(SOFTMAX_HIDDEN, "softmax", 1, hidden=True),
            ),
            starter=STARTERS["q-softmax"],
        ),
        Question(
            "q-count",
            "How many",
            "auto",
            1,
            answer="n_weights",
            entries=(entry(COUNT_CHECK, "n_weights", 1, variant=count),),
            variant=count,
            starter=STARTERS["q-count"],
        ),
        Question(
            "q-norm",
            "Length",
            "auto",
            2,
            answer="norm",
            entries=(entry(NORM_HIDDEN, "norm", 2, hidden=True),),
            starter=STARTERS["q-norm"],
        ),
        Question(
            "q-why",
            "Why",
            MANUAL,
            4,
            rubric=({"points": 1, "text": "names it"}, {"points": 3, "text": "shows it"}),
        ),
    )


def key(students=("ada", "bob"), limits=LIMITS, asked=None):
    """A key for these questions; `bob` has drawn n = 17."""
    asked = asked or questions()
    problems = ProblemSet("small", "A small set", tuple(Chosen(one.id) for one in asked), limits=limits)
    roster = tuple({"id": id, "name": f"{id.title()} Test"} for id in students)
    drawn = {id: {"q-count": {"n": 17 if id == "bob" else 3}} for id in students}
    return Key(problems, asked, "5e" * 32, "digest-of-the-small-set", roster, drawn)


def only(check, answer, points=1, hidden=False, misconceptions=None, starter=""):
    """A key with one question."""
    question = Question(
        "q-one", "One", "auto", points, answer=answer, starter=starter or f"{answer} = ...",
        entries=(entry(check, answer, points, hidden, misconceptions),),
    )  # fmt: skip
    return key(asked=(question,))


def code(source):
    """A code cell."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def text(source):
    """A Markdown cell."""
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def cells(answers=None, why="*Write here.*", **changed):
    """The cells of a notebook: the starters, or `answers` by question id (`q_softmax="…"` for one)."""
    given = STARTERS | (answers or {}) | {id.replace("_", "-"): source for id, source in changed.items()}
    found = [text("# A small set"), code("import numpy as np")]
    for number, (id, source) in enumerate(given.items(), 1):
        found += [text(f"## Question {number} · {id} (1 point)\n\nText."), code(source)]
    return [*found, text("## Question 4 · Why (4 points)\n\nSay why."), text(f"Answer to q-why:\n\n{why}")]


def notebook(made, student=""):
    """A notebook of these cells."""
    metadata = {"neuropath": {"set": "small", "student": student}} if student else {}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": made}


def write(path, made, student=""):
    """Write a notebook of these cells; gives the path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(made, student)), encoding="utf-8")
    return path
