"""A book in small with exercises, an instructor's own page full of canaries, and specs that choose."""

from __future__ import annotations

import importlib
from pathlib import Path

from neuropath.grading import accept, spec

FRONT = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
course: {session: 1, part: A, run_seconds: 1, needs: CPU}
---
"""
BOOK = """\
# Part A — In small

```{code-cell} ipython3
:tags: [setup]
import itertools
import math

import numpy as np

from neuropath.lessons import check, setup

rng = np.random.default_rng(3)
setup()
```

$$ y = x^2 $$ (eq-mini-square)

```{code-cell} ipython3
of_the_page = 3
```
"""
CANARIES = {
    kind: f"canary-{kind}-51d7" for kind in ("solution", "text", "check", "hidden", "rubric", "wrong")
}


def exercise(id, starter, check, solution, *, meta="", text="Text.", given="", call=True, title="Title"):
    """One coding exercise in the book's markup; `meta` are more entries of the check's metadata."""
    answer = starter[1]
    called = f'```{{code-cell}} ipython3\ncheck("{id}", {answer})\n```\n' if call else ""
    wrong = f"wrong: {{code: '{answer} = None', message: {CANARIES['wrong']} that is None}}"
    return f"""
````{{exercise-start}} {title}
:label: ex-{id}
````
{text}
{given}
```{{code-cell}} ipython3
:exercise: {{id: {id}, kind: starter, answer: {answer}, points: 2}}
{starter[0]}
```
{called}
```{{hint}}
:class: dropdown
A hint for {id}.
```
```{{code-cell}} ipython3
:tags: [remove-cell]
:exercise: {{id: {id}, kind: check, hints: [one, two], misconceptions: {{{wrong}}}{meta}}}
{check}
```
```{{exercise-end}}
```
````{{solution-start}} ex-{id}
:class: dropdown
````
How it is solved: {CANARIES["text"]}
```{{code-cell}} ipython3
:exercise: {{id: {id}, kind: solution}}
{solution}
```
```{{solution-end}}
```
"""


def cell(code, meta=""):
    """A code cell; `meta` is its `exercise:`."""
    head = f":tags: [remove-cell]\n:exercise: {meta}\n" if meta else ""
    return f"```{{code-cell}} ipython3\n{head}{code}\n```\n"


SQUARE = exercise(
    "mini-square",
    ("def square(x):\n    return ...", "square"),
    "def check_square(square, rng, n):\n    x = rng.normal(size=n)\n"
    f'    expect_close(square(x), x**2, "{CANARIES["check"]}")',
    f"def square(x):\n    return x * x  # {CANARIES['solution']}",
    meta=", variant: {n: [4, 5, 6]}",
    text="For {variant}`n` numbers, as in {eq}`eq-mini-square`.",
    title="Squares of $x$",
)
COUNT = exercise(
    "mini-count",
    ("n = 7  # yours\npairs = ...", "pairs"),
    'def check_count(pairs, rng, n):\n    expect_close(pairs, n * (n - 1) / 2, "the pairs")',
    "pairs = math.comb(n, 2)",
    meta=", variant: {n: [7, 9]}",
    text="Pairs of {variant}`n` things.",
)
PAGE = exercise(
    "mini-page",
    ("def shifted(x):\n    return ...", "shifted"),
    'def check_shifted(shifted, rng):\n    expect(shifted(1) == 4, "no")',
    "def shifted(x):\n    return x + of_the_page",
    given=cell("print(of_the_page + 1)"),
)
DRAWS = exercise(
    "mini-draws",
    ("def largest(x):\n    return ...", "largest"),
    'def check_largest(largest, rng):\n    expect(largest(np.arange(3)) == 2, "no")',
    "def largest(x):\n    return x.max()",
    given=cell("sample = rng.normal(size=3)"),
)
RUBRIC = f"[{{points: 1, text: {CANARIES['rubric']}}}, {{points: 2, text: proves it}}]"
MANUAL = f"""
````{{exercise-start}} Why
:label: ex-mini-why
````
Why are squares positive?
{cell("", f"{{id: mini-why, kind: manual, points: 3, rubric: {RUBRIC}}}")}
```{{exercise-end}}
```
```{{solution}} ex-mini-why
Because of signs: {CANARIES["text"]}.
```
"""
OWN_SETUP = "# My own page\n\n" + cell("import numpy as np").replace(
    "ipython3\n", "ipython3\n:tags: [setup]\n"
)
OWN = exercise(
    "own-rms",
    ("n = 3  # yours\n\n\ndef rms(x):\n    return ...", "rms"),
    "def check_rms(rms, rng, n):\n    x = rng.normal(size=n)\n"
    f'    expect_close(rms(x), np.sqrt((x**2).mean()), "{CANARIES["check"]}")',
    f"def rms(x):\n    return np.sqrt((x**2).mean())  # {CANARIES['solution']}",
    meta=", variant: {n: [3, 8]}",
    text="For {variant}`n` numbers.",
    call=False,
).replace(
    "```{exercise-end}",
    cell(
        f'def check_of_zeros(rms, rng, n):\n    expect_close(rms(np.zeros(n)), 0.0, "{CANARIES["hidden"]}")',
        "{id: own-rms, kind: hidden}",
    )
    + "```{exercise-end}",
)


def mini(folder: Path, *more: str) -> Path:
    """A checkout in small: one page, with all exercises above and those of `more`."""
    page = folder / "book" / "session01_mini" / "part_a_mini.md"
    page.parent.mkdir(parents=True)
    page.write_text(FRONT + BOOK + "".join([SQUARE, COUNT, PAGE, DRAWS, MANUAL, *more]), encoding="utf-8")
    (folder / "_config.yml").write_text('repository: {url: "", branch: main}\n')
    (folder / "_toc.yml").write_text("format: jb-book\n")
    return folder


def written(folder: Path, questions: str, *, more: str = "", own: str = OWN_SETUP + OWN) -> Path:
    """A spec with these questions, beside the own page own.md."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.md").write_text(own, encoding="utf-8")
    path = folder / "set.yml"
    path.write_text(f"id: trial\ntitle: A trial\nquestions: {questions}\n{more}", encoding="utf-8")
    return path


ALL = "[mini-square, mini-count, mini-draws, {id: own-rms, points: 5, hidden_points: 2}, mini-why]"


def loaded(folder: Path, questions: str = ALL, more: str = "pages: [own.md]\n"):
    """(problem set, bank) of a spec on the book in small."""
    return spec.load(written(folder / "spec", questions, more=more), mini(folder / "root"))


def compile_checks(monkeypatch, questions):
    """Let the package carry the self-checks of these questions, as `make notebooks` would."""
    compiled = {one.id: one.entries[0] for one in questions if one.entries}
    monkeypatch.setattr(accept, "load_checks", lambda: compiled)
    module = importlib.import_module("neuropath.lessons.check")  # the attribute `check` is the function
    monkeypatch.setattr(module, "load_checks", lambda: compiled)
