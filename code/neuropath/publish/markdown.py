"""Blocks of a page as Markdown for a notebook."""

from __future__ import annotations

import re

from neuropath.publish.blocks import Block, Directive, Fence, Footnote, Heading, Math, Target, Text
from neuropath.publish.context import Context
from neuropath.publish.inline import no_tags
from neuropath.publish.roles import inline


def render(blocks: list[Block], ctx: Context, *, nested: bool = False) -> str:
    """Markdown of `blocks`; `nested` where each line will be prefixed, so that equations must be one line."""
    found, open_quotation = "", False
    for block in blocks:
        text = _block(block, ctx, nested or ">" in block.lead)
        if not text:
            continue
        text = prefixed(text, block.lead, block.hang)
        own = text.split("\n") if isinstance(block, Text) else [block.lead]
        if open_quotation and own[0].startswith(">"):  # one quotation of the page goes on
            found = re.sub(r"(\n>[ >]*)+$", "", found) + "\n>\n" + re.sub(r"^(>[ >]*\n)+", "", text)
        else:
            found = f"{found}\n\n{text}" if found else text
        open_quotation = own[-1].startswith(">")
    return found


def bold(text: str) -> str:
    """`text` in bold, whatever was bold inside it."""
    return f"**{text.replace('**', '')}**"


def prefixed(text: str, first: str, rest: str) -> str:
    """`text` with `first` before its first line and `rest` before the others."""
    if not first:
        return text
    head, *tail = text.split("\n")
    return "\n".join([first + head, *((rest + line).rstrip() for line in tail)])


def quoted(text: str) -> str:
    """`text` as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def opened(title: str, text: str) -> str:
    """`text` that begins with the bold `title`: on the same line where it begins with a paragraph."""
    if not text:
        return title
    first = text.split("\n", 1)[0]
    is_block = re.match(r"(\$\$|[-*+] |\d+[.)] |>|\||<|#|`{3,}|!\[)", first)
    return f"{title}\n\n{text}" if is_block else f"{title} {text}"


def folded(title: str, text: str) -> str:
    """`<details>`: empty lines after each HTML tag, so that Markdown and math inside are rendered."""
    return f"<details>\n<summary>{_html(title)}</summary>\n\n{text}\n\n</details>"


def _html(markdown: str) -> str:
    """Inline Markdown as HTML, since nothing is rendered inside <summary> but HTML and math."""
    from neuropath.publish.inline import pieces

    out = []
    for piece in pieces(markdown):
        if piece.kind in ("math", "display"):
            out.append(piece.source.replace("<", r"\lt ").replace(">", r"\gt "))
        elif piece.kind == "code":
            code = piece.source.strip("`").strip()
            out.append(f"<code>{code.replace('&', '&amp;').replace('<', '&lt;')}</code>")
        elif piece.kind == "link":
            out.append(f'<a href="{piece.name}">{_html(piece.body)}</a>')
        elif piece.kind == "text":
            text = re.sub(r"&(?!\w+;)", "&amp;", piece.source).replace("<", "&lt;")
            text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
            out.append(re.sub(r"(?<![\w*])\*([^*]+)\*(?!\w)", r"<i>\1</i>", text))
        else:
            out.append(piece.source)
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", "".join(out))


def _block(block: Block, ctx: Context, nested: bool) -> str:
    if isinstance(block, Text):
        return inline(block.text, block.line, ctx)
    if isinstance(block, Heading):
        return "#" * block.level + " " + inline(block.text, block.line, ctx)
    if isinstance(block, Math):
        return _equation(block, ctx, nested)
    if isinstance(block, Fence):
        return fenced(block.text, block.info)
    if isinstance(block, Directive):
        from neuropath.publish.directives import directive

        return directive(block, ctx, nested)
    assert isinstance(block, Target | Footnote)
    return ""


def _equation(block: Math, ctx: Context, nested: bool) -> str:
    tag = rf"\tag{{{ctx.book.labels[block.label].number}}}" if block.label else ""
    lines = [line for line in (*no_tags(block.tex).split("\n"), tag) if line.strip()]
    if nested:  # a quotation's `>` in front of a line would be typeset as part of the formula
        return f"$$ {' '.join(line.strip() for line in lines)} $$"
    return "\n".join(["$$", *lines, "$$"])


def fenced(text: str, info: str) -> str:
    """A code listing, fenced by more backticks than it contains."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    ticks = "`" * (longest + 1)
    return f"{ticks}{info}\n{text}\n{ticks}"
