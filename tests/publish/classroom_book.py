"""A small book whose solutions, checks, rubrics and hidden cells all carry a word that is nowhere else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

from neuropath.publish.execute import execute

HERE = Path(__file__).resolve().parents[2]
CANARY = "zqx"  # begins every planted word; no stemmer of a search index touches the beginning of a word
PLANTED = (
    *("zqxsolution", "zqxplain", "zqxprinted", "zqxcode", "zqxungated", "zqxremark", "zqxequation"),
    *("zqxcheck", "zqxwrong", "zqxmessage", "zqxrubric", "zqxmanual", "zqxhidden"),
    *("zqxcomment", "zqxmarkup", "zqxnote", "zqxnamed"),
)
TOC = """\
format: jb-book
root: book/intro.md
parts:
  - caption: Before you begin
    chapters:
      - file: book/start_here.md
  - caption: Session 01 · Small
    chapters:
      - file: book/session01_small/part_a.md
      - file: book/session01_small/part_b.md
"""
FRONT = """\
---
jupytext: {{text_representation: {{extension: .md, format_name: myst}}}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
course: {{session: 1, part: {part}, run_seconds: 5, needs: CPU, builds_on: []}}
---
# Part {part} — {title}

A page of a small book.

```{{part-facts}}
```

"""
BODY = """\
```{code-cell} ipython3
:tags: [setup]
from neuropath.lessons import check
```

What the solution says: {prf:ref}`the remark <rem-zqxremark>`, {eq}`eq-zqxequation`, [a link](#zqxnamed).

```{quiz} Which of the two stays?
:label: quiz-small
- [x] the quiz — feedback that stays.
- [ ] the solution — other feedback that stays.
```

(sec-exercises)=
## Exercises

````{exercise-start} Count them all
:label: ex-small-count
````
Text of the exercise that stays.[^kept]
% zqxcomment: the answer is 42
<!-- zqxmarkup -->
```{code-cell} ipython3
---
exercise:
  id: s01a-count
  kind: starter
  answer: count_parameters
  points: 2
  rubric: [{points: 2, text: zqxrubric}]
---
%config InlineBackend.rc = {}
def count_parameters(sizes):
    return ...
```
```{code-cell} ipython3
check("s01a-count", count_parameters)
```
```{hint}
:class: dropdown
A hint that stays.
% zqxcomment in a hint
```
```{code-cell} ipython3
---
tags: [remove-cell]
exercise:
  id: s01a-count
  kind: check
  hints: ["A hint that stays.", "Another one."]
  misconceptions:
    swapped:
      code: |
        def count_parameters(zqxwrong):
            return 0
      message: "zqxmessage: you counted neurons, and every weight lies between two of them: count pairs"
---
def check_count(count_parameters, rng):
    zqxcheck = count_parameters([1, 1])
    expect_close(zqxcheck, 2, "for a line")
```
```{code-cell} ipython3
---
tags: [remove-cell]
exercise: {id: s01a-count, kind: hidden}
---
zqxhidden = 1
```
```{exercise-end}
```

(zqxnamed)=
````{solution-start} ex-small-count
:class: dropdown
````
The zqxsolution: every pair of neighbouring widths has as many weights as their product, plus biases.[^away]

$$ zqxequation = 1 $$ (eq-zqxequation)

```{prf:remark} On zqxremark
:label: rem-zqxremark
Nobody outside may read it.
```

```{code-cell} ipython3
zqxplain = "zqxprinted"
print(zqxplain)
```
```{code-cell} ipython3
:exercise: {id: s01a-count, kind: solution}
def count_parameters(sizes):
    zqxcode = zip(sizes, sizes[1:])
    return sum((n + 1) * m for n, m in zqxcode)
```
```{solution-end}
```

````{exercise-start} Say why
:label: ex-small-why
````
Second text that stays.
```{code-cell} ipython3
:tags: [remove-cell]
:exercise: {id: s01x-why, kind: manual, points: 3, rubric: [{points: 3, text: names the zqxmanual}]}
```
```{exercise-end}
```

```{solution} ex-small-why
:class: dropdown
A zqxungated solution.
```

## After them

A last paragraph that stays, with $x = 1$.

[^kept]: A footnote that stays.
[^away]: A zqxnote.
"""
OTHER = "See {prf:ref}`rem-zqxremark` and {ref}`the exercise <ex-small-count>`.\n"
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'


def make(root: Path) -> Path:
    """Write the small book to `root`, with this repository's configuration, extensions and style sheets."""
    for name in ("_ext", "_static", "_templates"):
        ignore = shutil.ignore_patterns("figures", "explorers", "__pycache__")
        shutil.copytree(HERE / "book" / name, root / "book" / name, ignore=ignore)
    shutil.copy(HERE / "_config.yml", root)
    texts = {
        "_toc.yml": TOC,
        "requirements.lock": "",
        "book/references.bib": "",
        "book/intro.md": "# A small book\n\nFor a test.\n",
        "book/start_here.md": "# Start here\n\nHints and solutions unfold.\n",
        "book/session01_small/part_a.md": FRONT.format(part="A", title="First") + BODY,
        "book/session01_small/part_b.md": FRONT.format(part="B", title="Second") + OTHER,
        "sessions/session01_small/part_a.ipynb": NOTEBOOK,
        "code/neuropath/lessons/checks/small.json": '{"source": "zqxcheck"}',
        "visualizations/none.py": "",
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def build(tree: Path) -> subprocess.CompletedProcess[str]:
    """Execute the pages and build the book in `tree`, as `make book` does."""
    assert execute(tree, workers=1) == 0
    command = [Path(sys.executable).parent / "jupyter-book", "build", ".", "-q", "-W", "-n", "--keep-going"]
    environment = {name: value for name, value in os.environ.items() if name != "NEUROPATH_OFFLINE"}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)


def found(tree: Path) -> dict[str, set[str]]:
    """Planted word → files in and below `tree` that hold it, in their names or anywhere in their bytes."""
    where: dict[str, set[str]] = {word: set() for word in PLANTED}
    for file in (f for f in tree.rglob("*") if f.is_file()):
        name = file.relative_to(tree).as_posix()
        content = file.read_bytes()
        if file.name == "objects.inv":
            content = zlib.decompress(content.split(b"\n", 4)[4])
        text = (name + "\n").encode() + content.lower()
        for word in PLANTED:
            if word.encode() in text:
                where[word].add(name)
        if CANARY.encode() in text and not any(name in files for files in where.values()):
            where.setdefault(CANARY, set()).add(name)
    return where
