"""The inline parts of Markdown that matter here: roles, code, math, footnotes, links; the rest is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SAME = r"(?:(?!\n[ \t>]*\n).)"  # anything but an empty line: inline parts end with their paragraph
_PIECES = re.compile(
    rf"""
    (?P<escape>\\[\\`$\[\]{{}}*_<>|~\#-])
  | (?P<role>\{{(?P<role_name>[A-Za-z][\w:.+-]*)\}}
        (?P<role_ticks>`+)(?P<role_body>{_SAME}+?)(?<!`)(?P=role_ticks)(?!`))
  | (?P<code>(?P<ticks>`+)(?!`){_SAME}+?(?<!`)(?P=ticks)(?!`))
  | (?P<display>\$\$(?P<display_body>{_SAME}+?)\$\$)
  | (?P<math>\$(?!\$)(?P<math_body>(?:\\{_SAME}|(?!\n[ \t>]*\n)[^\\$])+?)\$)
  | (?P<footnote>\[\^(?P<footnote_name>[^\]\s]+)\])
  | (?P<link>(?P<bang>!?)\[(?P<link_text>(?:\\.|`[^`\n]*`|\[[^\[\]]*\]|[^\[\]])*)\]
        \((?P<url><[^>\n]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?P<link_title>\s+"[^"\n]*")?\))
  | (?P<comment><!--.*?-->)
  | (?P<tag><(?P<tag_name>[A-Za-z][\w-]*)(?:\s[^<>]*)?>)
    """,
    re.X | re.S,
)


@dataclass(frozen=True)
class Piece:
    """`kind` is text, escape, role, code, display, math, footnote, link, image, comment or tag.

    `body` is what is inside (a role's content, a formula, a link's text); `name` a role's name, a footnote's
    name, a link's address or a tag's name; `source` the whole as written; `offset` where it starts.
    """

    kind: str
    source: str
    offset: int
    body: str = ""
    name: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """`text` in pieces, in order; joined sources give the text back."""
    position = 0
    for match in _PIECES.finditer(text):
        if match.start() > position:
            yield Piece("text", text[position : match.start()], position)
        yield _piece(match)
        position = match.end()
    if position < len(text):
        yield Piece("text", text[position:], position)


def _piece(match: re.Match) -> Piece:
    kind = match.lastgroup or ""
    for candidate in ("escape", "role", "code", "display", "math", "footnote", "link", "comment", "tag"):
        if match[candidate] is not None:
            kind = candidate
            break
    place = (match[0], match.start())
    if kind == "role":
        return Piece(kind, *place, body=match["role_body"].strip(), name=match["role_name"])
    if kind in ("display", "math"):
        return Piece(kind, *place, body=match[f"{kind}_body"])
    if kind == "footnote":
        return Piece(kind, *place, name=match["footnote_name"])
    if kind == "link":
        return Piece(
            "image" if match["bang"] else kind, *place, body=match["link_text"], name=match["url"].strip("<>")
        )
    if kind == "tag":
        return Piece(kind, *place, name=match["tag_name"].lower())
    return Piece(kind, *place)


def no_tags(tex: str) -> str:
    """`tex` with a space after each `<` that stands before a letter: a browser may take `a<b` for a tag."""
    return re.sub(r"<(?=[A-Za-z/!])", "< ", tex)


def plain(text: str) -> str:
    """`text` without emphasis, code marks and roles: for places that show bare text."""
    found = []
    for piece in pieces(text):
        if piece.kind == "role":
            found.append(piece.body.partition("<")[0].strip() or piece.body)
        elif piece.kind == "code":
            found.append(piece.source.strip("`").strip())
        elif piece.kind == "text":
            found.append(re.sub(r"(\*\*|__|(?<!\w)[*_]|[*_](?!\w))", "", piece.source))
        elif piece.kind in ("link", "image"):
            found.append(plain(piece.body))
        elif piece.kind != "comment":
            found.append(piece.source)
    return "".join(found)
