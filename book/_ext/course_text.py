"""Typographic mends of what Sphinx and the theme write: formulas, proofs, pictures, tables, the sidebar."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from neuropath.publish import page as pages
from neuropath.publish import variants
from neuropath.publish.errors import PageError

FORMULA = r'<span class="math notranslate nohighlight">\\\([^<]*\\\)</span>'
_CLOSED = re.compile(rf"({FORMULA}[,.;:!?)\]’”…]+)")
_PROVED = re.compile(
    r' (?=<span class="math notranslate nohighlight">\\\(\\(?:square|blacksquare)\\\)</span>)'
)
_PROOF = re.compile(r'(<div class="proof admonition" id="proof">\s*<p>)Proof\.')
_GROUP = re.compile(
    r'<p[^>]*\bclass="caption"[^>]*><span class="caption-text">(?P<name>[^<]*)</span></p>\s*'
    r'(?P<list><ul class="(?P<classes>[^"]*)">.*?</ul>)(?=\s*(?:<p|\Z))',
    re.S,
)
FOLDING = ("Session ", "Appendi")  # groups of pages that fold; the rest of the sidebar is short
RUNS = {"✅": "ok", "❌": "failed", "Document": "page", "Modified": "last run", "Method": "how"} | {
    "Run Time (s)": "seconds",
    "Status": "ended",
}
WORDY = 25  # letters; a column with a longer cell is text, and needs a width that text can be read in


class picture(nodes.General, nodes.Element):
    """What holds a figure's picture, without its caption: on a phone it scrolls sideways."""


def set_text(body: str) -> str:
    """Keep punctuation with its formula and the end of a proof with its last word; set off the word Proof."""
    body = _CLOSED.sub(r'<span class="glued">\1</span>', body)
    body = _PROVED.sub("\N{NO-BREAK SPACE}", body)
    return _PROOF.sub(r'\1<span class="proof-word">Proof.</span>', body)


def fold_groups(sidebar: str) -> str:
    """Make each session in the sidebar a fold: open where the reader is, or where there is only one."""
    sessions = [match for match in _GROUP.finditer(sidebar) if match["name"].startswith(FOLDING)]

    def fold(match: re.Match[str]) -> str:
        if not match["name"].startswith(FOLDING):
            return match[0]
        is_open = " open" if len(sessions) == 1 or "current" in match["classes"].split() else ""
        summary = f'<summary class="caption"><span class="caption-text">{match["name"]}</span></summary>'
        return f'<details class="toc-fold"{is_open}>{summary}\n{match["list"]}\n</details>'

    return _GROUP.sub(fold, sidebar)


def frame_pictures(tree: nodes.document) -> None:
    """Give each figure's pictures a frame of their own, beside the caption."""
    for figure in list(tree.findall(nodes.figure)):
        shown = [node for node in figure if isinstance(node, nodes.image)]
        if not shown:
            continue
        frame = picture(classes=["picture", *(["wide"] if "narrow" not in figure["classes"] else [])])
        figure.insert(figure.index(shown[0]), frame)
        for node in shown:
            figure.remove(node)
            frame += node


def mark_wordy(tree: nodes.document) -> None:
    """Mark the cells of every column that holds sentences."""
    for table in tree.findall(nodes.table):
        rows = [
            [entry for entry in row if isinstance(entry, nodes.entry)] for row in table.findall(nodes.row)
        ]
        for column in zip(*rows, strict=False):
            if max(len(entry.astext()) for entry in column) >= WORDY:
                for entry in column:
                    entry["classes"].append("wordy")


def name_pages(table: nodes.table, titles: dict[str, str]) -> None:
    """In the table of runs: pages by their titles, and a word where MyST-NB puts a picture letter."""
    for text in list(table.findall(nodes.Text)):
        word = titles.get(text) or RUNS.get(text)
        if word:
            text.parent.replace(text, nodes.Text(word))


def show_variants(app: Sphinx, docname: str, source: list[str]) -> None:
    """In the text of exercises: the default in place of each {variant} role. A role left over is an error."""
    if "{variant}" not in source[0]:
        return
    try:
        source[0] = variants.written(source[0], pages.parse(source[0], f"{docname}.md"))
    except PageError as error:
        logging.getLogger(__name__).warning(str(error))  # -W makes it fail the build


def on_resolved(app: Sphinx, tree: nodes.document, docname: str) -> None:
    frame_pictures(tree)
    mark_wordy(tree)
    titles = {page: title.astext() for page, title in app.env.titles.items()}
    for table in tree.findall(nodes.table):
        if "Run Time (s)" in table.astext():
            name_pages(table, titles)


def on_page(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    context["fold_groups"] = fold_groups
    if page == "search":
        app.add_js_file("found.mjs", defer="defer")
    if "body" in context:
        context["body"] = set_text(context["body"])
        if 'class="math ' in context["body"] or 'class="picture' in context["body"]:
            app.add_js_file("fit.mjs", defer="defer")


def add_pages(app: Sphinx, config: Config) -> None:
    """A page of our own for addresses that lead nowhere."""
    config.html_additional_pages = {**config.html_additional_pages, "404": "404.html"}


def _visit(self: Any, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "div"))


def _depart(self: Any, node: nodes.Element) -> None:
    self.body.append("</div>\n")


def setup(app: Sphinx) -> None:
    """Called by course_look."""
    skip = (lambda self, node: None, lambda self, node: None)
    app.add_node(picture, html=(_visit, _depart), latex=skip, text=skip, man=skip, texinfo=skip)
    app.connect("config-inited", add_pages)
    app.connect("source-read", show_variants)
    app.connect("doctree-resolved", on_resolved)
    app.connect("html-page-context", on_page)
