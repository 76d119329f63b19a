"""The tables of the page "The real project", made from the sources, so that they cannot lag behind.

Each file of `neuropath.project` and where the book quotes it; each kind of layer, its twin and its equations.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import yaml

from neuropath import scratch as nn
from neuropath.pairs import PAIRS
from neuropath.publish import book as books
from neuropath.publish.blocks import directives
from neuropath.publish.book import Book

PROJECT = "code/neuropath/project"
_LABEL = re.compile(r"\b(eq-engine-[a-z0-9-]*[a-z0-9]|(?:eq|prop|thm)-s\d\d[a-f]-[a-z0-9-]*[a-z0-9])")

# In the order in which a run meets them.
GROUPS: dict[str, tuple[str, ...]] = {
    "images": ("data_loader", "sources", "folders", "gather", "images", "cache", "dataset", "report"),
    "splits": ("groups", "splits", "generator", "augment"),
    "network": ("neuropathology_model", "bases", "weights"),
    "training": ("settings", "train", "callbacks", "strategy", "replicas", "runs", "files"),
    "judging": (*("finish", "evaluate_model", "evaluate_run", "metrics", "helpers"), "model_card", "leakage"),
    "explaining": ("explain", "probe", "explain_image", "one_image", "classes", "references"),
    "app": ("app", "app_parts", "examples", "fetch"),
    "backbone": ("pretrain", "pretrain_data", "pretrain_task", "pretrain_measure"),
}


def files_table(root: Path, group: str) -> str:
    """A group's files as a MyST table: what each is for, and what of it which pages quote."""
    if group not in GROUPS:
        raise ValueError(f"{{project-files}} expects one of {', '.join(GROUPS)}; received {group!r}.")
    book = books.load(root)
    quoted = quotes(book, root)
    lines = ["| file | what it is for | quoted in |", "| --- | --- | --- |"]
    for name in GROUPS[group]:
        where = "<br>".join(
            f"{page_link(file, book)}: {', '.join(f'`{short(o)}`' for o in objects)}"
            for file, objects in quoted.get(f"{PROJECT}/{name}.py", {}).items()
        )
        lines.append(f"| `{name}.py` | {_cell(purpose(root / PROJECT / f'{name}.py'))} | {where or '–'} |")
    return "\n".join(lines)


def short(name: str) -> str:
    """A method by its own name, as long as that says enough: "train_step", but "Generator.__len__"."""
    last = name.rsplit(".", 1)[-1]
    return name if last.startswith("__") else last


def purpose(file: Path) -> str:
    """The first sentence of a module's docstring, or all its first paragraph."""
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def quotes(book: Book, root: Path) -> dict[str, dict[str, list[str]]]:
    """Source file → page → the objects that the page quotes from it, in the order of the contents."""
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for file in _in_order(book, root):
        for quote in directives(book.pages[file].blocks, "literalinclude"):
            source = ((root / file).parent / quote.argument).resolve().relative_to(root.resolve()).as_posix()
            named = quote.options.get("pyobject")
            objects = found[source].setdefault(file, [])
            if named and named not in objects:
                objects.append(named)
    return dict(found)


def _in_order(book: Book, root: Path) -> list[str]:
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    listed = [c["file"] for group in contents.get("parts") or [] for c in group.get("chapters") or []]
    return [file for file in listed if file in book.pages]


def page_link(file: str, book: Book) -> str:
    """A link to a page, as "02 E" for a part of a session."""
    page = book.pages[file]
    session = f"{page.course['session']:02d} " if "session" in page.course else ""
    return f"{{doc}}`{session}{page.course.get('part') or page.title} </{page.docname}>`"


def layers_table(root: Path) -> str:
    """The classifier's layers by kind: how many, how many numbers, Keras' name, the equations."""
    rng = np.random.default_rng(0)
    base = nn.MobileNetV2((96, 96, 3), alpha=0.35, include_top=False, rng=rng)
    network = nn.Classifier(base, 17, rng=rng)
    kinds: dict[str, list[nn.Layer]] = defaultdict(list)
    for layer in network.layers:
        kinds[type(layer).__name__].append(layer)
    labels = books.load(root).labels
    twins = {pair.name: pair.twin for pair in PAIRS}
    lines = ["| NumPy | Keras | layers | numbers in them | equations |", "| --- | --- | ---: | ---: | --- |"]
    for kind, layers in kinds.items():
        held = sum(_numbers(layer) for layer in layers)
        cells = (f"`{kind}`", f"`{twins[kind]}`", str(len(layers)), f"{held:,}", _links(kind, labels) or "–")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _numbers(layer: nn.Layer) -> int:
    """Parameters and, for batch normalisation, moving statistics: what Keras counts."""
    return sum(array.size for array in (*layer.params.values(), *getattr(layer, "state", {}).values()))


def _links(kind: str, labels: dict) -> str:
    named = dict.fromkeys(_LABEL.findall(inspect.getdoc(getattr(nn, kind)) or ""))
    role = {True: "eq", False: "prf:ref"}
    return ", ".join(f"{{{role[label.startswith('eq-')]}}}`{label}`" for label in named if label in labels)


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
