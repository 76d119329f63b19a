"""Submissions that mean well: right, partly right, wrong, or right in a way that has tripped graders."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.answers import OTHER_STYLE, RIGHT
from corpus.case import NO_VALUE, NOT, PERSON, WRONG, Case
from corpus.notebooks import Notebook, after, again, answer, before, code, drop, first, last, text, words


def turned_round(book: Notebook) -> None:
    """The questions in the opposite order."""
    head, *rest = book.questions().values()
    book.cells[:] = [*head, *(cell for cells in reversed(rest) for cell in cells)]


def in_one_cell(book: Notebook) -> None:
    """All code in one cell, and no word of text."""
    book.cells[:] = [code("\n\n".join(text(c) for c in book.cells if c["cell_type"] == "code"))]


def through_colab(book: Notebook) -> None:
    """What Colab adds to a notebook that was run there."""
    user = {"displayName": "A. Student", "userId": "0123456789"}
    for number, cell in enumerate(book.cells):
        cell["metadata"] = {
            "id": f"aBcD{number}",
            "outputId": "7e",
            "colab": {"base_uri": "https://localhost"},
        }
        if cell["cell_type"] == "code":
            when = {"status": "ok", "timestamp": 1764000000000 + number, "user_tz": -60, "elapsed": 12}
            cell["metadata"]["executionInfo"] = when | {"user": user}
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["right\n"]}]
            cell["execution_count"] = number
    book.whole["metadata"] = {"colab": {"provenance": [], "toc_visible": True}, "accelerator": "GPU"}
    book.whole["nbformat_minor"] = 0
    book.add(
        "from google.colab import drive, files\ndrive.mount('/content/drive')\nfiles.download('a.txt')", 0
    )
    book.add("#@title Settings { run: 'auto' }\nshow = True #@param {type: 'boolean'}\ndisplay(show)")


def bare(book: Notebook) -> None:
    """No metadata, no cell ids, nothing but types and sources."""
    cells = [{"cell_type": c["cell_type"], "source": text(c)} for c in book.cells]
    book.whole = {"nbformat": 4, "cells": cells}


def with_lines_of_others(path: Path, book: Notebook) -> None:
    """Windows' line ends, a byte-order mark, and half of a surrogate pair in a comment."""
    source = json.dumps(book.whole).replace("\\n", "\\r\\n").replace("# yours", "# yours \\ud83d")
    path.write_bytes(b"\xef\xbb\xbf" + source.encode())


HONEST = [
    Case("right", "every answer right", 27),
    Case("right-too", "the same again, handed in between the others", 27),
    Case("zz-right", "the same again, the last one", 27),
    Case("untouched", "the notebook as it was handed out", 0, base="untouched"),
    Case(
        "other-style",
        "right in another style: lambda, class, partial, := and lists",
        27,
        tuple(answer(id, source) for id, source in OTHER_STYLE.items()),
    ),
    Case("other-order", "the questions in the opposite order", 27, (turned_round,)),
    Case(
        "one-cell", "all code in one cell, no text", 27, (in_one_cell,), {"s01b-eta": NOT, "s01e-judge": NOT}
    ),
    Case(
        "half",
        "some questions deleted, heading and all",
        17,
        (drop("s01a-exactly-one", "s01b-hinges", "own-rms", "s01e-judge"),),
        dict.fromkeys(("s01a-exactly-one", "s01b-hinges", "own-rms", "s01e-judge"), NOT),
    ),
    Case(
        "words-only",
        "answers in words, and no code touched",
        0,
        (words("s01b-eta", "Because of the slope."),),
        {"s01b-eta": PERSON},
        base="untouched",
    ),
    Case(
        "naive",
        "one answer passes the check and not the hidden test",
        25,
        (answer("own-rms", "def rms(x):\n    return np.sqrt((x**2).mean())"),),
        {"own-rms": ("graded", 2)},
        says={"own-rms": "^it did not pass a test that is not shown$"},
    ),
    Case(
        "mistaken",
        "mistakes that the checks know by name",
        19,
        (
            answer("s01a-rate-limit", "YOURS\nrate_limit = 2 / steepness"),
            answer("s01a-exactly-one", "def exactly_one(X):\n    return X.sum(axis=1) % 2"),
            answer("s01d-memory", "YOURS\nn_bytes = 4 * (2 * 235_146 + batch_rows * 1178)"),
            answer("s01b-width", "YOURS\nflat_width = 2**n_layers"),
        ),
        dict.fromkeys(("s01a-rate-limit", "s01a-exactly-one", "s01d-memory", "s01b-width"), WRONG),
        says={
            "s01a-rate-limit": "the slope of a·w² is 2a·w",
            "s01a-exactly-one": "odd-number test",
            "s01d-memory": "two averages",
            "s01b-width": "pieces",
        },
    ),
    Case(
        "types",
        "values and arrays of another kind than was asked for",
        18,
        (
            answer("s01d-memory", "YOURS\nn_bytes = str(16 * 235_146 + 4 * batch_rows * 1178)"),
            answer("s01b-width", "YOURS\nflat_width = [2**n_layers - 1]"),
            answer("s01a-exactly-one", "def exactly_one(X):\n    return ['no'] * len(X)"),
            answer("s01f-adjoints", "def adjoints_of(n, edges):\n    return np.zeros(n, dtype='U3')"),
        ),
        dict.fromkeys(("s01d-memory", "s01b-width", "s01a-exactly-one"), WRONG) | {"s01f-adjoints": NO_VALUE},
    ),
    Case(
        "in-place",
        "a function changes its argument",
        25,
        (
            answer(
                "s01c-temperature",
                "def temperature_slope(z, y, T):\n    z /= T\n    z -= z.max()\n"
                "    e = np.exp(z)\n    return (e / e.sum() - y) / T",
            ),
        ),
        {"s01c-temperature": WRONG},
        says={"s01c-temperature": "changes its argument in place"},
    ),
    Case(
        "nan",
        "nan and infinity where numbers belong",
        22,
        (
            answer("s01a-rate-limit", "YOURS\nrate_limit = float('nan')"),
            answer("s01c-nan", "def safe_log_softmax(z):\n    return z * np.nan"),
            answer("s01e-stale", "YOURS\nn_epochs = float('inf')"),
        ),
        dict.fromkeys(("s01a-rate-limit", "s01c-nan", "s01e-stale"), WRONG),
    ),
    Case(
        "no-return",
        "a function without return",
        25,
        (answer("s01c-nan", "def safe_log_softmax(z):\n    print(z - np.log(np.exp(z).sum()))"),),
        {"s01c-nan": WRONG},
    ),
    Case(
        "begun",
        "a docstring, a comment, and still `return ...`",
        25,
        (answer("s01c-nan", "def safe_log_softmax(z):\n    '''Mine.'''\n    # later\n    return ..."),),
        {"s01c-nan": NOT},
    ),
    Case(
        "renamed",
        "an answer under another name",
        25,
        (answer("s01c-nan", RIGHT["s01c-nan"].replace("safe_", "Safe_")),),
        {"s01c-nan": NOT},
    ),
    Case(
        "twice",
        "two cells answer one question, the second is right",
        27,
        (answer("s01c-nan", "def safe_log_softmax(z):\n    return z"), again("s01c-nan", RIGHT["s01c-nan"])),
    ),
    Case(
        "twice-wrong",
        "two cells answer one question, the second is wrong",
        25,
        (again("s01c-nan", "def safe_log_softmax(z):\n    return z"),),
        {"s01c-nan": WRONG},
    ),
    Case(
        "copied-cell",
        "an answered cell is there twice, as Colab may leave it",
        27,
        (
            again("s01a-exactly-one", RIGHT["s01a-exactly-one"]),
            again("s01a-rate-limit", RIGHT["s01a-rate-limit"]),
        ),
    ),
    Case(
        "ünïcode",
        "names, texts and the file's own name in other alphabets",
        27,
        (
            before("s01c-nan", "π, 变量, größe = np.pi, 'שלום', '🧠'\ndef Ω(x): return x + 0 * π"),
            answer(
                "s01d-memory",
                "YOURS\nzeilen_größe = batch_rows * 1178\nn_bytes = 16 * 235_146 + 4 * zeilen_größe",
            ),
            words("s01b-eta", "η < 2/L — «sehr klein», 因为 🧠."),
        ),
        file="Übung 1 — ünïcode (2).ipynb",
    ),
    Case("colab", "saved by Colab, with its metadata, modules and forms", 27, (through_colab,)),
    Case("bare", "all metadata stripped", 27, (bare,)),
    Case(
        "other-lines",
        "a byte-order mark, Windows' line ends, half a surrogate",
        27,
        writer=with_lines_of_others,
    ),
    Case(
        "magics",
        "lines that only a notebook understands",
        27,
        (
            first("%matplotlib inline\n!pip install -q something\n?np.sum\nnp.exp?"),
            last("%%bash\nrm -rf /content"),
            before("s01c-nan", "%time x = 1\nfiles = !ls"),
            after("s01d-memory", "%timeit 1 + 1"),
        ),
    ),
    Case(
        "warns",
        "warnings and a full stderr, with right answers",
        27,
        (
            first("import sys, warnings\nwarnings.warn('careful')\nprint('log ' * 1000, file=sys.stderr)"),
            answer(
                "s01c-nan",
                "def safe_log_softmax(z):\n    import warnings\n    warnings.warn('slow')\n"
                "    np.log(np.zeros(1))\n    return z - z.max() - np.log(np.exp(z - z.max()).sum())",
            ),
        ),
    ),
    Case(
        "plots",
        "figures, progress bars and a question to the reader in cells of their own",
        27,
        (
            first("import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show(); plt.savefig('mine.png')"),
            last("name = input('Your name? ')"),
            last("get_ipython().run_line_magic('matplotlib', 'inline')"),
        ),
    ),
    Case(
        "line-lost",
        "the line above an answer in words is gone",
        27,
        (lambda book: book.places["s01b-eta"].update(source="Since the slope is bounded, it must."),),
        says={"s01b-eta": "`Answer to s01b-eta:` is missing"},
    ),
]
