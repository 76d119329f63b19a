"""Sphinx side: facts line, live figures, quizzes, tables of checks, twins and benchmarks, the cache's key."""

from __future__ import annotations

from pathlib import Path

import course_light
import course_look
from course_look import Course
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.directives.patches import Figure
from sphinx.util import logging

from neuropath import visualizations
from neuropath.publish import address, benchmarks, claims, facts, navigation, project_map, quiz, twins
from neuropath.publish import book as books
from neuropath.publish.execute import cache_folder, package_key
from neuropath.publish.explorer_scripts import write_scripts

ROOT = Path(__file__).resolve().parents[2]


class PartFacts(Course):
    """The line of facts under a part's title: minutes, needs, what it builds on, and its notebook."""

    def run(self) -> list[nodes.Node]:
        text = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        line = facts.facts_line(facts.front_matter(text), text)
        notebook = navigation.notebook_of(self.env.docname)
        if (ROOT / notebook).exists():
            line += f" · {{download}}`notebook </{notebook}>`"
        colab = address.colab_url(ROOT, notebook)
        line += f" · [open in Colab]({colab})" if colab else ""
        return [self.parse(line, nodes.container(classes=["part-facts"])), *course_look.part_list(self)]


class Viz(Figure):
    """A figure of `neuropath.visualizations`, light and dark, with the alternative text it carries."""

    option_spec = {key: Figure.option_spec[key] for key in ("name", "class", "width")}

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        try:
            self.options["alt"] = visualizations.load(name).ALT
        except ValueError as error:
            raise self.error(str(error)) from None
        self.arguments[0] = f"/book/_static/figures/{name}-light.svg"
        drawn = super().run()
        light = next(drawn[0].findall(nodes.image))
        dark = light.deepcopy()
        dark["uri"] = light["uri"].replace("-light.svg", "-dark.svg")
        # The theme's own only-light/only-dark would hide the caption with the picture; dark-light keeps its
        # filter off pictures that bring their own dark variant.
        light["classes"] += ["in-light", "dark-light"]
        dark["classes"] += ["in-dark", "dark-light"]
        light.parent.insert(light.parent.index(light) + 1, dark)
        return drawn


class details(nodes.General, nodes.Element):
    """An HTML <details>; its first child is a `summary`."""


class summary(nodes.General, nodes.Element):
    """An HTML <summary>."""


class Quiz(Course):
    """A question whose options each open to their own feedback, without JavaScript."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"label": str}

    def run(self) -> list[nodes.Node]:
        question = quiz.parse(self.arguments[0], "\n".join(self.content), self.options)
        box = nodes.container(classes=["quiz"])
        self.parse(question.question, box)
        if question.label:
            target = nodes.target("", "", ids=[question.label], names=[question.label])
            box.insert(0, target)
        for letter, option in zip("abcdefgh", question.options, strict=False):
            verdict = "right" if option.right else "wrong"
            item = details(classes=["quiz-option", verdict])
            item += self.parse(f"({letter}) {option.text}", summary())
            item += self.parse(f"{option.mark} {option.feedback}", nodes.container(classes=["quiz-feedback"]))
            box += item
        return [box]


class CheckedTable(Course):
    """Every claim of the book beside what its check is and where it runs."""

    def run(self) -> list[nodes.Node]:
        for page in (ROOT / "book").rglob("*.md"):
            self.env.note_dependency(str(page))
        for error in claims.collect(books.load(ROOT))[1]:
            logging.getLogger(__name__).warning(str(error))  # -W makes it fail the build
        return [self.parse(claims.checked_table(ROOT), nodes.container(classes=["checked-table"]))]


class TwinsTable(Course):
    """The twins of one kind, from the table that drives the parity tests."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        for module in (ROOT / "code" / "neuropath" / "pairs").glob("*.py"):
            self.env.note_dependency(str(module))
        try:
            table = twins.twins_table(self.arguments[0])
        except ValueError as error:
            raise self.error(str(error)) from None
        return [self.parse(table, nodes.container(classes=["twins-table"]))]


class ProjectFiles(Course):
    """A group of the project's files: what each is for, and which pages quote it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        for file in (*(ROOT / "book").rglob("*.md"), *(ROOT / project_map.PROJECT).glob("*.py")):
            self.env.note_dependency(str(file))
        try:
            table = project_map.files_table(ROOT, self.arguments[0])
        except ValueError as error:
            raise self.error(str(error)) from None
        return [self.parse(table, nodes.container(classes=["checked-table", "project-table"]))]


class ProjectLayers(Course):
    """The classifier's layers by kind, with their twins and equations."""

    def run(self) -> list[nodes.Node]:
        return [self.parse(project_map.layers_table(ROOT), nodes.container(classes=["checked-table"]))]


class BenchmarksTable(Course):
    """One table of the last recorded measurements, or what they were made on."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        folder = benchmarks.recorded_folder(ROOT)
        for file in (folder, *folder.glob("*.json")):
            self.env.note_dependency(str(file))
        try:
            table = benchmarks.benchmarks_table(ROOT, self.arguments[0])
        except ValueError as error:
            raise self.error(str(error)) from None
        return [self.parse(table, nodes.container(classes=["benchmarks-table", "checked-table"]))]


def _tag(name: str):
    def visit(self, node):
        # A fragment of a quiz or its summary must not bring the paragraph margins with it: CSS does that.
        self.body.append(self.starttag(node, name))

    def depart(self, node):
        self.body.append(f"</{name}>\n")

    return visit, depart


def announce_checks(app: Sphinx, tree: nodes.document) -> None:
    """Write above a cell which claims it checks and how."""
    for cell in list(tree.findall(nodes.container)):
        meta = cell.get("cell_metadata") or {}
        if cell.get("nb_element") != "cell_code" or not meta.get("verifies"):
            continue
        names = meta["verifies"] if isinstance(meta["verifies"], list) else [meta["verifies"]]
        note = nodes.paragraph(classes=["verifies"])
        note += nodes.Text(f"{meta.get('check', 'instance')} check of ")
        for position, label in enumerate(names):
            note += nodes.Text(", " if position else "")
            note += nodes.literal(text=label)
        cell.parent.insert(cell.parent.index(cell), note)


def key_the_cache(app: Sphinx, config) -> None:
    """Point MyST-NB at the outputs that belong to the package as it stands."""
    config.nb_execution_cache_path = str(cache_folder(ROOT))


def outdated(app: Sphinx, env, added, changed, removed) -> list[str]:
    """After an edit of the package every page with code is read again, so that it shows the new outputs."""
    key = package_key(ROOT)
    stale = getattr(env, "course_key", None) != key
    env.course_key = key
    return sorted(env.found_docs) if stale else []


def prepare(app: Sphinx) -> None:
    """Write the explorers' scripts next to the other static files."""
    write_scripts(ROOT / "book" / "_static" / "explorers")


def page_context(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Load the explorers' loader, only where a page has an explorer."""
    if doctree is not None and 'class="explorer' in context.get("body", ""):
        app.add_js_file("explorers.mjs", defer="defer")


def setup(app: Sphinx) -> dict:
    course_look.setup(app)
    course_light.setup(app)
    app.setup_extension("neuropath.publish.offline")
    app.add_directive("part-facts", PartFacts)
    app.add_directive("viz", Viz)
    app.add_directive("quiz", Quiz)
    app.add_directive("checked-table", CheckedTable)
    app.add_directive("twins-table", TwinsTable)
    app.add_directive("benchmarks-table", BenchmarksTable)
    app.add_directive("project-files", ProjectFiles)
    app.add_directive("project-layers", ProjectLayers)
    skip = (lambda self, node: None, lambda self, node: None)
    for node, name in ((details, "details"), (summary, "summary")):
        app.add_node(node, html=_tag(name), latex=skip, text=skip, man=skip, texinfo=skip)
    app.connect("config-inited", key_the_cache)
    app.connect("builder-inited", prepare)
    app.connect("env-get-outdated", outdated)
    app.connect("doctree-read", announce_checks)
    app.connect("html-page-context", page_context)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
