"""Results as grading makes them, for the tests of what is done with them."""

import csv

from neuropath.grading.results import Graded, Part, QuestionResult

SECRET_TITLE = "CANARY-hidden-title"
RUBRIC = ("Both cases of the index are there", "The result is stated")


def right(id="s01c-softmax", out_of=3.0):
    parts = (Part("the check", out_of - 1, out_of - 1), Part(SECRET_TITLE, 1, 1, hidden=True))
    return QuestionResult(
        id, "graded", out_of, out_of, title="Softmax, row by row", parts=parts, seconds=0.02
    )


def wrong(id="s01c-softmax", out_of=3.0, points=0.0):
    parts = (Part("the check", out_of - 1, points), Part(SECRET_TITLE, 1, 0, hidden=True))
    message = "rows should sum to 1; yours sum to 0.17: did you use `z.sum()`?"
    return QuestionResult(
        id, "graded", points, out_of, message, "all-elements", 0.03, "Softmax, row by row", parts=parts
    )


def stopped(state="crashed", id="s01d-train"):
    return QuestionResult(id, state, 0, 4, "ValueError: <b>bad</b> shape\nin `y = X @ W`", title="A loop")


def waiting(id="own-derive", answer="Since p = softmax(z), …"):
    parts = (Part(RUBRIC[0], 3), Part(RUBRIC[1], 2))
    return QuestionResult(
        id, "needs a person", None, 5, title="Derive it", kind="manual", parts=parts, answer=answer
    )


def graded(student="s1", *results, name="Ada Lovelace", remarks=()):
    return Graded(student, name, f"{student}.ipynb", results, remarks)


def rows_of(path):
    """The rows of a table that grading has written, or a person has filled."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
