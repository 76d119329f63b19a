"""Directives as Markdown for a notebook: quoted notes, pictures, tables, folded hints, questions."""

from __future__ import annotations

from collections.abc import Callable

from neuropath.publish import facts, quiz
from neuropath.publish.blocks import Directive
from neuropath.publish.context import Context
from neuropath.publish.listings import listing
from neuropath.publish.markdown import bold, folded, opened, quoted, render
from neuropath.publish.roles import embedded, inline
from neuropath.publish.syntax import CLAIMS, NOTES
from neuropath.publish.tables import list_table

Renderer = Callable[[Directive, Context, bool], str]
END = "∎"
SOLUTION = "*Solution: in the book, under “{}”.*"  # a class build's notebooks say something else


def directive(block: Directive, ctx: Context, nested: bool = False) -> str:
    """Markdown of one directive; "" for those that only structure the book."""
    if block.name not in RENDERERS:
        raise ctx.error(
            block.line, f"{{{block.name}}} cannot be shown in a notebook; use it on front pages only."
        )
    return RENDERERS[block.name](block, ctx, nested)


def argument(block: Directive, ctx: Context) -> str:
    """The directive's first line, as Markdown."""
    return inline(block.argument, block.line, ctx)


def _note(title: str, block: Directive, ctx: Context, nested: bool) -> str:
    """A quoted note; a fold where the page asks for `:class: dropdown`."""
    if "dropdown" in str(block.options.get("class", "")).split():
        return folded(title, render(block.body, ctx, nested=nested))
    return quoted(opened(bold(_stopped(title)), render(block.body, ctx, nested=True)))


def _stopped(title: str) -> str:
    return title if title.endswith((".", "?", "!", "…", ":")) else title + "."


def admonition(block: Directive, ctx: Context, nested: bool) -> str:
    """`> **Title.** text`, for {admonition}, {note} and their like."""
    names = {"seealso": "See also"}
    title = argument(block, ctx) if block.argument else names.get(block.name, block.name.capitalize())
    return _note(title, block, ctx, nested)


def claim(block: Directive, ctx: Context, nested: bool) -> str:
    """`> **Theorem (Title).** text`."""
    kind = block.name.removeprefix("prf:").capitalize()
    title = f"{kind} ({argument(block, ctx)})" if block.argument else kind
    return _note(title, block, ctx, nested)


def proof(block: Directive, ctx: Context, nested: bool) -> str:
    r"""`> *Proof.* text ∎`; the author's own end mark ($\square$, □, ∎) stays the only one."""
    text = opened("*Proof.*", render(block.body, ctx, nested=True))
    last = text.rsplit("\n", 1)[-1]
    if not last.rstrip("$ .").endswith((r"\square", r"\blacksquare", r"\Box", r"\qed", "□", "■", END)):
        is_block = last.startswith((">", "|", "```", "<", "- ", "* ", "$$")) or last.endswith("$$")
        text += f"\n\n{END}" if is_block or last.startswith("  ") else f" {END}"
    if "dropdown" in str(block.options.get("class", "")).split():
        return folded("Proof", text.removeprefix("*Proof.*").lstrip())
    return quoted(text)


def exercise(block: Directive, ctx: Context, nested: bool) -> str:
    """`**Exercise: Title.**` and the text; after {exercise-start} it goes on in the blocks that follow."""
    title = f"Exercise: {argument(block, ctx)}" if block.argument else "Exercise"
    text = render(block.body, ctx, nested=nested)
    return bold(_stopped(title)) + (f"\n\n{text}" if text else "")


def solution(block: Directive, ctx: Context, nested: bool) -> str:
    """One line that says where the solution is: nothing of the solution itself reaches a notebook."""
    entry = ctx.entry(block.argument, block.line)
    title = inline(entry.title, block.line, ctx) or "this exercise"
    where = ctx.book.address and f"{ctx.book.address}{ctx.page.docname}.html#{entry.label}"
    return SOLUTION.format(f"[{title}]({where})" if where else title)


def dropdown(block: Directive, ctx: Context, nested: bool) -> str:
    """A fold."""
    return folded(argument(block, ctx) or "More", render(block.body, ctx, nested=nested))


def margin(block: Directive, ctx: Context, nested: bool) -> str:
    """A quoted note, with its title where it has one."""
    text = render(block.body, ctx, nested=True)
    return quoted(opened(bold(_stopped(argument(block, ctx))), text) if block.argument else text)


def tabs(block: Directive, ctx: Context, nested: bool) -> str:
    """The tabs one after another, each under its bold title."""
    items = [tab for tab in block.body if isinstance(tab, Directive)]
    return "\n\n".join(
        f"{bold(inline(tab.argument, tab.line, ctx))}\n\n{render(tab.body, ctx, nested=nested)}"
        for tab in items
    )


# -- pictures, tables, questions ----------------------------------------------------------------------------


def caption(block: Directive, ctx: Context, nested: bool = False) -> str:
    """`**Figure 3.** caption`, numbered page by page."""
    return opened(f"**Figure {block.number}.**", render(block.body, ctx, nested=nested))


def figure(block: Directive, ctx: Context, nested: bool) -> str:
    """The picture, embedded, and its caption below."""
    return f"{image(block, ctx, nested)}\n\n{caption(block, ctx, nested)}"


def image(block: Directive, ctx: Context, nested: bool) -> str:
    """The picture, embedded."""
    return embedded(block.argument, str(block.options["alt"]), block.line, ctx)


def viz(block: Directive, ctx: Context, nested: bool) -> str:
    """The caption; the cell that draws follows the directive in which the figure stands."""
    ctx.figures.append(block.argument)
    return caption(block, ctx, nested) + "\n\n*(The cell below draws this figure.)*"


def table(block: Directive, ctx: Context, nested: bool) -> str:
    """A pipe table below its bold number and caption."""
    body = list_table(block, ctx) if block.name == "list-table" else render(block.body, ctx, nested=nested)
    head = opened(f"**Table {block.number}.**", argument(block, ctx)) if block.argument else ""
    return f"{head}\n\n{body}" if head else body


def question(block: Directive, ctx: Context, nested: bool) -> str:
    """The question in bold; each option is a fold that opens to its feedback."""
    asked = quiz.parse(block.argument, block.content, block.options)
    lines = [bold(inline(asked.question, block.line, ctx))]
    for letter, option in zip("abcdefgh", asked.options, strict=False):
        feedback = inline(option.feedback, block.content_line, ctx)
        text = inline(option.text, block.content_line, ctx)
        lines.append(folded(f"({letter}) {text}", f"{option.mark} {feedback}"))
    return "\n\n".join(lines)


def facts_line(block: Directive, ctx: Context, nested: bool) -> str:
    """Session, part, minutes, needs, what it builds on."""
    try:
        line = facts.facts_line(ctx.page.front, ctx.page.text)
    except ValueError as error:
        raise ctx.error(1, str(error)) from None
    return inline(line, block.line, ctx)


def nothing(block: Directive, ctx: Context, nested: bool) -> str:
    """For what only structures the book."""
    return ""


RENDERERS: dict[str, Renderer] = {
    **{f"prf:{kind}": claim for kind in (*CLAIMS, "definition", "remark", "example", "algorithm")},
    **dict.fromkeys(("admonition", *NOTES), admonition),
    "prf:proof": proof,
    **dict.fromkeys(("exercise", "exercise-start"), exercise),
    **dict.fromkeys(("solution", "solution-start"), solution),
    **dict.fromkeys(("exercise-end", "solution-end"), nothing),
    "dropdown": dropdown,
    "margin": margin,
    "tab-set": tabs,
    "figure": figure,
    "image": image,
    "viz": viz,
    **dict.fromkeys(("table", "list-table"), table),
    "literalinclude": listing,
    "quiz": question,
    "part-facts": facts_line,
    "bibliography": nothing,
}
