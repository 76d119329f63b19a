"""Inline Markdown for a notebook: roles, citations, footnote marks and links become plain Markdown."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import NamedTuple

from neuropath.publish import inline as scanner
from neuropath.publish.context import Context
from neuropath.publish.inline import Piece
from neuropath.publish.labels import Entry
from neuropath.publish.syntax import CLAIMS, ROLES, suggest

_EXPLICIT = re.compile(r"(?P<text>.+?)\s*<(?P<target>[^<>]+)>", re.S)
_PROOFS = (*CLAIMS, "definition", "remark", "example", "algorithm")
_TYPES = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "gif": "gif", "svg": "svg+xml", "webp": "webp"}


class Place(NamedTuple):
    """Where in its text a piece stands: what is before it, and whether `**` is open there."""

    before: str
    bold: bool

    @property
    def in_table(self) -> bool:
        """Whether the line is a row of a pipe table."""
        return self.before[self.before.rfind("\n") + 1 :].lstrip(" >").startswith("|")


def inline(text: str, line: int, ctx: Context) -> str:
    """`text`, which begins on `line` of the page, as Markdown that Jupyter and Colab render."""
    out: list[str] = []
    bold = False
    for piece in scanner.pieces(text):
        at = line + text.count("\n", 0, piece.offset)
        out.append(_piece(piece, at, ctx, Place(text[: piece.offset], bold)))
        if piece.kind == "text":
            paragraph = piece.source.split("\n\n")
            bold = (bold and len(paragraph) == 1) ^ (paragraph[-1].count("**") % 2 == 1)
    return "".join(out)


def _piece(piece: Piece, line: int, ctx: Context, place: Place) -> str:
    if piece.kind == "role":
        return _role(piece, line, ctx, place)
    if piece.kind in ("math", "display"):
        return _math(piece, line, ctx, place)
    if piece.kind == "footnote":
        return _footnote(piece, line, ctx)
    if piece.kind == "link":
        return _link(piece, line, ctx)
    if piece.kind == "image":
        return embedded(piece.name, piece.body, line, ctx)
    if piece.kind == "tag":
        return _tag(piece, line, ctx)
    return "" if piece.kind == "comment" else piece.source


# -- math, footnotes, links ---------------------------------------------------------------------------------


def _math(piece: Piece, line: int, ctx: Context, place: Place) -> str:
    if bad := re.search(r"\\(label|eqref|ref)\b", piece.body):
        raise ctx.error(
            line, f"{bad[0]} does not work in notebooks; label a $$ equation and cite it by {{eq}}."
        )
    joined = scanner.no_tags(
        re.sub(r"\s*\n[ \t>]*", " ", piece.source)
    )  # a quotation's `>` must not get into the formula
    if place.in_table:
        joined = joined.replace(r"\|", r"\vert ")
    return joined


def _footnote(piece: Piece, line: int, ctx: Context) -> str:
    if piece.name not in ctx.footnotes:
        raise ctx.error(line, f"footnote [^{piece.name}] is not defined; add a line `[^{piece.name}]: …`.")
    if piece.name not in ctx.notes:
        ctx.notes.append(piece.name)
    return f"<sup>[{ctx.notes.index(piece.name) + 1}]</sup>"


def _link(piece: Piece, line: int, ctx: Context) -> str:
    text, url = inline(piece.body, line, ctx), piece.name
    if re.match(r"(https?|mailto):", url):
        return piece.source.replace(f"[{piece.body}]", f"[{text}]", 1)
    path, _, anchor = url.partition("#")
    if not path:
        return ctx.link_to_entry(text, ctx.entry(anchor, line))
    if path.endswith(".md") and ctx.resolve(path).startswith("book/"):
        return ctx.link(text, ctx.target_page(path, line), anchor)
    return source_link(text, ctx.resolve(path), line, ctx)


def source_link(text: str, path: str, line: int, ctx: Context) -> str:
    """`text` linked to a file of the public repository, or plain `text` while its address is not known."""
    if not (ctx.book.root / path).exists():
        raise ctx.error(line, f"there is no file {path} in the repository; mend the link.")
    where = ctx.book.repository
    return f"[{text}]({where['url']}/blob/{where['branch']}/{path})" if where["url"] else text


def _tag(piece: Piece, line: int, ctx: Context) -> str:
    source = re.search(r"""\b(?:src|href)\s*=\s*["']?([^"'\s>]+)""", piece.source)
    if source and not re.match(r"(https?|mailto|data):", source[1]):
        raise ctx.error(
            line, f"<{piece.name}> with a relative address does not work in notebooks; use {{figure}}."
        )
    return piece.source


def embedded(path: str, alt: str, line: int, ctx: Context) -> str:
    """`![alt](data:…)`, so that the picture travels inside the notebook."""
    alt = re.sub(r"([\[\]])", r"\\\1", scanner.plain(alt).replace("\n", " ")).strip()
    if not alt:
        raise ctx.error(line, "an image needs a text that says what it shows (alt).")
    if re.match(r"https?:", path):
        return f"![{alt}]({path})"
    file = ctx.book.root / ctx.resolve(path)
    kind = _TYPES.get(file.suffix.lstrip(".").lower())
    if not kind:
        raise ctx.error(line, f"an image is one of {', '.join(_TYPES)}, received {path}.")
    if not file.exists():
        raise ctx.error(line, f"there is no image {ctx.resolve(path)}; mend the path or add the file.")
    return f"![{alt}](data:image/{kind};base64,{base64.b64encode(file.read_bytes()).decode()})"


# -- roles --------------------------------------------------------------------------------------------------


def _role(piece: Piece, line: int, ctx: Context, place: Place) -> str:
    if piece.name not in ROLES:
        raise ctx.error(line, f"unknown role {{{piece.name}}}. {suggest(piece.name, ROLES)}")
    if piece.name.startswith("cite"):
        return _cite(piece, line, ctx)
    if piece.name == "variant":
        return ctx.variant(piece.body, line)
    match = _EXPLICIT.fullmatch(piece.body)
    text, target = (match["text"], match["target"].strip()) if match else ("", piece.body)
    if piece.name == "doc":
        page = ctx.target_page(target, line)
        return ctx.link(inline(text or page.title, line, ctx), page)
    if piece.name == "term":
        if target.casefold() not in ctx.book.terms:
            raise ctx.error(line, f"the glossary has no term {target!r}; add it to book/glossary.md.")
        return f"*{text or target}*"
    return _REFERENCES[piece.name](text, ctx.entry(target, line), line, ctx, place)


def _cite(piece: Piece, line: int, ctx: Context) -> str:
    works = []
    for key in (k.strip() for k in piece.body.split(",")):
        if key not in ctx.book.works:
            raise ctx.error(line, f"book/references.bib has no entry `{key}`; add it or mend the key.")
        if key not in ctx.cited:
            ctx.cited.append(key)
        works.append(ctx.book.works[key])
    if piece.name == "cite:t":
        return ", ".join(work.named for work in works)
    return "(" + "; ".join(work.cited for work in works) + ")"


def _eq(text: str, entry: Entry, line: int, ctx: Context, place: Place) -> str:
    if entry.kind != "equation":
        raise ctx.error(line, f"{{eq}} cites equations; `{entry.label}` is a {entry.kind}.")
    said = ctx.is_here(entry) or re.search(r"equations?\s+(\S+\s+(and|to)\s+)?$", place.before, re.I)
    where = ("" if said else "equation ") + f"({entry.number})" + ctx.whose(entry)
    return ctx.link_to_entry(text or where, entry)


def _numref(text: str, entry: Entry, line: int, ctx: Context, place: Place) -> str:
    if entry.kind not in ("figure", "table"):
        raise ctx.error(line, f"{{numref}} cites figures and tables; `{entry.label}` is a {entry.kind}.")
    shown = re.sub(r"%s|\{number\}", str(entry.number), text) or f"{entry.kind.capitalize()} {entry.number}"
    return ctx.link_to_entry(inline(shown, line, ctx) + ctx.whose(entry), entry)


def _prf(text: str, entry: Entry, line: int, ctx: Context, place: Place) -> str:
    if entry.kind not in _PROOFS:
        raise ctx.error(
            line, f"{{prf:ref}} cites theorems and their like; `{entry.label}` is a {entry.kind}."
        )
    if text:
        return ctx.link_to_entry(inline(text, line, ctx), entry)
    title = f" ({inline(entry.title, line, ctx)})" if entry.title else ""
    return _title(entry.kind.capitalize() + title, entry, ctx, place) + ctx.whose(entry)


def _ref(text: str, entry: Entry, line: int, ctx: Context, place: Place) -> str:
    if entry.kind in ("equation", *_PROOFS):
        role = "eq" if entry.kind == "equation" else "prf:ref"
        raise ctx.error(line, f"{{ref}} cannot cite a {entry.kind}; use {{{role}}}`{entry.label}`.")
    if text:
        return ctx.link_to_entry(inline(text, line, ctx), entry)
    if entry.kind in ("figure", "table") and not entry.title:
        return _numref("", entry, line, ctx, place)
    if not entry.title:
        raise ctx.error(line, f"`{entry.label}` has no title to show; write {{ref}}`text <{entry.label}>`.")
    return _title(inline(entry.title, line, ctx), entry, ctx, place)


def _title(title: str, entry: Entry, ctx: Context, place: Place) -> str:
    """A title as the text of a reference: bold within the page, linked (if it can be) to another."""
    if not ctx.is_here(entry):
        return ctx.link_to_entry(title, entry)
    return title if place.bold else f"**{title}**"


_REFERENCES: dict[str, Callable[[str, Entry, int, Context, Place], str]] = {
    "eq": _eq,
    "numref": _numref,
    "prf:ref": _prf,
    "ref": _ref,
}
