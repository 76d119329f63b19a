"""What the reader sees around the text: session cards, the list of parts, buttons, marks of progress."""

from __future__ import annotations

from html import escape
from pathlib import Path

import course_text
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from neuropath.publish import cards, navigation

ROOT = Path(__file__).resolve().parents[2]


class Course(SphinxDirective):
    """A directive whose content is Markdown that is written here or in the page."""

    has_content = True

    def parse(self, markdown: str, parent: nodes.Element) -> nodes.Element:
        """Parse `markdown` as part of this page into `parent`, and return it."""
        lines = StringList(markdown.splitlines(), source=self.get_source_info()[0])
        self.state.nested_parse(lines, self.content_offset, parent)
        return parent

    def depend_on(self, session: navigation.Session) -> None:
        """Read this page again when the table of contents or a part of the session changes."""
        for file in ("_toc.yml", *(f"{part.docname}.md" for part in session.parts)):
            self.env.note_dependency(str(ROOT / file))


class navigation_list(nodes.General, nodes.Element):
    """An HTML <nav>: a landmark with a name."""


class SessionCards(Course):
    """A card for every part of every session that the table of contents names."""

    def run(self) -> list[nodes.Node]:
        shown: list[nodes.Node] = []
        for session, grid in cards.blocks(ROOT):
            self.depend_on(session)
            box = nodes.container(classes=["session-cards"])
            title = nodes.rubric("", cards.heading(session), classes=["session-name"])
            title["heading-level"] = 3
            box += [title, nodes.paragraph("", cards.summary(session), classes=["session-length"])]
            shown.append(self.parse(grid, box))
        return shown


def part_list(directive: Course) -> list[nodes.Node]:
    """The parts of this page's session as a landmark; `split_names` marks the page itself."""
    docname = directive.env.docname
    session = navigation.session_of(ROOT, docname)
    if session is None:
        return []
    directive.depend_on(session)
    box = navigation_list(classes=["part-list"], label=f"Parts of Session {session.number}")
    directive.parse(navigation.part_links(session, docname), box)
    return [box]


def split_names(app: Sphinx, tree: nodes.document, docname: str) -> None:
    """Give letter and title of a part elements of their own, once the links are resolved."""
    for box in tree.findall(navigation_list):
        for text in list(box.findall(nodes.Text)):
            letter, _, title = text.partition(" · ")
            pieces = (("part-letter", letter), ("part-title", title))
            text.parent.replace(text, [nodes.inline("", word, classes=[name]) for name, word in pieces])
        for here in list(box.findall(nodes.strong)):  # docutils has no way to say aria-current
            inside = "".join(f'<span class="{n["classes"][0]}">{escape(n.astext())}</span>' for n in here)
            tag = f'<strong class="current-part" aria-current="page">{inside}</strong>'
            here.parent.replace(here, nodes.raw("", tag, format="html"))


def visit_navigation(self, node) -> None:
    self.body.append(self.starttag(node, "nav", **{"aria-label": node["label"]}))


def depart_navigation(self, node) -> None:
    self.body.append("</nav>\n")


def page_context(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Buttons at the head of the page; the marks of progress on every page, for the sidebar has them too."""
    if doctree is None:
        return
    # In the page itself: a browser refuses to load a module into a page that is opened as a file.
    marks = (ROOT / "book" / "_static" / "progress.mjs").read_text(encoding="utf-8")
    app.add_js_file(None, body=marks, type="module")
    context.setdefault("header_buttons", [])[:0] = navigation.buttons(ROOT, pagename)


def setup(app: Sphinx) -> None:
    """Called by the course's own extension."""
    course_text.setup(app)
    app.add_directive("session-cards", SessionCards)
    skip = (lambda self, node: None, lambda self, node: None)
    html = (visit_navigation, depart_navigation)
    app.add_node(navigation_list, html=html, latex=skip, text=skip, man=skip, texinfo=skip)
    app.connect("doctree-resolved", split_names)
    app.connect("html-page-context", page_context, priority=502)  # after the theme's own buttons
